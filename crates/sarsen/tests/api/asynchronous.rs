//! Calls that wait: futures of host functions, yields, what happens when a call is dropped in the middle, and threads.

use crate::{assert_says, load_in};
use sarsen::{
    Caller, Engine, Error, Func, FuncType, Instance, Linker, Module, ResourceLimiterAsync, Result, Store,
    Trap, TypedFunc, UpdateDeadline, Val, ValType,
};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future with the thread; how often it has been polled.
fn block_on<R>(future: impl Future<Output = R>) -> (R, u32) {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    for polls in 1.. {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(result) => return (result, polls),
            Poll::Pending => thread::park(),
        }
    }
    unreachable!()
}

fn wait<R>(future: impl Future<Output = R>) -> R {
    block_on(future).0
}

/// Is pending so many times.
fn pending(mut times: u32) -> impl Future<Output = ()> + Send {
    poll_fn(move |context| {
        if times == 0 {
            return Poll::Ready(());
        }
        times -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

/// Never ends, and says when it is dropped.
struct Never(Arc<AtomicBool>);

impl Future for Never {
    type Output = ();
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Drop for Never {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// `twice` waits as often as it is asked to, and returns double.
fn linker(engine: &Engine) -> Linker<Vec<i32>> {
    let mut linker = Linker::new(engine);
    linker
        .func_wrap_async("host", "twice", |mut caller: Caller<'_, Vec<i32>>, (value,): (i32,)| {
            Box::new(async move {
                pending(value as u32 % 4).await;
                caller.data_mut().push(value);
                value * 2
            })
        })
        .unwrap();
    linker
}

const SUM: &str = r#"(module
    (import "host" "twice" (func $twice (param i32) (result i32)))
    (func $add (export "add") (param i32 i32) (result i32)
        (i32.add (call $twice (local.get 0)) (call $twice (local.get 1))))
    (func (export "sum") (param $n i32) (result i32) (local $sum i32)
        (loop $more
            (local.set $sum (i32.add (local.get $sum) (call $twice (local.get $n))))
            (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum)))"#;

fn instance(engine: &Engine, wat: &str) -> (Store<Vec<i32>>, Instance) {
    let module = Module::new(engine, wat).unwrap();
    let mut store = Store::new(engine, Vec::new());
    store.set_epoch_deadline(1_000_000);
    let instance = wait(linker(engine).instantiate_async(&mut store, &module)).unwrap();
    (store, instance)
}

fn engine() -> Engine {
    Engine::new(crate::config().epoch_interruption(true)).unwrap()
}

#[test]
fn guests_wait_for_host_functions() {
    let (mut store, instance) = instance(&engine(), SUM);
    let add = instance.get_typed_func::<(i32, i32), i32>(&mut store, "add").unwrap();
    let (result, polls) = block_on(add.call_async(&mut store, (3, 2)));
    assert_eq!((result.unwrap(), polls), (10, 6));
    assert_eq!(store.data(), &[3, 2]);
    let sum = instance.get_func(&mut store, "sum").unwrap();
    let mut results = [Val::I32(0)];
    wait(sum.call_async(&mut store, &[Val::I32(100)], &mut results)).unwrap();
    assert_eq!(results[0].i32(), Some(10_100));
}

#[test]
fn what_is_done_at_once_needs_no_async_call() {
    let (mut store, instance) = instance(&engine(), SUM);
    let add = instance.get_typed_func::<(i32, i32), i32>(&mut store, "add").unwrap();
    assert_eq!(add.call(&mut store, (4, 8)).unwrap(), 24);
    let error = add.call(&mut store, (4, 3)).unwrap_err();
    assert_says(&error, &["something asynchronous has to wait", "call_async"]);
    assert_eq!(add.call(&mut store, (4, 8)).unwrap(), 24);
}

#[test]
fn host_functions_on_values_wait_too() {
    let engine = engine();
    let ty = FuncType::new(&engine, [ValType::I64, ValType::F64], [ValType::F64]);
    let mut store = Store::new(&engine, 5.0);
    let func = Func::new_async(&mut store, ty, |caller, params, results| {
        Box::new(async move {
            pending(2).await;
            let (a, b) = (params[0].unwrap_i64(), params[1].unwrap_f64());
            results[0] = Val::from(a as f64 + b + caller.data());
            Ok(())
        })
    });
    let mut results = [Val::I32(0)];
    let params = [Val::I64(1), Val::from(2.5)];
    let (result, polls) = block_on(func.call_async(&mut store, &params, &mut results));
    result.unwrap();
    assert_eq!((results[0].unwrap_f64(), polls), (8.5, 3));
}

#[test]
fn a_call_goes_on_in_other_threads() {
    let (mut store, instance) = instance(&engine(), SUM);
    let sum = instance.get_typed_func::<i32, i32>(&mut store, "sum").unwrap();
    let mut future = Box::pin(async move { (sum.call_async(&mut store, 200).await, store) });
    let mut polls = 0;
    loop {
        polls += 1;
        let (polled, back) =
            thread::spawn(move || (poll_once(future.as_mut()).map(|done| done.0), future)).join().unwrap();
        future = back;
        if let Poll::Ready(result) = polled {
            assert_eq!(result.unwrap(), 40_200);
            break;
        }
    }
    assert!(polls > 100, "{polls}");
}

#[test]
fn a_call_that_is_dropped_ends() {
    let engine = engine();
    let dropped = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&dropped);
    let mut linker = Linker::<()>::new(&engine);
    linker
        .func_wrap_async("host", "never", move |_: Caller<'_, ()>, (): ()| Box::new(Never(Arc::clone(&seen))))
        .unwrap();
    let wat = r#"(module (import "host" "never" (func $never))
        (global $state (export "state") (mut i32) (i32.const 0))
        (func (export "f")
            (global.set $state (i32.const 1))
            (call $never)
            (global.set $state (i32.const 2)))
        (func (export "g") (result i32) (global.get $state)))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    store.set_epoch_deadline(1_000_000);
    let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    let g = instance.get_typed_func::<(), i32>(&mut store, "g").unwrap();
    for _ in 0..100 {
        dropped.store(false, Ordering::Relaxed);
        let mut future = Box::pin(f.call_async(&mut store, ()));
        assert!(poll_once(future.as_mut()).is_pending());
        assert!(poll_once(future.as_mut()).is_pending());
        assert!(!dropped.load(Ordering::Relaxed));
        drop(future);
        assert!(dropped.load(Ordering::Relaxed));
        assert_eq!(g.call(&mut store, ()).unwrap(), 1, "it has not gone on, and the store can be used");
    }
    // One that nobody has polled has not begun.
    let g_async = g.call_async(&mut store, ());
    drop(g_async);
    // One that is forgotten leaves the store as it was around.
    let mut future = Box::pin(f.call_async(&mut store, ()));
    assert!(poll_once(future.as_mut()).is_pending());
    std::mem::forget(future);
    assert_eq!(g.call(&mut store, ()).unwrap(), 1);
    store.gc();
    assert_eq!(wait(g.call_async(&mut store, ())).unwrap(), 1);
}

#[test]
fn asynchronous_functions_call_guests() {
    let engine = engine();
    let mut linker = Linker::<u32>::new(&engine);
    linker
        .func_wrap_async("host", "down", |mut caller: Caller<'_, u32>, (n,): (i32,)| {
            Box::new(async move {
                *caller.data_mut() += 1;
                pending(1).await;
                let down = caller.get_export("down").and_then(sarsen::Extern::into_func).unwrap();
                let down: TypedFunc<i32, i32> = down.typed(&caller)?;
                down.call_async(&mut caller, n - 1).await
            })
        })
        .unwrap();
    let wat = r#"(module (import "host" "down" (func $down (param i32) (result i32)))
        (type $box (struct (field i32)))
        (func (export "down") (param i32) (result i32) (local $box (ref null $box))
            (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
            (local.set $box (struct.new $box (local.get 0)))
            (i32.add (call $down (local.get 0)) (struct.get $box 0 (local.get $box)))))"#;
    let (mut store, instance) = crate::link(&linker, 0, wat);
    store.set_epoch_deadline(1_000_000);
    let down = instance.get_typed_func::<i32, i32>(&mut store, "down").unwrap();
    assert_eq!(wait(down.call_async(&mut store, 20)).unwrap(), 210);
    assert_eq!(*store.data(), 20);
    let error = wait(down.call_async(&mut store, 1000)).unwrap_err();
    assert_says(&error, &["too many asynchronous calls"]);
    assert_eq!(wait(down.call_async(&mut store, 20)).unwrap(), 210, "the store is as good as before");
    // Dropped at every depth.
    for polls in 1..12 {
        let mut future = Box::pin(down.call_async(&mut store, 10));
        for _ in 0..polls {
            _ = poll_once(future.as_mut());
        }
    }
    assert_eq!(wait(down.call_async(&mut store, 5)).unwrap(), 15);
}

#[test]
fn references_of_code_that_waits_are_kept() {
    let engine = engine();
    let mut linker = Linker::<()>::new(&engine);
    linker
        .func_wrap_async("host", "collect", |mut caller: Caller<'_, ()>, (): ()| {
            Box::new(async move {
                caller.gc();
                pending(1).await;
                // Others run meanwhile, and collect too.
                let churn = caller.get_export("churn").and_then(sarsen::Extern::into_func).unwrap();
                let churn: TypedFunc<i32, ()> = churn.typed(&caller).unwrap();
                churn.call_async(&mut caller, 10_000).await.unwrap();
                churn.call(&mut caller, 10_000).unwrap();
                caller.gc();
            })
        })
        .unwrap();
    let wat = r#"(module (import "host" "collect" (func $collect))
        (type $node (struct (field (mut i32)) (field (mut (ref null $node)))))
        (func (export "churn") (param i32)
            (loop $more
                (drop (struct.new $node (i32.const -1) (ref.null $node)))
                (br_if $more (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
        (func $list (param $n i32) (result (ref null $node)) (local $list (ref null $node))
            (loop $more
                (local.set $list (struct.new $node (local.get $n) (local.get $list)))
                (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $list))
        (func (export "f") (param $rounds i32) (result i32) (local $list (ref null $node)) (local $sum i32)
            (loop $round
                (local.set $list (call $list (i32.const 100)))
                (call $collect)
                (loop $next
                    (local.set $sum (i32.add (local.get $sum) (struct.get $node 0 (local.get $list))))
                    (local.set $list (struct.get $node 1 (local.get $list)))
                    (br_if $next (i32.eqz (ref.is_null (local.get $list)))))
                (br_if $round (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
            (local.get $sum)))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    store.set_epoch_deadline(1_000_000);
    let f = instance.get_typed_func::<i32, i32>(&mut store, "f").unwrap();
    assert_eq!(wait(f.call_async(&mut store, 5)).unwrap(), 5 * 5050);
    assert!(store.gc_stats().collections >= 10);
}

#[test]
fn code_within_a_host_function_that_does_not_wait_does_not_either() {
    let engine = engine();
    let mut linker = linker(&engine);
    linker
        .func_wrap("host", "through", |mut caller: Caller<'_, Vec<i32>>, n: i32| -> Result<i32> {
            let add = caller.get_export("add").and_then(sarsen::Extern::into_func).unwrap();
            add.typed::<(i32, i32), i32>(&caller)?.call(&mut caller, (n, n))
        })
        .unwrap();
    let wat = r#"(module
        (import "host" "twice" (func $twice (param i32) (result i32)))
        (import "host" "through" (func $through (param i32) (result i32)))
        (func (export "add") (param i32 i32) (result i32)
            (i32.add (call $twice (local.get 0)) (call $twice (local.get 1))))
        (func (export "f") (param i32) (result i32)
            (i32.add (call $through (local.get 0)) (call $twice (local.get 0)))))"#;
    let module = Module::new(&engine, wat).unwrap();
    let mut store = Store::new(&engine, Vec::new());
    store.set_epoch_deadline(1_000_000);
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let f = instance.get_typed_func::<i32, i32>(&mut store, "f").unwrap();
    let error = wait(f.call_async(&mut store, 1)).unwrap_err();
    assert_says(&error, &["asynchronous", "not from within another host function"]);
    assert_eq!(wait(f.call_async(&mut store, 4)).unwrap(), 24);
}

/// Turns of two guests that never wait but for their deadlines.
fn turns(store: impl Fn(&Engine) -> Store<()>, engine: &Engine, again: impl Fn(&Engine)) -> u32 {
    let wat = r#"(module (func (export "f") (param i32) (result i32) (local i32)
        (loop $more
            (local.set 1 (i32.add (local.get 1) (i32.const 3)))
            (br_if $more (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get 1)))"#;
    let module = Module::new(engine, wat).unwrap();
    let mut guests: Vec<_> = (0..2)
        .map(|_| {
            let mut store = store(engine);
            let f = Instance::new(&mut store, &module, &[])
                .and_then(|instance| instance.get_typed_func::<i32, i32>(&mut store, "f"))
                .unwrap();
            Box::pin(async move { f.call_async(&mut store, 100_000).await })
        })
        .collect();
    let mut turns = 0;
    while !guests.is_empty() {
        turns += 1;
        again(engine);
        guests.retain_mut(|guest| match poll_once(guest.as_mut()) {
            Poll::Ready(result) => {
                assert_eq!(result.unwrap(), 300_000);
                false
            }
            Poll::Pending => true,
        });
    }
    turns
}

#[test]
fn guests_take_turns_by_epochs() {
    let store = |engine: &Engine| {
        let mut store = Store::new(engine, ());
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(0);
        store
    };
    assert!(turns(store, &engine(), Engine::increment_epoch) > 3);
}

#[test]
fn guests_take_turns_by_fuel() {
    let engine = Engine::new(crate::config().consume_fuel(true)).unwrap();
    let store = |engine: &Engine| {
        let mut store = Store::new(engine, ());
        store.set_fuel(u64::MAX).unwrap();
        store.fuel_async_yield_interval(Some(50_000)).unwrap();
        store
    };
    assert!(turns(store, &engine, |_| {}) > 5);
}

#[test]
fn a_deadline_can_wait_for_anything() {
    let engine = engine();
    let (mut store, instance) = load_in(&engine, r#"(module (func (export "f") (loop $again (br $again))))"#);
    let calls = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&calls);
    store.epoch_deadline_callback(move |_| {
        Ok(match count.fetch_add(1, Ordering::Relaxed) {
            0..3 => UpdateDeadline::YieldCustom(0, Box::pin(pending(5))),
            3..6 => UpdateDeadline::Yield(0),
            _ => UpdateDeadline::Interrupt,
        })
    });
    let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    let (result, polls) = block_on(f.call_async(&mut store, ()));
    assert_eq!((result.unwrap_err().downcast::<Trap>().unwrap(), polls), (Trap::Interrupt, 3 * 5 + 3 + 1));
}

#[test]
fn an_endless_loop_that_yields_ends_when_it_is_dropped() {
    let engine = engine();
    let (mut store, instance) = load_in(&engine, r#"(module (func (export "f") (loop $again (br $again))))"#);
    store.epoch_deadline_async_yield_and_update(0);
    let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    let mut future = Box::pin(f.call_async(&mut store, ()));
    for _ in 0..10 {
        assert!(poll_once(future.as_mut()).is_pending());
    }
    drop(future);
    store.epoch_deadline_trap();
    assert_eq!(f.call(&mut store, ()).unwrap_err().downcast::<Trap>().unwrap(), Trap::Interrupt);
}

#[test]
fn panics_and_errors_come_out_of_the_future() {
    let engine = engine();
    let mut linker = Linker::<()>::new(&engine);
    linker
        .func_wrap_async("host", "fail", |_: Caller<'_, ()>, (how,): (i32,)| {
            Box::new(async move {
                pending(1).await;
                match how {
                    0 => Err(Error::msg("no")),
                    1 => panic!("in the future"),
                    _ => Ok(()),
                }
            })
        })
        .unwrap();
    linker.func_wrap("host", "panic", || -> () { panic!("on the stack") }).unwrap();
    let wat = r#"(module (import "host" "fail" (func $fail (param i32))) (import "host" "panic" (func $panic))
        (func (export "f") (param i32) (call $fail (local.get 0)) (call $panic)))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    store.set_epoch_deadline(1_000_000);
    let f = instance.get_typed_func::<i32, ()>(&mut store, "f").unwrap();
    let error = wait(f.call_async(&mut store, 0)).unwrap_err();
    assert_says(&error, &["no"]);
    assert_eq!(error.backtrace().unwrap().frames().len(), 1);
    for (how, words) in [(1, "in the future"), (2, "on the stack")] {
        let call = std::panic::AssertUnwindSafe(|| wait(f.call_async(&mut store, how)));
        let panic = std::panic::catch_unwind(call).unwrap_err();
        assert_eq!(*panic.downcast::<&str>().unwrap(), words);
    }
    assert!(wait(f.call_async(&mut store, 0)).is_err());
}

#[test]
fn deep_recursion_stops_on_any_stack() {
    let engine = engine();
    let wat = r#"(module
        (func $f (export "f") (param i64) (result i64)
            (i64.add (call $f (i64.add (local.get 0) (i64.const 1))) (i64.const 1))))"#;
    let (mut store, instance) = load_in(&engine, wat);
    store.set_epoch_deadline(1_000_000);
    let f = instance.get_typed_func::<i64, i64>(&mut store, "f").unwrap();
    for _ in 0..3 {
        let error = wait(f.call_async(&mut store, 0)).unwrap_err();
        assert_eq!(error.downcast::<Trap>().unwrap(), Trap::StackOverflow);
        let error = f.call(&mut store, 0).unwrap_err();
        assert_eq!(error.downcast::<Trap>().unwrap(), Trap::StackOverflow);
    }
}

#[test]
fn memory_traps_are_traps_on_any_stack_and_thread() {
    let engine = engine();
    let wat = r#"(module
        (import "host" "twice" (func $twice (param i32) (result i32)))
        (memory 1)
        (func (export "f") (param i32) (result i32)
            (drop (call $twice (i32.const 3)))
            (i32.load (local.get 0))))"#;
    let (mut store, instance) = instance(&engine, wat);
    let f = instance.get_typed_func::<i32, i32>(&mut store, "f").unwrap();
    for _ in 0..20 {
        let (back, result) = thread::spawn(move || {
            let result = {
                let mut future = Box::pin(f.call_async(&mut store, -8));
                assert!(poll_once(future.as_mut()).is_pending());
                thread::scope(|scope| scope.spawn(|| wait(future)).join().unwrap())
            };
            (store, result)
        })
        .join()
        .unwrap();
        store = back;
        assert_eq!(result.unwrap_err().downcast::<Trap>().unwrap(), Trap::MemoryOutOfBounds);
    }
    assert_eq!(wait(f.call_async(&mut store, 0)).unwrap(), 0);
}

#[test]
fn many_calls_wait_at_once() {
    let engine = engine();
    let module = Module::new(&engine, SUM).unwrap();
    let linker = linker(&engine);
    let done = Arc::new(Mutex::new(Vec::new()));
    let guests: Vec<_> = (0..300)
        .map(|number| {
            let mut store = Store::new(&engine, Vec::new());
            store.set_epoch_deadline(1_000_000);
            let (linker, module, done) = (&linker, &module, Arc::clone(&done));
            Box::pin(async move {
                let instance = linker.instantiate_async(&mut store, module).await.unwrap();
                let sum = instance.get_typed_func::<i32, i32>(&mut store, "sum").unwrap();
                assert_eq!(
                    sum.call_async(&mut store, number + 1).await.unwrap(),
                    (number + 1) * (number + 2)
                );
                done.lock().unwrap().push(number);
            })
        })
        .collect();
    let queue = Mutex::new(guests);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    // Whatever another thread had last.
                    let Some(mut guest) = ({
                        let mut queue = queue.lock().unwrap();
                        (!queue.is_empty()).then(|| queue.remove(0))
                    }) else {
                        return;
                    };
                    if poll_once(guest.as_mut()).is_pending() {
                        queue.lock().unwrap().push(guest);
                    }
                }
            });
        }
    });
    // A thread that finds the queue empty leaves, though others may put something back.
    for mut guest in queue.into_inner().unwrap() {
        wait(guest.as_mut());
    }
    assert_eq!(done.lock().unwrap().len(), 300);
}

