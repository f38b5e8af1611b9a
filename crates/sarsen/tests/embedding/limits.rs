//! What an embedder can bound: fuel, time, memory, tables, instances, stack.

use crate::Guest;
use sarsen::{Config, Engine, Feature, Instance, Module, Store, StoreLimits, StoreLimitsBuilder, Trap};
use std::thread;
use std::time::Duration;

const COUNT: &str = r#"(module
    (func (export "count") (param i32) (result i32)
        (loop $again (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 0))
    (func (export "forever") (loop $again (br $again))))"#;

fn metered() -> Engine {
    Engine::new(Config::new().consume_fuel(true)).expect("it is a sound configuration")
}

#[test]
fn equal_runs_take_equal_fuel() {
    let mut guest = Guest::with(&metered(), COUNT);
    let mut used = |turns: i32| {
        guest.store.set_fuel(1_000_000).expect("fuel is counted");
        guest.call::<i32, i32>("count", turns).expect("there is enough");
        1_000_000 - guest.store.get_fuel().expect("fuel is counted")
    };
    let (ten, twenty, thirty) = (used(10), used(20), used(30));
    assert!(ten > 0);
    assert_eq!(twenty - ten, thirty - twenty, "each turn costs the same");
    assert_eq!(used(10), ten);
}

#[test]
fn without_fuel_code_stops_and_can_go_on_later() {
    let mut guest = Guest::with(&metered(), COUNT);
    guest.store.set_fuel(1000).expect("fuel is counted");
    let error = guest.call::<(), ()>("forever", ()).expect_err("it never returns");
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::OutOfFuel));
    guest.store.set_fuel(1000).expect("fuel is counted");
    assert_eq!(guest.call::<i32, i32>("count", 3).expect("there is enough"), 0);
    assert!(Guest::new(COUNT).store.get_fuel().is_err(), "fuel is off unless asked for");
}

#[test]
fn another_thread_stops_an_endless_loop() {
    let mut guest = Guest::new(COUNT);
    let handle = guest.store.interrupt_handle();
    let stopper = thread::spawn(move || {
        thread::sleep(Duration::from_millis(30));
        handle.interrupt();
    });
    let error = guest.call::<(), ()>("forever", ()).expect_err("it never returns by itself");
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::Interrupted));
    stopper.join().expect("it does not panic");
    assert_eq!(guest.call::<i32, i32>("count", 3).expect("one interruption stops one call"), 0);
}

#[test]
fn a_limiter_denies() {
    let engine = Engine::default();
    let source = r#"(module (memory (export "memory") 1) (table 1 funcref)
        (func (export "grow_memory") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "grow_table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"#;
    let module = Module::new(&engine, source).expect("it is valid");
    let limits = StoreLimitsBuilder::new().memory_size(3 << 16).table_elements(5).instances(1).build();
    let mut store: Store<StoreLimits> = Store::new(&engine, limits);
    store.limiter(|limits| limits);
    let instance = Instance::new(&mut store, &module, &[]).expect("it is within limits");
    let grow_memory = instance.get_typed_func::<i32, i32>(&mut store, "grow_memory").expect("it is exported");
    assert_eq!(grow_memory.call(&mut store, 2).expect("it returns"), 1);
    assert_eq!(grow_memory.call(&mut store, 1).expect("it returns"), -1);
    let grow_table = instance.get_typed_func::<i32, i32>(&mut store, "grow_table").expect("it is exported");
    assert_eq!(grow_table.call(&mut store, 4).expect("it returns"), 1);
    assert_eq!(grow_table.call(&mut store, 1).expect("it returns"), -1);
    let memory = instance.get_memory(&mut store, "memory").expect("it is exported");
    assert!(memory.grow(&mut store, 1).is_err());
    assert!(Instance::new(&mut store, &module, &[]).is_err(), "one instance is allowed");
}

#[test]
fn a_memory_that_is_too_large_is_an_error() {
    let engine = Engine::default();
    let module = Module::new(&engine, "(module (memory i64 0x1000000000))").expect("it is valid");
    let mut store = Store::new(&engine, ());
    let error = Instance::new(&mut store, &module, &[]).map(|_| ()).expect_err("nobody has 2^52 bytes");
    assert!(error.to_string().contains("memory"), "{error}");
}

#[test]
fn features_that_are_off_are_refused_by_name() {
    let simd = "(module (func (result v128) (v128.const i64x2 0 0)))";
    let engine = Engine::new(
        Config::new().wasm_feature(Feature::Simd, false).wasm_feature(Feature::RelaxedSimd, false),
    )
    .expect("it is a sound configuration");
    let error = Module::new(&engine, simd).map(|_| ()).expect_err("simd is off");
    assert!(error.to_string().to_lowercase().contains("simd"), "{error}");
    assert!(
        Module::new(&Engine::default(), simd)
            .expect("simd is on")
            .required_features()
            .contains(Feature::Simd)
    );
}

#[test]
fn a_small_stack_is_exhausted_sooner() {
    let depth = |bytes: usize| {
        let engine = Engine::new(Config::new().max_wasm_stack(bytes)).expect("it is a sound configuration");
        let mut guest = Guest::with(
            &engine,
            r#"(module (global $depth (export "depth") (mut i32) (i32.const 0))
                (func $down (export "down") (global.set $depth (i32.add (global.get $depth) (i32.const 1))) (call $down)))"#,
        );
        guest.call::<(), ()>("down", ()).expect_err("no stack is that deep");
        let depth = guest.instance.get_global(&mut guest.store, "depth").expect("it is exported");
        depth.get(&mut guest.store).i32().expect("it is an i32")
    };
    let (small, large) = (depth(64 << 10), depth(1 << 20));
    assert!(small > 100 && large > 10 * small, "{small} and {large}");
}
