//! What validation knows of the component model and this crate does not is refused, not misread.

use sarsen::{Engine, ErrorKind};
use sarsen_component::Component;

#[track_caller]
fn refused(text: &str, message: &str) {
    let error = Component::new(&Engine::default(), text).map(drop).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Malformed), "{error}");
    assert!(error.message().contains(message), "expected `{message}`, found `{error}`");
}

#[test]
fn memories_with_64_bit_addresses() {
    refused(
        r#"(component
            (core module $m (memory (export "m") i64 1)
                (data (i64.const 0) "\20\00\00\00\00\00\00\00\05\00\00\00\00\00\00\00")
                (data (i64.const 32) "hello")
                (func (export "f") (result i64) (i64.const 0)))
            (core instance $i (instantiate $m))
            (func (export "f") (result string) (canon lift (core func $i "f") (memory (core memory $i "m")))))"#,
        "64-bit memories require the `cm64` feature",
    );
    refused("(component (type (resource (rep i64))))", "resources with `i64` require the `cm64` feature");
    // Core modules can have them, for themselves.
    let own = "(component (core module $m (memory i64 1)) (core instance (instantiate $m)))";
    Component::new(&Engine::default(), own).unwrap();
}

/// Types of core functions are compared one by one, which says nothing of those that need others.
#[test]
fn imported_core_modules_whose_types_refer_to_types() {
    refused(
        r#"(component (import "m" (core module
            (type $f (func)) (type $g (func (param (ref $f)))) (import "" "g" (func (type $g))))))"#,
        "an imported core module is declared with a type that is not supported",
    );
}

#[test]
fn values() {
    refused(r#"(component (import "x" (value string)))"#, "`value`s is not enabled");
}