#[test]
fn futures_can_be_sent() {
    fn is_send<V: Send>(_: &V) {}
    let (mut store, instance) = instance(&engine(), SUM);
    let add = instance.get_typed_func::<(i32, i32), i32>(&mut store, "add").unwrap();
    is_send(&add.call_async(&mut store, (1, 2)));
    is_send(&add.func().call_async(&mut store, &[], &mut []));
}

/// Allows so many bytes and elements, after a while, and the heap to grow if nothing was asked before: the rest is never answered.
struct Slow {
    bytes: usize,
    elements: usize,
    asked: u32,
}

/// What `async_trait` makes of `async fn`.
impl ResourceLimiterAsync for Slow {
    fn memory_growing<'life0, 'async_trait>(
        &'life0 mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> Pin<Box<dyn Future<Output = Result<bool>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            pending(3).await;
            self.asked += 1;
            if desired > 100 * self.bytes {
                Err(Error::msg("far too much"))
            } else {
                Ok(desired <= self.bytes)
            }
        })
    }

    fn table_growing<'life0, 'async_trait>(
        &'life0 mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> Pin<Box<dyn Future<Output = Result<bool>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            pending(2).await;
            self.asked += 1;
            Ok(desired <= self.elements)
        })
    }

    fn gc_heap_growing<'life0, 'async_trait>(
        &'life0 mut self,
        _: usize,
        _: usize,
        _: usize,
    ) -> Pin<Box<dyn Future<Output = Result<bool>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async {
            self.asked += 1;
            if self.asked > 1 {
                std::future::pending::<()>().await;
            }
            Ok(true)
        })
    }
}

