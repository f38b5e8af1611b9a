//! What is valid and is refused when it comes to it, with a message that says what: the asynchronous ABI, functions that are
//! called as what they are not, and counters that leave their range.

use sarsen::{Config, Engine, Result, Store, Strategy};
use sarsen_component::{Component, Linker};

fn engine() -> Engine {
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter);
    Engine::new(&config).unwrap()
}

/// Instantiates a component with what `linker` is given, and calls its `run`.
fn run(text: &str, linker: impl FnOnce(&mut Linker<()>, &Component)) -> Result<(u32,)> {
    let component = Component::new(&engine(), text).unwrap();
    let mut given = Linker::new(component.engine());
    linker(&mut given, &component);
    let mut store = Store::new(component.engine(), ());
    let instance = given.instantiate(&mut store, &component).unwrap();
    instance.get_typed_func::<(), (u32,)>(&mut store, "run").unwrap().call(&mut store, ())
}

const REFUSAL: &str = "`canon lower async` needs the asynchronous ABI, which is not supported yet";

/// The asynchronous ABI passes parameters and results through memory sooner: what is lowered so is not called as the other.
#[test]
fn asynchronous_lowering_of_an_import() {
    let text = r#"(component
        (import "x" (func $x async (param "a" u32) (param "b" u32) (param "c" u32) (param "d" u32) (param "e" u32) (result u32)))
        (core module $Memory (memory (export "memory") 1))
        (core instance $memory (instantiate $Memory))
        (core func $x' (canon lower (func $x) async (memory (core memory $memory "memory"))))
        (core module $M
            (import "" "x" (func $x (param i32 i32) (result i32)))
            (func (export "run") (result i32) (call $x (i32.const 16) (i32.const 32))))
        (core instance $m (instantiate $M (with "" (instance (export "x" (func $x'))))))
        (func (export "run") (result u32) (canon lift (core func $m "run"))))"#;
    let outcome = run(text, |linker, component| linker.define_unknown_imports_as_traps(component).unwrap());
    assert_eq!(outcome.unwrap_err().message(), REFUSAL);
}

#[test]
fn asynchronous_lowering_of_another_component() {
    let text = r#"(component
        (component $A
            (core module $M (func (export "f") (param i32) (result i32) (i32.const 7)))
            (core instance $m (instantiate $M))
            (func (export "f") async (param "a" u32) (result u32) (canon lift (core func $m "f"))))
        (instance $a (instantiate $A))
        (core module $Memory (memory (export "memory") 1))
        (core instance $memory (instantiate $Memory))
        (core func $f (canon lower (func $a "f") async (memory (core memory $memory "memory"))))
        (core module $M
            (import "" "f" (func $f (param i32 i32) (result i32)))
            (func (export "run") (result i32) (call $f (i32.const 1) (i32.const 64))))
        (core instance $m (instantiate $M (with "" (instance (export "f" (func $f))))))
        (func (export "run") (result u32) (canon lift (core func $m "run"))))"#;
    assert_eq!(run(text, |_, _| ()).unwrap_err().message(), REFUSAL);
}

#[test]
fn asynchronous_exports() {
    let text = r#"(component
        (core module $M (func (export "f") (result i32) (i32.const 7)))
        (core instance $m (instantiate $M))
        (func (export "run") async (result u32) (canon lift (core func $m "f"))))"#;
    let component = Component::new(&engine(), text).unwrap();
    let mut store = Store::new(component.engine(), ());
    let instance = Linker::new(component.engine()).instantiate(&mut store, &component).unwrap();
    let error = instance.get_typed_func::<(), (u32,)>(&mut store, "run").unwrap_err();
    let expected = "type mismatch: expected a function that is not async, found an async function";
    assert_eq!(error.message(), expected);
}

/// A function that calls the host's `x`.
fn calls_x(result: &str) -> String {
    format!(
        r#"(component
            (import "x" (func $x (result {result})))
            (core func $x' (canon lower (func $x)))
            (core module $M
                (import "" "x" (func $x (result i32)))
                (func (export "run") (result i32) (call $x)))
            (core instance $m (instantiate $M (with "" (instance (export "x" (func $x'))))))
            (func (export "run") (result u32) (canon lift (core func $m "run"))))"#
    )
}

/// A closure that forgets its result does not return one that nobody has thought of.
#[test]
fn results_that_are_not_set() {
    for ty in ["bool", "u32"] {
        let outcome =
            run(&calls_x(ty), |linker, _| linker.root().func_new("x", |_, _, _, _| Ok(())).unwrap());
        assert_eq!(outcome.unwrap_err().message(), "a host function has not set its result", "{ty}");
    }
    let outcome = run(&calls_x("bool"), |linker, _| {
        linker
            .root()
            .func_new("x", |_, _, _, results| {
                results[0] = sarsen_component::Val::Bool(true);
                Ok(())
            })
            .unwrap();
    });
    assert_eq!(outcome.unwrap(), (1,));
}

/// Counts backpressure up and down as often as is said.
fn backpressure(ups: u32, downs: u32) -> Result<(u32,)> {
    let text = format!(
        r#"(component
            (core func $inc (canon backpressure.inc))
            (core func $dec (canon backpressure.dec))
            (core module $M
                (import "" "inc" (func $inc)) (import "" "dec" (func $dec))
                (func (export "run") (result i32) (local $ups i32) (local $downs i32)
                    (local.set $ups (i32.const {ups})) (local.set $downs (i32.const {downs}))
                    (block $up-done (loop $up
                        (br_if $up-done (i32.eqz (local.get $ups)))
                        (call $inc) (local.set $ups (i32.sub (local.get $ups) (i32.const 1))) (br $up)))
                    (block $down-done (loop $down
                        (br_if $down-done (i32.eqz (local.get $downs)))
                        (call $dec) (local.set $downs (i32.sub (local.get $downs) (i32.const 1))) (br $down)))
                    (i32.const 0)))
            (core instance $m (instantiate $M (with "" (instance (export "inc" (func $inc)) (export "dec" (func $dec))))))
            (func (export "run") (result u32) (canon lift (core func $m "run"))))"#
    );
    run(&text, |_, _| ())
}

#[test]
fn backpressure_is_counted() {
    let message = "backpressure counter out of range";
    assert_eq!(backpressure(65535, 65535).unwrap(), (0,));
    assert_eq!(backpressure(0, 1).unwrap_err().message(), message);
    assert_eq!(backpressure(1, 2).unwrap_err().message(), message);
    assert_eq!(backpressure(65536, 0).unwrap_err().message(), message);
}
