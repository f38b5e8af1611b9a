//! How code stops: errors and their backtraces, to the letter, in every way of running it.

use super::configs;
use sarsen::{Caller, Config, Engine, Error, Extern, Linker, Module, Result, Store};

/// What the modules here may import: a host function that calls the caller's export `inner`, one that fails, one that
/// collects garbage, one that asks for an interruption.
fn linker(engine: &Engine) -> Linker<()> {
    let mut linker = Linker::new(engine);
    let host = |mut caller: Caller<'_, ()>, argument: i32| -> Result<()> {
        let inner = caller.get_export("inner").and_then(Extern::into_func).unwrap();
        inner.typed::<i32, ()>(&caller)?.call(&mut caller, argument)
    };
    linker.func_wrap("env", "host", host).unwrap();
    linker.func_wrap("env", "fail", || -> Result<()> { Err(Error::msg("failure")) }).unwrap();
    linker.func_wrap("env", "collect", |mut caller: Caller<'_, ()>| caller.gc()).unwrap();
    linker
}

/// Imports of all modules here.
const IMPORTS: &str = r#"(import "env" "host" (func $host (param i32))) (import "env" "fail" (func $fail))
    (import "env" "collect" (func $collect))"#;

/// What becomes of a call of `f` with an argument, in this way.
fn outcome(config: &Config, fields: &str, argument: i32, fuel: u64) -> String {
    let engine = Engine::new(config).unwrap();
    let mut store = Store::new(&engine, ());
    if store.get_fuel().is_ok() {
        store.set_fuel(fuel).unwrap();
    }
    let module = Module::new(&engine, format!("(module {IMPORTS} {fields})"));
    let module = module.unwrap_or_else(|error| panic!("{fields}: {error}"));
    let mut memory = None;
    let mut run = || -> Result<i32> {
        let instance = linker(&engine).instantiate(&mut store, &module)?;
        memory = instance.get_memory(&mut store, "memory");
        let f = instance.get_typed_func::<i32, i32>(&mut store, "f")?;
        f.call(&mut store, argument)
    };
    let mut outcome = match run() {
        Ok(result) => format!("success: {result}"),
        Err(error) => error.to_string(),
    };
    if let Some(memory) = memory {
        outcome += &format!("\n{:?}, {:?} left", &memory.data(&store)[..32], store.get_fuel().ok());
    }
    outcome
}

/// That, which is the same in all ways.
fn same(configure: fn(&mut Config) -> &mut Config, fields: &str, argument: i32) -> String {
    let mut expected = None;
    for (way, mut config) in configs() {
        let outcome = outcome(configure(&mut config), fields, argument, 1000);
        let expected = expected.get_or_insert_with(|| outcome.clone());
        assert_eq!(*expected, outcome, "in the interpreter, and in {way}: {fields} with {argument}");
    }
    expected.unwrap_or_default()
}

/// Names in a backtrace.
fn names(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.split_once(" - ")).map(|(_, name)| name).collect()
}

