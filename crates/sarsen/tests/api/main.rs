//! Tests of the public API, a module per noun. One binary, because linking takes longer than running.

#[cfg(feature = "jit")]
#[expect(unsafe_code, reason = "vouches for what it has serialized")]
mod artifact;
mod backtrace;
mod caller;
mod config;
mod exceptions;
mod fuel;
mod func;
mod gc;
mod global;
mod interrupt;
mod limits;
mod linker;
mod memory;
mod module;
mod shared_memory;
mod stack;
mod store;
mod table;
mod threads;
mod types;

use sarsen::{Engine, Error, Instance, Linker, Module, Store};

/// An instance of a module without imports, in a store of its own.
fn load(wat: &str) -> (Store<()>, Instance) {
    load_in(&Engine::default(), wat)
}

/// The same with an engine.
fn load_in(engine: &Engine, wat: &str) -> (Store<()>, Instance) {
    let mut store = Store::new(engine, ());
    let module = Module::new(engine, wat).unwrap();
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    (store, instance)
}

/// An instance of a module whose imports a linker gives, in a store of its own.
fn link<T: 'static>(linker: &Linker<T>, data: T, wat: &str) -> (Store<T>, Instance) {
    let mut store = Store::new(linker.engine(), data);
    let module = Module::new(linker.engine(), wat).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    (store, instance)
}

/// Fails unless an error says all of this.
#[track_caller]
fn assert_says(error: &Error, words: &[&str]) {
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "`{word}` is not in: {text}");
    }
}
