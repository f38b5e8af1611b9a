//! Stacks of calls that wait, which go from one tenant to the next as they are: what one has left there, no other can read, because
//! whatever a guest reads of a stack has been written since it was called; that is all that is promised of them.

use crate::configs;
use sarsen::{Engine, Instance, InstancePre, Linker, Module, Store};
use std::future::pending;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// `leave` goes deep with values of all types, and waits there if it is told to; `found` counts what locals, results and references
/// hold that was never put there, as deep, in loops that are entered in the middle where they are hot.
const TEXT: &str = r#"(module
    (type $pair (struct (field i64) (field i64)))
    (import "host" "wait" (func $wait))
    (func $deep (param $depth i32) (param $value i64) (param $waits i32) (result i64 f64 i32)
        (local $a i64) (local $b i64) (local $v v128) (local $d f64) (local $r (ref null $pair)) (local $other f64) (local $low i32)
        (local.set $a (local.get $value)) (local.set $b (local.get $value))
        (local.set $v (i64x2.splat (local.get $value)))
        (local.set $d (f64.reinterpret_i64 (local.get $value)))
        (local.set $r (struct.new $pair (local.get $value) (local.get $value)))
        (if (local.get $depth)
            (then
                (call $deep (i32.sub (local.get $depth) (i32.const 1)) (local.get $value) (local.get $waits))
                (local.set $low) (local.set $other) (local.set $a))
            (else (if (local.get $waits) (then (call $wait)))))
        (i64.or (i64.or (local.get $a) (local.get $b)) (i64x2.extract_lane 1 (local.get $v)))
        (local.get $d)
        (i32.or (local.get $low) (ref.is_null (local.get $r))))
    (func (export "leave") (param $waits i32)
        (call $deep (i32.const 300) (i64.const 0x5a5a5a5a5a5a5a5a) (local.get $waits))
        (drop) (drop) (drop))
    (func $found (export "found") (param $depth i32) (result i64)
        (local $a i64) (local $v v128) (local $d f64) (local $r (ref null $pair)) (local $turns i32) (local $b i64) (local $c i64)
        (loop $again
            (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $turns) (i32.const 20))))
        (i64.or
            (i64.or
                (i64.or (local.get $a) (i64.reinterpret_f64 (local.get $d)))
                (i64.or (local.get $b) (local.get $c)))
            (i64.or
                (i64.or (i64x2.extract_lane 0 (local.get $v)) (i64x2.extract_lane 1 (local.get $v)))
                (i64.or
                    (i64.extend_i32_u (i32.eqz (ref.is_null (local.get $r))))
                    (if (result i64) (local.get $depth)
                        (then (call $found (i32.sub (local.get $depth) (i32.const 1))))
                        (else (i64.const 0))))))))"#;

/// A tenant in a store of its own.
fn tenant(pre: &InstancePre<()>) -> (Store<()>, Instance) {
    let mut store = Store::new(pre.module().engine(), ());
    let instance = pre.instantiate(&mut store).unwrap();
    (store, instance)
}

/// The result of a call, or nothing if it waits: then it is dropped there.
fn poll_once<R>(future: impl Future<Output = R>) -> Option<R> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

#[test]
fn nothing_is_found_on_the_stack_of_a_call_that_has_ended_or_was_dropped() {
    for (way, config) in configs() {
        let engine = Engine::new(&config).unwrap();
        let mut linker = Linker::<()>::new(&engine);
        linker.func_wrap_async("host", "wait", |_, (): ()| Box::new(pending::<()>())).unwrap();
        let pre = linker.instantiate_pre(&Module::new(&engine, TEXT).unwrap()).unwrap();
        for waits in [0, 1, 1, 0, 1] {
            let (mut store, instance) = tenant(&pre);
            let leave = instance.get_typed_func::<i32, ()>(&mut store, "leave").unwrap();
            let ended = poll_once(leave.call_async(&mut store, waits));
            assert_eq!(ended.map(Result::unwrap).is_some(), waits == 0, "{way}");
            drop(store);
            let (mut store, instance) = tenant(&pre);
            let found = instance.get_typed_func::<i32, i64>(&mut store, "found").unwrap();
            let found = poll_once(found.call_async(&mut store, 300)).map(Result::unwrap);
            assert_eq!(
                found,
                Some(0),
                "{way}, after one that {}",
                if waits == 0 { "ended" } else { "waited" }
            );
        }
    }
}
