//! What the host copies for guests of preview 1 is paid for.

use sarsen::{Config, Engine, Linker, Module, Result, Store, Trap};
use sarsen_wasi::p1::{self, WasiP1Ctx};
use sarsen_wasi::{MemoryInput, MemoryOutput, WasiCtxBuilder};

/// Fills a buffer, by random numbers or from the input, or writes it, and returns an error number.
const GUEST: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (memory (export "memory") 4)
    (func $list (param i32) (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (local.get 0)))
    (func (export "fd_read") (param i32) (result i32)
        (call $list (local.get 0)) (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
    (func (export "fd_write") (param i32) (result i32)
        (call $list (local.get 0)) (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
    (func (export "random_get") (param i32) (result i32) (call $random (i32.const 64) (local.get 0))))"#;

/// Fuel that a function takes for so many bytes, or why that was not enough.
fn fuel_for(name: &str, bytes: i32, fuel: u64) -> Result<u64> {
    let engine = Engine::new(Config::new().consume_fuel(true))?;
    let mut linker = Linker::<WasiP1Ctx>::new(&engine);
    p1::add_to_linker(&mut linker, |ctx| ctx)?;
    let mut builder = WasiCtxBuilder::new();
    builder.stdin(MemoryInput::new(vec![1; 100_000])).stdout(MemoryOutput::new(100_000));
    let mut store = Store::new(&engine, builder.build_p1());
    store.set_fuel(fuel)?;
    let instance = linker.instantiate(&mut store, &Module::new(&engine, GUEST)?)?;
    let run = instance.get_typed_func::<i32, i32>(&mut store, name)?;
    assert_eq!(run.call(&mut store, bytes)?, 0);
    Ok(fuel - store.get_fuel()?)
}

#[test]
fn what_is_read_and_written_is_paid_for() {
    for name in ["fd_read", "fd_write", "random_get"] {
        let little = fuel_for(name, 1, 1_000_000).unwrap();
        let much = fuel_for(name, 100_000, 1_000_000).unwrap();
        let expected = 100_000 / 64;
        assert!((expected - 1..=expected + 1).contains(&(much - little)), "{name}: {little}, {much}");
        let error = fuel_for(name, 100_000, much - 1).unwrap_err();
        assert!(matches!(error.downcast_ref::<Trap>(), Some(Trap::OutOfFuel)), "{name}: {error}");
    }
}
