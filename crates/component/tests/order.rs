//! What a guest sees of the host's values is the same in each run.

use sarsen::{Config, Engine, Store, Strategy};
use sarsen_component::{Component, Linker};
use std::collections::{BTreeMap, HashMap};

/// Returns the entries of a map as they lie in memory.
const TEXT: &str = r#"(component
    (core module $M
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func (export "entries") (param i32 i32) (result i32)
            (i32.store (i32.const 0) (local.get 0)) (i32.store (i32.const 4) (local.get 1)) (i32.const 0)))
    (core instance $m (instantiate $M))
    (func (export "entries") (param "m" (map u32 u32)) (result (list (tuple u32 u32)))
        (canon lift (core func $m "entries") (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))"#;

#[test]
fn maps_come_in_the_order_of_their_keys() {
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter);
    let component = Component::new(&Engine::new(&config).unwrap(), TEXT).unwrap();
    let mut store = Store::new(component.engine(), ());
    let instance = Linker::new(component.engine()).instantiate(&mut store, &component).unwrap();
    let entries: Vec<_> = (0..100_u32).map(|key| (key, key * key)).collect();
    type Entries = (Vec<(u32, u32)>,);
    let hashed: HashMap<u32, u32> = entries.iter().copied().collect();
    let of_hashed = instance.get_typed_func::<(HashMap<u32, u32>,), Entries>(&mut store, "entries").unwrap();
    assert_eq!(of_hashed.call(&mut store, (hashed,)).unwrap().0, entries);
    let sorted: BTreeMap<u32, u32> = entries.iter().copied().collect();
    let of_sorted = instance.get_typed_func::<(BTreeMap<u32, u32>,), Entries>(&mut store, "entries").unwrap();
    assert_eq!(of_sorted.call(&mut store, (sorted,)).unwrap().0, entries);
}
