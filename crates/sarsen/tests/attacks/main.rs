//! Attacks that have broken other runtimes, a file per class, in every way of running code; SECURITY.md says which line defends
//! against each.
//!
//! Guests of a test are hostile on purpose.

mod accesses;
mod atomics;
mod constants;
mod engines;
mod fibers;
mod folding;
mod fuel;
mod linkers;
mod pools;
mod preemption;
mod shared;
mod tables;
mod tails;
mod tenants;
mod types;

use sarsen::{Config, Dispatch, Engine, Instance, Module, Store, Strategy, Trap, Val};

/// Every way of running code, by its name.
pub(crate) fn configs() -> Vec<(&'static str, Config)> {
    let mut interpreter = Config::new();
    interpreter.strategy(Strategy::Interpreter);
    let mut matching = interpreter.clone();
    matching.dispatch(Dispatch::Match);
    let mut jit = Config::new();
    jit.strategy(Strategy::Jit);
    let mut checking = jit.clone();
    checking.signals_based_traps(false);
    // Memories move when they grow.
    let mut moving = jit.clone();
    moving.memory_reservation(1 << 20).spectre_guards(false);
    let mut tiered = Config::new();
    tiered.strategy(Strategy::Tiered).compile_threads(0).tier_up_after(Some(1));
    vec![
        ("interpreter", interpreter),
        ("interpreter without tail calls", matching),
        ("jit", jit),
        ("jit without signals", checking),
        ("jit with memories that move", moving),
        ("tiered", tiered),
    ]
}

/// An instance in a store of its own, in one of these ways.
pub(crate) fn load(config: &Config, text: &str) -> (Store<()>, Instance) {
    let engine = Engine::new(config).unwrap();
    let module = Module::new(&engine, text).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    (store, instance)
}

/// Calls an export: its one result, if it has any, or its trap.
pub(crate) fn call(
    store: &mut Store<()>,
    instance: &Instance,
    name: &str,
    args: &[Val],
) -> Result<Option<Val>, Trap> {
    let func = instance.get_func(&mut *store, name).unwrap_or_else(|| panic!("no function {name}"));
    let mut results = vec![Val::I32(0); func.ty(&*store).results().len()];
    match func.call(store, args, &mut results) {
        Ok(()) => Ok(results.pop()),
        Err(error) => Err(*error.downcast_ref().unwrap_or_else(|| panic!("{name}: {error}"))),
    }
}
