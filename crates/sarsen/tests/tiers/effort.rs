//! Functions that would cost too much to compile: they are left to the interpreter, and nobody notices but by the clock.

use crate::programs::{End, everywhere};
use sarsen::{Config, Engine, Module, Strategy, Trap, Val};
use std::fmt::Display;
use std::time::{Duration, Instant};

/// How long any of these modules may take to be made: ten times what the slowest takes in an unoptimized build, so that nobody
/// else who runs here is seen. What is left to the interpreter is meant to cost next to nothing.
const MOST: Duration = Duration::from_secs(20);

/// Functions that are left to the interpreter, by index.
fn interpreted(text: &str) -> Vec<u32> {
    let engine = Engine::new(Config::new().strategy(Strategy::Jit)).unwrap();
    let start = Instant::now();
    let module = Module::new(&engine, text).unwrap();
    let took = start.elapsed();
    println!("{} bytes of text: {took:?}", text.len());
    assert!(took < MOST, "{} bytes of text take {took:?}", text.len());
    module.interpreted_functions().collect()
}

/// So many pieces of text, made of their numbers.
fn repeat<D: Display>(count: usize, piece: impl Fn(usize) -> D) -> String {
    (0..count).map(|number| piece(number).to_string()).collect()
}

/// A costly function between functions that are compiled, called in every way: branches carry more than there is code for.
fn between() -> String {
    const VALUES: usize = 300;
    format!(
        r#"(module
            (type $f (func (param i32) (result i32)))
            (tag $thrown (param i32))
            (import "" "host" (func $host (type $f)))
            (table funcref (elem $costly))
            (func $leaf (type $f)
                (if (i32.eq (local.get 0) (i32.const 3)) (then (throw $thrown (i32.const 7))))
                (i32.div_u (i32.const 1000) (local.get 0)))
            (func $costly (type $f)
                (block (result {types}) {constants} {branches}) {adds}
                (i32.add (if (result i32) (i32.eq (local.get 0) (i32.const 9))
                    (then (call $host (local.get 0)))
                    (else (call $leaf (local.get 0))))))
            (func (export "back") (type $f) (call $costly (i32.const 2)))
            (func $tail (type $f) (return_call $costly (local.get 0)))
            (func $caught (type $f)
                (block $handler (result i32)
                    (return (try_table (result i32) (catch $thrown $handler) (call $costly (local.get 0))))))
            (func (export "run") (param $way i32) (param $value i32) (result i32)
                (block $caught (block $reference (block $table (block $tail (block $direct
                    (br_table $direct $tail $table $reference $caught (local.get $way)))
                    (return (call $costly (local.get $value))))
                    (return (call $tail (local.get $value))))
                    (return (call_indirect (type $f) (local.get $value) (i32.const 0))))
                    (return (call_ref $f (local.get $value) (ref.func $costly))))
                (call $caught (local.get $value))))"#,
        types = types(VALUES),
        constants = repeat(VALUES, |number| format!("(i32.const {number}) ")),
        branches = "(br_if 0 (local.get 0)) ".repeat(VALUES),
        adds = "i32.add ".repeat(VALUES - 1),
    )
}

#[test]
fn compiled_functions_call_interpreted_ones_and_are_called_by_them() {
    const COSTLY: u32 = 2;
    let text = between();
    assert_eq!(interpreted(&text), [COSTLY]);
    let sum = 300 * 299 / 2;
    for way in 0..5 {
        let call = |value| everywhere(&text, &[Val::I32(way), Val::I32(value)]);
        assert_eq!(call(10), End::Returned(format!("[I32({})]", sum + 100)), "{way}");
        // Through the host and back: its result is what the inner call returns.
        assert_eq!(call(9), End::Returned(format!("[I32({})]", 2 * sum + 500)), "{way}");
        let End::Trapped(trap, frames) = call(0) else { panic!("it divides by zero") };
        assert_eq!(trap, Trap::IntegerDivisionByZero);
        let functions: Vec<u32> = frames.iter().map(|frame| frame.0).collect();
        assert_eq!(functions[..2], [1, COSTLY], "leaf, costly");
    }
    assert_eq!(everywhere(&text, &[Val::I32(4), Val::I32(3)]), End::Returned("[I32(7)]".to_owned()));
}

/// How many values functions have here that have many.
const MANY: usize = 200;

