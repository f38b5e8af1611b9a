//! Tail calls of the host: the caller's frame is gone when the host fails, and whoever called that finds its own as it was.

use crate::configs;
use sarsen::{
    AsContextMut, Caller, Config, Engine, Error, ExnRef, ExnRefPre, FuncType, Instance, Linker, Module,
    Result, Store, Tag, TagType, Trap,
};

/// Ways to end with a call of the host.
const TAILS: [&str; 3] = [
    "(return_call $host (local.get 0))",
    "(return_call_ref $taking (local.get 0) (ref.func $host))",
    "(return_call_indirect (type $taking) (local.get 0) (i32.const 0))",
];

/// What the host is asked to do.
const RETURN: i32 = 0;
const TRAP: i32 = 1;
const FAIL: i32 = 2;
const THROW: i32 = 3;

/// `run` has values of its own around the call, and gives their sum with the result, or with 1000 if it catches something.
fn module(tail: &str) -> String {
    format!(
        r#"(module
        (type $taking (func (param i32) (result i32)))
        (import "" "host" (func $host (type $taking)))
        (table funcref (elem $host))
        (elem declare func $host)
        (func $tail (type $taking) {tail})
        (func $through (type $taking) (return_call $tail (local.get 0)))
        (func (export "run") (param $what i32) (param $own i32) (result i32)
            (i32.add
                (i32.mul (local.get $own) (i32.const 3))
                (block $caught (result i32)
                    (block $thrown
                        (br $caught (try_table (result i32) (catch_all $thrown) (call $through (local.get $what)))))
                    (i32.const 1000)))))"#
    )
}

fn host(mut caller: Caller<'_, ()>, what: i32) -> Result<i32> {
    match what {
        TRAP => Err(Trap::IntegerOverflow.into()),
        FAIL => Err(Error::msg("the host has failed")),
        THROW => {
            let ty = TagType::new(FuncType::new(caller.engine(), [], []));
            let tag = Tag::new(&mut caller, &ty)?;
            let pre = ExnRefPre::new(&mut caller, tag);
            let exception = ExnRef::new(&mut caller, &pre, &[])?;
            caller.as_context_mut().throw(exception)
        }
        _ => Ok(7),
    }
}

fn load(config: &Config, text: &str) -> (Store<()>, Instance) {
    let engine = Engine::new(config).unwrap();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("", "host", host).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &Module::new(&engine, text).unwrap()).unwrap();
    (store, instance)
}

#[test]
fn a_host_that_fails_at_a_tail_leaves_callers_as_they_were() {
    for tail in TAILS {
        for (way, config) in configs() {
            let (mut store, instance) = load(&config, &module(tail));
            let run = instance.get_typed_func::<(i32, i32), i32>(&mut store, "run").unwrap();
            for round in 0..4 {
                assert_eq!(run.call(&mut store, (RETURN, round)).unwrap(), 3 * round + 7, "{way}: {tail}");
                assert_eq!(run.call(&mut store, (THROW, round)).unwrap(), 3 * round + 1000, "{way}: {tail}");
                let trap = run.call(&mut store, (TRAP, round)).unwrap_err();
                assert_eq!(trap.downcast_ref(), Some(&Trap::IntegerOverflow), "{way}: {tail}");
                let failure = run.call(&mut store, (FAIL, round)).unwrap_err();
                assert_eq!(failure.message(), "the host has failed", "{way}: {tail}");
                for error in [trap, failure] {
                    let backtrace = error.backtrace().expect("it passed frames");
                    let frames: Vec<u32> =
                        backtrace.frames().iter().map(|frame| frame.func_index()).collect();
                    assert_eq!(frames, [3], "{way}: {tail}: `run` alone is there");
                }
            }
        }
    }
}

/// Functions of two instances that call one another in tail position, through a table that they share, until the count is down.
const FIRST: &str = r#"(module
    (type $count (func (param i64) (result i64)))
    (table (export "table") 2 2 funcref)
    (elem (i32.const 0) $down)
    (func $down (export "down") (type $count)
        (if (i64.eqz (local.get 0)) (then (return (i64.const 7))))
        (return_call_indirect (type $count) (i64.sub (local.get 0) (i64.const 1)) (i32.const 1))))"#;
const SECOND: &str = r#"(module
    (type $count (func (param i64) (result i64)))
    (import "first" "table" (table 2 2 funcref))
    (elem (i32.const 1) $down)
    (func $down (type $count)
        (if (i64.eqz (local.get 0)) (then (return (i64.const 8))))
        (return_call_indirect (type $count) (i64.sub (local.get 0) (i64.const 1)) (i32.const 0))))"#;

#[test]
fn instances_that_go_back_and_forth_take_no_stack() {
    for (way, config) in configs() {
        let engine = Engine::new(&config).unwrap();
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::<()>::new(&engine);
        let first = linker.instantiate(&mut store, &Module::new(&engine, FIRST).unwrap()).unwrap();
        linker.instance(&mut store, "first", first).unwrap();
        linker.instantiate(&mut store, &Module::new(&engine, SECOND).unwrap()).unwrap();
        let down = first.get_typed_func::<i64, i64>(&mut store, "down").unwrap();
        for (count, expected) in [(0, 7), (1, 8), (300_000, 7), (300_001, 8)] {
            assert_eq!(down.call(&mut store, count).unwrap(), expected, "{way}: {count}");
        }
    }
}

