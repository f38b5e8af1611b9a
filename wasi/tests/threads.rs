//! Threads of a guest: what is shared, what ends them, how many there can be. The official programs try the rest.

use sarsen::{
    Config, Engine, ErrorKind, Linker, MemoryType, Module, SharedMemory, Store, StoreLimitsBuilder, Trap,
};
use sarsen_wasi::p1::{self, WasiP1Ctx};
use sarsen_wasi::threads::{self, WasiThreads};
use sarsen_wasi::{Exit, MemoryOutput, WasiCtxBuilder};
use std::time::{Duration, Instant};

#[derive(Clone)]
struct Guest {
    wasi: WasiP1Ctx,
    threads: WasiThreads<Guest>,
}

/// Runs `_start` of a guest with at most `max` threads besides the first; what it wrote, and how it ended.
fn run(wat: &str, max: usize) -> (sarsen::Result<()>, String) {
    run_for(wat, max, u64::MAX / 2)
}

/// The same with so much fuel for the first thread.
fn run_for(wat: &str, max: usize, fuel: u64) -> (sarsen::Result<()>, String) {
    let engine = Engine::new(Config::new().consume_fuel(true).interruptible(true)).unwrap();
    let module = Module::new(&engine, wat).unwrap();
    assert!(threads::wants_threads(&module));
    let stdout = MemoryOutput::new(1000);
    let wasi = WasiCtxBuilder::new().stdout(stdout.clone()).build_p1();
    let threads = WasiThreads::new(max, wasi.stop_handle());
    threads.configure(|store: &mut Store<Guest>| store.set_fuel(u64::MAX / 2).unwrap());
    let mut store = Store::new(&engine, Guest { wasi, threads: threads.clone() });
    store.set_fuel(fuel).unwrap();
    let mut linker = Linker::new(&engine);
    p1::add_to_linker(&mut linker, |guest: &mut Guest| &mut guest.wasi).unwrap();
    threads::add_to_linker(&mut linker, |guest: &mut Guest| Some(&guest.threads)).unwrap();
    threads::add_memories_to_linker(&mut linker, &mut store, &module).unwrap();
    let module = linker.instantiate_pre(&module).unwrap();
    let outcome = threads.run(&module, &mut store, |store| {
        let instance = module.instantiate(&mut *store)?;
        instance.get_typed_func::<(), ()>(&mut *store, "_start")?.call(store, ())
    });
    (outcome, String::from_utf8(stdout.contents()).unwrap())
}

#[test]
fn memories_that_a_module_wants_are_within_its_limits() {
    let engine = Engine::default();
    let wat = r#"(module (import "env" "memory" (memory 60000 65536 shared)))"#;
    let module = Module::new(&engine, wat).unwrap();
    let mut store = Store::new(&engine, StoreLimitsBuilder::new().total_memory_bytes(64 << 20).build());
    store.limiter(|limits| limits);
    let mut linker = Linker::new(&engine);
    let error = threads::add_memories_to_linker(&mut linker, &mut store, &module).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    // What somebody else has defined is left as it is.
    let own = SharedMemory::new(&engine, MemoryType::shared(60_000, 65_536)).unwrap();
    linker.define(&store, "env", "memory", own).unwrap();
    threads::add_memories_to_linker(&mut linker, &mut store, &module).unwrap();
    linker.instantiate(&mut store, &module).unwrap();
}

/// A guest whose threads run `thread` with `$argument`, and whose first one runs `start`. `$say` writes a number's lowest
/// digit.
fn guest(thread: &str, start: &str) -> String {
    format!(
        r#"(module
        (import "env" "memory" (memory 1 1 shared))
        (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (export "memory" (memory 0))
        (func $say (param $digit i32)
            (i32.store (i32.const 100) (i32.const 120))
            (i32.store (i32.const 104) (i32.const 1))
            (i32.store8 (i32.const 120) (i32.add (i32.const 48) (local.get $digit)))
            (drop (call $write (i32.const 1) (i32.const 100) (i32.const 1) (i32.const 108))))
        (func $wait_for_ever
            (drop (memory.atomic.wait32 (i32.const 200) (i32.const 0) (i64.const -1))))
        (func (export "wasi_thread_start") (param $number i32) (param $argument i32) {thread})
        (func (export "_start") {start}))"#
    )
}

#[test]
fn threads_share_memory_and_get_what_they_are_given() {
    let wat = guest(
        "(i32.atomic.store (i32.const 0) (local.get $argument))
         (i32.atomic.store (i32.const 4) (local.get $number))
         (drop (memory.atomic.notify (i32.const 4) (i32.const 1)))",
        "(local $number i32)
         (local.set $number (call $spawn (i32.const 7)))
         (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1)))
         (call $say (i32.atomic.load (i32.const 0)))
         (call $say (i32.eq (local.get $number) (i32.atomic.load (i32.const 4))))",
    );
    let (outcome, said) = run(&wat, 1);
    outcome.unwrap();
    assert_eq!(said, "71");
}

#[test]
fn a_trap_in_one_thread_ends_all() {
    let wat = guest("unreachable", "(drop (call $spawn (i32.const 0))) (call $wait_for_ever)");
    let (outcome, _) = run(&wat, 1);
    let error = outcome.unwrap_err();
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::UnreachableCodeReached), "{error}");
}

#[test]
fn an_exit_in_one_thread_ends_all_that_run_and_all_that_wait() {
    let wat = guest(
        "(if (i32.eq (local.get $argument) (i32.const 2)) (then (call $exit (i32.const 42))))
         (if (local.get $argument) (then (call $wait_for_ever)))
         (loop $spin (br $spin))",
        "(drop (call $spawn (i32.const 0))) (drop (call $spawn (i32.const 1)))
         (drop (call $spawn (i32.const 2))) (loop $spin (br $spin))",
    );
    let start = Instant::now();
    let (outcome, _) = run(&wat, 3);
    assert_eq!(outcome.unwrap_err().downcast_ref::<Exit>(), Some(&Exit(42)));
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn the_end_of_the_first_ends_the_others_without_a_word() {
    let wat = guest("(loop $spin (br $spin))", "(drop (call $spawn (i32.const 0)))");
    run(&wat, 1).0.unwrap();
}

#[test]
fn there_are_not_more_threads_than_allowed() {
    let wat = guest(
        "(call $wait_for_ever)",
        "(local $started i32)
         (block $full
            (loop $more
                (br_if $full (i32.lt_s (call $spawn (i32.const 0)) (i32.const 0)))
                (local.set $started (i32.add (local.get $started) (i32.const 1)))
                (br $more)))
         (call $say (local.get $started))",
    );
    for max in [0, 3] {
        let (outcome, said) = run(&wat, max);
        outcome.unwrap();
        assert_eq!(said, max.to_string());
    }
}

#[test]
fn a_thread_is_paid_for_by_who_starts_it() {
    let wat = guest("", "(drop (call $spawn (i32.const 0)))");
    let price = (1 << 18) / 64;
    let (outcome, _) = run_for(&wat, 1, price);
    assert!(matches!(outcome.unwrap_err().downcast_ref::<Trap>(), Some(Trap::OutOfFuel)));
    run_for(&wat, 1, price + 100).0.unwrap();
}

#[test]
fn a_module_without_an_entry_for_threads_says_so() {
    let wat = guest("", "(drop (call $spawn (i32.const 0))) (call $wait_for_ever)")
        .replace("(export \"wasi_thread_start\")", "");
    let (outcome, _) = run(&wat, 1);
    let error = outcome.unwrap_err().to_string();
    assert!(error.contains("wasi_thread_start"), "{error}");
}
