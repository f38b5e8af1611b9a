//! Components that are small and mean much: what they cost is bounded, and the native stack is not theirs.

use sarsen::{Config, Engine, ErrorKind, Result, Store, Strategy};
use sarsen_component::{Component, Linker};
use std::fmt::Write;

fn engine() -> Engine {
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter);
    Engine::new(&config).unwrap()
}

/// A component whose text these lines make.
fn component(lines: impl FnOnce(&mut String)) -> Result<Component> {
    let mut text = String::from("(component ");
    lines(&mut text);
    text.push(')');
    Component::new(&engine(), text)
}

#[track_caller]
fn refused(made: Result<Component>) {
    let error = made.map(drop).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit | ErrorKind::Invalid | ErrorKind::Malformed), "{error}");
}

#[track_caller]
fn assert_limit(made: Result<Component>, message: &str) {
    let error = made.map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    assert!(error.message().contains(message), "expected `{message}`, found `{error}`");
}

#[test]
fn components_that_instantiate_each_other_twice() {
    refused(component(|text| {
        text.push_str("(component $c0 (core module $m) (core instance (instantiate $m)))");
        for level in 1..60 {
            let inner = level - 1;
            let _ = write!(
                text,
                "(component $c{level} (alias outer 1 $c{inner} (component $c))
                    (instance (instantiate $c)) (instance (instantiate $c)))"
            );
        }
        text.push_str("(instance (instantiate $c59))");
    }));
}

#[test]
fn components_that_instantiate_each_other_deeply() {
    refused(component(|text| {
        text.push_str("(component $c0)");
        for level in 1..900 {
            let inner = level - 1;
            let _ = write!(
                text,
                "(component $c{level} (alias outer 1 $c{inner} (component $c)) (instance (instantiate $c)))"
            );
        }
        text.push_str("(instance (instantiate $c899))");
    }));
}

#[test]
fn components_inside_of_components() {
    refused(component(|text| {
        text.push_str(&"(component ".repeat(900));
        text.push_str(&")".repeat(900));
    }));
}

#[test]
fn instances_of_instances() {
    refused(component(|text| {
        text.push_str("(instance $i0)");
        for level in 1..4000 {
            let inner = level - 1;
            let _ = write!(text, "(instance $i{level} (export \"a\" (instance $i{inner})))");
        }
        text.push_str("(export \"a\" (instance $i3999))");
    }));
}

/// As deep as instances can be: they are made, looked at and dropped.
#[test]
fn instances_of_a_few_instances() {
    let component = component(|text| {
        text.push_str("(instance $i0)");
        for level in 1..99 {
            let _ = write!(text, "(instance $i{level} (export \"a\" (instance $i{})))", level - 1);
        }
        text.push_str("(export \"a\" (instance $i98))");
    })
    .unwrap();
    let mut store = Store::new(component.engine(), ());
    Linker::new(component.engine()).instantiate(&mut store, &component).unwrap();
    assert_eq!(format!("{:?}", component.exports()).matches("ComponentInstance").count(), 99);
}

/// Depth that validation does not see: each is exported with a type that hides what is inside of it.
#[test]
fn instances_of_instances_that_are_passed_on() {
    let made = component(|text| {
        text.push_str("(instance $i0) (component $c (import \"x\" (instance $x))");
        text.push_str("(instance $y (export \"x\" (instance $x))) (export \"y\" (instance $y) (instance)))");
        for level in 1..300 {
            let _ = write!(
                text,
                "(instance $m{level} (instantiate $c (with \"x\" (instance $i{}))))
                 (alias export $m{level} \"y\" (instance $i{level}))",
                level - 1
            );
        }
    });
    assert_limit(made, "instances export each other more than 100 deep");
}

#[test]
fn instances_of_the_same_instances() {
    let made = component(|text| {
        text.push_str("(instance $i0)");
        for level in 1..40 {
            let inner = level - 1;
            let _ = write!(
                text,
                "(instance $i{level} (export \"a\" (instance $i{inner})) (export \"b\" (instance $i{inner})))"
            );
        }
        text.push_str("(export \"a\" (instance $i39))");
    });
    refused(made);
}

#[test]
fn imported_instances_of_instances() {
    refused(component(|text| {
        text.push_str("(type $t0 (instance))");
        for level in 1..20_000 {
            let inner = level - 1;
            let _ = write!(
                text,
                "(type $t{level} (instance (alias outer 1 $t{inner} (type $t)) (export \"a\" (instance (type $t)))))"
            );
        }
        text.push_str("(import \"a\" (instance (type $t19999)))");
    }));
}

#[test]
fn types_of_types() {
    refused(component(|text| {
        text.push_str("(type $t0 (list u8))");
        for level in 1..20_000 {
            let _ = write!(text, "(type $t{level} (list $t{}))", level - 1);
        }
    }));
    refused(component(|text| {
        text.push_str("(type $t0 (tuple u8 u8))");
        for level in 1..40 {
            let _ = write!(text, "(type $t{level} (tuple $t{0} $t{0}))", level - 1);
        }
    }));
}

#[test]
fn values_that_are_large() {
    // What is in memory at once has a limit; an array of it is not made of slots.
    refused(component(|text| text.push_str("(type (list (list u64 65536) 65536))")));
    refused(component(|text| text.push_str("(type (list u64 4294967295))")));
}

/// Components of nothing: each instance takes memory of the host's.
#[test]
fn instances_of_empty_components() {
    let made = component(|text| {
        text.push_str("(component $c0)");
        for level in 1..=5 {
            let _ = write!(text, "(component $c{level} (alias outer 1 $c{} (component $c))", level - 1);
            text.push_str(&"(instance (instantiate $c))".repeat(8));
            text.push(')');
        }
        text.push_str("(instance (instantiate $c5))");
    });
    assert_limit(made, "the component makes and imports more than 10000 instances");
}

/// Names that are said once, and looked at for each instance.
#[test]
fn names_of_instances() {
    let long = "a".repeat(1000);
    for ty in ["enum", "flags", "variant", "record"] {
        let part = |number: usize| match ty {
            "variant" => format!("(case \"{long}{number}\")"),
            "record" => format!("(field \"{long}{number}\" bool)"),
            _ => format!(" \"{long}{number}\""),
        };
        let parts: String = (0..32).map(part).collect();
        let made = component(|text| {
            let _ = write!(text, "(component $c (type ({ty} {parts})))");
            text.push_str(&"(instance (instantiate $c))".repeat(2000));
        });
        assert_limit(made, "all instances of the component define more than 1000000 things");
    }
}

/// Imports that are instances of instances of functions.
#[test]
fn imported_instances_of_the_same_instances() {
    let imports = |ty: &str, levels: usize| {
        component(|text| {
            let _ = write!(text, "(type $t0 {ty})");
            for level in 1..=levels {
                let _ = write!(text, "(type $t{level} (instance (alias outer 1 $t{} (type $t))", level - 1);
                for export in ["a", "b", "c", "d"] {
                    let _ = write!(text, "(export \"{export}\" (instance (type $t)))");
                }
                text.push_str("))");
            }
            let _ = write!(text, "(import \"a\" (instance (type $t{levels})))");
        })
    };
    assert_limit(imports("(instance)", 7), "the component makes and imports more than 10000 instances");
    let funcs: String = (0..50).map(|number| format!("(export \"f{number}\" (func))")).collect();
    let funcs = format!("(instance {funcs})");
    assert_limit(imports(&funcs, 5), "the component imports more than 20000 functions");
    assert_eq!(imports(&funcs, 3).unwrap().imports().len(), 1);
}
