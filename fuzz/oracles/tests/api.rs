//! Hosts that make mistakes get an error, not a panic: imports that do not match, calls with wrong types, handles from another
//! store, recursion through the host.
//!
//! It owns no limits; hostile guests are in `hostile.rs`.

use sarsen::{
    Caller, Dispatch, Engine, Extern, Func, Global, GlobalType, Instance, Linker, Module, Mutability, Ref,
    RefType, Store, Table, TableType, Val, ValType,
};
use sarsen_oracles::oracle;

fn engine() -> Engine {
    oracle::engine(Dispatch::Threaded)
}

fn module(engine: &Engine, source: &str) -> Module {
    Module::new(engine, source).expect("the test's module is valid")
}

/// A store in which guests may run for a while.
fn store(engine: &Engine) -> Store<()> {
    let mut store = Store::new(engine, ());
    store.set_fuel(1_000_000_000).expect("the engine counts fuel");
    store
}

const INCREMENT: &str =
    "(module (func (export \"inc\") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))";

#[test]
fn imports_that_do_not_match() {
    let engine = engine();
    let mut store = store(&engine);
    let mut linker = Linker::new(&engine);
    linker.func_wrap("env", "f", |_: i32| {}).expect("a new name");
    for (import, words) in [
        ("(func (param i64))", ["incompatible import type", "env", "f"]),
        ("(func (param i32) (result i32))", ["incompatible import type", "env", "f"]),
        ("(memory 1)", ["incompatible import type", "env", "f"]),
    ] {
        let module = module(&engine, &format!("(module (import \"env\" \"f\" {import}))"));
        let error = format!("{:?}", linker.instantiate(&mut store, &module).expect_err("the types differ"));
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    }
    let module = module(&engine, "(module (import \"env\" \"g\" (func)))");
    let error = format!("{:?}", linker.instantiate(&mut store, &module).expect_err("nothing is called g"));
    assert!(["unknown import", "env", "g"].iter().all(|word| error.contains(word)), "{error}");
    assert!(Instance::new(&mut store, &module, &[]).is_err(), "too few imports");
}

#[test]
fn calls_with_wrong_types() {
    let engine = engine();
    let mut store = store(&engine);
    let instance = Instance::new(&mut store, &module(&engine, INCREMENT), &[]).expect("nothing is imported");
    let func = instance.get_func(&mut store, "inc").expect("an export");
    let mut result = [Val::I32(0)];
    for arguments in [&[][..], &[Val::I64(1)], &[Val::I32(1), Val::I32(2)], &[Val::FuncRef(None)]] {
        assert!(func.call(&mut store, arguments, &mut result).is_err(), "{} arguments", arguments.len());
    }
    assert!(func.call(&mut store, &[Val::I32(1)], &mut []).is_err(), "too few results");
    func.call(&mut store, &[Val::I32(1)], &mut result).expect("the types are right");
    assert!(matches!(result, [Val::I32(2)]));
    assert!(instance.get_typed_func::<i64, i32>(&mut store, "inc").is_err());
    assert!(instance.get_typed_func::<i32, ()>(&mut store, "inc").is_err());
    assert!(instance.get_typed_func::<i32, i32>(&mut store, "dec").is_err());
}

#[test]
fn handles_from_another_store() {
    let engine = engine();
    let (mut one, mut other) = (store(&engine), store(&engine));
    let module = module(&engine, INCREMENT);
    let instance = Instance::new(&mut one, &module, &[]).expect("nothing is imported");
    let func = instance.get_func(&mut one, "inc").expect("an export");

    assert!(func.call(&mut other, &[Val::I32(1)], &mut [Val::I32(0)]).is_err(), "a call");
    assert!(Func::wrap(&mut other, || {}).call(&mut one, &[], &mut []).is_err(), "a call of a host function");

    let import = self::module(&engine, "(module (import \"\" \"\" (func (param i32) (result i32))))");
    assert!(Instance::new(&mut other, &import, &[Extern::Func(func)]).is_err(), "an import");

    let ty = TableType::new(RefType::FUNCREF, 1, None);
    let table = Table::new(&mut other, ty, Ref::Func(None)).expect("a small table");
    assert!(table.set(&mut other, 0, Ref::Func(Some(func))).is_err(), "an element");
    let ty = GlobalType::new(ValType::FUNCREF, Mutability::Var);
    let global = Global::new(&mut other, ty, Val::FuncRef(None)).expect("a global");
    assert!(global.set(&mut other, Val::FuncRef(Some(func))).is_err(), "a global's value");
}

#[test]
fn modules_of_another_engine() {
    let (one, other) = (engine(), engine());
    let module = module(&one, INCREMENT);
    let mut store = store(&other);
    assert!(Instance::new(&mut store, &module, &[]).is_err());
    assert!(Linker::new(&other).instantiate(&mut store, &module).is_err());
}

#[test]
fn recursion_through_the_host() {
    let engine = engine();
    let mut store = store(&engine);
    let mut linker = Linker::new(&engine);
    linker
        .func_wrap("env", "again", |mut caller: Caller<'_, ()>| {
            let func = caller.get_export("f").and_then(Extern::into_func).expect("the caller exports f");
            func.call(&mut caller, &[], &mut [])
        })
        .expect("a new name");
    let module = module(
        &engine,
        "(module (import \"env\" \"again\" (func $again)) (func (export \"f\") (call $again)))",
    );
    let instance = linker.instantiate(&mut store, &module).expect("everything is provided");
    let func = instance.get_func(&mut store, "f").expect("an export");
    let error = func.call(&mut store, &[], &mut []).expect_err("it never returns");
    assert!(format!("{error:?}").contains("call stack exhausted"), "{error:?}");
}

#[test]
fn a_stopped_store_can_be_used_again() {
    let engine = engine();
    let mut store = store(&engine);
    let source =
        "(module (func (export \"spin\") (loop (br 0))) (func (export \"ok\") (result i32) (i32.const 7)))";
    let instance = Instance::new(&mut store, &module(&engine, source), &[]).expect("nothing is imported");
    let spin = instance.get_typed_func::<(), ()>(&mut store, "spin").expect("an export");
    let ok = instance.get_typed_func::<(), i32>(&mut store, "ok").expect("an export");
    store.set_fuel(10_000).expect("the engine counts fuel");
    assert!(spin.call(&mut store, ()).is_err());
    store.set_fuel(10_000).expect("the engine counts fuel");
    assert_eq!(ok.call(&mut store, ()).expect("it returns"), 7);
}
