//! Fuel: what a callee has used up stays used up when an exception comes by, however it was called; and what costs time costs
//! fuel, also if it is declared and not computed.

use crate::configs;
use sarsen::{Caller, Config, Engine, Error, Linker, Module, Store, Trap};

/// Ways to call `$burn`, which takes so many turns and throws.
const CALLS: [&str; 5] = [
    "(call $burn (local.get $n))",
    "(call_ref $burning (local.get $n) (ref.func $burn))",
    "(call_indirect (type $burning) (local.get $n) (i32.const 0))",
    "(call $tail (local.get $n))",
    "(call $host (local.get $n))",
];

/// Calls and catches `rounds` times.
fn module(call: &str) -> String {
    format!(
        r#"(module
        (type $burning (func (param i32)))
        (import "" "host" (func $host (param i32)))
        (tag $thrown)
        (table funcref (elem $burn))
        (func $burn (export "burn") (param $n i32)
            (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (throw $thrown))
        (func $tail (param i32) (return_call $burn (local.get 0)))
        (func (export "run") (param $rounds i32) (param $n i32)
            (loop $again
                (block $caught (try_table (catch_all $caught) {call}))
                (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))))"#
    )
}

/// What is left of this much, or the trap.
fn left(config: &Config, text: &str, fuel: u64, rounds: i32, turns: i32) -> Result<u64, Trap> {
    let mut config = config.clone();
    let engine = Engine::new(config.consume_fuel(true)).unwrap();
    let mut linker = Linker::<()>::new(&engine);
    let host = |mut caller: Caller<'_, ()>, turns: i32| -> Result<(), Error> {
        let burn = caller.get_export("burn").and_then(|burn| burn.into_func()).expect("an export `burn`");
        burn.typed::<i32, ()>(&caller)?.call(&mut caller, turns)
    };
    linker.func_wrap("", "host", host).unwrap();
    let mut store = Store::new(&engine, ());
    store.set_fuel(fuel).unwrap();
    let instance = linker.instantiate(&mut store, &Module::new(&engine, text).unwrap()).unwrap();
    let run = instance.get_typed_func::<(i32, i32), ()>(&mut store, "run").unwrap();
    match run.call(&mut store, (rounds, turns)) {
        Ok(()) => Ok(store.get_fuel().unwrap()),
        Err(error) => Err(*error.downcast_ref().unwrap_or_else(|| panic!("{error:?}"))),
    }
}

#[test]
fn what_was_spent_before_a_throw_stays_spent() {
    for how in CALLS {
        let text = module(how);
        let mut costs = Vec::new();
        for (way, config) in configs() {
            let cost = |rounds, turns| 10_000_000 - left(&config, &text, 10_000_000, rounds, turns).unwrap();
            let (few, many) = (cost(3, 100), cost(3, 1100));
            assert!(many - few >= 3000, "{way}: {how} costs {few}, then {many}");
            costs.push((few, many));
            let end = left(&config, &text, 100_000, i32::MAX, 1000);
            assert_eq!(end, Err(Trap::OutOfFuel), "{way}: {how}");
        }
        assert!(costs.iter().all(|cost| *cost == costs[0]), "{how}: {costs:?}");
    }
}

/// What a module declares that is work whenever somebody comes by: the declarations, what comes by, and the least that it may
/// cost.
fn declared() -> Vec<(&'static str, String, String, u64)> {
    let clauses = |count| format!("(try_table {} (throw $thrown))", "(catch $other $caught)".repeat(count));
    let nested = "(try_table (catch $other $caught) ".repeat(1000);
    let locals = |ty: &str, count| format!("(func $locals (local {}))", format!("{ty} ").repeat(count));
    let tags = "(tag $thrown) (tag $other)".to_owned();
    vec![
        ("clauses", tags.clone(), clauses(1000), 1000),
        ("clauses around clauses", tags, format!("{nested} (throw $thrown){}", ")".repeat(1000)), 1000),
        ("locals", locals("i32", 8000), "(call $locals)".to_owned(), 1000),
        ("vectors", locals("v128", 8000), "(call $locals)".to_owned(), 2000),
        (
            "fields",
            format!("(type $fields (struct {}))", "(field i64) ".repeat(8000)),
            "(drop (struct.new_default $fields))".to_owned(),
            1000,
        ),
    ]
}

#[test]
fn what_a_module_declares_is_paid_for_by_those_who_come_by() {
    for (what, declarations, operators, price) in declared() {
        let text = format!(
            r#"(module
            {declarations}
            (func (export "run") (param $rounds i32) (param i32)
                (loop $again
                    (block $caught (try_table (catch_all $caught) {operators}))
                    (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))))"#
        );
        let mut costs = Vec::new();
        for (way, config) in configs() {
            let cost = |rounds| 10_000_000 - left(&config, &text, 10_000_000, rounds, 0).unwrap();
            let (once, often) = (cost(1), cost(101));
            let each = (often - once) / 100;
            assert!((price..price + 100).contains(&each), "{way}: {what} cost {each} each time");
            costs.push((once, often));
        }
        assert!(costs.iter().all(|cost| *cost == costs[0]), "{what}: {costs:?}");
    }
}
