//! Loops that compiled code takes over from the interpreter, wherever they are and whatever waits around them.

use sarsen::{Config, Engine, Instance, Module, Store, Strategy, Val};

/// What `run` of a module answers to a number.
fn answer(config: &Config, text: &str, argument: i32) -> (String, u32) {
    let engine = Engine::new(config).unwrap();
    let module = Module::new(&engine, text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let func = instance.get_func(&mut store, "run").unwrap();
    let mut results = vec![Val::I32(0); func.ty(&store).results().len()];
    let end = match func.call(&mut store, &[Val::I32(argument)], &mut results) {
        Ok(()) => format!("{results:?}"),
        Err(error) => format!("{error:?}"),
    };
    (end, module.tier_stats().map_or(0, |stats| stats.loops))
}

/// Runs a program that is taken over after any of many repetitions, so that it is entered at each of its loops.
fn taken_over_anywhere(text: &str) {
    let mut interpreter = Config::new();
    interpreter.strategy(Strategy::Interpreter);
    let (expected, _) = answer(&interpreter, text, 9);
    let mut taken = 0;
    for after in 1..40 {
        for signals in [true, false] {
            let mut config = Config::new();
            config.strategy(Strategy::Tiered).compile_threads(0).tier_up_after(Some(after));
            let (found, loops) = answer(config.signals_based_traps(signals), text, 9);
            assert_eq!(found, expected, "after {after}: {text}");
            taken += loops;
        }
    }
    assert!(taken > 0, "{text}");
}

/// A module whose `run` has this body.
fn program(body: &str) -> String {
    format!(
        r#"(module
        (tag $odd (param i32))
        (func $check (param i32) (if (i32.and (local.get 0) (i32.const 1)) (then (throw $odd (local.get 0)))))
        (func (export "run") (param $n i32) (result i32)
            (local $i i32) (local $k i32) (local $sum i32) (local $t i32) (local $v v128)
            {body}))"#
    )
}

/// A loop that runs three times.
const INNER: &str = "(local.set $k (i32.const 3))
    (loop $inner (br_if $inner (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))";

/// A loop that repeats while `$i` is less than `$n`, with its body below it.
fn outer(body: &str) -> String {
    format!(
        "(loop $outer
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            {body}
            (br_if $outer (i32.lt_u (local.get $i) (local.get $n))))
        (local.get $sum)"
    )
}

#[test]
fn operands_wait_while_ways_lead_around_the_loop() {
    for inside in [
        format!("(if (i32.and (local.get $i) (i32.const 1)) (then {INNER}))"),
        format!("(if (i32.and (local.get $i) (i32.const 1)) (then) (else {INNER}))"),
        format!("(if (i32.and (local.get $i) (i32.const 1)) (then {INNER}) (else {INNER}))"),
        format!("(block $past (br_if $past (i32.and (local.get $i) (i32.const 1))) {INNER})"),
        format!(
            "(block $past (block $more (br_table $past $more (i32.and (local.get $i) (i32.const 1)))) {INNER})"
        ),
        format!(
            "(block $odd (result i32)
                (try_table (catch $odd $odd) (call $check (local.get $i)) {INNER})
                (i32.const 0))
            (drop)"
        ),
        format!(
            "(block $odd (result i32)
                (try_table (catch $odd $odd) {INNER} (call $check (local.get $i)))
                (i32.const 0))
            (drop)"
        ),
    ] {
        // What waits: numbers of this round, a vector among them.
        let body = outer(&format!(
            "(local.get $sum) (i32x4.splat (local.get $i)) (local.get $i)
            {inside}
            (local.set $k) (local.set $v)
            (i32.add (i32x4.extract_lane 2 (local.get $v))) (i32.add (local.get $k)) (local.set $sum)"
        ));
        taken_over_anywhere(&program(&body));
    }
}

#[test]
fn parameters_and_results_of_blocks_around_the_loop() {
    let body = outer(&format!(
        "(local.get $sum) (local.get $i)
        (if (param i32) (result i32) (i32.and (local.get $i) (i32.const 1))
            (then (i32.mul (i32.const 3)) {INNER})
            (else (block (param i32) (result i32) (i32.add (i32.const 7)) {INNER} (br_if 0 (local.get $i)))))
        (i32.add) (local.set $sum)"
    ));
    taken_over_anywhere(&program(&body));
    let body = outer(
        "(local.get $sum) (local.set $k (i32.const 3)) (local.get $i) (i32.const 5)
        (loop $inner (param i32 i32) (result i32)
            (i32.add) (i32.const 2)
            (br_if $inner (local.tee $k (i32.sub (local.get $k) (i32.const 1))))
            (i32.mul))
        (i32.add) (local.set $sum)",
    );
    taken_over_anywhere(&program(&body));
}

#[test]
fn loops_in_loops_in_loops() {
    let body = outer(
        "(local.get $sum)
        (loop $second (result i32)
            (local.get $i)
            (local.set $k (i32.const 2))
            (loop $third (result i32)
                (local.get $k) (local.get $i)
                (loop $fourth (br_if $fourth (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
                (i32.add))
            (i32.add) (local.set $t)
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br_if $second (i32.gt_s (local.get $n) (i32.const 4)))
            (local.get $t))
        (i32.add) (local.set $sum)",
    );
    taken_over_anywhere(&program(&body));
}

#[test]
fn functions_end_in_the_middle_of_loops() {
    for end in [
        "(return (i32.const 77))",
        "(br 2 (i32.const 78))",
        "(unreachable)",
        "(throw $odd (local.get $i))",
        "(return_call 1 (i32.const 0))",
    ] {
        let body = outer(&format!(
            "(local.get $sum)
            (if (i32.and (local.get $i) (i32.const 1)) (then {INNER}
                (if (i32.gt_u (local.get $i) (i32.const 6)) (then {end}))))
            (local.set $sum (i32.add (local.get $i)))"
        ));
        taken_over_anywhere(&program(&body));
    }
}
