//! Stopping code from another thread.

use crate::load;
use sarsen::{Engine, Linker, Trap};
use std::sync::{Arc, Barrier};

#[test]
fn another_thread_stops_an_endless_loop() {
    let started = Arc::new(Barrier::new(2));
    let running = Arc::clone(&started);
    let mut linker = Linker::<()>::new(&Engine::default());
    linker.func_wrap("env", "started", move || _ = running.wait()).unwrap();
    let wat = r#"(module (import "env" "started" (func $started))
        (func (export "f") (call $started) (loop $again (br $again))))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    for _ in 0..3 {
        let handle = store.interrupt_handle();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                started.wait();
                handle.interrupt();
            });
            let trap = f.call(&mut store, ()).unwrap_err().downcast::<Trap>().unwrap();
            assert_eq!(trap, Trap::Interrupted);
        });
    }
}

#[test]
fn a_request_waits_for_code_and_stops_it_once() {
    let wat = r#"(module
        (func (export "loop") (loop $again (br $again)))
        (func $f (export "calls") (call $f))
        (func (export "count") (param i32) (result i32)
            (loop $again
                (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get 0)))"#;
    let (mut store, instance) = load(wat);
    let handle = store.interrupt_handle();
    handle.interrupt();
    let endless = instance.get_typed_func::<(), ()>(&mut store, "loop").unwrap();
    assert_eq!(endless.call(&mut store, ()).unwrap_err().downcast::<Trap>().unwrap(), Trap::Interrupted);
    let count = instance.get_typed_func::<i32, i32>(&mut store, "count").unwrap();
    assert_eq!(count.call(&mut store, 1_000_000).unwrap(), 0);
    handle.clone().interrupt();
    let error = count.call(&mut store, 1_000_000).unwrap_err();
    assert_eq!(error.downcast::<Trap>().unwrap(), Trap::Interrupted);
}

#[test]
fn bulk_operations_are_interrupted_between_pieces() {
    let handle = Arc::new(std::sync::OnceLock::<sarsen::InterruptHandle>::new());
    let inner = Arc::clone(&handle);
    let mut linker = Linker::<()>::new(&Engine::default());
    linker.func_wrap("env", "stop", move || inner.get().unwrap().interrupt()).unwrap();
    // Nothing but the operation itself looks at the request.
    let wat = r#"(module (import "env" "stop" (func $stop)) (memory 64)
        (func (export "fill") (call $stop) (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x400000)))
        (func (export "last") (result i32) (i32.load8_u (i32.const 0x3fffff))))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    handle.set(store.interrupt_handle()).unwrap();
    let fill = instance.get_typed_func::<(), ()>(&mut store, "fill").unwrap();
    let trap = fill.call(&mut store, ()).unwrap_err().downcast::<Trap>().unwrap();
    assert_eq!(trap, Trap::Interrupted);
    let last = instance.get_typed_func::<(), i32>(&mut store, "last").unwrap();
    assert_eq!(last.call(&mut store, ()).unwrap(), 0, "the last piece was not filled");
}

#[test]
fn the_search_for_a_handler_is_interrupted() {
    let handle = Arc::new(std::sync::OnceLock::<sarsen::InterruptHandle>::new());
    let inner = Arc::clone(&handle);
    let mut linker = Linker::<()>::new(&Engine::default());
    linker.func_wrap("env", "stop", move || inner.get().unwrap().interrupt()).unwrap();
    // Between the request and the end lies nothing but the throw, out of as many frames as asked for.
    let wat = r#"(module (import "env" "stop" (func $stop)) (tag $thrown) (tag $other)
        (func $deep (param i32)
            (block $caught (try_table (catch $other $caught)
                (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1))) (return)))
                (call $stop)
                (throw $thrown))))
        (func (export "f") (param i32)
            (block $caught (try_table (catch_all $caught) (call $deep (local.get 0))))))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    handle.set(store.interrupt_handle()).unwrap();
    let f = instance.get_typed_func::<i32, ()>(&mut store, "f").unwrap();
    assert_eq!(f.call(&mut store, 20_000).unwrap_err().downcast::<Trap>().unwrap(), Trap::Interrupted);
    f.call(&mut store, 10).unwrap();
}
