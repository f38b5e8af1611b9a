//! Components from bytes, and what must hold for every one of them: an answer, never a panic.
//!
//! Owns the choice of what generated components may contain; `wasm-smith` writes them. They are validated and instantiated without
//! imports; nothing in them is called.

use crate::oracle;
use arbitrary::Unstructured;
use sarsen::{Dispatch, Store};
use sarsen_component::{Component, Linker};
use wasm_smith::Config;

/// Fuel of cores that start.
const FUEL: u64 = 100_000;

/// A component that `seed` determines; `None` if there are too few bytes.
pub fn generate(seed: &[u8]) -> Option<Vec<u8>> {
    let config = Config { max_memory32_bytes: 1 << 20, max_memory64_bytes: 1 << 20, ..Config::default() };
    let component = wasm_smith::Component::new(config, &mut Unstructured::new(seed)).ok()?;
    Some(component.to_bytes())
}

/// Feeds bytes to the engine as a component; whether it is one.
pub fn component(bytes: &[u8]) -> bool {
    let engine = oracle::engine(Dispatch::Threaded);
    let component = match Component::new(&engine, bytes) {
        Ok(component) => component,
        Err(error) => {
            assert!(!error.to_string().is_empty(), "an error says something");
            return false;
        }
    };
    let mut store = Store::new(&engine, ());
    store.set_fuel(FUEL).expect("the engine counts fuel");
    // What is imported is not there, and start functions may trap.
    let _ = Linker::<()>::new(&engine).instantiate(&mut store, &component);
    true
}
