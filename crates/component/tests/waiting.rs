//! Calls of components that wait: for functions of the host, from one component through another, and when they are dropped.

use sarsen::{Config, Engine, Error, Store, StoreContextMut, UpdateDeadline};
use sarsen_component::{Component, Func, Instance, Linker, ResourceAny, TypedFunc, Val};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

/// A component that calls the host with what it is given and a string that it allocates room for, and one that calls that one.
const GUESTS: &str = r#"(component
    (import "greet" (func $greet (param "times" u32) (param "name" string) (result string)))
    (core module $memory
        (memory (export "memory") 1)
        (global $end (mut i32) (i32.const 1024))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local i32)
            (local.set 4 (global.get $end))
            (global.set $end (i32.add (global.get $end) (local.get 3)))
            (local.get 4)))
    (core instance $memory (instantiate $memory))
    (core func $greet (canon lower (func $greet)
        (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
    (core module $code
        (import "m" "memory" (memory 1))
        (import "m" "greet" (func $greet (param i32 i32 i32 i32)))
        (func (export "run") (param i32 i32 i32) (result i32)
            (call $greet (local.get 0) (local.get 1) (local.get 2) (i32.const 8))
            (i32.const 8)))
    (core instance $code (instantiate $code (with "m" (instance
        (export "memory" (memory $memory "memory"))
        (export "greet" (func $greet))))))
    (func $run (param "times" u32) (param "name" string) (result string)
        (canon lift (core func $code "run")
            (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
    (export "run" (func $run)))"#;

/// The same around the same: what the outer one imports, the inner one calls.
fn nested() -> String {
    format!(
        r#"(component
            (import "greet" (func $greet (param "times" u32) (param "name" string) (result string)))
            {}
            (instance $inner (instantiate $inner (with "greet" (func $greet))))
            {}
            (instance $outer (instantiate $outer (with "greet" (func $inner "run"))))
            (export "run" (func $outer "run")))"#,
        GUESTS.replacen("(component", "(component $inner", 1),
        GUESTS.replacen("(component", "(component $outer", 1)
    )
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

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls until it is done; what it returns, and how often it had to be asked.
fn wait<R>(future: impl Future<Output = R>) -> (R, u32) {
    let mut future = pin!(future);
    let mut polls = 0;
    loop {
        polls += 1;
        if let Poll::Ready(result) = poll_once(future.as_mut()) {
            return (result, polls);
        }
    }
}

fn engine() -> Engine {
    Engine::new(Config::new().epoch_interruption(true)).unwrap()
}

fn linker(engine: &Engine) -> Linker<u32> {
    let mut linker = Linker::new(engine);
    linker
        .root()
        .func_wrap_async("greet", |mut store: StoreContextMut<'_, u32>, (times, name): (u32, String)| {
            Box::new(async move {
                pending(times).await;
                *store.data_mut() += 1;
                Ok((format!("hello {name}"),))
            })
        })
        .unwrap();
    linker
}

fn instance(wat: &str) -> (Store<u32>, Instance) {
    let engine = engine();
    let component = Component::new(&engine, wat).unwrap();
    let mut store = Store::new(&engine, 0);
    store.set_epoch_deadline(1_000_000);
    let (instance, _) = wait(linker(&engine).instantiate_async(&mut store, &component));
    (store, instance.unwrap())
}

type Run = TypedFunc<(u32, String), (String,)>;

fn run(wat: &str) -> (Store<u32>, Run) {
    let (mut store, instance) = instance(wat);
    let run = instance.get_typed_func(&mut store, "run").unwrap();
    (store, run)
}

#[test]
fn a_component_waits_for_the_host() {
    let (mut store, run) = run(GUESTS);
    for times in [0, 1, 5] {
        let (result, polls) = wait(run.call_async(&mut store, (times, "you".to_owned())));
        assert_eq!((result.unwrap().0.as_str(), polls), ("hello you", times + 1));
    }
    assert_eq!(*store.data(), 3);
    // Without a stack of its own, it waits with the thread, which nobody wakes here if it is not done at once.
    assert_eq!(run.call(&mut store, (0, "me".to_owned())).unwrap().0, "hello me");
}

#[test]
fn a_component_waits_through_another() {
    let (mut store, run) = run(&nested());
    let (result, polls) = wait(run.call_async(&mut store, (3, "both".to_owned())));
    assert_eq!((result.unwrap().0.as_str(), polls), ("hello both", 4));
}

#[test]
fn functions_on_values_wait() {
    let engine = engine();
    let component = Component::new(&engine, GUESTS).unwrap();
    let mut linker = Linker::<()>::new(&engine);
    linker
        .root()
        .func_new_async("greet", |_, _, params, results| {
            Box::new(async move {
                pending(2).await;
                let Val::String(name) = &params[1] else { return Err(Error::msg("no name")) };
                results[0] = Val::String(format!("{name}!"));
                Ok(())
            })
        })
        .unwrap();
    let mut store = Store::new(&engine, ());
    store.set_epoch_deadline(1_000_000);
    let instance = linker.instantiate(&mut store, &component).unwrap();
    let run: Func = instance.get_func(&mut store, "run").unwrap();
    let mut results = [Val::Bool(false)];
    let params = [Val::U32(0), Val::String("ah".to_owned())];
    let (result, polls) = wait(run.call_async(&mut store, &params, &mut results));
    result.unwrap();
    assert_eq!((&results, polls), (&[Val::String("ah!".to_owned())], 3));
}

#[test]
fn a_call_that_is_dropped_has_failed() {
    let (mut store, first) = run(&nested());
    let mut future = Box::pin(first.call_async(&mut store, (3, "x".to_owned())));
    assert!(poll_once(future.as_mut()).is_pending());
    drop(future);
    assert_eq!(*store.data(), 0, "the host function has not gone on");
    let error = first.call(&mut store, (0, "x".to_owned())).unwrap_err();
    assert!(error.to_string().contains("cannot enter"), "{error}");
    // Others in the store can be used.
    let component = Component::new(store.engine(), GUESTS).unwrap();
    let second = linker(&store.engine().clone()).instantiate(&mut store, &component).unwrap();
    let second: Run = second.get_typed_func(&mut store, "run").unwrap();
    let (result, polls) = wait(second.call_async(&mut store, (1, "y".to_owned())));
    assert_eq!((result.unwrap().0.as_str(), polls), ("hello y", 2));
}

#[test]
fn a_call_goes_on_in_other_threads() {
    let (mut store, run) = run(&nested());
    let mut future = Box::pin(async move { run.call_async(&mut store, (30, "z".to_owned())).await });
    loop {
        let (polled, back) = std::thread::spawn(move || (poll_once(future.as_mut()), future)).join().unwrap();
        future = back;
        if let Poll::Ready(result) = polled {
            assert_eq!(result.unwrap().0, "hello z");
            return;
        }
    }
}

#[test]
fn components_take_turns_by_epochs() {
    let (mut store, run) = run(GUESTS);
    let deadlines = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&deadlines);
    store.set_epoch_deadline(0);
    store.epoch_deadline_callback(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        Ok(UpdateDeadline::Yield(0))
    });
    let (result, polls) = wait(run.call_async(&mut store, (2, "w".to_owned())));
    assert_eq!(result.unwrap().0, "hello w");
    let deadlines = deadlines.load(Ordering::Relaxed);
    // Twice for the host, and whenever a deadline passes, but while values are on the stack of whoever allocates.
    assert!(deadlines > 0 && polls > 3 && polls <= 3 + deadlines, "{polls} polls, {deadlines} deadlines");
}

/// Resources whose end takes as long as their number says.
const JOBS: &str = r#"(component
    (import "pause" (func $pause (param "times" u32)))
    (core func $pause (canon lower (func $pause)))
    (core module $end
        (import "" "pause" (func $pause (param i32)))
        (func (export "end") (param i32) (call $pause (local.get 0))))
    (core instance $end (instantiate $end (with "" (instance (export "pause" (func $pause))))))
    (type $job' (resource (rep i32) (dtor (core func $end "end"))))
    (core func $new (canon resource.new $job'))
    (core module $code
        (import "" "new" (func $new (param i32) (result i32)))
        (func (export "make") (param i32) (result i32) (call $new (local.get 0))))
    (core instance $code (instantiate $code (with "" (instance (export "new" (func $new))))))
    (export $job "job" (type $job'))
    (func (export "make") (param "times" u32) (result (own $job)) (canon lift (core func $code "make"))))"#;

#[test]
fn a_destructor_waits() {
    let engine = engine();
    let mut linker = Linker::<u32>::new(&engine);
    linker
        .root()
        .func_wrap_async("pause", |mut store: StoreContextMut<'_, u32>, (times,): (u32,)| {
            Box::new(async move {
                pending(times).await;
                *store.data_mut() += 1;
                Ok(())
            })
        })
        .unwrap();
    let mut store = Store::new(&engine, 0);
    store.set_epoch_deadline(1_000_000);
    let instance = linker.instantiate(&mut store, &Component::new(&engine, JOBS).unwrap()).unwrap();
    let make = instance.get_typed_func::<(u32,), (ResourceAny,)>(&mut store, "make").unwrap();
    let (job,) = make.call(&mut store, (5,)).unwrap();
    let (dropped, polls) = wait(job.resource_drop_async(&mut store));
    dropped.unwrap();
    assert_eq!((polls, *store.data()), (6, 1));
    assert!(wait(job.resource_drop_async(&mut store)).0.is_err(), "it was dropped before");
}
