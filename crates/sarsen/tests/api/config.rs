//! Features that are switched off, and limits on modules.

use crate::assert_says;
use sarsen::{Config, Engine, ErrorKind, Feature, Features, Module, ModuleLimits, Profiler, Strategy};

/// A module that needs a feature and what that builds on, for each of them.
const NEEDS: &[(Feature, &str)] = &[
    (Feature::MutableGlobal, r#"(module (global (export "g") (mut i32) (i32.const 0)))"#),
    (Feature::SignExtension, "(module (func (drop (i32.extend8_s (i32.const 1)))))"),
    (Feature::SaturatingFloatToInt, "(module (func (drop (i32.trunc_sat_f32_s (f32.const 1)))))"),
    (Feature::Floats, "(module (func (param f32)))"),
    (Feature::MultiValue, "(module (func (result i32 i32) unreachable))"),
    (
        Feature::BulkMemory,
        "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))",
    ),
    (Feature::ReferenceTypes, "(module (table 1 externref))"),
    (Feature::Simd, "(module (func (param v128)))"),
    (
        Feature::RelaxedSimd,
        "(module (func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))))",
    ),
    (Feature::TailCall, "(module (func $f (return_call $f)))"),
    (Feature::ExtendedConst, "(module (global i32 (i32.add (i32.const 1) (i32.const 1))))"),
    (Feature::MultiMemory, "(module (memory 1) (memory 1))"),
    (Feature::Memory64, "(module (memory i64 1))"),
    (Feature::FunctionReferences, "(module (type $f (func)) (func (param (ref null $f))))"),
    (Feature::Gc, "(module (type (struct)))"),
    (Feature::Exceptions, "(module (tag))"),
    (Feature::Threads, "(module (memory 1 1 shared))"),
    (Feature::WideArithmetic, "(module (func (i64.mul_wide_s (i64.const 1) (i64.const 1)) drop drop))"),
    (Feature::CustomPageSizes, "(module (memory 1 (pagesize 1)))"),
];

#[test]
fn features_that_are_off_are_refused_by_name() {
    for &(feature, wat) in NEEDS {
        let mut config = crate::config();
        Module::new(&Engine::new(&config).unwrap(), wat).unwrap();
        let engine = Engine::new(config.wasm_feature(feature, false)).unwrap();
        let error = Module::new(&engine, wat).unwrap_err();
        assert_ne!(error.kind(), ErrorKind::Other, "{wat}");
        assert_says(&error, &[&format!("needs the feature `{}`", feature.name())]);
        assert_eq!(Module::validate(&engine, wat.as_bytes()).unwrap_err().to_string(), error.to_string());
    }
}

#[test]
fn other_errors_name_no_feature() {
    let engine = Engine::new(crate::config().features(Features::none())).unwrap();
    for wat in ["(module (func (result i32)))", "(module (fun))", "(module (func (drop)))"] {
        let error = Module::new(&engine, wat).unwrap_err();
        assert!(!error.to_string().contains("feature"), "{error}");
    }
    // Of two that are missing, the one whose rule is broken first is named.
    let error = Module::new(&engine, "(module (memory i64 1) (tag))").unwrap_err();
    assert_says(&error, &["needs the feature `memory64`"]);
}

#[test]
fn every_feature_is_tested_here() {
    // The text format has no compact imports, branch hints are custom sections, which never make a module invalid, and
    // annotations are no part of a module.
    let elsewhere = [Feature::CompactImports, Feature::BranchHints, Feature::Annotations];
    let tested: Vec<Feature> = NEEDS.iter().map(|&(feature, _)| feature).collect();
    for feature in Feature::ALL {
        assert!(tested.contains(feature) != elsewhere.contains(feature), "{feature:?}");
    }
}

#[test]
fn annotations_can_be_switched_off() {
    let engine = Engine::new(crate::config().wasm_annotations(false)).unwrap();
    let error = Module::new(&engine, "(module\n  (@custom \"x\" \"\"))").unwrap_err();
    assert_says(&error, &["annotations are switched off (at line 2, column 4)"]);
    let error = Module::new(&engine, "(module (func (@name \"f\")))").unwrap_err();
    assert_says(&error, &["annotations are switched off"]);
    // What only looks like one is none.
    let wat = "(module (; (@custom) ;) (func (export \"(@custom)\")) ;; (@custom)\n)";
    assert!(Module::new(&engine, wat).is_ok());
    assert!(Module::new(&crate::engine(), "(module (@custom \"x\" \"\"))").is_ok());
}

#[test]
fn what_builds_on_a_feature_goes_with_it() {
    let engine = Engine::new(crate::config().wasm_reference_types(false)).unwrap();
    for wat in ["(module (type (struct)))", "(module (type $f (func)) (func (param (ref null $f))))"] {
        assert!(Module::new(&engine, wat).is_err(), "{wat}");
    }
    assert!(Module::new(&engine, "(module (func (param v128)))").is_ok());
    let engine = Engine::new(crate::config().features(Features::none()).wasm_relaxed_simd(true)).unwrap();
    assert!(Module::new(&engine, "(module (func (param v128 f64)))").is_ok());
    assert!(Module::new(&engine, "(module (memory i64 1))").is_err());
}

#[test]
fn profilers_need_compiled_code() {
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter).profiler(Profiler::PerfMap);
    assert_says(&Engine::new(&config).unwrap_err(), &["strategy `interpreter` has none"]);
    assert!(Engine::new(config.profiler(Profiler::None)).is_ok());
}

#[test]
fn modules_beyond_the_limits_are_refused() {
    let engine = Engine::new(crate::config().module_limits(ModuleLimits::strict())).unwrap();
    let funcs = format!("(module {})", "(func)".repeat(50_001));
    let large = format!("(module (memory 1) (data \"{}\"))", "x".repeat(16 << 20));
    let long = format!("(module (func {}))", "(drop (i32.const 1))".repeat(1 << 19));
    for (wat, says) in [
        (funcs.as_str(), ["functions count of 50001 exceeds limit of 50000", "at offset 0x"]),
        (&large, ["module size of", "exceeds limit of 16777216 bytes"]),
        (&long, ["function size of 1572866 exceeds limit of 1048576 bytes", "at offset 0x"]),
    ] {
        let error = Module::new(&engine, wat).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_says(&error, &says);
        assert!(Module::validate(&engine, wat.as_bytes()).is_err());
    }
    assert!(Module::new(&crate::engine(), &funcs).is_ok());
    assert!(Module::new(&engine, "(module (func) (memory 1))").is_ok());
}

#[test]
fn an_engine_knows_its_configuration() {
    let mut config = crate::config();
    config.wasm_simd(false);
    let engine = Engine::new(&config).unwrap();
    assert_eq!(format!("{:?}", engine.config()), format!("{config:?}"));
    let other = Engine::new(engine.config().clone().wasm_simd(true)).unwrap();
    assert!(Module::new(&other, "(module (func (param v128)))").is_ok());
    assert!(Module::new(&engine, "(module (func (param v128)))").is_err());
}
