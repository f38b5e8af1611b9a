//! What components pass to each other takes memory of the host's too, which is limited.

use sarsen::{Config, Engine, ErrorKind, Result, Store, Strategy, Trap};
use sarsen_component::{Component, Linker};
use std::pin::pin;
use std::task::{Context, Waker};

/// Calls `run` of a component with a number.
fn run(text: &str, count: u32) -> Result<u32> {
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter);
    let component = Component::new(&Engine::new(&config).unwrap(), text).unwrap();
    let mut store = Store::new(component.engine(), ());
    let instance = Linker::new(component.engine()).instantiate(&mut store, &component).unwrap();
    let run = instance.get_typed_func::<(u32,), (u32,)>(&mut store, "run").unwrap();
    Ok(run.call(&mut store, (count,))?.0)
}

#[track_caller]
fn traps(outcome: Result<u32>, message: &str) {
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), &*error.message()), (ErrorKind::Trap, message));
}

/// A handle takes four bytes of a guest's memory, and what remembers that it is lent takes more of the host's.
#[test]
fn handles_that_are_lent_again_and_again() {
    let text = r#"(component
        (component $R
            (type $R' (resource (rep i32)))
            (export $R "r" (type $R'))
            (core func $new (canon resource.new $R'))
            (core module $M
                (import "" "new" (func $new (param i32) (result i32)))
                (memory (export "memory") 160)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
                (func (export "make") (result i32) (call $new (i32.const 7)))
                (func (export "count") (param i32 i32) (result i32) (local.get 1)))
            (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
            (func (export "make") (result (own $R)) (canon lift (core func $m "make")))
            (func (export "count") (param "l" (list (borrow $R))) (result u32) (canon lift (core func $m "count")
                (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))
        (instance $r (instantiate $R))
        (core module $Memory (memory (export "memory") 160))
        (core instance $memory (instantiate $Memory))
        (core func $make (canon lower (func $r "make")))
        (core func $count (canon lower (func $r "count") (memory (core memory $memory "memory"))))
        (core module $M
            (import "" "memory" (memory 160))
            (import "" "make" (func $make (result i32)))
            (import "" "count" (func $count (param i32 i32) (result i32)))
            (func (export "run") (param $n i32) (result i32)
                (i32.store (i32.const 0) (call $make))
                (call $double (i32.const 4) (i32.mul (local.get $n) (i32.const 4)))
                (call $count (i32.const 0) (local.get $n)))
            ;; Copies what there is behind itself, until it is long enough.
            (func $double (param $done i32) (param $size i32)
                (loop $more
                    (memory.copy (local.get $done) (i32.const 0) (local.get $done))
                    (local.set $done (i32.shl (local.get $done) (i32.const 1)))
                    (br_if $more (i32.lt_u (local.get $done) (local.get $size))))))
        (core instance $m (instantiate $M (with "" (instance (export "memory" (memory $memory "memory"))
            (export "make" (func $make)) (export "count" (func $count))))))
        (func (export "run") (param "n" u32) (result u32) (canon lift (core func $m "run"))))"#;
    assert_eq!(run(text, 1000).unwrap(), 1000);
    traps(run(text, (1 << 20) + 1), "more than 1048576 handles are lent at once");
}

#[test]
fn strings_in_another_encoding() {
    let text = r#"(component
        (component $C
            (core module $M
                (memory (export "memory") 1200)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
                (func (export "count") (param i32 i32) (result i32) (local.get 1)))
            (core instance $m (instantiate $M))
            (func (export "count") (param "s" string) (result u32) (canon lift (core func $m "count")
                (memory (core memory $m "memory")) (realloc (core func $m "realloc")) string-encoding=utf16)))
        (instance $c (instantiate $C))
        (core module $Memory (memory (export "memory") 600))
        (core instance $memory (instantiate $Memory))
        (core func $count (canon lower (func $c "count") (memory (core memory $memory "memory"))))
        (core module $M
            (import "" "count" (func $count (param i32 i32) (result i32)))
            (func (export "run") (param i32) (result i32) (call $count (i32.const 0) (local.get 0))))
        (core instance $m (instantiate $M (with "" (instance (export "count" (func $count))))))
        (func (export "run") (param "n" u32) (result u32) (canon lift (core func $m "run"))))"#;
    assert_eq!(run(text, 1000).unwrap(), 1000);
    traps(run(text, (32 << 20) + 1), "a string is too long to be passed in another encoding");
}

/// A component that passes something of its memory, of a given length, to another one.
fn passes(ty: &str) -> String {
    format!(
        r#"(component
            (component $Taker
                (core module $M
                    (memory (export "memory") 160)
                    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
                    (func (export "take") (param i32 i32)))
                (core instance $m (instantiate $M))
                (func (export "take") (param "it" {ty}) (canon lift (core func $m "take")
                    (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))
            (instance $taker (instantiate $Taker))
            (core module $Memory (memory (export "memory") 160))
            (core instance $memory (instantiate $Memory))
            (core func $take (canon lower (func $taker "take") (memory (core memory $memory "memory"))))
            (core module $M
                (import "" "take" (func $take (param i32 i32)))
                (func (export "run") (param $length i32) (call $take (i32.const 0) (local.get $length))))
            (core instance $m (instantiate $M (with "" (instance (export "take" (func $take))))))
            (func (export "run") (param "length" u32) (canon lift (core func $m "run"))))"#
    )
}

/// Fuel that it takes to pass something to another component, or why that was not done.
fn fuel_to_pass(ty: &str, length: u32, fuel: u64) -> Result<u64> {
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter).consume_fuel(true);
    let component = Component::new(&Engine::new(&config)?, passes(ty))?;
    let mut store = Store::new(component.engine(), ());
    store.set_fuel(fuel)?;
    let instance = Linker::new(component.engine()).instantiate(&mut store, &component)?;
    let run = instance.get_typed_func::<(u32,), ()>(&mut store, "run")?;
    run.call(&mut store, (length,))?;
    Ok(fuel - store.get_fuel()?)
}

#[test]
fn what_is_passed_on_is_paid_for() {
    // Items that are looked at, as operators are, bytes, and text of zeros.
    let cases = [
        ("(list (option u8))", 100_000),
        ("(list (tuple bool bool bool))", 400_000),
        ("(list u8)", 100_000 / 64),
        // Looked at, and then copied.
        ("string", 2 * 100_000 / 64),
    ];
    for (ty, expected) in cases {
        let little = fuel_to_pass(ty, 0, 1_000_000).unwrap();
        let much = fuel_to_pass(ty, 100_000, 1_000_000).unwrap();
        assert!((expected - 2..=expected).contains(&(much - little)), "{ty}: {little}, {much}");
        let error = fuel_to_pass(ty, 100_000, little + expected / 2).unwrap_err();
        assert!(matches!(error.downcast_ref::<Trap>(), Some(Trap::OutOfFuel)), "{ty}: {error}");
    }
}

/// Passes something on, in a store that is set up first; how often others had their turn.
fn turns_while_passing(
    (ty, length): (&str, u32),
    config: &mut Config,
    set_up: impl FnOnce(&mut Store<()>),
) -> usize {
    let engine = Engine::new(config.strategy(Strategy::Interpreter)).unwrap();
    let component = Component::new(&engine, passes(ty)).unwrap();
    let mut store = Store::new(&engine, ());
    set_up(&mut store);
    let mut turns = 0;
    let call = async {
        let instance = Linker::new(&engine).instantiate_async(&mut store, &component).await?;
        let run = instance.get_typed_func::<(u32,), ()>(&mut store, "run")?;
        run.call_async(&mut store, (length,)).await
    };
    let mut call = pin!(call);
    while call.as_mut().poll(&mut Context::from_waker(Waker::noop())).map(Result::unwrap).is_pending() {
        turns += 1;
    }
    turns
}

#[test]
fn others_have_their_turn_while_much_is_passed_on() {
    // Options, one by one; and bytes, where a piece at a time is copied, and is looked at before if it is text.
    let long = 10 << 20;
    for (what, by_fuel, by_epochs) in [
        (("(list (option u8))", 100_000), 90, 1000),
        (("(list u8)", long), 10, 10),
        (("string", long), 20, 20),
    ] {
        let turns = turns_while_passing(what, Config::new().consume_fuel(true), |store| {
            store.set_fuel(1_000_000).unwrap();
            store.fuel_async_yield_interval(Some(1000)).unwrap();
        });
        assert!(turns >= by_fuel, "{what:?}: {turns}");
        let turns = turns_while_passing(what, Config::new().epoch_interruption(true), |store| {
            store.set_epoch_deadline(0);
            store.epoch_deadline_async_yield_and_update(0);
        });
        assert!(turns >= by_epochs, "{what:?}: {turns}");
    }
}

/// Fuel that it takes to pass something to the host, which gives it back, and the guest that to the host again.
fn fuel_to_host(ty: &str, length: u32, fuel: u64) -> Result<u64> {
    let text = format!(
        r#"(component
            (import "give" (func $give (param "it" {ty}) (result {ty})))
            (core module $Memory
                (memory (export "memory") 16)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0x80000)))
            (core instance $memory (instantiate $Memory))
            (core func $give (canon lower (func $give)
                (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
            (core module $M
                (import "" "give" (func $give (param i32 i32 i32)))
                (func (export "run") (param $ptr i32) (param $length i32) (result i32)
                    (call $give (local.get $ptr) (local.get $length) (i32.const 8))
                    (i32.const 8)))
            (core instance $m (instantiate $M (with "" (instance (export "give" (func $give))))))
            (func (export "run") (param "it" {ty}) (result {ty}) (canon lift (core func $m "run")
                (memory (core memory $memory "memory")) (realloc (core func $memory "realloc")))))"#
    );
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter).consume_fuel(true);
    let component = Component::new(&Engine::new(&config)?, text)?;
    let mut store = Store::new(component.engine(), ());
    store.set_fuel(fuel)?;
    let mut linker = Linker::new(component.engine());
    if ty == "string" {
        linker.root().func_wrap("give", |_, (it,): (String,)| Ok((it,)))?;
        let instance = linker.instantiate(&mut store, &component)?;
        let run = instance.get_typed_func::<(String,), (String,)>(&mut store, "run")?;
        let text = "x".repeat(length as usize);
        assert_eq!(run.call(&mut store, (text.clone(),))?.0, text);
    } else {
        linker.root().func_new("give", |_, _, params, results| {
            results[0] = params[0].clone();
            Ok(())
        })?;
        let instance = linker.instantiate(&mut store, &component)?;
        let run = instance.get_typed_func::<(Vec<u8>,), (Vec<u8>,)>(&mut store, "run")?;
        let bytes = vec![7; length as usize];
        assert_eq!(run.call(&mut store, (bytes.clone(),))?.0, bytes);
    }
    Ok(fuel - store.get_fuel()?)
}

#[test]
fn what_the_host_takes_and_gives_is_paid_for() {
    for ty in ["string", "(list u8)"] {
        let little = fuel_to_host(ty, 0, 10_000_000).unwrap();
        let much = fuel_to_host(ty, 100_000, 10_000_000).unwrap();
        // Into the guest, out of it, in again, and out. Of what is in the host's memory, items may be larger.
        let least = 4 * 100_000 / 64 - 4;
        assert!(much - little >= least, "{ty}: {little}, {much}");
        if ty == "string" {
            assert!(much - little <= least + 4, "{ty}: {little}, {much}");
        }
        for fuel in [little + 1, little + least / 2, much - 1] {
            let error = fuel_to_host(ty, 100_000, fuel).unwrap_err();
            assert!(matches!(error.downcast_ref::<Trap>(), Some(Trap::OutOfFuel)), "{ty}: {error}");
        }
        assert_eq!(fuel_to_host(ty, 100_000, much).unwrap(), much);
    }
}
