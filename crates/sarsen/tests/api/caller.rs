//! What host functions may do: read and change the store, call back, fail, panic.

use crate::{assert_says, link};
use sarsen::{AsContextMut, Caller, Engine, Extern, Func, Linker, Result, Store, Trap};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn exports_of_the_calling_instance_are_at_hand() {
    let engine = crate::engine();
    let mut linker = Linker::<String>::new(&engine);
    let read = |mut caller: Caller<'_, String>, at: u32, len: u32| -> Result<()> {
        let memory = caller.get_export("memory").and_then(Extern::into_memory).unwrap();
        let (bytes, data) = memory.data_and_store_mut(&mut caller);
        data.push_str(std::str::from_utf8(&bytes[at as usize..][..len as usize])?);
        Ok(())
    };
    linker.func_wrap("env", "read", read).unwrap();
    let wat = r#"(module (import "env" "read" (func $read (param i32 i32)))
        (memory (export "memory") 1) (data (i32.const 10) "hello")
        (func (export "run") (call $read (i32.const 10) (i32.const 5))))"#;
    let (mut store, instance) = link(&linker, String::new(), wat);
    instance.get_typed_func::<(), ()>(&mut store, "run").unwrap().call(&mut store, ()).unwrap();
    assert_eq!(store.data(), "hello");
}

#[test]
fn there_is_no_calling_instance_if_the_host_calls() {
    let mut store = Store::new(&crate::engine(), 5);
    let func = Func::wrap(&mut store, |mut caller: Caller<'_, i32>| {
        i32::from(caller.get_export("memory").is_some()) + *caller.data()
    });
    assert_eq!(func.typed::<(), i32>(&store).unwrap().call(&mut store, ()).unwrap(), 5);
}

/// A guest that computes a factorial, asking the host to call it for the smaller one.
const FACTORIAL: &str = r#"(module (import "env" "again" (func $again (param i64) (result i64)))
    (func (export "factorial") (param i64) (result i64)
        (if (result i64) (i64.eqz (local.get 0))
            (then (i64.const 1))
            (else (i64.mul (local.get 0) (call $again (i64.sub (local.get 0) (i64.const 1))))))))"#;

/// A linker whose `again` calls the guest.
fn again(engine: &Engine) -> Linker<u32> {
    let mut linker = Linker::new(engine);
    let again = |mut caller: Caller<'_, u32>, n: i64| -> Result<i64> {
        *caller.data_mut() += 1;
        let factorial = caller.get_export("factorial").and_then(Extern::into_func).unwrap();
        factorial.typed::<i64, i64>(&caller)?.call(&mut caller, n)
    };
    linker.func_wrap("env", "again", again).unwrap();
    linker
}

#[test]
fn hosts_call_back_into_guests() {
    let (mut store, instance) = link(&again(&crate::engine()), 0, FACTORIAL);
    let factorial = instance.get_typed_func::<i64, i64>(&mut store, "factorial").unwrap();
    assert_eq!(factorial.call(&mut store, 20).unwrap(), 2_432_902_008_176_640_000);
    assert_eq!(*store.data(), 20);
}

#[test]
fn endless_recursion_through_the_host_is_a_trap() {
    let (mut store, instance) = link(&again(&crate::engine()), 0, FACTORIAL);
    let factorial = instance.get_typed_func::<i64, i64>(&mut store, "factorial").unwrap();
    for _ in 0..3 {
        let error = factorial.call(&mut store, -1).unwrap_err();
        assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::StackOverflow));
        assert!(*store.data() > 20, "{} calls", store.data());
        *store.data_mut() = 0;
    }
    assert_eq!(factorial.call(&mut store, 5).unwrap(), 120);
}

