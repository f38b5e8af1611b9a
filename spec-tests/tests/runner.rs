//! What the runner reports when a script does not hold: that it notices, and how it says so.
//!
//! That scripts which hold pass is for the official suites to show.

use sarsen::{Config, Engine};

/// A module with one export of each kind of result that the scripts below look at.
const MODULE: &str = r#"(module $m
  (global (export "g") i32 (i32.const 5))
  (tag $t)
  (func (export "one") (result i32) (i32.const 1))
  (func (export "nan") (result f32) (f32.const nan:0x200000))
  (func (export "vector") (result v128) (v128.const f32x4 1 nan 3 4))
  (func (export "host") (param externref) (result externref) (local.get 0))
  (func (export "i31") (result anyref) (ref.i31 (i32.const 7)))
  (func (export "throw") (throw $t))
  (func (export "trap") unreachable)
  (func $forever (export "forever") (call $forever)))
"#;

/// The failures of `commands` after [`MODULE`], without file and column.
fn failures(commands: &str) -> Vec<String> {
    let engine = Engine::new(&Config::new()).expect("the host has an interpreter");
    let report = sarsen_wast::run(&engine, "script", &format!("{MODULE}{commands}"));
    let offset = MODULE.lines().count();
    let line = |failure: &sarsen_wast::Failure| {
        assert_eq!(failure.file, "script");
        format!("{}: {}: {} / {}", failure.line - offset, failure.command, failure.expected, failure.got)
    };
    report.failures.iter().map(line).collect()
}

/// `commands` fail like this.
fn check(commands: &str, expected: &[&str]) {
    assert_eq!(failures(commands), expected);
}

#[test]
fn results_are_compared() {
    check("(assert_return (invoke \"one\") (i32.const 1))", &[]);
    check(
        "\n(assert_return (invoke \"one\") (i32.const 2))",
        &["2: assert_return: (i32.const 2) / (i32.const 1)"],
    );
    check("(assert_return (invoke \"one\"))", &["1: assert_return: no results / (i32.const 1)"]);
    check(
        "(assert_return (invoke \"one\") (i64.const 1))",
        &["1: assert_return: (i64.const 1) / (i32.const 1)"],
    );
    check("(assert_return (get \"g\") (i32.const 5))", &[]);
    check(
        "(assert_return (get $m \"g\") (i32.const 6))",
        &["1: assert_return: (i32.const 6) / (i32.const 5)"],
    );
}

#[test]
fn nan_and_either() {
    check("(assert_return (invoke \"nan\") (f32.const nan:0x200000))", &[]);
    check("(assert_return (invoke \"one\") (either (i32.const 0) (i32.const 1)))", &[]);
    check(
        "(assert_return (invoke \"nan\") (f32.const nan:canonical))",
        &["1: assert_return: (f32.const nan:canonical) / (f32.const nan:0x200000)"],
    );
    check("(assert_return (invoke \"vector\") (v128.const f32x4 1 nan:canonical 3 4))", &[]);
    assert_eq!(
        failures("(assert_return (invoke \"vector\") (v128.const f32x4 nan:canonical 2 3 4))").len(),
        1
    );
}

#[test]
fn references() {
    check("(assert_return (invoke \"host\" (ref.extern 3)) (ref.extern 3))", &[]);
    check("(assert_return (invoke \"host\" (ref.null extern)) (ref.null extern))", &[]);
    check("(assert_return (invoke \"i31\") (ref.i31))", &[]);
    check("(assert_return (invoke \"i31\") (ref.eq))", &[]);
    check(
        "(assert_return (invoke \"host\" (ref.extern 3)) (ref.extern 4))",
        &["1: assert_return: (ref.extern 4) / (ref.extern 3)"],
    );
    check(
        "(assert_return (invoke \"i31\") (ref.struct))",
        &["1: assert_return: (ref.struct) / (ref.i31 ;; 7)"],
    );
}

