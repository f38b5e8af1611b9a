//! What is compiled and what is left to the interpreter. What code means is tested by the suites.

use super::*;
use sarsen_isa::Features;
use sarsen_module::{Bytes, ModuleLimits, Parallelism, TypeRegistry};
use sarsen_vm::Image;
use std::sync::Arc;

/// Functions with vectors inside, outside, and without: their types are the first two.
const VECTORS: &str = r#"(module
    (type $plain (func (param i32) (result i32)))
    (type $vector (func (param v128) (result v128)))
    (func $inside (type $plain) (i32x4.extract_lane 3 (i32x4.splat (local.get 0))))
    (func $outside (type $vector) unreachable)
    (func $local (type $plain) (local v128) (local.get 0))
    (func $tail (type $vector) (return_call $outside (local.get 0)))
    (func $plain (type $plain) (call $inside (local.get 0)))
    (func $dead (type $plain) unreachable (drop (call $outside (v128.const i64x2 0 0)))))"#;

fn options(arch: Arch) -> CompileOptions {
    CompileOptions {
        fuel: false,
        signals: true,
        interruptible: false,
        spectre_guards: true,
        memory_guard: 0,
        inlining: false,
        target: Target { arch, cpu: Cpu::Baseline },
    }
}

/// A compiler for a RISC-V processor.
fn riscv64(features: &[&str]) -> Compiler {
    let mut builder = isa::lookup_by_name("riscv64gc-unknown-linux-gnu").unwrap();
    features.iter().for_each(|feature| builder.enable(feature).unwrap());
    let isa = builder.finish(settings::Flags::new(flags().unwrap())).unwrap();
    Compiler::of(isa, options(Arch::Riscv64))
}

fn module(text: &str) -> Module {
    let bytes = Bytes::from(wat::parse_str(text).unwrap());
    let registry = Arc::new(TypeRegistry::default());
    let limits = ModuleLimits::spec();
    Module::new(&registry, bytes, &Features::default(), &limits, Parallelism::Sequential).unwrap()
}

#[test]
fn functions_with_vectors_are_interpreted_where_there_are_none() {
    let module = module(VECTORS);
    for (features, interpreted, entries) in [(&["has_v"][..], &[][..], 2), (&[], &[0, 1, 2, 3], 1)] {
        let compiled = riscv64(features).compile(&module, false, None).unwrap();
        assert_eq!(compiled.interpreted, interpreted);
        let image = Image::read(Bytes::from(compiled.image)).unwrap();
        assert_eq!(image.functions(), 6);
        for ty in 0..2 {
            assert_eq!(image.entry(ty).is_some(), ty < entries);
            assert_eq!(image.leaf(ty).is_some(), ty < entries);
        }
    }
}

#[test]
fn large_frames_need_prologues_that_look_at_the_stack() {
    // So many vectors are alive across the call.
    let live = |count: usize| {
        let loads = (0..count).map(|at| format!("(v128.load offset={} (local.get 0))", at * 16));
        let sum = "i32x4.add ".repeat(count - 1);
        let loads: String = loads.collect();
        module(&format!("(module (memory 2) (func (param i32) (result v128) {loads} (call 1) {sum}) (func))"))
    };
    for (count, signals, interpreted) in [(5000, true, &[][..]), (5000, false, &[0]), (2000, false, &[])] {
        let compiler = Compiler::new(CompileOptions { signals, ..options(Arch::X86_64) }).unwrap();
        let compiled = compiler.compile(&live(count), false, None).unwrap();
        assert_eq!(compiled.interpreted, interpreted, "{count} vectors");
    }
}
