//! The stack of wasm frames ends, and the store goes on.

use crate::{load, load_in};
use sarsen::{Engine, ErrorKind, Store, Trap};

#[test]
fn endless_recursion_is_a_trap() {
    let wat = r#"(module (table 1 funcref) (elem (i32.const 0) $indirect)
        (func $direct (export "direct") (call $direct))
        (func $a (export "mutual") (param i64) (result i64) (i64.add (call $b (local.get 0)) (i64.const 1)))
        (func $b (param i64) (result i64) (i64.mul (call $a (local.get 0)) (i64.const 3)))
        (func $indirect (export "indirect") (call_indirect (i32.const 0)))
        (func $depth (export "depth") (param i32) (result i32)
            (if (result i32) (local.get 0)
                (then (i32.add (i32.const 1) (call $depth (i32.sub (local.get 0) (i32.const 1)))))
                (else (i32.const 0)))))"#;
    let (mut store, instance) = load(wat);
    let depth = instance.get_typed_func::<i32, i32>(&mut store, "depth").unwrap();
    for name in ["direct", "mutual", "indirect"] {
        let func = instance.get_func(&mut store, name).unwrap();
        let error = if name == "mutual" {
            func.typed::<i64, i64>(&store).unwrap().call(&mut store, 1).unwrap_err()
        } else {
            func.typed::<(), ()>(&store).unwrap().call(&mut store, ()).unwrap_err()
        };
        assert_eq!((error.kind(), error.downcast_ref()), (ErrorKind::Exhaustion, Some(&Trap::StackOverflow)));
        assert_eq!(depth.call(&mut store, 1000).unwrap(), 1000, "after {name}");
    }
}

#[test]
fn the_depth_is_that_of_the_configuration() {
    let wat = r#"(module (global $n (export "n") (mut i32) (i32.const 0))
        (func $f (export "f")
            (global.set $n (i32.add (global.get $n) (i32.const 1)))
            (call $f)))"#;
    let depth = |bytes| {
        let (mut store, instance) =
            load_in(&Engine::new(crate::config().max_wasm_stack(bytes)).unwrap(), wat);
        let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
        assert!(f.call(&mut store, ()).unwrap_err().is::<Trap>());
        instance.get_global(&mut store, "n").unwrap().get(&mut store).unwrap_i32()
    };
    let (small, large) = (depth(64 << 10), depth(1 << 20));
    assert!(small > 100, "{small}");
    assert!((14..=18).contains(&(large / small)), "{small} {large}");
}

#[test]
fn recursion_through_the_host_stops_on_small_stacks() {
    let recursion = || {
        let mut linker = sarsen::Linker::<()>::new(&crate::engine());
        let again = |mut caller: sarsen::Caller<'_, ()>| -> sarsen::Result<()> {
            let f = caller.get_export("f").and_then(sarsen::Extern::into_func).unwrap();
            f.typed::<(), ()>(&caller)?.call(&mut caller, ())
        };
        linker.func_wrap("host", "again", again).unwrap();
        let wat = r#"(module (import "host" "again" (func $again)) (func (export "f") (call $again)))"#;
        let (mut store, instance) = crate::link(&linker, (), wat);
        let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
        let error = f.call(&mut store, ()).unwrap_err();
        assert_eq!(error.downcast::<Trap>().unwrap(), Trap::StackOverflow);
    };
    std::thread::Builder::new().stack_size(384 << 10).spawn(recursion).unwrap().join().unwrap();
}

#[test]
fn tail_calls_need_no_stack() {
    let wat = r#"(module (func $f (export "f") (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0))
            (then (i32.const 42))
            (else (return_call $f (i32.sub (local.get 0) (i32.const 1)))))))"#;
    let (mut store, instance) = load(wat);
    let f = instance.get_typed_func::<i32, i32>(&mut store, "f").unwrap();
    assert_eq!(f.call(&mut store, 1_000_000).unwrap(), 42);
}

#[test]
fn frames_that_never_fit_are_a_trap() {
    // All of them are there while the memory grows, in any tier.
    let locals = " i64".repeat(9000);
    let sets: String =
        (0..9000).map(|at| format!("(local.set {at} (i64.load (i32.const {})))", at * 7)).collect();
    let sum = (0..9000).fold("i64.const 0".to_owned(), |sum, at| sum + &format!(" local.get {at} i64.xor"));
    let wat = format!(
        r#"(module (memory 1)
            (func (export "f") (result i64) (local{locals}) {sets} (drop (memory.grow (i32.const 0))) {sum})
            (func (export "g") (result i32) (i32.const 1)))"#
    );
    let (mut store, instance) =
        load_in(&Engine::new(crate::config().max_wasm_stack(64 << 10)).unwrap(), &wat);
    let f = instance.get_typed_func::<(), i64>(&mut store, "f").unwrap();
    assert_eq!(f.call(&mut store, ()).unwrap_err().downcast::<Trap>().unwrap(), Trap::StackOverflow);
    let g = instance.get_typed_func::<(), i32>(&mut store, "g").unwrap();
    assert_eq!(g.call(&mut store, ()).unwrap(), 1);
}

#[test]
fn failing_tail_calls_leave_frames_of_any_size_behind() {
    let locals = " i64".repeat(33_000);
    let wat = format!(
        r#"(module (type $t (func (param i64) (result i64))) (table 1 funcref)
            (func $null (param i64) (result i64) (local{locals}) (return_call_ref $t (local.get 0) (ref.null $t)))
            (func $empty (param i64) (result i64) (local{locals})
                (return_call_indirect (type $t) (local.get 0) (i32.const 0)))
            (func $outer (export "f") (param i32) (result i64)
                (if (result i64) (local.get 0) (then (call $null (i64.const 1))) (else (call $empty (i64.const 2))))))"#
    );
    let (mut store, instance) = load(&wat);
    let f = instance.get_typed_func::<i32, i64>(&mut store, "f").unwrap();
    for (which, trap, name) in
        [(1, Trap::NullFunctionReference, "null"), (0, Trap::IndirectCallToNull, "empty")]
    {
        let error = f.call(&mut store, which).unwrap_err();
        let frames: Vec<_> =
            error.backtrace().unwrap().frames().iter().map(|frame| frame.func_name()).collect();
        assert_eq!(frames, [Some(name), Some("outer")]);
        assert_eq!(error.downcast::<Trap>().unwrap(), trap);
    }
}

#[test]
fn a_stack_that_the_system_does_not_have_is_an_error() {
    let engine = Engine::new(crate::config().max_wasm_stack(1 << 60)).unwrap();
    let error = Store::try_new(&engine, ()).err().unwrap();
    assert_eq!(
        (error.kind(), error.message().as_str()),
        (ErrorKind::Limit, "no room for the stack of a store")
    );
}
