//! Linking by name: modules as definitions, other names for what is defined, and stand-ins for what is not.

use crate::assert_says;
use sarsen::{
    Caller, Engine, ErrorKind, Extern, ExternType, Instance, Linker, Module, Result, Store, Trap, Val,
};

/// Counts its calls, in a global of its own.
const COUNTER: &str = r#"(module (import "env" "seen" (func $seen (param i32)))
    (memory (export "memory") 1) (global $n (mut i32) (i32.const 0))
    (func $next (export "next") (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
    (func (export "NAME") (call $seen (call $next))))"#;

/// A linker whose stores keep what modules show.
fn linker(engine: &Engine) -> Linker<Vec<i32>> {
    let mut linker = Linker::new(engine);
    let seen = |mut caller: Caller<'_, Vec<i32>>, value: i32| caller.data_mut().push(value);
    linker.func_wrap("env", "seen", seen).unwrap();
    linker
}

fn module(engine: &Engine, wat: &str) -> Module {
    Module::new(engine, wat).unwrap()
}

/// Calls a function without parameters that a linker has.
fn call(linker: &Linker<Vec<i32>>, store: &mut Store<Vec<i32>>, name: &str) -> Result<()> {
    let func = linker.get(&mut *store, "counter", name).unwrap().into_func().unwrap();
    let count = func.ty(&*store).results().len();
    let mut results = vec![Val::I32(0); count];
    func.call(&mut *store, &[], &mut results)?;
    store.data_mut().extend(results.iter().map(Val::unwrap_i32));
    Ok(())
}

#[test]
fn libraries_are_instantiated_once() {
    let engine = crate::engine();
    let mut linker = linker(&engine);
    let mut store = Store::new(&engine, Vec::new());
    let library = module(&engine, &COUNTER.replace("NAME", "_initialize"));
    linker.module(&mut store, "counter", &library).unwrap();
    assert_eq!(store.data()[..], [1], "it was initialized");
    call(&linker, &mut store, "next").unwrap();
    call(&linker, &mut store, "next").unwrap();
    assert_eq!(store.data()[..], [1, 2, 3]);
    assert!(linker.get(&mut store, "counter", "memory").is_ok());

    let failing = module(&engine, r#"(module (func (export "_initialize") unreachable))"#);
    let error = linker.module(&mut store, "failing", &failing).unwrap_err();
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::UnreachableCodeReached));
    let strange = module(&engine, r#"(module (func (export "_initialize") (param i32)))"#);
    assert_says(&linker.module(&mut store, "strange", &strange).unwrap_err(), &["`_initialize`"]);
}

#[test]
fn programs_start_anew_with_every_call() {
    let engine = crate::engine();
    let mut linker = linker(&engine);
    let program = module(&engine, &COUNTER.replace("NAME", "_start"));
    linker.module(Store::new(&engine, Vec::new()), "counter", &program).unwrap();
    for _ in 0..2 {
        // Its functions belong to no store.
        let mut store = Store::new(&engine, Vec::new());
        for name in ["next", "_start", "next"] {
            call(&linker, &mut store, name).unwrap();
        }
        assert_eq!(store.data()[..], [1, 1, 1]);
        assert!(linker.get(&mut store, "counter", "memory").is_err());
    }
    let trap = r#"(module (func (export "_start") unreachable))"#;
    linker
        .allow_shadowing(true)
        .module(Store::new(&engine, vec![]), "counter", &module(&engine, trap))
        .unwrap();
    let error = call(&linker, &mut Store::new(&engine, vec![]), "_start").unwrap_err();
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::UnreachableCodeReached));
}

