//! Linkers and what is made of them, used when the linker, its engine's handle and the module are gone: what they refer to lives
//! as long as somebody can call it, and not longer.

use crate::configs;
use sarsen::{Caller, Config, Engine, Linker, Module, Store, TypedFunc};
use std::sync::{Arc, Weak};

const TEXT: &str = r#"(module
    (import "host" "add" (func $add (param i32) (result i32)))
    (import "host" "values" (func $values (param i32) (result i32)))
    (import "host" "text" (func $text (param externref) (result i32)))
    (import "host" "same" (func $same (param externref) (result externref)))
    (func (export "run") (param $value i32) (param $text externref) (result i32)
        (i32.add
            (call $add (call $values (local.get $value)))
            (call $text (call $same (local.get $text))))))"#;

/// What host functions have with them: it says whether it is still there.
struct Captured(i32);

impl Drop for Captured {
    fn drop(&mut self) {
        self.0 = i32::MIN;
    }
}

/// A linker of an engine of its own whose functions use what they have with them, and what says whether that is there.
fn linker(config: &Config) -> (Linker<i32>, Weak<Captured>) {
    let engine = Engine::new(config).unwrap();
    let mut linker = Linker::new(&engine);
    let captured = Arc::new(Captured(1000));
    let weak = Arc::downgrade(&captured);
    let mine = Arc::clone(&captured);
    linker
        .func_wrap("host", "add", move |caller: Caller<'_, i32>, value: i32| value + mine.0 + *caller.data())
        .unwrap();
    linker.func_wrap("host", "values", move |value: i32| value * captured.0).unwrap();
    linker
        .func_wrap(
            "host",
            "text",
            |caller: Caller<'_, i32>, text: Option<sarsen::Rooted<sarsen::ExternRef>>| {
                let text = text.unwrap();
                let data = text.data(&caller).unwrap().unwrap();
                data.downcast_ref::<String>().unwrap().len() as i32
            },
        )
        .unwrap();
    linker.func_wrap("host", "same", |text: Option<sarsen::Rooted<sarsen::ExternRef>>| text).unwrap();
    (linker, weak)
}

/// Another linker and store, whose functions and types lie where something was freed.
fn others(config: &Config) -> (Linker<()>, Store<()>) {
    let engine = Engine::new(config).unwrap();
    let mut linker = Linker::new(&engine);
    for name in ["add", "values", "text", "same"] {
        linker
            .func_wrap("host", name, |_: f64, _: f64| -> f64 { panic!("another linker's function") })
            .unwrap();
    }
    (linker, Store::new(&engine, ()))
}

fn run(
    store: &mut Store<i32>,
    run: &TypedFunc<(i32, Option<sarsen::Rooted<sarsen::ExternRef>>), i32>,
) -> i32 {
    let text = sarsen::ExternRef::new(&mut *store, "four".to_owned()).unwrap();
    run.call(store, (3, Some(text))).unwrap()
}

#[test]
fn a_clone_outlives_its_linker_and_its_engine() {
    for (way, config) in configs() {
        let (first, weak) = linker(&config);
        let clone = first.clone();
        let module = Module::new(first.engine(), TEXT).unwrap();
        drop(first);
        let other = others(&config);
        let mut store = Store::new(clone.engine(), 20);
        let instance = clone.instantiate(&mut store, &module).unwrap();
        drop((clone, module));
        let more = others(&config);
        let func = instance.get_typed_func(&mut store, "run").unwrap();
        for _ in 0..100 {
            assert_eq!(run(&mut store, &func), 3000 + 1000 + 20 + 4, "{way}");
        }
        assert!(weak.upgrade().is_some(), "{way}");
        drop(store);
        assert!(weak.upgrade().is_none(), "{way}: the host's data stays when nobody can use it");
        drop((other, more));
    }
}

#[test]
fn what_is_linked_outlives_its_linker() {
    for (way, config) in configs() {
        let (first, weak) = linker(&config);
        let module = Module::new(first.engine(), TEXT).unwrap();
        let pre = first.instantiate_pre(&module).unwrap();
        drop((first, module));
        let other = others(&config);
        let mut stores: Vec<_> = (0..3)
            .map(|number| {
                let mut store = Store::new(pre.module().engine(), number);
                let instance = pre.instantiate(&mut store).unwrap();
                let func = instance.get_typed_func(&mut store, "run").unwrap();
                (store, func)
            })
            .collect();
        drop(pre);
        for (store, func) in &mut stores {
            let number = *store.data();
            assert_eq!(run(store, func), 4004 + number, "{way}");
        }
        drop(stores);
        assert!(weak.upgrade().is_none(), "{way}: the host's data stays when nobody can use it");
        drop(other);
    }
}