#[test]
fn limiters_may_take_their_time() {
    let engine = engine();
    let wat = r#"(module (memory (export "m") 1) (table (export "t") 1 funcref)
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "grow_table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"#;
    let module = Module::new(&engine, wat).unwrap();
    let mut store = Store::new(&engine, Slow { bytes: 4 << 16, elements: 5, asked: 0 });
    store.set_epoch_deadline(1_000_000);
    store.limiter_async(|slow| slow);
    assert!(Instance::new(&mut store, &module, &[]).is_err(), "it has to wait");
    let (instance, polls) = block_on(Instance::new_async(&mut store, &module, &[]));
    let instance = instance.unwrap();
    assert_eq!(polls, 6);
    let grow = instance.get_typed_func::<i32, i32>(&mut store, "grow").unwrap();
    for (delta, expected) in [(1, 1), (5, -1), (2, 2), (1, -1)] {
        let (result, polls) = block_on(grow.call_async(&mut store, delta));
        assert_eq!((result.unwrap(), polls), (expected, 4), "{delta}");
    }
    assert_says(&wait(grow.call_async(&mut store, 60_000)).unwrap_err(), &["far too much"]);
    let grow_table = instance.get_typed_func::<i32, i32>(&mut store, "grow_table").unwrap();
    for (delta, expected) in [(4, 1), (1, -1)] {
        assert_eq!(wait(grow_table.call_async(&mut store, delta)).unwrap(), expected);
    }
    assert_says(&grow.call(&mut store, 1).unwrap_err(), &["has to wait"]);
    let memory = instance.get_memory(&mut store, "m").unwrap();
    assert!(wait(memory.grow_async(&mut store, 1)).is_err());
    store.data_mut().bytes = 5 << 16;
    let mut future = Box::pin(grow.call_async(&mut store, 1));
    assert!(poll_once(future.as_mut()).is_pending());
    drop(future);
    assert_eq!(wait(memory.grow_async(&mut store, 1)).unwrap(), 4);
}

