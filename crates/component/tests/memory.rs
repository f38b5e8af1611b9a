//! What a component can make the host keep in memory, as the operating system counts it; alone in its process.

#![cfg(target_os = "linux")]

use sarsen::{Config, Engine, Strategy};
use sarsen_component::Component;
use std::fmt::Write;

/// Bytes that the process has.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() << 10
}

/// Many instances of an imported core module are given the same, which is kept once.
#[test]
fn what_core_instances_are_given() {
    let mut text = String::from(
        r#"(component (import "m" (core module $m))
            (core module $f (func (export "f")))
            (core instance $f (instantiate $f))
            (alias core export $f "f" (core func $f))
            (core instance $given"#,
    );
    for number in 0..2000 {
        let _ = write!(text, "(export \"{number}\" (func $f))");
    }
    text.push(')');
    text.push_str(&"(core instance (instantiate $m (with \"\" (instance $given))))".repeat(3000));
    text.push(')');
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter);
    let engine = Engine::new(&config).unwrap();
    let before = resident();
    let _component = Component::new(&engine, &text).unwrap();
    let kept = resident().saturating_sub(before);
    assert!(kept < 32 << 20, "a component of {} bytes is kept in {kept}", text.len());
}
