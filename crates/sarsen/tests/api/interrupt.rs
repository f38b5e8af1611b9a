//! Stopping code from another thread.

use crate::load_in;
use sarsen::{Engine, Linker, Store, Trap};
use std::sync::{Arc, Barrier};

/// An engine whose code looks at requests, in every tier.
fn stoppable() -> Engine {
    Engine::new(crate::config().interruptible(true)).unwrap()
}

#[test]
fn another_thread_stops_an_endless_loop() {
    let started = Arc::new(Barrier::new(2));
    let running = Arc::clone(&started);
    let mut linker = Linker::<()>::new(&stoppable());
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
            assert_eq!(trap, Trap::Interrupt);
        });
    }
}

#[test]
fn a_loop_that_does_nothing_else_is_stopped() {
    // Its function looks before the loop does, and nothing is called or stored between.
    let wat = r#"(module (func (export "f") (loop $again (br $again))))"#;
    let (mut store, instance) = load_in(&stoppable(), wat);
    let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    let handle = store.interrupt_handle();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            handle.interrupt();
        });
        let error = f.call(&mut store, ()).unwrap_err();
        assert_eq!(error.downcast::<Trap>().unwrap(), Trap::Interrupt);
    });
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
    let (mut store, instance) = load_in(&stoppable(), wat);
    let handle = store.interrupt_handle();
    handle.interrupt();
    let endless = instance.get_typed_func::<(), ()>(&mut store, "loop").unwrap();
    assert_eq!(endless.call(&mut store, ()).unwrap_err().downcast::<Trap>().unwrap(), Trap::Interrupt);
    let count = instance.get_typed_func::<i32, i32>(&mut store, "count").unwrap();
    assert_eq!(count.call(&mut store, 1_000_000).unwrap(), 0);
    handle.clone().interrupt();
    let error = count.call(&mut store, 1_000_000).unwrap_err();
    assert_eq!(error.downcast::<Trap>().unwrap(), Trap::Interrupt);
}

#[test]
fn bulk_operations_are_interrupted_between_pieces() {
    let handle = Arc::new(std::sync::OnceLock::<sarsen::InterruptHandle>::new());
    let inner = Arc::clone(&handle);
    let mut linker = Linker::<()>::new(&stoppable());
    linker.func_wrap("env", "stop", move || inner.get().unwrap().interrupt()).unwrap();
    // Nothing but the operation itself looks at the request.
    let wat = r#"(module (import "env" "stop" (func $stop)) (memory 64)
        (func (export "fill") (call $stop) (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x400000)))
        (func (export "last") (result i32) (i32.load8_u (i32.const 0x3fffff))))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    handle.set(store.interrupt_handle()).unwrap();
    let fill = instance.get_typed_func::<(), ()>(&mut store, "fill").unwrap();
    let trap = fill.call(&mut store, ()).unwrap_err().downcast::<Trap>().unwrap();
    assert_eq!(trap, Trap::Interrupt);
    let last = instance.get_typed_func::<(), i32>(&mut store, "last").unwrap();
    assert_eq!(last.call(&mut store, ()).unwrap(), 0, "the last piece was not filled");
}

#[test]
fn operations_of_arrays_are_interrupted_between_pieces() {
    let handle = Arc::new(std::sync::OnceLock::<sarsen::InterruptHandle>::new());
    let inner = Arc::clone(&handle);
    let mut linker = Linker::<()>::new(&stoppable());
    linker.func_wrap("env", "stop", move || inner.get().unwrap().interrupt()).unwrap();
    let wat = r#"(module (import "env" "stop" (func $stop))
        (type $a (array (mut i32)))
        (global $to (ref $a) (array.new $a (i32.const 0) (i32.const 0x100000)))
        (global $from (ref $a) (array.new $a (i32.const 1) (i32.const 0x100000)))
        (func (export "fill") (call $stop)
            (array.fill $a (global.get $to) (i32.const 0) (i32.const 1) (i32.const 0x100000)))
        (func (export "copy") (call $stop)
            (array.copy $a $a (global.get $to) (i32.const 0) (global.get $from) (i32.const 0) (i32.const 0x100000)))
        (func (export "last") (result i32) (array.get $a (global.get $to) (i32.const 0xfffff))))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    handle.set(store.interrupt_handle()).unwrap();
    for name in ["fill", "copy"] {
        let work = instance.get_typed_func::<(), ()>(&mut store, name).unwrap();
        let trap = work.call(&mut store, ()).unwrap_err().downcast::<Trap>().unwrap();
        assert_eq!(trap, Trap::Interrupt, "{name}");
        let last = instance.get_typed_func::<(), i32>(&mut store, "last").unwrap();
        assert_eq!(last.call(&mut store, ()).unwrap(), 0, "{name}: the last piece is as it was");
    }
}

