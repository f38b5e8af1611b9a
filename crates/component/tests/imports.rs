//! What imports are given: whether it is what is declared, and what components make of it.

use sarsen::{Config, Engine, ErrorKind, Module, Result, Store, Strategy};
use sarsen_component::{Component, Linker};

fn engine() -> Engine {
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter);
    Engine::new(&config).unwrap()
}

/// The error of a component with an imported core module of this type that is given this one, in an instance and by itself.
fn give_module(declared: &str, given: &str) -> Result<()> {
    let engine = engine();
    let given = Module::new(&engine, format!("(module {given})"))?;
    let by_itself = format!(r#"(component (import "m" (core module {declared})))"#);
    let in_instance = format!(
        r#"(component (import "i" (instance (export "n" (func)) (export "m" (core module {declared})))))"#
    );
    let mut linker = Linker::<()>::new(&engine);
    linker.root().module("m", &given)?;
    let mut instance = linker.instance("i")?;
    instance.func_wrap("n", |_, (): ()| Ok(()))?;
    instance.module("m", &given)?;
    let by_itself = linker.instantiate_pre(&Component::new(&engine, by_itself)?).map(drop);
    let in_instance = linker.instantiate_pre(&Component::new(&engine, in_instance)?).map(drop);
    assert_eq!(by_itself.is_ok(), in_instance.is_ok());
    by_itself
}

#[track_caller]
fn fits(declared: &str, given: &str) {
    give_module(declared, given).unwrap();
}

#[track_caller]
fn differs(declared: &str, given: &str, message: &str) {
    let error = give_module(declared, given).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unlinkable, "{error}");
    assert_eq!(error.message(), format!("incompatible import `m`: {message}"));
}

