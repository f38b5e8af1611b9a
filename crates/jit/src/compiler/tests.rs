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

/// Loops in loops, with operands below, parameters, and branches around.
const LOOPS: &str = r#"(module
    (memory 1)
    (func $small (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func (export "loops") (param $n i32) (result i32 f64 i64 v128 i32 i32 i32 i32 i32 i32)
        (local $i i32) (local $v v128) (local $f f32)
        (i32.const 7) (f64.const 1.5) (i64.const -1) (v128.const i64x2 1 2)
        (block $out (param v128) (result v128)
            (loop $outer (param v128) (result v128)
                (br_if $out (i32.gt_u (local.get $i) (local.get $n)))
                (local.set $i (call $small (local.get $i)))
                (local.get $i) (local.get $n)
                (if (param i32) (result i32) (i32.and (local.get $i) (i32.const 1))
                    (then
                        (loop $inner (param i32) (result i32)
                            (i32.add (i32.const 3))
                            (br_if $inner (i32.lt_u (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 9)))))
                    (else (i32.mul (i32.const 5)) (loop (br_if 0 (i32.const 0)))))
                (i32.store (i32.const 0))
                (drop)
                (br $outer)))
        (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6))
    (func (export "tail") (param i64) (result i64)
        (loop (result i64)
            (if (i64.eqz (local.get 0)) (then (return (i64.const 3))))
            (local.set 0 (i64.sub (local.get 0) (i64.const 1)))
            (br_if 0 (i64.gt_s (local.get 0) (i64.const 5)))
            (return_call 2 (local.get 0)))))"#;

#[test]
fn types_that_look_the_same_share_their_trampolines() {
    let types =
        "(type (func (param i32) (result externref))) (type (sub (func (param i32) (result anyref))))";
    let module = module(&format!("(module {} (type (func (param i32 i64))))", types.repeat(100)));
    let compiler = Compiler::new(options(Arch::X86_64)).unwrap();
    let image = Image::read(Bytes::from(compiler.compile(&module, true, None).unwrap().image)).unwrap();
    for ty in 0..200 {
        assert_eq!((image.entry(ty), image.leaf(ty)), (image.entry(0), image.leaf(0)));
    }
    assert_ne!((image.entry(200), image.leaf(200)), (image.entry(0), image.leaf(0)));
    assert!(image.entry(200).is_some() && image.leaf(200).is_some());
}

#[test]
fn bodies_of_small_functions_take_the_place_of_calls_that_probably_lead_to_them() {
    let module = module(
        r#"(module
        (type $unary (func (param i32) (result i32)))
        (type $other (func (param i64) (result i32)))
        (table (export "table") 4 funcref)
        (func $small (type $unary) (i32.mul (local.get 0) (i32.const 3)))
        (func $large (type $unary) (i32.const 0) (i32.const 0x12345678) (i32.add) (i32.const 0x12345678) (i32.add)
            (i32.const 0x12345678) (i32.add) (i32.const 0x12345678) (i32.add) (i32.const 0x12345678) (i32.add)
            (i32.const 0x12345678) (i32.add))
        (func $differs (type $other) (i32.const 1))
        (func (param i32) (result i32) (call_indirect (type $unary) (local.get 0) (local.get 0)))
        (func (param (ref $unary)) (result i32) (call_ref $unary (i32.const 5) (local.get 0))))"#,
    );
    let known = KnownTables::of(&module);
    let compiler = Compiler::new(CompileOptions { inlining: true, ..options(Arch::X86_64) }).unwrap();
    for caller in [3, 4].map(DefinedFuncIndex) {
        let code = |guess: &[u32]| {
            let guesses = |_: u32| guess.to_vec();
            compiler.compile_part(&module, &known, &guesses, Part::Function(caller)).unwrap().unwrap()
        };
        let plain = code(&[]);
        assert_ne!(code(&[0]), plain);
        assert_eq!(code(&[1]), plain, "too large");
        assert_eq!(code(&[2]), plain, "of another type");
        assert_eq!(code(&[1, 0, 2]), code(&[0]));
    }
}

#[test]
fn every_loop_is_an_entry() {
    let module = module(LOOPS);
    let known = KnownTables::of(&module);
    let mut found = 0;
    for arch in Arch::ALL {
        for (signals, fuel) in [(true, false), (false, true)] {
            let target = Target { arch, cpu: Cpu::Baseline };
            let options =
                CompileOptions { signals, fuel, inlining: true, interruptible: true, ..options(arch) };
            let compiler = Compiler::new(CompileOptions { target, ..options }).unwrap();
            for function in (0..module.defined_funcs()).map(DefinedFuncIndex) {
                let image = compiler
                    .compile_part(&module, &known, &|_| Vec::new(), Part::Function(function))
                    .unwrap()
                    .unwrap();
                let image = Image::read(Bytes::from(image)).unwrap();
                assert_eq!(image.function(function.0).map(|range| range.start), Some(0));
                assert_eq!(image.defined_functions().collect::<Vec<_>>(), [function.0]);
                let body = sarsen_module::parse::body(&module, function);
                let mut reader = body.get_operators_reader().unwrap();
                while !reader.eof() {
                    let (operator, offset) = reader.read_with_offset().unwrap();
                    if matches!(operator, wasmparser::Operator::Loop { .. }) {
                        let entry = OsrEntry { function, offset: offset as u32, operands: 11 };
                        let image = compiler
                            .compile_part(&module, &known, &|_| Vec::new(), Part::Loop(entry))
                            .unwrap();
                        assert!(image.is_some(), "{arch} {entry:?}");
                        found += 1;
                    }
                }
            }
        }
    }
    assert_eq!(found, 4 * 2 * Arch::ALL.len());
    let stand_in = Compiler::new(options(Arch::X86_64)).unwrap().compile_stand_in(&module).unwrap();
    assert_eq!(Image::read(Bytes::from(stand_in)).unwrap().functions(), 1);
    let nowhere = OsrEntry { function: DefinedFuncIndex(0), offset: 3, operands: 0 };
    let compiler = Compiler::new(options(Arch::X86_64)).unwrap();
    assert_eq!(compiler.compile_part(&module, &known, &|_| Vec::new(), Part::Loop(nowhere)).unwrap(), None);
}