#[test]
fn pieces_of_arrays_may_overlap() {
    // Element `i` is `i`; what is moved by 1,000 elements is as long as several pieces.
    let wat = r#"(module
        (type $a (array (mut i32)))
        (global $a (ref $a) (array.new $a (i32.const 0) (i32.const 0x100000)))
        (func (export "number") (local i32)
            (loop $more
                (array.set $a (global.get $a) (local.get 0) (local.get 0))
                (br_if $more (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 0x100000)))))
        (func (export "move") (param i32 i32)
            (array.copy $a $a (global.get $a) (local.get 0) (global.get $a) (local.get 1) (i32.const 0xff000)))
        (func (export "get") (param i32) (result i32) (array.get $a (global.get $a) (local.get 0))))"#;
    let (mut store, instance) = load_in(&stoppable(), wat);
    for (to, from) in [(1000, 0), (0, 1000), (0, 0)] {
        instance.get_typed_func::<(), ()>(&mut store, "number").unwrap().call(&mut store, ()).unwrap();
        let copy = instance.get_typed_func::<(i32, i32), ()>(&mut store, "move").unwrap();
        copy.call(&mut store, (to, from)).unwrap();
        let get = instance.get_typed_func::<i32, i32>(&mut store, "get").unwrap();
        for at in [0, 1, 999, 1000, 0x3_fc00, 0x3_fff0, 0x4_0000, 0x8_0000, 0xf_e000, 0xf_efff] {
            assert_eq!(get.call(&mut store, to + at).unwrap(), from + at, "{to} {from} {at}");
        }
    }
}

#[test]
fn the_search_for_a_handler_is_interrupted() {
    let handle = Arc::new(std::sync::OnceLock::<sarsen::InterruptHandle>::new());
    let inner = Arc::clone(&handle);
    let mut linker = Linker::<()>::new(&stoppable());
    linker.func_wrap("env", "stop", move || inner.get().unwrap().interrupt()).unwrap();
    // Between the request and the end lies nothing but the throw, past four handlers in each of as many frames as asked for:
    // more than are searched between two looks, half of the frames being inlined, and fewer than fill the stack on any machine.
    let wat = r#"(module (import "env" "stop" (func $stop)) (tag $thrown) (tag $other)
        (func $deep (param i32)
            (block $caught (try_table (catch $other $caught) (catch $other $caught) (catch $other $caught) (catch $other $caught)
                (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1))) (return)))
                (call $stop)
                (throw $thrown))))
        (func (export "f") (param i32)
            (block $caught (try_table (catch_all $caught) (call $deep (local.get 0))))))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    handle.set(store.interrupt_handle()).unwrap();
    let f = instance.get_typed_func::<i32, ()>(&mut store, "f").unwrap();
    assert_eq!(f.call(&mut store, 2_400).unwrap_err().downcast::<Trap>().unwrap(), Trap::Interrupt);
    f.call(&mut store, 10).unwrap();
}

#[test]
fn tail_calls_are_interrupted() {
    let wat = r#"(module
        (type $t (func (param i32) (result i32))) (table funcref (elem $indirect))
        (func $direct (export "direct") (param i32) (result i32) (return_call $direct (local.get 0)))
        (func $indirect (export "indirect") (param i32) (result i32)
            (return_call_indirect (type $t) (local.get 0) (i32.const 0)))
        (func $ref (export "ref") (param i32) (result i32) (return_call_ref $t (local.get 0) (ref.func $ref))))"#;
    let (mut store, instance) = load_in(&stoppable(), wat);
    let handle = store.interrupt_handle();
    for name in ["direct", "indirect", "ref"] {
        handle.interrupt();
        let f = instance.get_typed_func::<i32, i32>(&mut store, name).unwrap();
        let trap = f.call(&mut store, 1).unwrap_err().downcast::<Trap>().unwrap();
        assert_eq!(trap, Trap::Interrupt, "{name}");
    }
}

#[cfg(feature = "jit")]
#[test]
fn engines_whose_code_cannot_be_stopped_say_so() {
    use sarsen::{Config, Strategy};
    let engine = Engine::new(Config::new().strategy(Strategy::Jit)).unwrap();
    assert!(!engine.is_interruptible());
    let store = Store::new(&engine, ());
    let panic =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| store.interrupt_handle())).unwrap_err();
    assert!(panic.downcast_ref::<&str>().unwrap().contains("`Config::interruptible` is off"));
    for (strategy, interruptible) in
        [(Strategy::Jit, true), (Strategy::Tiered, true), (Strategy::Interpreter, false)]
    {
        let mut config = Config::new();
        let config = config.strategy(strategy).interruptible(interruptible);
        let engine = Engine::new(config).unwrap();
        assert!(engine.is_interruptible());
        Store::new(&engine, ()).interrupt_handle().interrupt();
    }
}
