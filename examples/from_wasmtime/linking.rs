//! Two modules, one of which imports what the other exports, and a function of the host that both use.
//!
//! `cargo run --release -p sarsen-examples --example linking`. With `wasmtime` instead of `sarsen` in the line of imports, it is a
//! program for Wasmtime.

use sarsen::*;

/// Keeps numbers in its memory.
const COLUMN: &str = r#"(module
    (import "host" "log" (func $log (param i32 i32)))
    (memory (export "memory") 1)
    (global $length (export "length") (mut i32) (i32.const 0))
    (func (export "push") (param $number i32)
        (i32.store (i32.shl (global.get $length) (i32.const 2)) (local.get $number))
        (global.set $length (i32.add (global.get $length) (i32.const 1)))
        (call $log (global.get $length) (local.get $number))))"#;

/// Adds them up where they are.
const SUM: &str = r#"(module
    (import "host" "log" (func $log (param i32 i32)))
    (import "column" "memory" (memory 1))
    (import "column" "length" (global $length (mut i32)))
    (import "column" "push" (func $push (param i32)))
    (func (export "sum_up_to") (param $last i32) (result i32)
        (local $index i32) (local $sum i32)
        (loop $numbers
            (call $push (i32.add (global.get $length) (i32.const 1)))
            (br_if $numbers (i32.lt_s (global.get $length) (local.get $last))))
        (loop $numbers
            (local.set $sum
                (i32.add (local.get $sum) (i32.load (i32.shl (local.get $index) (i32.const 2)))))
            (local.set $index (i32.add (local.get $index) (i32.const 1)))
            (br_if $numbers (i32.lt_s (local.get $index) (global.get $length))))
        (call $log (i32.const 0) (local.get $sum))
        (local.get $sum)))"#;

fn main() -> Result<()> {
    let engine = Engine::default();
    let mut linker: Linker<u32> = Linker::new(&engine);
    linker.func_wrap("host", "log", |mut caller: Caller<'_, u32>, row: i32, number: i32| {
        *caller.data_mut() += 1;
        match row {
            0 => println!("sum: {number}"),
            row => println!("row {row}: {number}"),
        }
    })?;

    let mut store = Store::new(&engine, 0);
    let column = linker.instantiate(&mut store, &Module::new(&engine, COLUMN)?)?;
    linker.instance(&mut store, "column", column)?;
    let sum = linker.instantiate(&mut store, &Module::new(&engine, SUM)?)?;
    let sum_up_to = sum.get_typed_func::<i32, i32>(&mut store, "sum_up_to")?;
    assert_eq!(sum_up_to.call(&mut store, 4)?, 10);

    let length = linker.get(&mut store, "column", "length")?.into_global();
    let length = length.ok_or_else(|| format_err!("the length is no global"))?;
    assert_eq!(length.get(&mut store).i32(), Some(4));
    println!("{} lines", store.data());
    Ok(())
}
