//! Linking by name: what is missing, what does not fit, prepared instantiation.

use crate::{assert_says, link};
use sarsen::{
    Caller, ErrorKind, Func, Global, GlobalType, Instance, Linker, Module, Mutability, Store, Trap, Val,
    ValType,
};

#[test]
fn missing_imports_are_named() {
    let engine = crate::engine();
    let module = Module::new(&engine, r#"(module (import "env" "log" (func)))"#).unwrap();
    let error = Linker::<()>::new(&engine).instantiate(Store::new(&engine, ()), &module).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unlinkable);
    assert_says(&error, &["unknown import", "`env`.`log`"]);
    assert!(!error.to_string().contains("there is"), "{error}");
}

#[test]
fn near_names_are_proposed() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("env", "print_i32", |_: i32| {}).unwrap();
    linker.func_wrap("env", "exit", || {}).unwrap();
    linker.func_wrap("zoo", "close", || {}).unwrap();
    linker.func_wrap("art", "close", || {}).unwrap();
    let error = |import: &str| {
        let module = Module::new(&engine, format!("(module (import {import} (func)))")).unwrap();
        linker.instantiate_pre(&module).unwrap_err()
    };
    assert_says(&error(r#""env" "print_i23""#), &["there is `env`.`print_i32`"]);
    assert_says(&error(r#""sys" "exit""#), &["there is `env`.`exit`"]);
    // Of several modules that have the name, always the same is proposed.
    assert_says(&error(r#""env" "close""#), &["there is `art`.`close`"]);
    assert!(!error(r#""env" "entirely_else""#).to_string().contains("there is"));
}

#[test]
fn types_that_do_not_fit_are_shown() {
    let engine = crate::engine();
    let provider = r#"(module
        (func (export "func") (param i32))
        (memory (export "memory") 1 5)
        (table (export "table") 1 funcref)
        (global (export "global") i32 (i32.const 0))
        (tag (export "tag") (param i32)))"#;
    for (name, import, words) in [
        ("func", "(func (param i64))", ["i64", "i32"]),
        ("func", "(memory 1)", ["memory", "func"]),
        ("memory", "(memory 2)", ["2", "1"]),
        ("memory", "(memory 1 4)", ["4", "5"]),
        ("memory", "(memory i64 1 5)", ["i64", "memory"]),
        ("table", "(table 1 externref)", ["externref", "funcref"]),
        ("table", "(table 2 funcref)", ["2", "1"]),
        ("global", "(global i64)", ["i64", "i32"]),
        ("global", "(global (mut i32))", ["mut", "i32"]),
        ("tag", "(tag (param i64))", ["i64", "i32"]),
    ] {
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &Module::new(&engine, provider).unwrap(), &[]).unwrap();
        let mut linker = Linker::new(&engine);
        linker.instance(&mut store, "env", instance).unwrap();
        let wat = format!(r#"(module (import "env" "{name}" {import}))"#);
        let error = linker.instantiate(&mut store, &Module::new(&engine, wat).unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unlinkable, "{import}");
        assert_says(&error, &["incompatible import type", &format!("`env`.`{name}`"), words[0], words[1]]);
    }
}

#[test]
fn a_wrong_number_of_imports_is_refused() {
    let engine = crate::engine();
    let module = Module::new(&engine, r#"(module (import "a" "b" (func)))"#).unwrap();
    let error = Instance::new(Store::new(&engine, ()), &module, &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unlinkable);
    assert_says(&error, &["expected 1 imports, found 0"]);
}

#[test]
fn names_are_defined_once_unless_shadowing_is_allowed() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("env", "one", || 1).unwrap();
    assert_says(&linker.func_wrap("env", "one", || 2).unwrap_err(), &["`env`.`one`", "twice"]);
    linker.allow_shadowing(true).func_wrap("env", "one", || 3).unwrap();
    let wat = r#"(module (import "env" "one" (func (result i32))) (export "one" (func 0)))"#;
    let (mut store, instance) = link(&linker, (), wat);
    let one = instance.get_typed_func::<(), i32>(&mut store, "one").unwrap();
    assert_eq!(one.call(&mut store, ()).unwrap(), 3);
}

#[test]
fn exports_of_an_instance_are_imports_of_another() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    let counter = Module::new(
        &engine,
        r#"(module (global $n (export "n") (mut i32) (i32.const 0))
            (func (export "next") (result i32)
                (global.set $n (i32.add (global.get $n) (i32.const 1)))
                (global.get $n)))"#,
    );
    let counter = linker.instantiate(&mut store, &counter.unwrap()).unwrap();
    linker.instance(&mut store, "counter", counter).unwrap();
    let user = Module::new(
        &engine,
        r#"(module (import "counter" "next" (func $next (result i32)))
            (import "counter" "n" (global $n (mut i32)))
            (func (export "both") (result i32 i32) (call $next) (global.get $n)))"#,
    );
    let user = linker.instantiate(&mut store, &user.unwrap()).unwrap();
    let both = user.get_typed_func::<(), (i32, i32)>(&mut store, "both").unwrap();
    assert_eq!(both.call(&mut store, ()).unwrap(), (1, 1));
    assert_eq!(both.call(&mut store, ()).unwrap(), (2, 2));
    assert_eq!(counter.get_global(&mut store, "n").unwrap().get(&mut store).unwrap_i32(), 2);
}

#[test]
fn a_linker_serves_many_stores() {
    let engine = crate::engine();
    let mut linker = Linker::<i32>::new(&engine);
    linker.func_wrap("env", "add", |mut caller: Caller<'_, i32>, by: i32| *caller.data_mut() += by).unwrap();
    let wat = r#"(module (import "env" "add" (func $add (param i32))) (start $run)
        (func $run (call $add (i32.const 2)) (call $add (i32.const 3))))"#;
    let pre = linker.instantiate_pre(&Module::new(&engine, wat).unwrap()).unwrap();
    for start in [0, 100] {
        let mut store = Store::new(&engine, start);
        pre.instantiate(&mut store).unwrap();
        pre.clone().instantiate(&mut store).unwrap();
        assert_eq!(store.into_data(), start + 10);
    }
    assert_eq!(pre.module().imports().len(), 1);
}

#[test]
fn prepared_instances_share_nothing() {
    let engine = crate::engine();
    let wat = r#"(module (global $n (mut i32) (i32.const 0))
        (func (export "next") (result i32)
            (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))"#;
    let pre = Linker::<()>::new(&engine).instantiate_pre(&Module::new(&engine, wat).unwrap()).unwrap();
    let mut store = Store::new(&engine, ());
    for _ in 0..3 {
        let next =
            pre.instantiate(&mut store).unwrap().get_typed_func::<(), i32>(&mut store, "next").unwrap();
        assert_eq!(next.call(&mut store, ()).unwrap(), 1);
        assert_eq!(next.call(&mut store, ()).unwrap(), 2);
    }
}

#[test]
fn unknown_functions_can_be_made_to_fail_when_called() {
    let engine = crate::engine();
    let module = Module::new(
        &engine,
        r#"(module (import "env" "known" (func $known (result i32)))
            (import "env" "unknown" (func $unknown (param i32) (result i64)))
            (func (export "known") (result i32) (call $known))
            (func (export "unknown") (drop (call $unknown (i32.const 1)))))"#,
    );
    let module = module.unwrap();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("env", "known", || 7).unwrap();
    linker.define_unknown_imports_as_traps(&module).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let known = instance.get_typed_func::<(), i32>(&mut store, "known").unwrap();
    assert_eq!(known.call(&mut store, ()).unwrap(), 7);
    let unknown = instance.get_typed_func::<(), ()>(&mut store, "unknown").unwrap();
    assert_says(&unknown.call(&mut store, ()).unwrap_err(), &["`env`.`unknown`"]);

    let memory = Module::new(&engine, r#"(module (import "env" "memory" (memory 1)))"#).unwrap();
    let error = linker.define_unknown_imports_as_traps(&memory).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unlinkable);
}

#[test]
fn a_failing_start_function_fails_the_instantiation() {
    let engine = crate::engine();
    let module = Module::new(&engine, "(module (start $f) (func $f unreachable))").unwrap();
    let error = Linker::<()>::new(&engine).instantiate(Store::new(&engine, ()), &module).unwrap_err();
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::UnreachableCodeReached));
    let module = Module::new(&engine, r#"(module (memory 1) (data (i32.const 65536) "x"))"#).unwrap();
    let error = Linker::<()>::new(&engine).instantiate(Store::new(&engine, ()), &module).unwrap_err();
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::MemoryOutOfBounds));
}

