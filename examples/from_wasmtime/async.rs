//! Guests that wait without keeping a thread, and take turns while they compute.
//!
//! `cargo run --release -p sarsen-examples --example asynchronous`. With `wasmtime` instead of `sarsen` in the line of imports, it is a
//! program for Wasmtime.

use sarsen::*;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Asks for numbers, which takes time, and adds them up, which takes fuel.
const SUM: &str = r#"(module
    (import "host" "next" (func $next (param i32) (result i32)))
    (func (export "sum") (param $count i32) (result i32)
        (local $sum i32) (local $turns i32)
        (loop $numbers
            (local.set $sum (i32.add (local.get $sum) (call $next (local.get $count))))
            (local.set $turns (i32.const 20000))
            (loop $compute
                (br_if $compute (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
            (br_if $numbers (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
        (local.get $sum)))"#;

/// Who was asked for a number, in order.
type Asked = Arc<Mutex<Vec<&'static str>>>;

/// What a store has: whose it is, and what all of them write to.
struct Guest {
    name: &'static str,
    asked: Asked,
}

async fn run(ready: InstancePre<Guest>, name: &'static str, asked: Asked) -> Result<i32> {
    let mut store = Store::new(ready.module().engine(), Guest { name, asked });
    store.set_fuel(u64::MAX)?;
    store.fuel_async_yield_interval(Some(10_000))?;
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    let instance = ready.instantiate_async(&mut store).await?;
    let sum = instance.get_typed_func::<i32, i32>(&mut store, "sum")?;
    sum.call_async(&mut store, 3).await
}

async fn run_all() -> Result<()> {
    let mut config = Config::new();
    config.consume_fuel(true).epoch_interruption(true);
    let engine = Engine::new(&config)?;
    let mut linker: Linker<Guest> = Linker::new(&engine);
    linker.func_wrap_async("host", "next", |caller: Caller<'_, Guest>, (left,): (i32,)| {
        Box::new(async move {
            let guest = caller.data();
            guest.asked.lock().expect("nobody panics").push(guest.name);
            tokio::time::sleep(Duration::from_millis(20)).await;
            10 * left
        })
    })?;
    let ready = linker.instantiate_pre(&Module::new(&engine, SUM)?)?;

    let asked = Asked::default();
    let guests = ["ann", "bob", "eve"].map(|name| tokio::spawn(run(ready.clone(), name, Arc::clone(&asked))));
    engine.increment_epoch();
    for guest in guests {
        assert_eq!(guest.await??, 60);
    }
    // While one waits, the others go on, on the same thread.
    let asked = asked.lock().expect("nobody panics");
    println!("{} wait at the same time, for {} numbers", asked[..3].join(", "), asked.len());
    Ok(())
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(run_all())
}
