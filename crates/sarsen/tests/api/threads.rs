//! What can go to other threads, asserted where it is compiled, and used there.

use sarsen::{
    Caller, Config, Engine, Error, Func, Instance, InstancePre, InterruptHandle, Linker, Memory, Module,
    SharedMemory, Store, Trap, TypedFunc, Val,
};

const fn send<T: Send>() {}
const fn send_and_sync<T: Send + Sync>() {}

const _: () = {
    send_and_sync::<Config>();
    send_and_sync::<Engine>();
    send_and_sync::<Module>();
    send_and_sync::<Linker<()>>();
    send_and_sync::<InstancePre<()>>();
    send_and_sync::<InterruptHandle>();
    send_and_sync::<SharedMemory>();
    send_and_sync::<Error>();
    send_and_sync::<Trap>();
    send_and_sync::<Instance>();
    send_and_sync::<Func>();
    send_and_sync::<TypedFunc<i32, i32>>();
    send_and_sync::<Memory>();
    send_and_sync::<Val>();
    send::<Store<()>>();
    send::<Store<std::cell::Cell<i32>>>();
};

#[test]
fn a_module_runs_in_many_threads_at_once() {
    let engine = crate::engine();
    let wat = r#"(module (func $fib (export "fib") (param i32) (result i32)
        (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
            (then (local.get 0))
            (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                           (call $fib (i32.sub (local.get 0) (i32.const 2))))))))"#;
    let module = Module::new(&engine, wat).unwrap();
    // Each thread may be the one that translates the function.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut store = Store::new(&engine, ());
                let instance = Instance::new(&mut store, &module, &[]).unwrap();
                let fib = instance.get_typed_func::<i32, i32>(&mut store, "fib").unwrap();
                assert_eq!(fib.call(&mut store, 15).unwrap(), 610);
            });
        }
    });
}

#[test]
fn threads_share_a_prepared_module() {
    const THREADS: i32 = 8;
    const INSTANCES: i32 = 50;
    let engine = crate::engine();
    let mut linker = Linker::<i32>::new(&engine);
    linker.func_wrap("env", "own", |caller: Caller<'_, i32>| *caller.data()).unwrap();
    let wat = r#"(module (import "env" "own" (func $own (result i32)))
        (memory 2) (data (i32.const 65536) "\07") (global $calls (mut i32) (i32.const 0))
        (table funcref (elem $read)) (type $read (func (result i32)))
        (func $read (type $read) (i32.load (i32.const 65536)))
        (func (export "run") (param i32) (result i32)
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (i32.store (i32.const 65536)
                (i32.add (call_indirect (type $read) (i32.const 0)) (i32.mul (call $own) (local.get 0))))
            (i32.add (global.get $calls) (call_indirect (type $read) (i32.const 0)))))"#;
    let module = Module::new(&engine, wat).unwrap();
    let pre = linker.instantiate_pre(&module).unwrap();
    let work = |thread: i32| {
        for number in 0..INSTANCES {
            let mut store = Store::new(&engine, thread);
            let instance = pre.instantiate(&mut store).unwrap();
            let run = instance.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
            let mut expected = 7;
            for call in 1..=3 {
                expected += thread * number;
                assert_eq!(run.call(&mut store, number).unwrap(), call + expected, "thread {thread}");
            }
        }
    };
    let work = &work;
    std::thread::scope(|scope| (1..=THREADS).for_each(|thread| drop(scope.spawn(move || work(thread)))));
}

#[test]
fn a_store_moves_to_another_thread_between_calls() {
    let wat = r#"(module (global $n (mut i32) (i32.const 0))
        (func (export "next") (result i32)
            (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))"#;
    let (mut store, instance) = crate::load(wat);
    let next = instance.get_typed_func::<(), i32>(&mut store, "next").unwrap();
    for expected in 1..=4 {
        let thread = std::thread::spawn(move || {
            let result = next.call(&mut store, ()).unwrap();
            (store, result)
        });
        let result;
        (store, result) = thread.join().unwrap();
        assert_eq!(result, expected);
    }
}

#[test]
fn stacks_of_all_threads_end_in_time() {
    let wat = r#"(module
        (func $f (export "recurse") (param i32) (result i32)
            (if (result i32) (local.get 0)
                (then (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1)))))
                (else (i32.const 0)))))"#;
    let (mut store, instance) = crate::load(wat);
    let recurse = instance.get_typed_func::<i32, i32>(&mut store, "recurse").unwrap();
    // A store may have found a limit where another thread's stack would have ended long before.
    for kilobytes in [4096, 256, 4096, 512, 256] {
        let thread = std::thread::Builder::new().stack_size(kilobytes << 10).spawn(move || {
            for _ in 0..3 {
                let error = recurse.call(&mut store, i32::MAX).unwrap_err();
                assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::StackOverflow));
                assert_eq!(recurse.call(&mut store, 100).unwrap(), 100);
            }
            store
        });
        store = thread.unwrap().join().unwrap();
    }
}