#[test]
fn each_way_to_fail_has_its_word() {
    check("(assert_trap (invoke \"trap\") \"unreachable\")", &[]);
    check("(assert_exception (invoke \"throw\"))", &[]);
    check("(assert_exhaustion (invoke \"forever\") \"call stack exhausted\")", &[]);
    check(
        "(assert_trap (invoke \"trap\") \"integer overflow\")",
        &["1: assert_trap: trap: integer overflow / trap: unreachable"],
    );
    assert_eq!(failures("(assert_exception (invoke \"trap\"))").len(), 1);
    assert_eq!(failures("(assert_trap (invoke \"throw\") \"unreachable\")").len(), 1);
    assert_eq!(failures("(assert_trap (invoke \"forever\") \"call stack exhausted\")").len(), 1);
}

#[test]
fn modules_are_judged() {
    check("(assert_invalid (module (func (result i32))) \"type mismatch\")", &[]);
    check("(assert_malformed (module quote \"(func\") \"unexpected end\")", &[]);
    check("(assert_unlinkable (module (import \"m\" \"x\" (func))) \"unknown import\")", &[]);
    assert_eq!(failures("(assert_invalid (module) \"type mismatch\")").len(), 1);
    assert_eq!(failures("(assert_malformed (module quote \"(func)\") \"unexpected end\")").len(), 1);
    assert_eq!(failures("(assert_unlinkable (module) \"unknown import\")").len(), 1);
    assert_eq!(failures("(module (import \"m\" \"x\" (func)))").len(), 1);
    assert_eq!(failures("(assert_invalid_custom (module) \"invalid target\")").len(), 1);
}

#[test]
fn names_and_threads() {
    check("(register \"m\" $m) (module (import \"m\" \"one\" (func (result i32))))", &[]);
    check("(module definition $d) (module instance $i $d) (module instance $j $d)", &[]);
    check(
        "(thread $a (assert_unlinkable (module (import \"m\" \"one\" (func))) \"unknown import\")) (wait $a)",
        &[],
    );
    check("(wait $a)", &["1: wait: a thread $a / none"]);
    assert_eq!(failures("(register \"m\" $nobody)").len(), 1);
    assert_eq!(failures("(module instance $i $nobody)").len(), 1);
    // A thread's failure is the script's, with or without a wait.
    check(
        "(thread $a\n(module (func (export \"two\") (result i32) (i32.const 2)))\n(assert_return (invoke \"two\") (i32.const 3)))",
        &["3: assert_return: (i32.const 3) / (i32.const 2)"],
    );
}

#[test]
fn what_is_not_supported_is_named() {
    let failures = failures("(assert_suspension (invoke \"one\") \"unhandled tag\")");
    assert!(failures[0].contains("unsupported: assert_suspension"), "{failures:?}");
}

#[test]
fn actions_are_recorded_with_place_and_fuel() {
    let engine = Engine::new(Config::new().consume_fuel(true)).expect("the host has an interpreter");
    let script = format!(
        "{MODULE}(invoke \"one\")\n(assert_trap (invoke \"trap\") \"unreachable\") (invoke \"forever\")"
    );
    let actions = sarsen_wast::record(&engine, "script", &script, 1000).expect("the script is one");
    let seen: Vec<_> = actions
        .iter()
        .map(|action| (action.line, action.what.as_str(), action.outcome.lines().next(), action.fuel_left))
        .collect();
    let first = MODULE.lines().count() + 1;
    // A constant costs one, and so does `unreachable`.
    assert_eq!(seen[0], (1, "a module", Some("success"), Some(1000)));
    assert_eq!(seen[1], (first, "one", Some("success"), Some(999)));
    assert_eq!((seen[2].0, seen[2].1, seen[2].3), (first + 1, "trap", Some(999)));
    assert!(actions[2].outcome.contains("unreachable"), "{actions:?}");
    assert_eq!((seen[3].1, seen[3].3), ("forever", Some(0)));
    assert_eq!(actions[1].end(), "success, 999 left");
    assert!(actions.iter().all(|action| action.file == "script"));
}