#[test]
fn definitions_are_found_again() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    let ty = GlobalType::new(ValType::I64, Mutability::Const);
    let global = Global::new(&mut store, ty, Val::I64(9)).unwrap();
    linker.define(&store, "env", "global", global).unwrap();
    linker.func_wrap("env", "func", |x: i32| x + 1).unwrap();
    let found = linker.get(&mut store, "env", "global").unwrap().into_global().unwrap();
    assert_eq!(found, global);
    let func: Func = linker.get(&mut store, "env", "func").unwrap().into_func().unwrap();
    assert_eq!(func.typed::<i32, i32>(&store).unwrap().call(&mut store, 1).unwrap(), 2);
    assert_says(&linker.get(&mut store, "env", "nothing").unwrap_err(), &["`env`.`nothing`"]);
    let error = linker.get(&mut store, "env", "globe").unwrap_err();
    assert_says(&error, &["`env`.`globe` has not been defined", "there is `env`.`global`"]);
    let error = linker.alias("other", "func", "env", "more").unwrap_err();
    assert_says(&error, &["`other`.`func` has not been defined", "there is `env`.`func`"]);
    let mut all: Vec<_> =
        linker.iter(&mut store).map(|(module, name, value)| (module, name, value.into_global())).collect();
    all.sort_by_key(|(_, name, _)| *name);
    assert!(matches!(all[..], [("env", "func", None), ("env", "global", Some(found))] if found == global));
}

