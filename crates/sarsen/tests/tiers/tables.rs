//! Tables whose elements are made when somebody reads them: nobody must be able to tell.

use crate::programs::{End, everywhere};
use sarsen::{Trap, Val};

/// A function that does `body` with index `$at`. Its table has `$a`, none, `$d` and `$c`, then two that are none.
fn program(body: &str) -> String {
    format!(
        r#"(module
        (type $answer (func (result i32)))
        (table $t 6 12 funcref)
        (func $a (type $answer) (i32.const 10)) (func $b (type $answer) (i32.const 11))
        (func $c (type $answer) (i32.const 12)) (func $d (type $answer) (i32.const 13))
        (elem (i32.const 0) $a $b $b $c)
        (elem (i32.const 1) funcref (ref.null func) (ref.func $d))
        (elem $more func $b)
        (func $call (param i32) (result i32) (call_indirect (type $answer) (local.get 0)))
        (func $is_null (param i32) (result i32) (ref.is_null (table.get (local.get 0))))
        (func (export "run") (param $at i32) (result i32) {body}))"#
    )
}

/// How it ends with each index.
fn ends(body: &str) -> Vec<End> {
    let program = program(body);
    (0..7).map(|at| everywhere(&program, &[Val::I32(at)])).collect()
}

/// How a program should end: with a number, or because there is no element, or it is none.
#[derive(Clone, Copy)]
enum Expected {
    Number(i32),
    Null,
    Outside,
}
use Expected::{Null, Number, Outside};

fn expect(body: &str, expected: [Expected; 7]) {
    for (at, (end, expected)) in ends(body).into_iter().zip(expected).enumerate() {
        let fits = match (&end, expected) {
            (End::Returned(values), Number(number)) => *values == format!("[I32({number})]"),
            (End::Trapped(trap, _), Null) => *trap == Trap::IndirectCallToNull,
            (End::Trapped(trap, _), Outside) => *trap == Trap::UndefinedElement,
            _ => false,
        };
        assert!(fits, "{body} with {at}: {end:?}");
    }
}

const AS_FILLED: [Expected; 7] = [Number(10), Null, Number(13), Number(12), Null, Null, Outside];

#[test]
fn calls_make_what_they_call() {
    expect("(call $call (local.get $at))", AS_FILLED);
    expect("(return_call_indirect (type $answer) (local.get $at))", AS_FILLED);
    expect("(drop (call $is_null (i32.const 3))) (call $call (local.get $at))", AS_FILLED);
}

#[test]
fn reads_make_what_they_read() {
    let nulls = [0, 1, 0, 0, 1, 1].map(Number);
    let ends = ends("(call $is_null (local.get $at))");
    for (end, expected) in ends.iter().zip(nulls) {
        let Number(expected) = expected else { unreachable!("all are numbers") };
        assert_eq!(*end, End::Returned(format!("[I32({expected})]")));
    }
    assert!(matches!(ends[6], End::Trapped(Trap::TableOutOfBounds, _)));
}

#[test]
fn nulls_that_are_written_stay() {
    for write in [
        "(table.set (i32.const 2) (ref.null func))",
        "(table.set (i32.const 2) (table.get (local.get $other)))",
        "(table.fill (i32.const 2) (ref.null func) (i32.const 1))",
        "(table.copy (i32.const 2) (i32.const 5) (i32.const 1))",
    ] {
        let body = format!(
            "(local $other i32) (local.set $other (i32.const 4)) {write} (call $call (local.get $at))"
        );
        expect(&body, [Number(10), Null, Null, Number(12), Null, Null, Outside]);
    }
}

#[test]
fn functions_that_are_written_stay() {
    for write in [
        "(table.set (i32.const 2) (ref.func $b))",
        "(table.fill (i32.const 2) (ref.func $b) (i32.const 1))",
        "(table.init $t $more (i32.const 2) (i32.const 0) (i32.const 1))",
    ] {
        let body = format!("{write} (call $call (local.get $at))");
        expect(&body, [Number(10), Null, Number(11), Number(12), Null, Null, Outside]);
    }
    expect(
        "(table.copy (i32.const 3) (i32.const 0) (i32.const 3)) (call $call (local.get $at))",
        [Number(10), Null, Number(13), Number(10), Null, Number(13), Outside],
    );
    expect("(drop (table.grow (ref.null func) (i32.const 3))) (call $call (local.get $at))", {
        [Number(10), Null, Number(13), Number(12), Null, Null, Null]
    });
}
