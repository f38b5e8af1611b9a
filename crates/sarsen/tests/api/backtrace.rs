//! Backtraces: which functions were active, and where.

use crate::{link, load, load_in};
use sarsen::{Caller, Engine, Error, Extern, Linker, Result, Trap, WasmBacktrace};

/// Names of the frames, innermost first.
fn names(error: &Error) -> Vec<&str> {
    let backtrace = error.backtrace().expect("a backtrace");
    backtrace.frames().iter().map(|frame| frame.func_name().unwrap_or("?")).collect()
}

#[test]
fn frames_are_named_from_the_inside_out() {
    let wat = r#"(module
        (func $inner (param i32) (if (local.get 0) (then unreachable)))
        (func $middle (param i32) (call $inner (local.get 0)))
        (func (export "outer") (param i32) (call $middle (local.get 0))))"#;
    let (mut store, instance) = load(wat);
    let outer = instance.get_typed_func::<i32, ()>(&mut store, "outer").unwrap();
    outer.call(&mut store, 0).unwrap();
    let error = outer.call(&mut store, 1).unwrap_err();
    assert_eq!(names(&error), ["inner", "middle", "?"]);
    let frames = error.backtrace().unwrap().frames();
    assert_eq!(frames.iter().map(|frame| frame.func_index()).collect::<Vec<_>>(), [0, 1, 2]);
    let offsets: Vec<_> = frames.iter().map(|frame| frame.module_offset().unwrap()).collect();
    assert!(offsets[0] < offsets[1] && offsets[1] < offsets[2], "{offsets:?}");
    assert_eq!(error.downcast_ref::<WasmBacktrace>().unwrap().frames().len(), 3);
    let text = error.to_string();
    let [inner, middle, outer] = ["inner", "middle", "<function 2>"].map(|name| text.find(name).unwrap());
    assert!(text.starts_with("unreachable") && inner < middle && middle < outer, "{text}");
}

#[test]
fn offsets_are_those_of_the_operator() {
    // One function: `nop`, then `unreachable` at byte 31 of the module.
    let bytes =
        b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x05\x01\x01f\0\0\x0a\x06\x01\x04\0\x01\0\x0b";
    assert_eq!(bytes[30..33], [0x01, 0x00, 0x0b]);
    let engine = crate::engine();
    let module = sarsen::Module::new(&engine, bytes).unwrap();
    let mut store = sarsen::Store::new(&engine, ());
    let instance = sarsen::Instance::new(&mut store, &module, &[]).unwrap();
    let error = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap().call(&mut store, ()).unwrap_err();
    let frame = &error.backtrace().unwrap().frames()[0];
    assert_eq!((frame.func_index(), frame.module_offset(), frame.func_name()), (0, Some(31), None));
    // The body begins with the number of its locals.
    assert_eq!(frame.func_offset(), Some(2));
    assert!(frame.is_of(&module) && !frame.is_of(&sarsen::Module::new(&engine, bytes).unwrap()));
}

/// A linker whose `host` calls the export `inner` of whoever calls.
fn through(engine: &Engine) -> Linker<()> {
    let mut linker = Linker::new(engine);
    let host = |mut caller: Caller<'_, ()>| -> Result<()> {
        let inner = caller.get_export("inner").and_then(Extern::into_func).unwrap();
        inner.typed::<(), ()>(&caller)?.call(&mut caller, ())
    };
    linker.func_wrap("env", "host", host).unwrap();
    linker.func_wrap("env", "fail", || -> Result<()> { Err(Error::msg("failure")) }).unwrap();
    linker
}

const THROUGH: &str = r#"(module (import "env" "host" (func $host)) (import "env" "fail" (func $fail))
    (func $trap unreachable)
    (func $inner (export "inner") (call $trap))
    (func $outer (export "outer") (call $host))
    (func $direct (export "direct") (call $fail)))"#;