#[test]
fn traps_of_operators() {
    let fields = |operator: &str| {
        format!(
            r#"(type $t (func)) (type $s (struct (field (mut i32)))) (type $a (array (mut i32)))
            (memory 1 1) (table $table 10 funcref) (elem (i32.const 1) $other)
            (func $other (param i32))
            (func $small (param i32) (result i32) (local f32) (local $null (ref null $s)) (local $array (ref null $a))
                (local.set $array (array.new $a (i32.const 7) (i32.const 3)))
                {operator})
            (func $middle (param i32) (result i32) (i32.add (call $small (local.get 0)) (i32.const 1)))
            (func (export "f") (param i32) (result i32)
                (local $sum i32)
                (loop $again
                    (local.set $sum (i32.add (local.get $sum) (call $middle (local.get 0))))
                    (br_if $again (i32.lt_s (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 9))))
                (local.get $sum))"#
        )
    };
    for (operator, word) in [
        ("unreachable", "unreachable"),
        ("(i32.div_s (i32.const 1) (i32.sub (local.get 0) (i32.const 4)))", "divide by zero"),
        (
            "(i32.div_s (i32.const 0x80000000) (i32.sub (i32.shl (local.get 0) (i32.const 1)) (i32.const 5)))",
            "overflow",
        ),
        ("(i32.rem_u (i32.const 1) (i32.sub (local.get 0) (i32.const 4)))", "divide by zero"),
        ("(i32.trunc_f32_s (f32.div (f32.const 0) (f32.convert_i32_s (local.get 0))))", "invalid conversion"),
        ("(i32.load (i32.mul (local.get 0) (i32.const 0x8000)))", "out of bounds memory"),
        ("(i32.load offset=0xffffffff (local.get 0))", "out of bounds memory"),
        (
            "(i32.store (i32.shl (local.get 0) (i32.const 15)) (i32.const 1)) (i32.const 1)",
            "out of bounds memory",
        ),
        ("(i32.atomic.load (local.get 0))", "unaligned atomic"),
        ("(memory.fill (local.get 0) (i32.const 0) (i32.const 65535)) (i32.const 1)", "out of bounds memory"),
        ("(memory.atomic.wait32 (i32.const 0) (local.get 0) (i64.const 0))", "shared memory"),
        ("(ref.is_null (table.get (i32.add (local.get 0) (i32.const 7))))", "out of bounds table"),
        (
            "(call_indirect (type $t) (i32.add (local.get 0) (i32.const 7))) (i32.const 1)",
            "uninitialized element",
        ),
        (
            "(call_indirect (type $t) (i32.add (local.get 0) (i32.const 10))) (i32.const 1)",
            "undefined element",
        ),
        ("(call_indirect (type $t) (i32.const 1)) (i32.const 1)", "indirect call type mismatch"),
        ("(struct.get $s 0 (local.get $null))", "null structure"),
        ("(struct.set $s 0 (local.get $null) (i32.const 1)) (i32.const 1)", "null structure"),
        ("(array.get $a (local.get $array) (local.get 0))", "out of bounds array"),
        ("(array.len (ref.null $a))", "null array"),
        ("(i31.get_s (ref.cast i31ref (local.get $array)))", "cast failure"),
        ("(call $fail) (i32.const 1)", "failure"),
        ("(ref.is_null (ref.as_non_null (local.get $null)))", "null reference"),
        ("(drop (array.new_default $a (i32.const -1))) (i32.const 1)", ""),
    ] {
        let text = same(|config| config, &fields(operator), 0);
        assert!(text.contains(word), "{operator}: {text}");
        assert_eq!(names(&text), ["small", "middle", "<function 6>"], "{operator}: {text}");
    }
}

#[test]
fn calls_through_the_host() {
    let fields = r#"(tag $tag (param i32))
        (func $leaf (param i32) (if (i32.eqz (local.get 0)) (then unreachable))
            (if (i32.eq (local.get 0) (i32.const 1)) (then (call $fail)))
            (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $tag (i32.const 77))))
            (if (i32.gt_s (local.get 0) (i32.const 10)) (then (call $host (i32.sub (local.get 0) (i32.const 10))))))
        (func $inner (export "inner") (param i32) (call $leaf (local.get 0)))
        (func $outer (param i32) (call $host (local.get 0)))
        (func $catches (param i32) (result i32)
            (block $caught (result i32)
                (try_table (catch $tag $caught) (call $outer (local.get 0)))
                (i32.const 5)))
        (func $f (export "f") (param i32) (result i32)
            (if (i32.gt_s (local.get 0) (i32.const 100))
                (then (return (call $catches (i32.sub (local.get 0) (i32.const 100))))))
            (call $outer (local.get 0)) (i32.const 6))"#;
    assert_eq!(names(&same(|config| config, fields, 0)), ["leaf", "inner", "outer", "f"]);
    assert_eq!(names(&same(|config| config, fields, 1)), ["leaf", "inner", "outer", "f"]);
    let nested = ["leaf", "inner", "leaf", "inner", "leaf", "inner", "outer", "f"];
    assert_eq!(names(&same(|config| config, fields, 11)), nested[2..]);
    assert_eq!(names(&same(|config| config, fields, 21)), nested);
    assert!(same(|config| config, fields, 2).contains("exception"));
    assert_eq!(same(|config| config, fields, 3), "success: 6");
    assert_eq!(same(|config| config, fields, 102), "success: 77");
    assert_eq!(same(|config| config, fields, 132), "success: 77");
    assert_eq!(same(|config| config, fields, 103), "success: 5");
    assert_eq!(names(&same(|config| config, fields, 101)), ["leaf", "inner", "outer", "catches", "f"]);
}

#[test]
fn start_functions() {
    let fields = r#"(memory 1) (func $deep (drop (i32.load (i32.const 0x10000)))) (func $start (call $deep)) (start $start)"#;
    assert_eq!(names(&same(|config| config, fields, 0)), ["deep", "start"]);
    let fields = r#"(func (export "inner") (param i32) unreachable) (func $start (call $host (i32.const 0))) (start $start)"#;
    assert_eq!(names(&same(|config| config, fields, 0)), ["<function 3>", "start"]);
}