#[test]
fn a_future_is_not_left_in_the_middle_of_a_poll() {
    let engine = engine();
    let mut linker = linker(&engine);
    linker
        .func_wrap_async("host", "outer", |mut caller: Caller<'_, Vec<i32>>, (): ()| {
            Box::new(async move {
                let sum = caller.get_export("sum").and_then(sarsen::Extern::into_func).unwrap();
                let sum: TypedFunc<i32, i32> = sum.typed(&caller)?;
                let error = {
                    // This cannot go to another thread, nor can what polls.
                    let here = std::rc::Rc::new(thread::current().id());
                    let error = sum.call(&mut caller, 3).unwrap_err();
                    assert_eq!(*here, thread::current().id());
                    error
                };
                assert_says(&error, &["not from within another host function"]);
                pending(1).await;
                assert_eq!(sum.call_async(&mut caller, 3).await?, 12);
                Ok::<_, Error>(())
            })
        })
        .unwrap();
    let wat = SUM.replacen(
        "(func $add",
        r#"(import "host" "outer" (func $outer)) (func (export "f") (call $outer)) (func $add"#,
        1,
    );
    let module = Module::new(&engine, &wat).unwrap();
    let mut store = Store::new(&engine, Vec::new());
    store.set_epoch_deadline(1_000_000);
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    let mut future = Box::pin(async move { f.call_async(&mut store, ()).await });
    loop {
        let (polled, back) = thread::spawn(move || (poll_once(future.as_mut()), future)).join().unwrap();
        future = back;
        if let Poll::Ready(result) = polled {
            return result.unwrap();
        }
    }
}