#[test]
fn frames_on_both_sides_of_the_host_are_there() {
    let (mut store, instance) = link(&through(&crate::engine()), (), THROUGH);
    let outer = instance.get_typed_func::<(), ()>(&mut store, "outer").unwrap();
    let error = outer.call(&mut store, ()).unwrap_err();
    assert!(error.is::<Trap>());
    assert_eq!(names(&error), ["trap", "inner", "outer"]);
    let direct = instance.get_typed_func::<(), ()>(&mut store, "direct").unwrap();
    let error = direct.call(&mut store, ()).unwrap_err();
    assert_eq!((error.message().as_str(), names(&error)), ("failure", vec!["direct"]));
}

#[test]
fn frames_of_several_instances_are_there() {
    let engine = crate::engine();
    let mut store = sarsen::Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    let callee = r#"(module (func $callee (export "f") unreachable))"#;
    let caller = r#"(module (import "a" "f" (func $f)) (func $caller (export "f") (call $f)))"#;
    let first = linker.instantiate(&mut store, &sarsen::Module::new(&engine, callee).unwrap()).unwrap();
    linker.instance(&mut store, "a", first).unwrap();
    let second = linker.instantiate(&mut store, &sarsen::Module::new(&engine, caller).unwrap()).unwrap();
    let f = second.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    let error = f.call(&mut store, ()).unwrap_err();
    assert_eq!(names(&error), ["callee", "caller"]);
    let frames = error.backtrace().unwrap().frames();
    let instances: Vec<_> = frames.iter().map(|frame| frame.instance(&store)).collect();
    assert_eq!(instances, [Some(first), Some(second)]);
    let other = sarsen::Store::new(&engine, ());
    assert_eq!(frames[0].instance(&other), None);
}

#[test]
fn a_frame_names_no_wrong_instance() {
    let engine = crate::engine();
    let mut store = sarsen::Store::new(&engine, ());
    // The global says whether its start function fails.
    let wat = r#"(module (import "" "fails" (global $fails i32)) (func $f (export "f") unreachable)
        (func $start (if (global.get $fails) (then (call $f)))) (start $start))"#;
    let module = sarsen::Module::new(&engine, wat).unwrap();
    let mut make = |fails: i32| {
        let ty = sarsen::GlobalType::new(sarsen::ValType::I32, sarsen::Mutability::Const);
        let fails = sarsen::Global::new(&mut store, ty, fails.into()).unwrap();
        sarsen::Instance::new(&mut store, &module, &[fails.into()])
    };
    let first = make(0).unwrap();
    // One that has never been finished is another one.
    let unfinished = make(1).unwrap_err();
    let second = make(0).unwrap();
    for instance in [first, second] {
        let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
        let error = f.call(&mut store, ()).unwrap_err();
        let found = error.backtrace().unwrap().frames()[0].instance(&store);
        assert!(found.is_none_or(|found| found == instance));
    }
    for frame in unfinished.backtrace().unwrap().frames() {
        assert!(frame.instance(&store).is_none_or(|found| found != first && found != second));
    }
}

#[test]
fn errors_can_be_shown_without_frames() {
    let (mut store, instance) = load(r#"(module (func (export "f") unreachable))"#);
    let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    let error = f.call(&mut store, ()).unwrap_err().context("while testing");
    assert_eq!(format!("{error:#}"), "while testing: unreachable");
    assert!(error.to_string().contains("wasm backtrace"));
}

#[test]
fn backtraces_can_be_switched_off() {
    let engine = Engine::new(crate::config().wasm_backtrace(false)).unwrap();
    let (mut store, instance) = load_in(&engine, r#"(module (func (export "f") unreachable))"#);
    let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    let error = f.call(&mut store, ()).unwrap_err();
    assert!(error.backtrace().is_none() && error.is::<Trap>());
    assert_eq!(error.to_string(), "unreachable");
}

#[test]
fn deep_recursion_shows_a_bounded_part() {
    let (mut store, instance) = load(r#"(module (func $f (export "f") (call $f)))"#);
    let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    let error = f.call(&mut store, ()).unwrap_err();
    let frames = names(&error);
    assert!((2..=1000).contains(&frames.len()), "{}", frames.len());
    assert!(frames.iter().all(|&name| name == "f"));
}