#[test]
fn tail_calls() {
    let fields = r#"(type $t (func (param i32) (result i32))) (table funcref (elem $last))
        (func $last (param i32) (result i32) unreachable)
        (func $by_ref (param i32) (result i32) (return_call_ref $t (local.get 0) (ref.func $last)))
        (func $null (param i32) (result i32) (return_call_ref $t (local.get 0) (ref.null $t)))
        (func $by_table (param i32) (result i32) (return_call_indirect (type $t) (local.get 0) (local.get 0)))
        (func $directly (param i32) (result i32) (return_call $by_ref (local.get 0)))
        (func $f (export "f") (param i32) (result i32)
            (if (i32.eq (local.get 0) (i32.const 0)) (then (return (call $directly (local.get 0)))))
            (if (i32.eq (local.get 0) (i32.const 1)) (then (drop (call $by_table (i32.const 0)))))
            (if (i32.eq (local.get 0) (i32.const 2)) (then (drop (call $by_table (i32.const 1)))))
            (call $null (i32.const 0)))"#;
    for (argument, expected) in [(0, "last"), (1, "last"), (2, "by_table"), (3, "null")] {
        assert_eq!(names(&same(|config| config, fields, argument)), [expected, "f"]);
    }
}

#[test]
fn handlers_end_with_tail_calls() {
    let fields = r#"(tag $tag)
        (func $throws (throw $tag))
        (func $over (block $caught (try_table (catch_all $caught) (return_call $throws))))
        (func $catches (result i32)
            (block $caught (try_table (catch_all $caught) (call $over)) (return (i32.const 1)))
            (i32.const 2))
        (func (export "f") (param i32) (result i32)
            (if (local.get 0) (then (return (call $catches))))
            (call $over) (i32.const 3))"#;
    assert_eq!(same(|config| config, fields, 1), "success: 2");
    assert!(same(|config| config, fields, 0).contains("exception"));
}

#[test]
fn used_up_stacks_show_the_call() {
    let directly = r#"(func $f (export "f") (param i32) (result i32) (nop) (i32.add (call $f (local.get 0)) (i32.const 1)))"#;
    let text = same(|config| config, directly, 0);
    assert!(text.starts_with("call stack exhausted"), "{text}");
    assert!(names(&text).len() > 10 && names(&text).iter().all(|&name| name == "f"));
    // The function that does not fit is not there: only its caller, which has called it.
    let locals = " i64".repeat(7000);
    let sets: String =
        (0..7000).map(|at| format!("(local.set {at} (i64.load (i32.const {})))", at * 7)).collect();
    let sum = (0..7000).fold("i64.const 0".to_owned(), |sum, at| sum + &format!(" local.get {at} i64.xor"));
    let never = format!(
        r#"(memory 1)
        (func $large (result i64) (local{locals}) {sets} (drop (memory.grow (i32.const 0))) {sum})
        (func $f (export "f") (param i32) (result i32) (i32.wrap_i64 (call $large)))"#
    );
    let text = same(|config| config.max_wasm_stack(32 << 10), &never, 0);
    assert!(text.starts_with("call stack exhausted"), "{text}");
    assert_eq!(names(&text), ["f"]);
}