#[test]
fn core_modules_are_compared_with_their_declarations() {
    let run = r#"(export "run" (func (param i32) (result i64)))"#;
    fits(run, r#"(func (export "run") (param i32) (result i64) (i64.const 0)) (memory (export "more") 1)"#);
    differs(run, "", "export `run`: expected (func (param i32) (result i64)), found none");
    differs(
        run,
        r#"(func (export "run") (param i32))"#,
        "export `run`: expected (func (param i32) (result i64)), found (func (param i32))",
    );
    differs(
        run,
        r#"(memory (export "run") 1)"#,
        "export `run`: expected (func (param i32) (result i64)), found (memory 1)",
    );

    let log = r#"(import "env" "log" (func (param i32)))"#;
    fits(log, r#"(import "env" "log" (func (param i32)))"#);
    fits(log, "");
    differs(
        log,
        r#"(import "env" "log" (func (param i64)))"#,
        "import `log` of `env`: expected (func (param i32)), found (func (param i64))",
    );
    differs(log, r#"(import "env" "exit" (func))"#, "import `exit` of `env`: expected none, found (func)");
}

#[test]
fn core_modules_belong_to_an_engine() {
    let (engine, other) = (engine(), engine());
    let mut linker = Linker::<()>::new(&engine);
    linker.root().module("m", &Module::new(&other, "(module)").unwrap()).unwrap();
    let component = Component::new(&engine, r#"(component (import "m" (core module)))"#).unwrap();
    let error = linker.instantiate_pre(&component).map(drop).unwrap_err();
    assert_eq!(error.message(), "incompatible import `m`: it belongs to another engine");
}

#[test]
fn memories_tables_and_globals_of_core_modules_are_compared() {
    let memory = r#"(export "m" (memory 2 5))"#;
    fits(memory, r#"(memory (export "m") 3 4)"#);
    differs(memory, r#"(memory (export "m") 1 5)"#, "export `m`: expected (memory 2 5), found (memory 1 5)");
    differs(memory, r#"(memory (export "m") 2)"#, "export `m`: expected (memory 2 5), found (memory 2)");
    // What is imported is given, and may be larger than what is wanted.
    let import = r#"(import "" "m" (memory 3 4))"#;
    fits(import, r#"(import "" "m" (memory 2 5))"#);
    differs(
        import,
        r#"(import "" "m" (memory 4 4))"#,
        "import `m` of ``: expected (memory 3 4), found (memory 4 4)",
    );
    let table = r#"(export "t" (table 1 funcref))"#;
    fits(table, r#"(table (export "t") 1 funcref)"#);
    differs(
        table,
        r#"(table (export "t") 1 externref)"#,
        "export `t`: expected (table 1 funcref), found (table 1 externref)",
    );
    let global = r#"(export "g" (global i32))"#;
    fits(global, r#"(global (export "g") i32 (i32.const 0))"#);
    differs(
        global,
        r#"(global (export "g") (mut i32) (i32.const 0))"#,
        "export `g`: expected (global i32), found (global (mut i32))",
    );
}

/// The names of what an exported instance has.
fn exports_of(component: &Component, name: &str) -> Vec<String> {
    let index = component.get_export_index(None, name).unwrap();
    let names = ["f", "g", "inner"].iter();
    let found = names.filter(|name| component.get_export_index(Some(&index), name).is_some());
    found.map(|name| (*name).to_owned()).collect()
}

#[test]
fn exports_have_what_their_types_declare() {
    let component = Component::new(
        &engine(),
        r#"(component
            (core module $m (func (export "f")))
            (core instance $m (instantiate $m))
            (func $f (canon lift (core func $m "f")))
            (instance $inner (export "f" (func $f)) (export "g" (func $f)))
            (instance $i (export "f" (func $f)) (export "inner" (instance $inner)))
            (type $empty (instance))
            (type $half (instance (export "inner" (instance (export "g" (func))))))
            (export "all" (instance $i))
            (export "none" (instance $i) (instance (type $empty)))
            (export "half" (instance $i) (instance (type $half)))

            (component $pass
                (import "x" (instance $x (export "f" (func))))
                (export "y" (instance $x)))
            (instance $passed (instantiate $pass (with "x" (instance $inner))))
            (alias export $passed "y" (instance $y))
            (export "passed" (instance $y)))"#,
    )
    .unwrap();
    assert_eq!(exports_of(&component, "all"), ["f", "inner"]);
    assert_eq!(exports_of(&component, "none"), [""; 0]);
    assert_eq!(exports_of(&component, "half"), ["inner"]);
    assert_eq!(exports_of(&component, "passed"), ["f"]);
    let half = component.get_export_index(None, "half").unwrap();
    let inner = component.get_export_index(Some(&half), "inner").unwrap();
    assert!(component.get_export_index(Some(&inner), "f").is_none());
    assert!(component.get_export_index(Some(&inner), "g").is_some());
}

/// A component that calls these functions of `a:b/c` in this version, one after the other, and adds what they return.
fn caller(engine: &Engine, version: &str, names: &[&str]) -> Component {
    let each = |part: &dyn Fn(&str) -> String| names.iter().map(|name| part(name)).collect::<String>();
    let text = format!(
        r#"(component
            (import "a:b/c@{version}" (instance $c {declared}))
            {lowered}
            (core module $m {imported} (func (export "run") (result i32) (i32.const 0) {called}))
            (core instance $m (instantiate $m (with "" (instance {given}))))
            (func (export "run") (result u32) (canon lift (core func $m "run"))))"#,
        declared = each(&|name| format!(r#"(export "{name}" (func (result u32)))"#)),
        lowered = each(&|name| format!(r#"(core func ${name} (canon lower (func $c "{name}")))"#)),
        imported = each(&|name| format!(r#"(import "" "{name}" (func ${name} (result i32)))"#)),
        called = each(&|name| format!("(call ${name}) i32.add")),
        given = each(&|name| format!(r#"(export "{name}" (func ${name}))"#)),
    );
    Component::new(engine, text).unwrap()
}

#[test]
fn traps_for_what_is_unknown_leave_other_versions_alone() {
    let engine = engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.instance("a:b/c@0.2.0").unwrap().func_wrap("f", |_, (): ()| Ok((5_u32,))).unwrap();
    for names in [["f"].as_slice(), &["f", "g"]] {
        linker.define_unknown_imports_as_traps(&caller(&engine, "0.2.1", names)).unwrap();
    }
    let mut store = Store::new(&engine, ());
    let mut run = |names: &[&str]| {
        let instance = linker.instantiate(&mut store, &caller(&engine, "0.2.1", names))?;
        instance.get_typed_func::<(), (u32,)>(&mut store, "run")?.call(&mut store, ())
    };
    assert_eq!(run(&["f"]).unwrap(), (5,));
    assert_eq!(run(&["f", "g"]).unwrap_err().message(), "unknown import `g` of `a:b/c@0.2.1` was called");
}

/// A component that exports what it imports.
const PASSES_ON: &str = r#"(component
    (import "f" (func $f (result u32)))
    (import "m" (core module $m))
    (export "f" (func $f))
    (export "m" (core module $m)))"#;

#[test]
fn functions_of_other_instances_are_passed_on() {
    let engine = engine();
    let seven = r#"(component
        (core module $m (func (export "f") (result i32) (i32.const 7)))
        (core instance $m (instantiate $m))
        (func (export "f") (result u32) (canon lift (core func $m "f"))))"#;
    let mut store = Store::new(&engine, ());
    let seven =
        Linker::new(&engine).instantiate(&mut store, &Component::new(&engine, seven).unwrap()).unwrap();
    let mut linker = Linker::new(&engine);
    let func = seven.get_func(&mut store, "f").unwrap();
    linker.root().func("f", func).unwrap();
    linker.root().module("m", &Module::new(&engine, r#"(module (memory (export "x") 1))"#).unwrap()).unwrap();
    let passes_on = Component::new(&engine, PASSES_ON).unwrap();
    let instance = linker.instantiate(&mut store, &passes_on).unwrap();
    let f = instance.get_typed_func::<(), (u32,)>(&mut store, "f").unwrap();
    assert_eq!(f.call(&mut store, ()).unwrap(), (7,));
    assert!(instance.get_module(&mut store, "m").unwrap().get_export("x").is_some());
}

#[test]
fn functions_of_the_host_are_passed_on_to_components() {
    let engine = engine();
    let mut store = Store::new(&engine, 30_u32);
    let mut linker = Linker::<u32>::new(&engine);
    linker.root().func_wrap("f", |store, (): ()| Ok((*store.data(),))).unwrap();
    linker.root().module("m", &Module::new(&engine, "(module)").unwrap()).unwrap();
    let passes_on = Component::new(&engine, PASSES_ON).unwrap();
    let instance = linker.instantiate(&mut store, &passes_on).unwrap();
    // The host has it already.
    assert!(instance.get_func(&mut store, "f").is_none());
    let error = instance.get_typed_func::<(), (u32,)>(&mut store, "f").unwrap_err();
    assert_eq!(error.message(), "the function is the host's: the component only passes it on");

    let mut linker = Linker::<u32>::new(&engine);
    linker.instance("a:b/c@0.2.0").unwrap().component_instance(&mut store, instance).unwrap();
    let instance = linker.instantiate(&mut store, &caller(&engine, "0.2.0", &["f"])).unwrap();
    let run = instance.get_typed_func::<(), (u32,)>(&mut store, "run").unwrap();
    assert_eq!(run.call(&mut store, ()).unwrap(), (30,));
}

/// Errors have room for the start of a type.
#[test]
fn errors_about_types_of_many_parts() {
    let engine = engine();
    let cases: String = (0..5000).map(|number| format!(" \"case-{number}\"")).collect();
    let text = format!(
        r#"(component (type $e' (enum{cases})) (import "e" (type $e (eq $e'))) (import "f" (func (param "x" $e))))"#
    );
    let component = Component::new(&engine, text).unwrap();
    let mut linker = Linker::<()>::new(&engine);
    linker.root().func_wrap("f", |_, (_,): (Vec<Option<u8>>,)| Ok(())).unwrap();
    let error = linker.instantiate_pre(&component).map(drop).unwrap_err().to_string();
    assert!(error.contains("enum { case-0, case-1, "), "{error}");
    assert!(error.contains("…`, found `"), "{error}");
    assert!(error.len() < 500, "{error}");
}

#[test]
fn what_an_instance_takes_is_known_unless_modules_are_imported() {
    let engine = engine();
    let required = |text: &str| Component::new(&engine, text).unwrap().resources_required();
    let text = r#"(component IMPORT
        (core module $a (memory 2) (table 3 funcref))
        (core module $b (memory 1) (type (struct)))
        (core module $unused (memory 100))
        (core instance (instantiate $a)) (core instance (instantiate $a)) (core instance (instantiate $b)))"#;
    let all = required(&text.replace("IMPORT", "")).unwrap();
    assert_eq!((all.num_memories, all.num_tables), (3, 2));
    assert_eq!((all.max_initial_memory_size, all.max_initial_table_size), (Some(2), Some(3)));
    assert_eq!((all.initial_memory_bytes, all.initial_table_elements), (5 << 16, 6));
    assert!(all.uses_gc_heap);
    assert!(required(&text.replace("IMPORT", r#"(import "m" (core module))"#)).is_some());
    let imported = r#"(import "m" (core module $m)) (core instance (instantiate $m))"#;
    assert_eq!(required(&text.replace("IMPORT", imported)), None);
    assert_eq!(required("(component)"), Some(sarsen::ResourcesRequired::default()));
}