#[test]
fn engines_do_not_mix() {
    let (mine, other) = (crate::engine(), crate::engine());
    let module = Module::new(&other, r#"(module (import "env" "f" (func)))"#).unwrap();
    let mut linker = Linker::<()>::new(&mine);
    linker.func_wrap("env", "f", || {}).unwrap();
    // Types are numbers of an engine: a prepared module with host functions of another engine would confuse them.
    assert_says(&linker.instantiate_pre(&module).unwrap_err(), &["module belongs to another engine"]);
    assert_says(
        &linker.instantiate(Store::new(&mine, ()), &module).unwrap_err(),
        &["module belongs to another engine"],
    );
    let own = Module::new(&mine, r#"(module (import "env" "f" (func)))"#).unwrap();
    let error = linker.instantiate(Store::new(&other, ()), &own).unwrap_err();
    assert_says(&error, &["belongs to another engine"]);
    let error = Instance::new(Store::new(&mine, ()), &module, &[]).unwrap_err();
    assert_says(&error, &["belongs to another engine"]);
}

#[test]
fn traps_for_unknown_imports_are_of_the_linkers_engine() {
    let (engine, other) = (crate::engine(), crate::engine());
    let wat = r#"(module (import "a" "f" (func (param i32 i64))))"#;
    let mut linker = Linker::<()>::new(&engine);
    let error = linker.define_unknown_imports_as_traps(&Module::new(&other, wat).unwrap()).unwrap_err();
    assert_says(&error, &["another engine"]);
    linker.define_unknown_imports_as_traps(&Module::new(&engine, wat).unwrap()).unwrap();
}
