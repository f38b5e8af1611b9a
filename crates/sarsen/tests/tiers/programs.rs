//! Programs that say the same in every tier: what they return, and where they stop.

use crate::configs;
use sarsen::{Engine, Func, Instance, Module, Store, Trap, Val};

/// How a program ended: results as text, or the trap and the frames (function, offset) that it passed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum End {
    Returned(String),
    Trapped(Trap, Vec<(u32, Option<usize>)>),
}

/// Calls the export `run`, whose import, if there is one, is a function of the host that calls the export `back`.
fn run(config: &sarsen::Config, text: &str, args: &[Val]) -> End {
    let engine = Engine::new(config).unwrap();
    let module = Module::new(&engine, text).unwrap();
    let mut store = Store::new(&engine, ());
    let imports: Vec<sarsen::Extern> = module
        .imports()
        .map(|import| {
            let ty = import.ty().func().cloned().expect("programs import functions");
            let call = |mut caller: sarsen::Caller<'_, ()>, args: &[Val], results: &mut [Val]| {
                let back =
                    caller.get_export("back").and_then(|back| back.into_func()).expect("an export `back`");
                back.call(&mut caller, args, results)
            };
            Func::new(&mut store, ty, call).into()
        })
        .collect();
    let instance = Instance::new(&mut store, &module, &imports).unwrap();
    let func = instance.get_func(&mut store, "run").unwrap();
    let mut results = vec![Val::I32(0); func.ty(&store).results().len()];
    match func.call(&mut store, args, &mut results) {
        Ok(()) => End::Returned(format!("{results:?}")),
        Err(error) => {
            let frames = error.backtrace().map_or(Vec::new(), |found| {
                found.frames().iter().map(|frame| (frame.func_index(), frame.module_offset())).collect()
            });
            End::Trapped(*error.downcast_ref::<Trap>().unwrap_or_else(|| panic!("{error}")), frames)
        }
    }
}

/// Runs a program in every tier; how it ends, which must be the same in all.
pub(crate) fn everywhere(text: &str, args: &[Val]) -> End {
    let mut configs = configs().into_iter();
    let (_, interpreter) = configs.next().unwrap();
    let expected = run(&interpreter, text, args);
    for (way, config) in configs {
        assert_eq!(run(&config, text, args), expected, "{way}");
    }
    expected
}

/// A program that traps in the innermost of functions that are small enough to take the place of their calls.
const NESTED: &str = r#"(module
    (import "" "host" (func $host (param i32) (result i32)))
    (func $divide (param i32) (result i32) (i32.div_u (i32.const 7) (local.get 0)))
    (func $middle (param i32) (result i32) (i32.add (i32.const 1) (call $divide (local.get 0))))
    (func $through (param i32) (result i32) (call $host (i32.sub (local.get 0) (i32.const 1))))
    (func (export "back") (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0))
            (then (call $middle (local.get 0)))
            (else (call $through (local.get 0)))))
    (func (export "run") (param i32) (result i32)
        (local $sum i32)
        (local.set $sum (call $middle (i32.const 7)))
        (i32.add (local.get $sum) (call $through (local.get 0)))))"#;

#[test]
fn frames_of_small_functions_are_in_backtraces() {
    let End::Trapped(trap, frames) = everywhere(NESTED, &[Val::I32(3)]) else { panic!("it divides by zero") };
    assert_eq!(trap, Trap::IntegerDivisionByZero);
    let functions: Vec<u32> = frames.iter().map(|frame| frame.0).collect();
    assert_eq!(
        functions,
        [1, 2, 4, 3, 4, 3, 4, 3, 5],
        "divide, middle, back, then through and back, then run"
    );
}

/// A program whose functions have more results than registers hold, of all types, called in every way.
fn many_results() -> String {
    let types = ["i64", "f64", "i32", "v128", "f32"].repeat(5).join(" ");
    let value = |kind: &str, number: usize| match kind {
        "v128" => format!("(i32x4.splat (i32.const {number}))"),
        _ => format!("({kind}.const {number})"),
    };
    let values: String =
        types.split(' ').enumerate().map(|(number, kind)| value(kind, number)).collect::<Vec<_>>().join(" ");
    format!(
        r#"(module
            (type $many (func (param i32) (result {types})))
            (import "" "host" (func $host (type $many)))
            (table funcref (elem $direct $tail $host))
            (func $direct (export "back") (type $many) {values})
            (func $tail (type $many) (return_call $direct (local.get 0)))
            (func $indirect_tail (type $many) (return_call_indirect (type $many) (local.get 0) (local.get 0)))
            (func (export "run") (type $many)
                (drop (block (result i32) (call $direct (i32.const 0)) {drops} (i32.const 0)))
                (call $indirect_tail (local.get 0))))"#,
        drops = "(drop)".repeat(25)
    )
}