/// Every way to call in tail position without end, in one function of a few operators.
const ENDLESS: &str = r#"(module
    (type $none (func))
    (table (export "table") 1 2 funcref)
    (elem (i32.const 0) $indirect)
    (elem declare func $reference)
    (func $direct (export "direct") (return_call $direct))
    (func $indirect (export "indirect") (return_call_indirect (type $none) (i32.const 0)))
    (func $reference (export "reference") (return_call_ref $none (ref.func $reference))))"#;

#[test]
fn tail_calls_without_end_are_ended() {
    for (way, config) in configs() {
        let (mut fueled, mut timed) = (config.clone(), config);
        let fueled = Engine::new(fueled.consume_fuel(true)).unwrap();
        let timed = Engine::new(timed.epoch_interruption(true)).unwrap();
        for name in ["direct", "indirect", "reference"] {
            for (engine, expected) in [(&fueled, Trap::OutOfFuel), (&timed, Trap::Interrupt)] {
                let module = Module::new(engine, ENDLESS).unwrap();
                let mut store = Store::new(engine, ());
                if expected == Trap::OutOfFuel {
                    store.set_fuel(100_000).unwrap();
                }
                let instance = Instance::new(&mut store, &module, &[]).unwrap();
                if expected == Trap::Interrupt {
                    store.set_epoch_deadline(0);
                }
                let func = instance.get_typed_func::<(), ()>(&mut store, name).unwrap();
                let error = func.call(&mut store, ()).unwrap_err();
                assert_eq!(error.downcast_ref(), Some(&expected), "{way}: {name}");
            }
        }
    }
}

/// Calls without end, each of which goes by a tail to a function whose frame is a hundred times its caller's.
fn widening() -> String {
    let locals = " i64".repeat(1000);
    let sets: String = (1..1000).map(|local| format!("(local.set {local} (call $next))")).collect();
    let adds: String = (1..1000).map(|local| format!("(local.get {local}) (i64.add)")).collect();
    format!(
        r#"(module
        (global $next (mut i64) (i64.const 0))
        (func $next (result i64)
            (global.set $next (i64.add (global.get $next) (i64.const 1))) (global.get $next))
        (func $wide (param i64) (result i64) (local{locals})
            {sets}
            (local.get 0) {adds}
            (if (result i64) (i64.eqz (local.get 0)) (then (i64.const 1))
                (else (call $narrow (i64.sub (local.get 0) (i64.const 1)))))
            (i64.add))
        (func $narrow (export "run") (param i64) (result i64) (return_call $wide (local.get 0))))"#
    )
}

#[test]
fn frames_that_tails_make_larger_are_room_that_is_asked_for() {
    let text = widening();
    for (way, config) in configs() {
        let (mut store, instance) = crate::load(&config, &text);
        let run = instance.get_typed_func::<i64, i64>(&mut store, "run").unwrap();
        for _ in 0..2 {
            let shallow = run.call(&mut store, 2).unwrap();
            let error = run.call(&mut store, i64::MAX).unwrap_err();
            assert_eq!(error.downcast_ref(), Some(&Trap::StackOverflow), "{way}: {shallow}");
        }
    }
}

/// Functions of two types, and nothing, in a table that others can change: nobody knows what is there before it is asked.
const TYPES: &str = r#"(module
    (type $one (func (param i64) (result i64)))
    (type $two (func (param f64 f64 f64) (result i64)))
    (table (export "table") 5 9 funcref)
    (elem (i32.const 0) $a $b $c $d)
    (func $a (type $one) (local.get 0))
    (func $b (type $one) (i64.add (local.get 0) (i64.const 1)))
    (func $c (type $two) (i64.reinterpret_f64 (local.get 2)))
    (func $d (type $two) (i64.reinterpret_f64 (local.get 1)))
    (func (export "run") (param $at i32) (result i64)
        (return_call_indirect (type $one) (i64.const 7) (local.get $at))))"#;

#[test]
fn tails_go_to_functions_of_their_type() {
    for (way, config) in configs() {
        let (mut store, instance) = crate::load(&config, TYPES);
        let run = instance.get_typed_func::<i32, i64>(&mut store, "run").unwrap();
        for (at, expected) in [
            (0, Ok(7)),
            (1, Ok(8)),
            (2, Err(Trap::BadSignature)),
            (3, Err(Trap::BadSignature)),
            (4, Err(Trap::IndirectCallToNull)),
            (5, Err(Trap::UndefinedElement)),
            (-1, Err(Trap::UndefinedElement)),
        ] {
            let result = run.call(&mut store, at).map_err(|error| error.downcast::<Trap>().unwrap());
            assert_eq!(result, expected, "{way}: {at}");
        }
    }
}