#[test]
fn a_host_function_lets_another_thread_call() {
    let engine = engine();
    let mut linker = Linker::<()>::new(&engine);
    linker
        .func_wrap("host", "elsewhere", |mut caller: Caller<'_, ()>| {
            let churn = caller.get_export("churn").and_then(sarsen::Extern::into_func).unwrap();
            let churn: TypedFunc<i32, i32> = churn.typed(&caller).unwrap();
            thread::scope(|scope| {
                let call = || wait(churn.call_async(&mut caller, 10_000));
                assert_eq!(scope.spawn(call).join().unwrap().unwrap(), 1);
            });
            assert_eq!(churn.call(&mut caller, 10).unwrap(), 1);
        })
        .unwrap();
    let wat = r#"(module (import "host" "elsewhere" (func $elsewhere))
        (memory 1)
        (type $node (struct (field i32)))
        (func (export "churn") (param i32) (result i32) (local $kept (ref null $node))
            (local.set $kept (struct.new $node (i32.const 1)))
            (loop $more
                (drop (struct.new $node (local.get 0)))
                (br_if $more (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (struct.get $node 0 (local.get $kept)))
        (func (export "f") (param i32) (result i32) (local $kept (ref null $node))
            (local.set $kept (struct.new $node (i32.const 42)))
            (call $elsewhere)
            (drop (i32.load (local.get 0)))
            (struct.get $node 0 (local.get $kept))))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    store.set_epoch_deadline(1_000_000);
    let f = instance.get_typed_func::<i32, i32>(&mut store, "f").unwrap();
    for _ in 0..3 {
        assert_eq!(f.call(&mut store, 0).unwrap(), 42);
        assert_eq!(wait(f.call_async(&mut store, 0)).unwrap(), 42);
        let error = f.call(&mut store, -4).unwrap_err();
        assert_eq!(error.downcast::<Trap>().unwrap(), Trap::MemoryOutOfBounds);
    }
}

#[test]
fn another_store_on_the_same_stack_knows_where_that_ends() {
    let engine = Engine::new(
        crate::config().epoch_interruption(true).max_wasm_stack(8 << 20).async_stack_size(1 << 20),
    );
    let engine = engine.unwrap();
    let deep = r#"(module (func $f (export "f") (param i64) (result i64)
        (i64.add (call $f (i64.add (local.get 0) (i64.const 1))) (i64.const 1))))"#;
    let module = Module::new(&engine, deep).unwrap();
    let mut linker = Linker::<()>::new(&engine);
    let within = engine.clone();
    linker
        .func_wrap("host", "within", move || {
            let mut store = Store::new(&within, ());
            store.set_epoch_deadline(1_000_000);
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            let f = instance.get_typed_func::<i64, i64>(&mut store, "f").unwrap();
            let error = f.call(&mut store, 0).unwrap_err();
            assert_eq!(error.downcast::<Trap>().unwrap(), Trap::StackOverflow);
        })
        .unwrap();
    let wat = r#"(module (import "host" "within" (func $within)) (func (export "f") (call $within)))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    store.set_epoch_deadline(1_000_000);
    let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    wait(f.call_async(&mut store, ())).unwrap();
}

#[test]
fn a_guest_that_waits_for_room_ends_when_it_is_dropped() {
    let engine = engine();
    let wat = r#"(module (type $node (struct (field i64)))
        (func (export "f") (loop $again (drop (struct.new $node (i64.const 1))) (br $again))))"#;
    let module = Module::new(&engine, wat).unwrap();
    let mut store = Store::new(&engine, Slow { bytes: 0, elements: 0, asked: 0 });
    store.set_epoch_deadline(1_000_000);
    store.limiter_async(|slow| slow);
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    let mut future = Box::pin(f.call_async(&mut store, ()));
    assert!(poll_once(future.as_mut()).is_pending());
    drop(future);
    assert_eq!(store.data().asked, 2);
}
