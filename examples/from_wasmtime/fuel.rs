//! Computation that is paid for: the same amount for the same work on every machine.
//!
//! `cargo run --release -p sarsen-examples --example fuel`. With `wasmtime` instead of `sarsen` in the line of imports, it is a
//! program for Wasmtime.

use sarsen::*;

const ALLOWANCE: u64 = 2_000;

fn main() -> Result<()> {
    let mut config = Config::new();
    config.consume_fuel(true);
    let engine = Engine::new(&config)?;
    let module = Module::new(
        &engine,
        r#"(module
            (func (export "steps") (param $number i64) (result i32)
                (local $steps i32)
                (loop $until_one
                    (if (i64.le_u (local.get $number) (i64.const 1)) (then (return (local.get $steps))))
                    (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
                    (local.set $number
                        (if (result i64) (i64.eqz (i64.and (local.get $number) (i64.const 1)))
                            (then (i64.shr_u (local.get $number) (i64.const 1)))
                            (else (i64.add
                                (i64.mul (local.get $number) (i64.const 3)) (i64.const 1)))))
                    (br $until_one))
                (unreachable)))"#,
    )?;
    let mut store = Store::new(&engine, ());
    store.set_fuel(ALLOWANCE)?;
    let instance = Instance::new(&mut store, &module, &[])?;
    let steps = instance.get_typed_func::<u64, u32>(&mut store, "steps")?;

    for number in [6, 7, 9, 27] {
        store.set_fuel(ALLOWANCE)?;
        match steps.call(&mut store, number) {
            Ok(steps) => println!("{number}: {steps} steps for {} fuel", ALLOWANCE - store.get_fuel()?),
            Err(error) => {
                assert_eq!(error.downcast::<Trap>()?, Trap::OutOfFuel);
                println!("{number}: more than {ALLOWANCE} fuel");
            }
        }
    }
    Ok(())
}
