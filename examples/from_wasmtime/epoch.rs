//! A clock that stops guests: by a trap, or by asking the host at each deadline.
//!
//! `cargo run --release -p sarsen-examples --example epoch`. With `wasmtime` instead of `sarsen` in the line of imports, it is a
//! program for Wasmtime.

use sarsen::error::Context;
use sarsen::*;
use std::thread;
use std::time::Duration;

/// Looks at a byte until it is 0.
const WAIT: &str = r#"(module
    (memory (export "memory") 1)
    (data (i32.const 0) "\01")
    (func (export "wait") (result i32)
        (local $turns i32)
        (loop $again
            (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
            (br_if $again (i32.load8_u (i32.const 0))))
        (i32.ne (local.get $turns) (i32.const 0))))"#;

/// A guest that is stopped at its deadline.
fn stopped(engine: &Engine, module: &Module) -> Result<()> {
    let mut store = Store::new(engine, ());
    store.set_epoch_deadline(2);
    store.epoch_deadline_trap();
    let instance = Instance::new(&mut store, module, &[])?;
    let wait = instance.get_typed_func::<(), i32>(&mut store, "wait")?;
    let error = wait.call(&mut store, ()).unwrap_err();
    assert_eq!(error.downcast::<Trap>()?, Trap::Interrupt);
    println!("stopped at the deadline");
    Ok(())
}

/// One for which the host is asked, and which it lets end at the third time.
fn asked(engine: &Engine, module: &Module) -> Result<()> {
    let mut store = Store::new(engine, 0);
    store.set_epoch_deadline(1);
    let instance = Instance::new(&mut store, module, &[])?;
    let memory = instance.get_memory(&mut store, "memory").context("a memory is exported")?;
    store.epoch_deadline_callback(move |mut store| {
        *store.data_mut() += 1;
        if *store.data() == 3 {
            memory.write(&mut store, 0, &[0])?;
        }
        Ok(UpdateDeadline::Continue(1))
    });
    let wait = instance.get_typed_func::<(), i32>(&mut store, "wait")?;
    assert_eq!(wait.call(&mut store, ())?, 1);
    assert!(*store.data() >= 3);
    println!("asked at each deadline");
    Ok(())
}

fn main() -> Result<()> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, WAIT)?;

    // The clock does not keep the engine alive.
    let weak = engine.weak();
    let clock = thread::spawn(move || {
        while let Some(engine) = weak.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(Duration::from_millis(5));
        }
    });
    stopped(&engine, &module)?;
    asked(&engine, &module)?;

    drop((module, engine));
    clock.join().expect("the clock ends when the engine does");
    Ok(())
}
