//! Fuel: what a callee has used up stays used up when an exception comes by, however it was called; and what costs time costs
//! fuel, also if it is declared and not computed.

use crate::configs;
use sarsen::{Caller, Config, Engine, Error, Linker, Module, Store, Strategy, Trap};

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

/// What is work whenever somebody comes by, and grows with what a module declares: the declarations, what comes by, and the least
/// that it may cost. All of it is small enough to be compiled.
fn declared() -> Vec<(&'static str, String, String, u64)> {
    let clauses = |count| format!("(try_table {} (throw $thrown))", "(catch $other $caught)".repeat(count));
    let nested = "(try_table (catch $other $caught) ".repeat(100);
    let types = |ty: &str, count| format!("{ty} ").repeat(count);
    let locals = |ty, count| format!("(func $locals (local {}))", types(ty, count));
    // Too large to take the place of a call.
    let far = format!("(func $locals (local {}) {})", types("i64", 400), "(drop (i32.const 0))".repeat(30));
    let tags = "(tag $thrown) (tag $other)".to_owned();
    let zeros = "(v128.const i64x2 0 0)".repeat(200);
    let passed = format!(
        "(type $values (func (result {0}))) (global $turns (mut i32) (i32.const 0))
         (func $values (type $values)
             (if (i32.eqz (global.get $turns)) (then (return {zeros})))
             (global.set $turns (i32.sub (global.get $turns) (i32.const 1)))
             (return_call $values))",
        types("v128", 200)
    );
    let carried = format!(
        "(func $values (param {0}) (result {0})
             (local $turns i32)
             (local.set $turns (i32.const 100))
             {1}
             (loop $again (param {0}) (result {0})
                 (br_if $again (local.tee $turns (i32.sub (local.get $turns) (i32.const 1))))))",
        types("v128", 100),
        (0..100).map(|local| format!("(local.get {local})")).collect::<String>(),
    );
    vec![
        ("clauses", tags.clone(), clauses(100), 100),
        ("clauses around clauses", tags, format!("{nested} (throw $thrown){}", ")".repeat(100)), 100),
        ("locals", locals("i32", 100), "(call $locals)".to_owned(), 100 / 8),
        ("locals of a large function", far, "(call $locals)".to_owned(), 400 / 8),
        ("vectors", locals("v128", 100), "(call $locals)".to_owned(), 100 / 4),
        (
            "fields",
            format!("(type $fields (struct {}))", "(field i64) ".repeat(400)),
            "(drop (struct.new_default $fields))".to_owned(),
            400 / 8,
        ),
        (
            "results of functions that follow each other",
            passed,
            format!("(global.set $turns (i32.const 10)) (call $values) {}", "(drop)".repeat(200)),
            10 * 200 / 4,
        ),
        (
            "values that a loop is given again",
            carried,
            format!("{} (call $values) {}", &zeros[..zeros.len() / 2], "(drop)".repeat(100)),
            100 * 100 / 4,
        ),
        (
            "payloads",
            format!("(tag $thrown (param {}))", types("v128", 100)),
            format!("(throw $thrown {})", &zeros[..zeros.len() / 2]),
            100 + 100 / 4,
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
        let engine = Engine::new(Config::new().consume_fuel(true).strategy(Strategy::Jit)).unwrap();
        assert_eq!(Module::new(&engine, &text).unwrap().interpreted_functions().count(), 0, "{what}");
        let mut costs = Vec::new();
        for (way, config) in configs() {
            let cost = |rounds| 10_000_000 - left(&config, &text, 10_000_000, rounds, 0).unwrap();
            let (once, often) = (cost(1), cost(101));
            let each = (often - once) / 100;
            assert!((price..price + 1000).contains(&each), "{way}: {what} cost {each} each time");
            costs.push((once, often));
        }
        assert!(costs.iter().all(|cost| *cost == costs[0]), "{what}: {costs:?}");
    }
}