/// A module whose first function is like this, and may call what `helpers` are.
fn module(signature: &str, body: &str) -> String {
    let helpers = [
        ("$nothing", String::new()),
        ("$values", format!("(result {})", types(MANY))),
        ("$shuffle", format!("(param {0}) (result {0})", types(MANY))),
    ];
    // Too large to take the place of a call.
    let body_of_helper = "(block (br 0)) ".repeat(20) + "unreachable";
    let helpers = helpers.map(|(name, signature)| {
        if body.contains(name) {
            format!("(func {name} {signature} {body_of_helper})")
        } else {
            String::new()
        }
    });
    format!(
        r#"(module (type $many (func (param {0}) (result {0}))) (tag $tag)
            (func $costly {signature} {body}) {1})"#,
        types(MANY),
        helpers.concat(),
    )
}

fn types(count: usize) -> String {
    "i32 ".repeat(count)
}

/// Blocks inside of each other.
fn deep(open: &str, count: usize, inside: &str, close: &str) -> String {
    format!("{}{inside}{}", open.repeat(count), close.repeat(count))
}

/// Adds one to each local from the second on.
fn change(locals: usize) -> String {
    repeat(locals, |local| format!("(local.set {0} (i32.add (local.get {0}) (i32.const 1)))", local + 1))
}

#[test]
fn what_grows_faster_than_its_size_is_left_to_the_interpreter() {
    let (drops, values) = ("drop ".repeat(MANY), types(MANY));
    let locals = format!("(param i32) (local {})", types(400));
    let branch = "(br_if 0 (local.get 0)) ";
    let shapes = [
        ("locals", format!("(local {})", types(5000)), String::new()),
        (
            "tables whose branches carry values",
            "(param i32)".to_owned(),
            format!(
                "(block (result {values}) (call $values) (br_table {}0 (local.get 0))) {drops}",
                "0 ".repeat(1000)
            ),
        ),
        (
            "branches that carry values",
            "(param i32)".to_owned(),
            format!("(block (result {values}) (call $values) {}) {drops}", branch.repeat(1000)),
        ),
        (
            "blocks with many parameters",
            String::new(),
            format!("(call $values) {} {drops}", deep("block (type $many) ", 200, "", "end ")),
        ),
        (
            "conditions with many parameters",
            String::new(),
            format!("(call $values) {} {drops}", "(if (type $many) (i32.const 1) (then) (else))".repeat(200)),
        ),
        (
            "calls with many values",
            String::new(),
            format!("(call $values) {} {drops}", "(call $shuffle)".repeat(200)),
        ),
        (
            "returns of many values",
            format!("(param i32) (result {values})"),
            format!("(call $values) {}", branch.repeat(500)),
        ),
        (
            "loops inside of loops",
            "(param i32)".to_owned(),
            deep("loop ", 500, "", &format!("{branch} end ")),
        ),
        (
            "loops that change many locals",
            locals.clone(),
            deep("loop ", 100, &change(400), &format!("{branch} end ")),
        ),
        ("a loop with many branches back", locals, format!("(loop {} {})", change(400), branch.repeat(2000))),
        (
            "handlers around handlers",
            String::new(),
            format!("(block {})", deep("try_table (catch $tag 0) ", 200, "", "(call $nothing) end ")),
        ),
        (
            "clauses",
            String::new(),
            format!("(block (try_table {} {}))", "(catch $tag 0)".repeat(200), "(call $nothing)".repeat(200)),
        ),
        ("blocks", "(param i32)".to_owned(), "(if (local.get 0) (then))".repeat(50_000)),
    ];
    for (name, signature, body) in shapes {
        assert_eq!(interpreted(&module(&signature, &body)), [0], "{name}");
    }
}

#[test]
fn what_grows_like_its_size_is_compiled() {
    // Cranelift tells some ten thousand apart.
    let globals = 66_000;
    let shapes = [
        (
            "straight",
            format!(
                "(func (param i32) (result i32) (local.get 0) {})",
                "i32.const 7 i32.add ".repeat(10_000)
            ),
        ),
        (
            "conditions",
            format!(
                "(func (param i32) {})",
                "(if (local.get 0) (then (local.set 0 (i32.const 1))))".repeat(500)
            ),
        ),
        ("a table", format!("(func (param i32) (block (br_table {}0 (local.get 0))))", "0 ".repeat(10_000))),
        (
            "values for later",
            format!(
                "(func (param i32) (result i32) {} {})",
                "local.get 0 i32.eqz ".repeat(1000),
                "i32.add ".repeat(999)
            ),
        ),
        (
            "globals",
            format!(
                "{} (func {})",
                repeat(globals, |number| format!("(global (mut i32) (i32.const {number}))")),
                repeat(globals, |number| format!("global.get {number} drop "))
            ),
        ),
        ("functions", "(func)".repeat(200)),
        // They are small, and do not take the place of their calls.
        ("locals", format!("(func {}) (func $locals (local {}))", "(call $locals)".repeat(100), types(900))),
    ];
    for (name, text) in shapes {
        assert!(interpreted(&format!("(module {text})")).is_empty(), "{name}");
    }
}
