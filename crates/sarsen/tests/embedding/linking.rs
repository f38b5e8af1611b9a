//! Modules and linkers: what they say about themselves and about what does not fit.

use sarsen::{Engine, ExternType, Instance, Linker, Module, Store};

fn module(engine: &Engine, source: &str) -> Module {
    Module::new(engine, source).expect("the test's module is valid")
}

#[test]
fn a_module_says_what_it_needs_and_gives() {
    let engine = Engine::default();
    let module = module(
        &engine,
        r#"(module $named (import "env" "f" (func (param i32) (result i64))) (import "env" "m" (memory 1 2))
            (table (export "t") 3 funcref) (func (export "g")) (@custom "note" "hello"))"#,
    );
    assert_eq!(module.name(), Some("named"));
    let imports: Vec<_> = module.imports().map(|import| (import.module(), import.name())).collect();
    assert_eq!(imports, [("env", "f"), ("env", "m")]);
    let exports: Vec<_> = module.exports().map(|export| export.name()).collect();
    assert_eq!(exports, ["t", "g"]);
    assert!(matches!(module.get_export("t"), Some(ExternType::Table(ty)) if ty.minimum() == 3));
    assert!(module.custom_sections().any(|(name, bytes)| name == "note" && bytes == b"hello"));
}

#[test]
fn errors_point_at_the_place() {
    let engine = Engine::default();
    let error =
        Module::new(&engine, "(module\n  (func (i32.konst 1)))").map(|_| ()).expect_err("no such operator");
    assert!(error.to_string().contains("2:10"), "{error}");
    let error =
        Module::new(&engine, b"\0asm\x01\0\0\0\x01\x7f").map(|_| ()).expect_err("the section ends early");
    assert!(error.to_string().contains("offset 0x"), "{error}");
    let error = Module::new(&engine, "(module (func (result i32) (i64.const 1)))")
        .map(|_| ())
        .expect_err("i64 is not i32");
    assert!(error.to_string().contains("expected i32, found i64"), "{error}");
}

#[test]
fn a_missing_import_is_named() {
    let engine = Engine::default();
    let wants = module(&engine, r#"(module (import "env" "print_line" (func)))"#);
    let mut linker: Linker<()> = Linker::new(&engine);
    linker.func_wrap("env", "print", || {}).expect("the name is new");
    let mut store = Store::new(&engine, ());
    let error = linker.instantiate(&mut store, &wants).map(|_| ()).expect_err("it is missing");
    assert!(error.to_string().contains("env") && error.to_string().contains("print_line"), "{error}");
    linker.define_unknown_imports_as_traps(&wants).expect("it can");
    linker.instantiate(&mut store, &wants).expect("nothing is missing now");
}

#[test]
fn names_are_defined_once_unless_shadowing_is_allowed() {
    let engine = Engine::default();
    let mut linker: Linker<()> = Linker::new(&engine);
    linker.func_wrap("env", "f", || 1_i32).expect("the name is new");
    assert!(linker.func_wrap("env", "f", || 2_i32).is_err());
    linker.allow_shadowing(true);
    linker.func_wrap("env", "f", || 2_i32).expect("it may");
    let uses =
        module(&engine, r#"(module (import "env" "f" (func $f (result i32))) (export "f" (func $f)))"#);
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &uses).expect("the import fits");
    let f = instance.get_typed_func::<(), i32>(&mut store, "f").expect("it is exported");
    assert_eq!(f.call(&mut store, ()).expect("it returns"), 2);
}

#[test]
fn instances_link_to_instances() {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let counter = module(
        &engine,
        r#"(module (global $n (mut i32) (i32.const 0))
            (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))"#,
    );
    let user = module(
        &engine,
        r#"(module (import "counter" "next" (func $next (result i32)))
            (func (export "twice") (result i32) (drop (call $next)) (call $next))
            (func (export "tail") (result i32) (return_call $next)))"#,
    );
    let first = Instance::new(&mut store, &counter, &[]).expect("nothing is imported");
    let mut linker: Linker<()> = Linker::new(&engine);
    linker.instance(&mut store, "counter", first).expect("the names are new");
    let pre = linker.instantiate_pre(&user).expect("the imports fit");
    let (a, b) =
        (pre.instantiate(&mut store).expect("it starts"), pre.instantiate(&mut store).expect("it starts"));
    let twice = a.get_typed_func::<(), i32>(&mut store, "twice").expect("it is exported");
    let tail = b.get_typed_func::<(), i32>(&mut store, "tail").expect("it is exported");
    assert_eq!(twice.call(&mut store, ()).expect("it returns"), 2);
    assert_eq!(tail.call(&mut store, ()).expect("it returns"), 3, "both share the counter");
}

#[test]
fn modules_of_another_engine_are_refused() {
    let (here, there) = (Engine::default(), Engine::default());
    let foreign = module(&there, "(module)");
    let mut store = Store::new(&here, ());
    assert!(Instance::new(&mut store, &foreign, &[]).is_err());
}

#[test]
fn a_failing_start_leaves_the_store_usable() {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let bad = module(&engine, "(module (memory 1) (data (i32.const 65536) \"x\"))");
    assert!(Instance::new(&mut store, &bad, &[]).is_err());
    let bad = module(&engine, "(module (func $f unreachable) (start $f))");
    assert!(Instance::new(&mut store, &bad, &[]).is_err());
    Instance::new(&mut store, &module(&engine, "(module)"), &[]).expect("the store is still good");
}
