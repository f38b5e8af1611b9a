//! Calls through tables and references that have led to the same functions for a while, and then lead elsewhere.

use sarsen::{Config, Engine, Instance, Module, Store, Strategy};

/// Small functions, and a table that others share: `run(to, n)` calls its elements 0 and 1 in turn, and element `to` at last.
const TABLE: &str = r#"(module
    (type $unary (func (param i32) (result i32)))
    (import "" "table" (table 8 funcref))
    (global $mark (export "mark") (mut i32) (i32.const 0))
    (func $add (type $unary) (i32.add (local.get 0) (global.get $mark)))
    (func $divide (type $unary) (i32.div_u (i32.const 1000) (local.get 0)))
    (func $mix (type $unary) (i32.xor (local.get 0) (i32.const 77)))
    (func $other (param i64))
    (func (export "fill")
        (table.set (i32.const 0) (ref.func $add)) (table.set (i32.const 1) (ref.func $divide))
        (table.set (i32.const 2) (ref.func $mix)) (table.set (i32.const 3) (ref.func $other)))
    (func (export "fill_for_another")
        (table.set (i32.const 5) (ref.func $add)) (table.set (i32.const 6) (ref.func $divide)))
    (elem declare func $add $divide $mix $other)
    (func $call (param i32 i32) (result i32) CALL)
    (func (export "run") (param $to i32) (param $n i32) (result i32)
        (local $sum i32)
        (loop $next
            (local.set $sum (i32.add (local.get $sum)
                (call $call (i32.and (local.get $n) (i32.const 1)) (i32.or (local.get $n) (i32.const 1)))))
            (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (i32.add (local.get $sum) (call $call (local.get $to) (i32.const 0)))))"#;

/// The ways to call element `local 0` with `local 1`.
const CALLS: [&str; 3] = [
    "(call_indirect (type $unary) (local.get 1) (local.get 0))",
    "(call_ref $unary (local.get 1) (ref.cast (ref null $unary) (table.get (local.get 0))))",
    "(return_call_indirect (type $unary) (local.get 1) (local.get 0))",
];

/// How calls end whose last one leads to each of the elements: in words, with the frames passed, and the fuel that is left.
fn ends(config: &mut Config, call: &str) -> Vec<String> {
    let engine = Engine::new(config.consume_fuel(true)).unwrap();
    let module = Module::new(&engine, TABLE.replace("CALL", call)).unwrap();
    let mut store = Store::new(&engine, ());
    store.set_fuel(1_000_000).unwrap();
    let table = Module::new(&engine, r#"(module (table (export "table") 8 funcref))"#).unwrap();
    let table = Instance::new(&mut store, &table, &[]).unwrap().get_export(&mut store, "table").unwrap();
    let instances = [1, 2].map(|_| Instance::new(&mut store, &module, std::slice::from_ref(&table)).unwrap());
    for (at, (instance, fill)) in instances.iter().zip(["fill", "fill_for_another"]).enumerate() {
        instance.get_typed_func::<(), ()>(&mut store, fill).unwrap().call(&mut store, ()).unwrap();
        let mark = instance.get_global(&mut store, "mark").unwrap();
        mark.set(&mut store, sarsen::Val::I32(1000 * (at as i32 + 1))).unwrap();
    }
    let run = instances[0].get_typed_func::<(i32, i32), i32>(&mut store, "run").unwrap();
    let mut end = |to| match run.call(&mut store, (to, 40)) {
        Ok(found) => format!("{found}, {}", store.get_fuel().unwrap()),
        Err(error) => format!("{error:?}, {}", store.get_fuel().unwrap()),
    };
    (0..9).map(&mut end).collect()
}

#[test]
fn calls_that_lead_elsewhere_than_they_have() {
    for call in CALLS {
        let expected = ends(Config::new().strategy(Strategy::Interpreter), call);
        assert_ne!(expected[0], expected[5], "the same function of another instance");
        assert!(expected[1].contains("divide"), "{expected:?}");
        for after in [1, 3, 10, 30, 100] {
            for signals in [true, false] {
                let mut config = Config::new();
                config.strategy(Strategy::Tiered).compile_threads(0).tier_up_after(Some(after));
                let found = ends(config.signals_based_traps(signals), call);
                assert_eq!(found, expected, "after {after}, {call}");
            }
        }
    }
}