#[test]
fn modules_are_either_programs_or_libraries() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, Vec::new());
    let mut linker = linker(&engine);
    let mut define = |wat: &str| linker.module(&mut store, "m", &module(&engine, wat)).map(drop).unwrap_err();
    assert_says(
        &define(r#"(module (func (export "_start")) (func (export "_initialize")))"#),
        &["both", "`_start`", "`_initialize`"],
    );
    assert_says(&define(r#"(module (memory (export "_start") 1))"#), &["`_start`", "no function"]);
    let more = r#"(module (func (export "_start")) (global (export "more") i32 (i32.const 1)))"#;
    assert_says(&define(more), &["`more`", "program", "no function"]);
    let error = define(r#"(module (import "env" "sean" (func (param i32))) (func (export "_start")))"#);
    assert_says(&error, &["`env`.`sean`", "there is `env`.`seen`"]);
    linker.allow_unknown_exports(true).module(&mut store, "n", &module(&engine, more)).unwrap();
    assert!(linker.get(&mut store, "n", "more").is_err());
}

#[test]
fn a_module_has_a_default_function() {
    let engine = crate::engine();
    let mut linker = linker(&engine);
    let mut store = Store::new(&engine, Vec::new());
    linker.func_wrap("both", "", |mut caller: Caller<'_, Vec<i32>>| caller.data_mut().push(1)).unwrap();
    linker.func_wrap("both", "_start", || ()).unwrap();
    linker.func_wrap("one", "_start", |mut caller: Caller<'_, Vec<i32>>| caller.data_mut().push(2)).unwrap();
    for module in ["both", "one", "none"] {
        linker.get_default(&mut store, module).unwrap().call(&mut store, &[], &mut []).unwrap();
    }
    assert_eq!(store.data()[..], [1, 2]);
    let memory = module(&engine, r#"(module (memory (export "_start") 1))"#);
    let memory = Instance::new(&mut store, &memory, &[]).unwrap();
    linker.instance(&mut store, "memory", memory).unwrap();
    assert_says(
        &linker.get_default(&mut store, "memory").unwrap_err(),
        &["`memory`.`_start`", "no function"],
    );
}

#[test]
fn definitions_have_other_names_too() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("a", "one", || 1).unwrap().func_wrap("a", "two", || 2).unwrap();
    linker.alias("a", "one", "b", "eins").unwrap();
    linker.alias_module("a", "c").unwrap();
    let wat = r#"(module (import "b" "eins" (func $eins (result i32)))
        (import "c" "one" (func $one (result i32))) (import "c" "two" (func $two (result i32)))
        (func (export "sum") (result i32) (i32.add (call $eins) (i32.add (call $one) (call $two)))))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    let sum = instance.get_typed_func::<(), i32>(&mut store, "sum").unwrap();
    assert_eq!(sum.call(&mut store, ()).unwrap(), 4);

    assert_says(
        &linker.alias("a", "three", "b", "drei").unwrap_err(),
        &["`a`.`three`", "has not been defined"],
    );
    assert_says(&linker.alias("a", "two", "b", "eins").unwrap_err(), &["`b`.`eins`", "twice"]);
    assert_says(&linker.alias_module("z", "y").unwrap_err(), &["`z`"]);
    assert_says(&linker.alias_module("a", "c").unwrap_err(), &["twice"]);
    // What has another name is what it was.
    linker.allow_shadowing(true).func_wrap("a", "one", || 100).unwrap();
    let (mut store, instance) = crate::link(&linker, (), wat);
    let sum = instance.get_typed_func::<(), i32>(&mut store, "sum").unwrap();
    assert_eq!(sum.call(&mut store, ()).unwrap(), 4);
}

#[test]
fn definitions_are_found_by_import() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("env", "f", || 1).unwrap();
    let user = module(&engine, r#"(module (import "env" "f" (memory 1)) (import "env" "g" (func)))"#);
    let mut store = Store::new(&engine, ());
    let found: Vec<_> = user.imports().map(|import| linker.get_by_import(&mut store, &import)).collect();
    assert!(matches!(found[..], [Some(Extern::Func(_)), None]), "{found:?}");
}

#[test]
fn all_missing_imports_are_named() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("env", "known", || ()).unwrap();
    let error = |names: &[&str]| {
        let imports: String = names.iter().map(|name| format!(r#"(import "env" "{name}" (func))"#)).collect();
        linker.instantiate_pre(&module(&engine, &format!("(module {imports})"))).unwrap_err().to_string()
    };
    assert_eq!(
        error(&["known", "alpha", "beta", "alpha"]),
        "unknown import: `env`.`alpha` has not been defined; neither has `env`.`beta`"
    );
    assert_eq!(
        error(&["1", "2", "3", "4", "5", "6"]),
        "unknown import: `env`.`1` has not been defined; neither has `env`.`2`, `env`.`3`, `env`.`4`, 2 more"
    );
}

#[test]
fn unknown_imports_can_have_default_values() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("env", "known", || 7).unwrap();
    let user = module(
        &engine,
        r#"(module (import "env" "known" (func $known (result i32)))
            (import "env" "f" (func $f (param f32) (result i64 f64 externref)))
            (import "env" "g" (global $g i32)) (import "env" "v" (global (mut v128)))
            (import "env" "t" (table $t 3 funcref)) (import "env" "m" (memory $m 1))
            (import "env" "s" (memory 1 2 shared)) (import "env" "e" (tag (param i32)))
            (func (export "run") (result i32 i64 f64 externref i32 i32 i32)
                (call $known) (call $f (f32.const 1)) (global.get $g)
                (ref.is_null (table.get $t (i32.const 2))) (i32.load $m (i32.const 8))))"#,
    );
    let mut store = Store::new(&engine, ());
    linker.define_unknown_imports_as_default_values(&mut store, &user).unwrap();
    let instance = linker.instantiate(&mut store, &user).unwrap();
    let mut results = [Val::I32(9); 7];
    instance.get_func(&mut store, "run").unwrap().call(&mut store, &[], &mut results).unwrap();
    let text = format!("{results:?}");
    assert!(matches!(results[..4], [Val::I32(7), Val::I64(0), Val::F64(0), Val::ExternRef(None)]), "{text}");
    assert!(matches!(results[4..], [Val::I32(0), Val::I32(1), Val::I32(0)]), "{text}");
    // They are this store's.
    assert!(linker.instantiate(Store::new(&engine, ()), &user).is_err());
}

#[test]
fn types_without_null_have_no_default_value() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, ());
    for import in ["(func (result (ref any)))", "(global (ref i31))", "(table 1 (ref func))"] {
        let user = module(&engine, &format!(r#"(module (import "env" "x" {import}))"#));
        let mut linker = Linker::new(&engine);
        let error = linker.define_unknown_imports_as_default_values(&mut store, &user).unwrap_err();
        assert_says(&error, &["`env`.`x`", "no default value"]);
        let error = linker.instantiate(&mut store, &user).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unlinkable);
    }
    let other = module(&crate::engine(), r#"(module (import "env" "f" (func (param i32))))"#);
    let ty: ExternType = other.imports().next().unwrap().ty();
    assert_says(&ty.default_value(&mut store).unwrap_err(), &["another engine"]);
}
