//! Every row compiles for every architecture, without calls of libraries.

use super::rows::rows;
use super::{TestTraps, function_in_memory, memory};
use crate::compiler::target_isa;
use crate::lower::simple;
use crate::options::{Arch, Cpu, Target};
use cranelift_codegen::Context;
use cranelift_codegen::ir::Function;
use cranelift_codegen::isa::TargetIsa;
use sarsen_isa::{OPS, Shape};

/// Compiles a function; it has no use for other functions.
fn compile(isa: &dyn TargetIsa, what: &str, function: Function) {
    let mut context = Context::for_function(function);
    if let Err(error) = context.compile(isa, &mut Default::default()) {
        panic!("{what} for {}: {:?}", isa.name(), error.inner);
    }
    let code = context.compiled_code().expect("it was compiled");
    assert!(code.buffer.relocs().is_empty(), "{what} for {} calls {:?}", isa.name(), code.buffer.relocs());
}

#[test]
fn operators_on_values_compile_everywhere() {
    for arch in Arch::ALL {
        let isa = target_isa(Target { arch, cpu: Cpu::Baseline }).expect("every architecture is known");
        for row in rows().iter().filter(|row| row.info.shape != Shape::VectorLoad) {
            for can_fault in [true, false] {
                let lowered = function_in_memory(row.info.params, |b, operands| {
                    vec![simple(b, &mut TestTraps { can_fault }, row.info.op, operands, row.lanes - 1)]
                });
                compile(&*isa, row.info.mnemonic, lowered);
            }
        }
    }
}

#[test]
fn accesses_to_memory_compile_everywhere() {
    for arch in Arch::ALL {
        let isa = target_isa(Target { arch, cpu: Cpu::Baseline }).expect("every architecture is known");
        for info in OPS.iter().filter(|info| memory::SHAPES.contains(&info.shape)) {
            compile(&*isa, info.mnemonic, memory::compiled(info));
        }
    }
}