#[test]
fn a_caught_failure_leaves_the_outer_call_intact() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    let attempt = |mut caller: Caller<'_, ()>| -> Result<i32> {
        let fail = caller.get_export("fail").and_then(Extern::into_func).unwrap();
        let error = fail.typed::<i32, ()>(&caller)?.call(&mut caller, 1000).unwrap_err();
        Ok(i32::from(error.is::<Trap>()))
    };
    linker.func_wrap("env", "attempt", attempt).unwrap();
    let wat = r#"(module (import "env" "attempt" (func $attempt (result i32)))
        (func $fail (export "fail") (param i32)
            (if (i32.eqz (local.get 0)) (then unreachable))
            (call $fail (i32.sub (local.get 0) (i32.const 1))))
        (func (export "run") (param i32 i32) (result i32 i32 i32)
            (local.get 0) (call $attempt) (local.get 1)))"#;
    let (mut store, instance) = link(&linker, (), wat);
    let run = instance.get_typed_func::<(i32, i32), (i32, i32, i32)>(&mut store, "run").unwrap();
    assert_eq!(run.call(&mut store, (11, 22)).unwrap(), (11, 1, 22));
}

#[test]
fn panics_of_the_host_arrive_where_the_guest_was_called() {
    let engine = crate::engine();
    let mut linker = Linker::<i32>::new(&engine);
    let panic = |mut caller: Caller<'_, i32>, payload: i32| {
        *caller.data_mut() += 1;
        if payload != 0 {
            std::panic::panic_any(payload);
        }
    };
    linker.func_wrap("env", "panic", panic).unwrap();
    let nested = linker.func_wrap("env", "nested", |mut caller: Caller<'_, i32>| -> Result<()> {
        let run = caller.get_export("run").and_then(Extern::into_func).unwrap();
        run.typed::<i32, ()>(&caller)?.call(&mut caller, 8)
    });
    nested.unwrap();
    let wat = r#"(module (import "env" "panic" (func $panic (param i32))) (import "env" "nested" (func $nested))
        (func (export "run") (param i32) (call $panic (local.get 0)))
        (func (export "nest") (call $nested)))"#;
    let (mut store, instance) = link(&linker, 0, wat);
    let run = instance.get_typed_func::<i32, ()>(&mut store, "run").unwrap();
    let nest = instance.get_typed_func::<(), ()>(&mut store, "nest").unwrap();
    let payload = catch_unwind(AssertUnwindSafe(|| run.call(&mut store, 7))).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&7));
    let payload = catch_unwind(AssertUnwindSafe(|| nest.call(&mut store, ()))).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&8));
    // The store is as after any other failure.
    run.call(&mut store, 0).unwrap();
    assert_eq!(*store.data(), 3);
}

#[test]
fn memory_that_grows_in_a_host_function_is_seen_by_the_guest() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    let grow = |mut caller: Caller<'_, ()>| -> Result<()> {
        let memory = caller.get_export("memory").and_then(Extern::into_memory).unwrap();
        memory.grow(&mut caller, 100)?;
        memory.write(caller.as_context_mut(), 101 * 65536 - 1, &[42])?;
        Ok(())
    };
    linker.func_wrap("env", "grow", grow).unwrap();
    let wat = r#"(module (import "env" "grow" (func $grow)) (memory (export "memory") 1)
        (func (export "run") (result i32 i32)
            (i32.store8 (i32.const 0) (i32.const 9))
            (call $grow)
            (i32.load8_u (i32.const 6619135)) (i32.load8_u (i32.const 0))))"#;
    let (mut store, instance) = link(&linker, (), wat);
    let run = instance.get_typed_func::<(), (i32, i32)>(&mut store, "run").unwrap();
    assert_eq!(run.call(&mut store, ()).unwrap(), (42, 9));
}

#[test]
fn messages_of_host_errors_are_kept() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("env", "parse", || -> Result<i32> { Ok("x".parse::<i32>()?) }).unwrap();
    let wat = r#"(module (import "env" "parse" (func (result i32))) (export "parse" (func 0)))"#;
    let (mut store, instance) = link(&linker, (), wat);
    let parse = instance.get_typed_func::<(), i32>(&mut store, "parse").unwrap();
    let error = parse.call(&mut store, ()).unwrap_err();
    assert_says(&error, &["invalid digit"]);
    assert!(error.is::<std::num::ParseIntError>());
}
