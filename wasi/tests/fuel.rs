//! What the host does for guests of preview 1 is paid for.

use sarsen::{Config, Engine, Linker, Module, Result, Store, Trap};
use sarsen_wasi::p1::{self, WasiP1Ctx};
use sarsen_wasi::{DirPerms, FilePerms, MemoryInput, MemoryOutput, WasiCtxBuilder};
use std::task::{Context, Poll, Waker};

/// What a function of preview 1 costs whatever it does: a unit of fuel for each 64 bytes that could be copied meanwhile.
const REQUEST: u64 = 4096 / 64;

/// Fills a buffer, by random numbers or from the input, or writes it, and returns an error number.
const GUEST: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "host" "tick" (func $tick))
    (memory (export "memory") 4)
    (func $list (param i32) (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (local.get 0)))
    (func (export "fd_read") (param i32) (result i32)
        (call $list (local.get 0)) (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
    (func (export "fd_write") (param i32) (result i32)
        (call $list (local.get 0)) (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
    ;; As many buffers of a byte each: from 1024 on there is the length, again and again, and between it zero.
    (func (export "buffers") (param i32) (result i32) (local $at i32)
        (local.set $at (i32.add (i32.const 1020) (i32.mul (i32.const 8) (local.get 0))))
        (loop $more
            (i32.store (local.get $at) (i32.const 1))
            (local.set $at (i32.sub (local.get $at) (i32.const 8)))
            (br_if $more (i32.gt_u (local.get $at) (i32.const 1020))))
        (call $write (i32.const 1) (i32.const 1024) (local.get 0) (i32.const 16)))
    ;; As many subscriptions for room in the output.
    (func (export "poll_oneoff") (param $count i32) (result i32) (local $at i32)
        (local.set $at (i32.mul (local.get $count) (i32.const 48)))
        (loop $more
            (local.set $at (i32.sub (local.get $at) (i32.const 48)))
            (i32.store8 offset=1032 (local.get $at) (i32.const 2))
            (i32.store offset=1040 (local.get $at) (i32.const 1))
            (br_if $more (local.get $at)))
        (call $poll (i32.const 1024) (i32.const 65536) (local.get $count) (i32.const 16)))
    ;; Lists the directory that was granted, into 100 bytes, from a place on.
    (func (export "fd_readdir") (param i32) (result i32)
        (call $readdir (i32.const 3) (i32.const 64) (i32.const 100) (i64.extend_i32_u (local.get 0)) (i32.const 16)))
    (func (export "requests") (param $count i32) (result i32)
        (loop $more
            (call $tick)
            (drop (call $random (i32.const 64) (i32.const 0)))
            (br_if $more (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
        (i32.const 0))
    (func (export "random_get") (param i32) (result i32) (call $random (i32.const 64) (local.get 0))))"#;

/// Fuel that a function takes for a number, or why that was not enough.
fn fuel_for(name: &str, number: i32, fuel: u64) -> Result<u64> {
    fuel_where(&mut WasiCtxBuilder::new(), name, number, fuel)
}

/// The same of a guest with grants.
fn fuel_where(grants: &mut WasiCtxBuilder, name: &str, number: i32, fuel: u64) -> Result<u64> {
    let engine = Engine::new(Config::new().consume_fuel(true))?;
    let mut linker = Linker::<WasiP1Ctx>::new(&engine);
    p1::add_to_linker(&mut linker, |ctx| ctx)?;
    linker.func_wrap("host", "tick", || {})?;
    grants.stdin(MemoryInput::new(vec![1; 100_000])).stdout(MemoryOutput::new(100_000));
    let mut store = Store::new(&engine, grants.build_p1());
    store.set_fuel(fuel)?;
    let instance = linker.instantiate(&mut store, &Module::new(&engine, GUEST)?)?;
    let run = instance.get_typed_func::<i32, i32>(&mut store, name)?;
    assert_eq!(run.call(&mut store, number)?, 0);
    Ok(fuel - store.get_fuel()?)
}

#[test]
fn what_is_read_and_written_is_paid_for() {
    for name in ["fd_read", "fd_write", "random_get"] {
        let little = fuel_for(name, 1, 1_000_000).unwrap();
        let much = fuel_for(name, 100_000, 1_000_000).unwrap();
        let expected = 100_000 / 64;
        assert!((expected - 1..=expected + 1).contains(&(much - little)), "{name}: {little}, {much}");
        let error = fuel_for(name, 100_000, much - 1).unwrap_err();
        assert!(matches!(error.downcast_ref::<Trap>(), Some(Trap::OutOfFuel)), "{name}: {error}");
    }
}

#[test]
fn every_request_is_paid_for() {
    let much = 1_000_000;
    for name in ["fd_read", "fd_write", "random_get"] {
        assert!(fuel_for(name, 0, much).unwrap() >= REQUEST, "{name}");
    }
    let one = fuel_for("buffers", 1, much).unwrap();
    let many = fuel_for("buffers", 1001, much).unwrap();
    // The guest itself takes some for each of them.
    assert!(many - one >= 1000 * (REQUEST + 5), "{one}, {many}");
    let (one, many) =
        (fuel_for("poll_oneoff", 1, much).unwrap(), fuel_for("poll_oneoff", 501, much).unwrap());
    assert!(many - one >= 500 * (REQUEST + 10), "{one}, {many}");
}

#[test]
fn entries_that_are_passed_over_are_paid_for() {
    let dir = tempfile::tempdir().unwrap();
    for number in 0..300 {
        std::fs::write(dir.path().join(format!("entry {number}")), b"").unwrap();
    }
    let list_from = |place| {
        let mut grants = WasiCtxBuilder::new();
        grants.preopened_dir(dir.path(), "/", (DirPerms::all(), FilePerms::all())).unwrap();
        fuel_where(&mut grants, "fd_readdir", place, 1_000_000).unwrap()
    };
    let (start, end) = (list_from(0), list_from(290));
    // Those that are shown are paid for too.
    let entry = 512 / 64;
    assert!(start > REQUEST + 3 * entry, "{start}");
    assert!(end - start >= (290 - 2) * entry, "{start}, {end}");
}

/// How often a guest that makes requests lets others have their turn; its store is set up first, and looked at when it is done.
fn turns(config: &mut Config, set_up: impl FnOnce(&mut Store<WasiP1Ctx>)) -> (usize, Store<WasiP1Ctx>) {
    let engine = Engine::new(config).unwrap();
    let mut linker = Linker::<WasiP1Ctx>::new(&engine);
    p1::add_to_linker_async(&mut linker, |ctx| ctx).unwrap();
    let ticking = engine.clone();
    linker.func_wrap("host", "tick", move || ticking.increment_epoch()).unwrap();
    let mut store = Store::new(&engine, WasiCtxBuilder::new().build_p1());
    set_up(&mut store);
    let module = Module::new(&engine, GUEST).unwrap();
    let mut turns = 0;
    let call = async {
        let instance = linker.instantiate_async(&mut store, &module).await?;
        let run = instance.get_typed_func::<i32, i32>(&mut store, "requests")?;
        run.call_async(&mut store, 100).await
    };
    let mut call = Box::pin(call);
    let result = loop {
        match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => break result,
            Poll::Pending => turns += 1,
        }
    };
    assert_eq!(result.unwrap(), 0);
    drop(call);
    (turns, store)
}

#[test]
fn who_makes_requests_lets_others_have_their_turn() {
    const FUEL: u64 = 1_000_000;
    for interval in [100, 1000] {
        let (turns, store) = turns(Config::new().consume_fuel(true), |store| {
            store.set_fuel(FUEL).unwrap();
            store.fuel_async_yield_interval(Some(interval)).unwrap();
        });
        let used = FUEL - store.get_fuel().unwrap();
        // Each turn may take as much more as a request does.
        let least = used / (interval + REQUEST + 10);
        assert!(used > 100 * REQUEST && turns as u64 >= least, "{used}, {turns}, {least}");
    }
    let (turns, _) = turns(Config::new().epoch_interruption(true), |store| {
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
    });
    assert!(turns >= 99, "{turns}");
}

/// More than a call moves at once.
#[test]
fn no_call_moves_everything_at_once() {
    let module = r#"(module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (memory (export "memory") 1026)
        (func (export "random") (result i32) (call $random (i32.const 1024) (i32.const 0x4000001)))
        (func (export "write") (result i32)
            (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 0x4000001))
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
            (i32.load (i32.const 16))))"#;
    let engine = Engine::default();
    let mut linker = Linker::<WasiP1Ctx>::new(&engine);
    p1::add_to_linker(&mut linker, |ctx| ctx).unwrap();
    let output = MemoryOutput::new(100 << 20);
    let mut store = Store::new(&engine, WasiCtxBuilder::new().stdout(output).build_p1());
    let module = Module::new(&engine, module).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let mut call = |name| {
        let run = instance.get_typed_func::<(), i32>(&mut store, name).unwrap();
        run.call(&mut store, ()).unwrap()
    };
    assert_eq!(call("random"), 28, "an invalid argument");
    assert_eq!(call("write"), 64 << 20);
}
