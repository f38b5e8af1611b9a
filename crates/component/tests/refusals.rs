//! What is valid and cannot be done yet is refused when it is called, not before: a component may never come to it.

use sarsen::{Config, Engine, Result, Store, Strategy};
use sarsen_component::{Component, Linker};

/// Instantiates a component with what `linker` is given, and calls its `run`.
fn run(text: &str, linker: impl FnOnce(&mut Linker<()>, &Component)) -> Result<(u32,)> {
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter);
    let component = Component::new(&Engine::new(&config).unwrap(), text).unwrap();
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
