//! Every row compiles for every architecture, without calls of libraries.

use super::rows::rows;
use super::{TestTraps, function_in_memory, memory};
use crate::compiler::target_isa;
use crate::lower::simple;
use crate::options::{Arch, Cpu, Target};
use cranelift_codegen::Context;
use cranelift_codegen::ir::Function;
use cranelift_codegen::isa::TargetIsa;
use sarsen_isa::{OPS, Op, Shape};

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

/// The x86-64 code of an operator on vectors.
fn x86(op: Op) -> String {
    let isa = target_isa(Target { arch: Arch::X86_64, cpu: Cpu::Baseline }).expect("it is known");
    let info = op.info();
    let mut context = Context::for_function(function_in_memory(info.params, |b, operands| {
        vec![simple(b, &mut TestTraps { can_fault: true }, op, operands, 0)]
    }));
    context.set_disasm(true);
    let code = context.compile(&*isa, &mut Default::default()).expect("it compiles");
    code.vcode.clone().expect("it was asked for")
}

#[test]
fn combinations_are_one_instruction_where_there_is_one() {
    for (op, instruction) in [
        (Op::I32x4DotI16x8S, "pmaddwd"),
        (Op::I16x8ExtAddPairwiseI8x16S, "pmaddubsw"),
        (Op::I32x4ExtAddPairwiseI16x8S, "pmaddwd"),
        (Op::I64x2ExtMulLowI32x4U, "pmuludq"),
        (Op::F32x4PMin, "minps"),
        (Op::F64x2PMax, "maxpd"),
        (Op::I8x16RelaxedSwizzle, "pshufb"),
    ] {
        let code = x86(op);
        assert!(code.contains(instruction), "{op:?} is\n{code}");
    }
}