#[test]
fn functions_may_have_many_results() {
    let text = many_results();
    let ends: Vec<End> = (0..3).map(|index| everywhere(&text, &[Val::I32(index)])).collect();
    assert!(matches!(&ends[0], End::Returned(values) if values.matches("I64").count() == 5), "{ends:?}");
    assert_eq!(ends[0], ends[1]);
    assert_eq!(ends[0], ends[2]);
    assert!(matches!(everywhere(&text, &[Val::I32(3)]), End::Trapped(Trap::UndefinedElement, _)));
}

/// A program that looks at the type of a function, or null, in a loop: nothing may look before it is known which.
fn types_of_nulls(body: &str) -> String {
    format!(
        r#"(module
            (type $f (func)) (type $g (sub (func (param i32)))) (type $h (sub $g (func (param i32))))
            (table $functions funcref (elem (ref.null func) (ref.func $own)))
            (func $own (type $f))
            (func (export "run") (param i32 i32) (result i32)
                (call $go (table.get $functions (local.get 1)) (local.get 0)))
            (func $go (param $r funcref) (param $n i32) (result i32)
                (local $s i32)
                (loop $l
                    {body}
                    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                    (br_if $l (local.get $n)))
                (local.get $s)))"#
    )
}

#[test]
fn null_functions_have_no_type() {
    let count = "(local.set $s (i32.add (local.get $s) (ref.test (ref $f) (local.get $r))))";
    let rarely = "(if (i32.eq (local.get $n) (i32.const 1000))
        (then (call_ref $f (ref.cast (ref $f) (local.get $r)))))";
    let branch = "(block $no (result funcref)
            (br_on_cast_fail $no funcref (ref $g) (local.get $r))
            (drop) (local.set $s (i32.const 1)) (ref.null func))
        (drop)";
    for (body, results) in [(count, [0, 3]), (rarely, [0, 0]), (branch, [0, 0])] {
        let text = types_of_nulls(body);
        for (element, result) in (0..).zip(results) {
            let end = everywhere(&text, &[Val::I32(3), Val::I32(element)]);
            assert_eq!(end, End::Returned(format!("[I32({result})]")), "{body}");
        }
        assert!(matches!(
            everywhere(&types_of_nulls(rarely), &[Val::I32(1000), Val::I32(0)]),
            End::Trapped(Trap::CastFailure, _)
        ));
    }
}

/// Calls through tables that nobody writes to: what is known of them must not change what happens.
fn known_table(elements: &str) -> String {
    format!(
        r#"(module
            (type $unary (func (param i32) (result i32)))
            (import "" "host" (func $host (type $unary)))
            (table 6 funcref) (elem (i32.const 1) {elements})
            (func $double (export "back") (type $unary) (i32.mul (local.get 0) (i32.const 2)))
            (func $triple (type $unary) (i32.mul (local.get 0) (i32.const 3)))
            (func $other (param i32 i32) (result i32) (local.get 1))
            (func $tail (param i32 i32) (result i32)
                (return_call_indirect (type $unary) (local.get 1) (local.get 0)))
            (func (export "run") (param i32) (result i32)
                (i32.add
                    (call_indirect (type $unary) (i32.const 7) (local.get 0))
                    (call $tail (local.get 0) (i32.const 100)))))"#
    )
}

#[test]
fn tables_that_nobody_writes_to() {
    let returned = |sum: i32| End::Returned(format!("[I32({sum})]"));
    for (elements, expected) in [
        ("$double $triple $double", [None, Some(214), Some(321), Some(214), None]),
        ("$other $triple $other", [None, None, Some(321), None, None]),
        ("$other $host $other", [None, None, Some(214), None, None]),
        ("$other $triple $double", [None, None, Some(321), Some(214), None]),
    ] {
        let text = known_table(elements);
        for (index, expected) in (0..).zip(expected) {
            let end = everywhere(&text, &[Val::I32(index)]);
            match (expected, index) {
                (Some(sum), _) => assert_eq!(end, returned(sum), "{elements} {index}"),
                (None, 0 | 4) => {
                    assert!(matches!(end, End::Trapped(Trap::IndirectCallToNull, _)), "{end:?}")
                }
                _ => assert!(matches!(end, End::Trapped(Trap::BadSignature, _)), "{end:?}"),
            }
        }
        for index in [6, -1] {
            let end = everywhere(&text, &[Val::I32(index)]);
            assert!(matches!(end, End::Trapped(Trap::UndefinedElement, _)), "{end:?}");
        }
    }
}
