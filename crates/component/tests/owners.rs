//! Components, instances, functions and places of exports where they do not belong: with another engine, in another store, in another
//! component.

use sarsen::{Config, Engine, Result, Store, Strategy};
use sarsen_component::{Component, Func, Instance, Linker, Val};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn engine() -> Engine {
    let mut config = Config::new();
    Engine::new(config.strategy(Strategy::Interpreter)).unwrap()
}

/// Exports `f`, which returns its number.
fn giver(number: u32) -> String {
    format!(
        r#"(component
            (core module $M (func (export "f") (result i32) (i32.const {number})))
            (core instance $m (instantiate $M))
            (func $f (export "f") (result u32) (canon lift (core func $m "f"))))"#
    )
}

/// Imports `f` and `g`, and exports the first.
const TAKER: &str = r#"(component
    (import "f" (func $f (result u32))) (import "g" (func $g (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $M (import "" "f" (func $f (result i32))) (func (export "run") (result i32) (call $f)))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
    (func (export "run") (result u32) (canon lift (core func $m "run"))))"#;

fn says<R>(what: &str, result: Result<R>, message: &str) {
    let error = result.err().unwrap_or_else(|| panic!("{what} is taken"));
    assert!(format!("{error:#}").contains(message), "{what}: {error:#}");
}

fn give(engine: &Engine, number: u32) -> (Store<()>, Instance) {
    let component = Component::new(engine, giver(number)).unwrap();
    let mut store = Store::new(engine, ());
    let instance = Linker::new(engine).instantiate(&mut store, &component).unwrap();
    (store, instance)
}

#[test]
fn components_belong_to_an_engine() {
    let (mine, other) = (engine(), engine());
    let foreign = Component::new(&other, giver(1)).unwrap();
    let linker = Linker::<()>::new(&mine);
    let message = "component belongs to another engine";
    says("Linker::instantiate_pre", linker.instantiate_pre(&foreign), message);
    says("Linker::instantiate", linker.instantiate(Store::new(&mine, ()), &foreign), message);
    let pre = Linker::<()>::new(&other).instantiate_pre(&foreign).unwrap();
    says("InstancePre::instantiate", pre.instantiate(Store::new(&mine, ())), message);
    pre.instantiate(Store::new(&other, ())).unwrap();
}

#[test]
fn functions_belong_to_a_store() {
    let engine = engine();
    let ((mut store, instance), (mut other, foreign)) = (give(&engine, 1), give(&engine, 2));
    let own_func = instance.get_func(&mut store, "f").unwrap();
    let foreign_func = foreign.get_func(&mut other, "f").unwrap();
    let taker = Component::new(&engine, TAKER).unwrap();
    let linker = |f: &Func, g: &Func| {
        let mut linker = Linker::<()>::new(&engine);
        linker.root().func("f", f.clone()).unwrap();
        linker.root().func("g", g.clone()).unwrap();
        linker
    };
    let mixed = linker(&own_func, &foreign_func);
    says(
        "a linker of two stores",
        mixed.instantiate_pre(&taker),
        "belongs to another store than other imports",
    );
    let foreign_only = linker(&foreign_func, &foreign_func);
    says("an import", foreign_only.instantiate(&mut store, &taker), "an import belongs to another store");
    let run = foreign_only.instantiate(&mut other, &taker).unwrap();
    let run = run.get_typed_func::<(), (u32,)>(&mut other, "run").unwrap();
    assert_eq!(run.call(&mut other, ()).unwrap(), (2,));
    says("Func::call", foreign_func.call(&mut store, &[], &mut [Val::Bool(false)]), "another store");
    says("TypedFunc::call", run.call(&mut store, ()), "another store");
    assert_eq!(run.call(&mut other, ()).unwrap(), (2,));
}

#[test]
fn instances_belong_to_a_store_and_exports_to_a_component() {
    let engine = engine();
    let ((mut store, instance), (mut other, foreign)) = (give(&engine, 1), give(&engine, 2));
    let place = foreign.get_export_index(&mut other, None, "f").unwrap();
    assert!(instance.get_func(&mut store, &place).is_none(), "a place in another component");
    assert!(foreign.get_func(&mut other, &place).is_some());
    let mut linker = Linker::<()>::new(&engine);
    let mut panics = |what: &str, run: &mut dyn FnMut(&mut Store<()>)| {
        let payload = catch_unwind(AssertUnwindSafe(|| run(&mut store))).expect_err(what);
        let text = payload.downcast_ref::<&str>().copied().unwrap_or_default();
        assert!(text.contains("instance belongs to another store"), "{what}: {text}");
    };
    panics("Instance::get_func", &mut |store| drop(foreign.get_func(store, "f")));
    panics("Instance::component", &mut |store| drop(foreign.component(store)));
    panics("Instance::get_export", &mut |store| drop(foreign.get_export(store, None, "f")));
    panics("LinkerInstance::component_instance", &mut |store| {
        linker.root().component_instance(store, foreign).unwrap();
    });
}
