//! Tests of the public API, a module per noun. One binary per tier, because linking takes longer than running: this one is
//! for the interpreter, and part of `jit.rs` and `tiered.rs`, which are for compiled code.

#[cfg(feature = "jit")]
#[expect(unsafe_code, reason = "vouches for what it has serialized")]
mod artifact;
mod asynchronous;
mod backtrace;
mod caller;
mod config;
mod epoch;
mod errors;
mod exceptions;
mod fuel;
mod func;
mod gc;
mod global;
mod interrupt;
mod limits;
mod linker;
mod linker_modules;
mod memory;
mod misuse;
mod module;
mod pool;
mod shared_memory;
mod stack;
mod store;
mod table;
mod threads;
mod types;

use sarsen::{Config, Engine, Error, Instance, Linker, Module, Store, Strategy};

/// The configuration that tests change: the default one of the tier.
pub(crate) fn config() -> Config {
    let mut config = Config::new();
    // Cargo sets this to the name of the test.
    match env!("CARGO_CRATE_NAME") {
        "api_jit" => config.strategy(Strategy::Jit),
        "api_tiered" => config.strategy(Strategy::Tiered).compile_threads(0).tier_up_after(Some(2)),
        _ => config.strategy(Strategy::Interpreter),
    };
    config
}

/// The default engine of the tier.
pub(crate) fn engine() -> Engine {
    Engine::new(&config()).unwrap()
}

/// An instance of a module without imports, in a store of its own.
pub(crate) fn load(wat: &str) -> (Store<()>, Instance) {
    load_in(&engine(), wat)
}

/// The same with an engine.
pub(crate) fn load_in(engine: &Engine, wat: &str) -> (Store<()>, Instance) {
    let mut store = Store::new(engine, ());
    let module = Module::new(engine, wat).unwrap();
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    (store, instance)
}

/// An instance of a module whose imports a linker gives, in a store of its own.
pub(crate) fn link<T: 'static>(linker: &Linker<T>, data: T, wat: &str) -> (Store<T>, Instance) {
    let mut store = Store::new(linker.engine(), data);
    let module = Module::new(linker.engine(), wat).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    (store, instance)
}

/// Fails unless an error says all of this.
#[track_caller]
pub(crate) fn assert_says(error: &Error, words: &[&str]) {
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "`{word}` is not in: {text}");
    }
}
