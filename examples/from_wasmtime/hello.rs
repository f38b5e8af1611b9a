//! A function of the host that a module calls, and data that the function finds in the store.
//!
//! `cargo run --release -p sarsen-examples --example hello`. With `wasmtime` instead of `sarsen` in the line of imports, it is a
//! program for Wasmtime.

use sarsen::*;

/// What the store has for its functions.
struct Guestbook {
    host: &'static str,
    visits: Vec<i32>,
}

fn main() -> Result<()> {
    let engine = Engine::default();
    let module = Module::new(
        &engine,
        r#"(module
            (import "door" "knock" (func $knock (param i32) (result i32)))
            (func (export "visit") (param $times i32) (result i32)
                (local $last i32)
                (loop $again
                    (local.set $last (call $knock (local.get $times)))
                    (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
                (local.get $last)))"#,
    )?;

    let mut store = Store::new(&engine, Guestbook { host: "sarsen", visits: Vec::new() });
    let knock = Func::wrap(&mut store, |mut caller: Caller<'_, Guestbook>, left: i32| {
        let book = caller.data_mut();
        book.visits.push(left);
        println!("{}: somebody knocks, and will {} more times", book.host, left - 1);
        book.visits.len() as i32
    });

    let instance = Instance::new(&mut store, &module, &[knock.into()])?;
    let visit = instance.get_typed_func::<i32, i32>(&mut store, "visit")?;
    assert_eq!(visit.call(&mut store, 3)?, 3);
    assert_eq!(store.data().visits, [3, 2, 1]);
    println!("{} visits", store.data().visits.len());
    Ok(())
}
