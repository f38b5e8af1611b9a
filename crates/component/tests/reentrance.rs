//! An instance that waits for an answer from outside is not called meanwhile, whoever calls; one that contains others calls them,
//! and is called by them.

use sarsen::{Config, Engine, ErrorKind, Store, StoreContextMut, Strategy};
use sarsen_component::{Component, Linker, ResourceAny, TypedFunc};

fn component(text: &str) -> Component {
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter);
    Component::new(&Engine::new(&config).unwrap(), text).unwrap()
}

const REFUSAL: &str = "cannot enter component instance";

#[track_caller]
fn refused<R: std::fmt::Debug>(outcome: sarsen::Result<R>) {
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), &*error.message()), (ErrorKind::Trap, REFUSAL));
}

/// A component that contains another and is called by it: `$C.g` calls `f` of the outer one, which is `body`.
fn outer(body: &str) -> Component {
    component(&format!(
        r#"(component
            (component $C
                (import "f" (func $f (param "x" u32) (result u32)))
                (core func $f' (canon lower (func $f)))
                (core module $M
                    (import "" "f" (func $f (param i32) (result i32)))
                    (func (export "g") (param i32) (result i32) (call $f (local.get 0)))
                    (func (export "h") (param i32) (result i32) (i32.const 1)))
                (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
                (func (export "g") (param "x" u32) (result u32) (canon lift (core func $m "g")))
                (func (export "h") (param "x" u32) (result u32) (canon lift (core func $m "h"))))
            (core module $Late
                (table (export "table") 1 funcref)
                (type $h (func (param i32) (result i32)))
                (func $h (param i32) (result i32) (call_indirect (type $h) (local.get 0) (i32.const 0)))
                (func (export "f") (param i32) (result i32) {body}))
            (core instance $late (instantiate $Late))
            (func $f (param "x" u32) (result u32) (canon lift (core func $late "f")))
            (instance $c (instantiate $C (with "f" (func $f))))
            (core func $g (canon lower (func $c "g")))
            (core func $h (canon lower (func $c "h")))
            (core module $Fill
                (import "" "table" (table 1 funcref)) (import "" "h" (func $h (param i32) (result i32)))
                (import "" "g" (func $g (param i32) (result i32)))
                (elem (i32.const 0) func $h)
                (func (export "run") (param i32) (result i32) (call $g (local.get 0))))
            (core instance $fill (instantiate $Fill (with "" (instance
                (export "table" (table $late "table")) (export "h" (func $h)) (export "g" (func $g))))))
            (func (export "run") (param "x" u32) (result u32) (canon lift (core func $fill "run")))
            (export "g" (func $c "g")))"#
    ))
}

#[test]
fn a_component_is_called_by_those_that_it_contains() {
    let component = outer("(i32.add (local.get 0) (i32.const 41))");
    let mut store = Store::new(component.engine(), ());
    let instance = Linker::new(component.engine()).instantiate(&mut store, &component).unwrap();
    for name in ["run", "g", "run"] {
        let func = instance.get_typed_func::<(u32,), (u32,)>(&mut store, name).unwrap();
        assert_eq!(func.call(&mut store, (1,)).unwrap(), (42,), "{name}");
    }
}

#[test]
fn but_does_not_call_back_those_that_wait_for_it() {
    let component = outer("(call $h (local.get 0))");
    for name in ["run", "g"] {
        let mut store = Store::new(component.engine(), ());
        let instance = Linker::new(component.engine()).instantiate(&mut store, &component).unwrap();
        let func = instance.get_typed_func::<(u32,), (u32,)>(&mut store, name).unwrap();
        refused(func.call(&mut store, (1,)));
    }
}

/// What the host calls while it is called.
type Back = Option<TypedFunc<(u32,), (u32,)>>;

/// Calls the host, which calls what it is told to.
const CALLS_THE_HOST: &str = r#"(component
    (import "host" (func $host (param "x" u32) (result u32)))
    (core func $host' (canon lower (func $host)))
    (core module $M
        (import "" "host" (func $host (param i32) (result i32)))
        (func (export "run") (param i32) (result i32) (call $host (local.get 0)))
        (func (export "other") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))
    (core instance $m (instantiate $M (with "" (instance (export "host" (func $host'))))))
    (func (export "run") (param "x" u32) (result u32) (canon lift (core func $m "run")))
    (func (export "other") (param "x" u32) (result u32) (canon lift (core func $m "other"))))"#;

#[test]
fn the_host_calls_others_while_it_is_called() {
    let component = component(CALLS_THE_HOST);
    let mut linker = Linker::<Back>::new(component.engine());
    let host = |mut store: StoreContextMut<'_, Back>, params| match store.data().clone() {
        Some(back) => back.call(&mut store, params),
        None => Ok(params),
    };
    linker.root().func_wrap("host", host).unwrap();
    let mut store = Store::new(component.engine(), None);
    let caller = linker.instantiate(&mut store, &component).unwrap();
    let another = linker.instantiate(&mut store, &component).unwrap();
    let run = caller.get_typed_func::<(u32,), (u32,)>(&mut store, "run").unwrap();
    *store.data_mut() = Some(another.get_typed_func(&mut store, "other").unwrap());
    assert_eq!(run.call(&mut store, (21,)).unwrap(), (42,));
    *store.data_mut() = Some(caller.get_typed_func(&mut store, "other").unwrap());
    refused(run.call(&mut store, (21,)));
    *store.data_mut() = None;
    refused(run.call(&mut store, (21,)));
}

/// Defines a resource, whose destructor counts, and gives one to the host, which may drop it at once.
const HAS_A_DESTRUCTOR: &str = r#"(component
    (core module $D
        (global $dropped (mut i32) (i32.const 0))
        (func (export "drop") (param i32) (global.set $dropped (i32.add (global.get $dropped) (i32.const 1))))
        (func (export "dropped") (result i32) (global.get $dropped)))
    (core instance $d (instantiate $D))
    (type $R' (resource (rep i32) (dtor (core func $d "drop"))))
    (export $R "r" (type $R'))
    (import "host" (func $host))
    (core func $host' (canon lower (func $host)))
    (core func $new (canon resource.new $R'))
    (core func $drop (canon resource.drop $R'))
    (core module $M
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (import "" "host" (func $host))
        (func (export "make") (result i32) (call $new (i32.const 1)))
        (func (export "drop") (call $drop (call $new (i32.const 2))))
        (func (export "run") (call $host)))
    (core instance $m (instantiate $M (with "" (instance
        (export "new" (func $new)) (export "drop" (func $drop)) (export "host" (func $host'))))))
    (func (export "make") (result (own $R)) (canon lift (core func $m "make")))
    (func (export "drop") (canon lift (core func $m "drop")))
    (func (export "run") (canon lift (core func $m "run")))
    (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))"#;

#[test]
fn destructors_are_calls() {
    let component = component(HAS_A_DESTRUCTOR);
    let mut linker = Linker::<Option<ResourceAny>>::new(component.engine());
    let host = |mut store: StoreContextMut<'_, Option<ResourceAny>>, (): ()| {
        store.data_mut().take().map_or(Ok(()), |resource| resource.resource_drop(&mut store))
    };
    linker.root().func_wrap("host", host).unwrap();
    let mut store = Store::new(component.engine(), None);
    let instance = linker.instantiate(&mut store, &component).unwrap();
    let make = instance.get_typed_func::<(), (ResourceAny,)>(&mut store, "make").unwrap();
    let (resource,) = make.call(&mut store, ()).unwrap();
    resource.resource_drop(&mut store).unwrap();
    instance.get_typed_func::<(), ()>(&mut store, "drop").unwrap().call(&mut store, ()).unwrap();
    let dropped = instance.get_typed_func::<(), (u32,)>(&mut store, "dropped").unwrap();
    assert_eq!(dropped.call(&mut store, ()).unwrap(), (2,), "by the host, and by the instance itself");
    let (resource,) = make.call(&mut store, ()).unwrap();
    *store.data_mut() = Some(resource);
    refused(instance.get_typed_func::<(), ()>(&mut store, "run").unwrap().call(&mut store, ()));
}