#[test]
fn fuel_ends_at_the_same_places() {
    let fields = r#"(memory 1)
        (func $count (param i32) (result i32)
            (loop $again (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (memory.fill (i32.const 0) (i32.const 1) (i32.const 6400))
            (local.get 0))
        (func $f (export "f") (param i32) (result i32)
            (drop (call $count (local.get 0)))
            (if (i32.gt_s (local.get 0) (i32.const 100)) (then (drop (call $f (i32.sub (local.get 0) (i32.const 10))))))
            (call $f (local.get 0)))"#;
    for argument in [1, 50, 51, 52, 53, 100, 110, 120, 131, 200, 210, 230, 1000] {
        let text = same(|config| config.consume_fuel(true), fields, argument);
        assert!(text.starts_with("all fuel consumed"), "{text}");
    }
}

#[test]
fn every_limit_of_fuel_leaves_the_same() {
    let fields = r#"(memory (export "memory") 1) (tag $tag (param i32)) (type $a (array (mut i8)))
        (func $tiny (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
        (func $small (param i32) (i32.store8 (local.get 0) (call $tiny (local.get 0))))
        (func $throws (param i32) (if (i32.and (local.get 0) (i32.const 1)) (then (throw $tag (local.get 0)))))
        (func $catches (param i32) (result i32)
            (block $caught (result i32)
                (try_table (catch $tag $caught) (call $throws (local.get 0)))
                (i32.const 30)))
        (func (export "inner") (param i32) (call $small (i32.const 12)))
        (func $f (export "f") (param i32) (result i32) (local $array (ref null $a))
            (loop $again
                (call $small (local.get 0))
                (i32.store8 (call $catches (local.get 0)) (local.get 0))
                (block $other
                    (block $one (br_table $one $other $one $other (i32.and (local.get 0) (i32.const 3))))
                    (i32.store8 offset=10 (local.get 0) (i32.const 7)))
                (local.set $array (array.new_default $a (i32.const 200)))
                (array.fill $a (local.get $array) (i32.const 0) (i32.const 5) (i32.const 150))
                (memory.fill (i32.const 20) (local.get 0) (i32.shl (local.get 0) (i32.const 6)))
                (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (call $host (i32.const 0))
            (if (result i32) (array.get_u $a (local.get $array) (i32.const 3))
                (then (i32.const 1)) (else (i32.div_u (i32.const 1) (local.get 0)))))"#;
    for fuel in (0..250).chain([1000]) {
        let mut expected = None;
        for (way, mut config) in configs() {
            let outcome = outcome(config.consume_fuel(true), fields, 4, fuel);
            let expected = expected.get_or_insert_with(|| outcome.clone());
            assert_eq!(*expected, outcome, "in the interpreter, and in {way}, with {fuel}");
        }
    }
}

/// A call does not end a block: what comes behind it is paid for before, also if the callee takes the call's place and never ends.
#[test]
fn what_comes_behind_a_small_function_that_never_ends_is_paid_for() {
    let around = r#"(memory (export "memory") 1) (tag $tag) (table funcref (elem $never)) (type $i (func (result i32)))
        (func $twice (result i32) (i32.mul (call $never) (i32.const 3)))
        (func $f (export "f") (param i32) (result i32)
            (block $caught
                (try_table (catch $tag $caught)
                    (if (i32.lt_s (local.get 0) (i32.const 3)) (then
                        (i32.store (i32.const 4) (i32.add (CALL) (i32.mul (local.get 0) (i32.const 5))))
                        (br_if $caught (i32.const 0))
                        (i32.store (i32.const 8) (i32.const 6))))
                    (i32.store (i32.const 12) (local.get 0))))
            (if (result i32) (i32.gt_s (local.get 0) (i32.const 8))
                (then (i32.const 9))
                (else (call $f (i32.add (local.get 0) (i32.const 1))))))"#;
    for never in [
        "(func $never (result i32) (throw $tag))",
        "(func $never (result i32) unreachable)",
        "(func $never (result i32) (drop (i32.const 1)) (if (i32.const 1) (then (throw $tag))) unreachable)",
    ] {
        for call in ["call $never", "call $twice", "call_indirect (type $i) (i32.const 0)"] {
            let fields = format!("{} {never}", around.replace("CALL", call));
            let text = same(|config| config.consume_fuel(true), &fields, 0);
            assert_eq!(text.starts_with("success: 9"), never.contains("throw"), "{text}");
        }
    }
}

#[test]
fn references_of_frames_survive_collections() {
    let fields = r#"(type $box (struct (field i32))) (type $list (array (mut (ref null $box))))
        (func $make (param i32) (result (ref $box)) (struct.new $box (local.get 0)))
        (func $deep (param $n i32) (param $given (ref $box)) (result i32) (local $own (ref null $box))
            (local.set $own (call $make (local.get $n)))
            (if (i32.eqz (local.get $n)) (then (call $collect) (call $host (i32.const 3)) (return (struct.get $box 0 (local.get $given)))))
            (i32.add (call $deep (i32.sub (local.get $n) (i32.const 1)) (call $make (i32.mul (local.get $n) (i32.const 10))))
                (i32.add (struct.get $box 0 (local.get $own)) (struct.get $box 0 (local.get $given)))))
        (func (export "inner") (param i32) (local i32)
            (local.set 1 (i32.const 1000))
            (call $collect)
            (loop $again
                (drop (call $make (i32.const -1)))
                (br_if $again (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
            (call $collect))
        (func (export "f") (param i32) (result i32) (call $deep (local.get 0) (call $make (i32.const 1))))"#;
    // One, and what each depth has made twice.
    for n in [0, 1, 10, 100] {
        assert_eq!(same(|config| config, fields, n), format!("success: {}", 1 + 11 * n * (n + 1) / 2));
    }
}

#[test]
fn memories_that_callees_move_are_found_again() {
    let fields = r#"(memory 1)
        (func $grow (result i32) (memory.grow (i32.const 100)))
        (func (export "inner") (param i32) (drop (call $grow)))
        (func (export "f") (param i32) (result i32)
            (i32.store offset=4 (local.get 0) (i32.const 41))
            (call $host (i32.const 0))
            (i32.store (local.get 0) (i32.load offset=4 (local.get 0)))
            (drop (call $grow))
            (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (i32.const 1)))
            (i32.load (local.get 0)))"#;
    assert_eq!(same(|config| config.memory_reservation(1 << 16), fields, 8), "success: 42");
    assert_eq!(same(|config| config, fields, 8), "success: 42");
}
