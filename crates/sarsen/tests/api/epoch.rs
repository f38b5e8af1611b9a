//! Epochs and fuel that is had again: code stops, or is looked at, where and when it should be.

use crate::{assert_says, link, load_in};
use sarsen::{
    Caller, Config, Engine, Error, Instance, Linker, Module, Refuel, Result, Store, StoreContextMut, Trap,
    UpdateDeadline,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// An engine whose stores have deadlines.
fn with_epochs() -> Engine {
    Engine::new(crate::config().epoch_interruption(true)).unwrap()
}

/// Counts down in a loop, with something in locals, on the operand stack and in memory all the while.
const WORK: &str = r#"(module
    (memory (export "memory") 1)
    (func (export "work") (param $n i32) (result i64) (local $sum i64) (local $x f64) (local $v v128)
        (local.set $x (f64.const 0.5))
        (local.set $v (i64x2.splat (i64.const 3)))
        (i64.const 1000)
        (loop $again
            (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get $n))))
            (local.set $x (f64.add (local.get $x) (f64.const 1)))
            (local.set $v (i64x2.add (local.get $v) (i64x2.splat (i64.const 2))))
            (i64.store (i32.const 8) (local.get $sum))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (i64.add (local.get $sum))
        (i64.add (i64.trunc_f64_u (local.get $x)))
        (i64.add (i64x2.extract_lane 1 (local.get $v))))
    (func (export "endless") (loop $again (br $again)))
    (func $recurse (export "recurse") (call $recurse))
    (func (export "fill") (param i32)
        (memory.fill (i32.const 0) (i32.const 7) (local.get 0))))"#;

/// What `work` returns.
fn work(n: i64) -> i64 {
    1000 + n * (n + 1) / 2 + n + 3 + 2 * n
}

fn is_interrupted(error: Error) -> bool {
    error.downcast::<Trap>().unwrap() == Trap::Interrupt
}

#[test]
fn without_a_deadline_code_stops_at_once() {
    let (mut store, instance) = load_in(&with_epochs(), WORK);
    let endless = instance.get_typed_func::<(), ()>(&mut store, "endless").unwrap();
    for _ in 0..2 {
        assert!(is_interrupted(endless.call(&mut store, ()).unwrap_err()));
    }
}

#[test]
fn a_deadline_that_has_passed_stays_until_there_is_another() {
    let engine = with_epochs();
    let (mut store, instance) = load_in(&engine, WORK);
    let work_of = instance.get_typed_func::<i32, i64>(&mut store, "work").unwrap();
    store.set_epoch_deadline(2);
    engine.increment_epoch();
    assert_eq!(work_of.call(&mut store, 100_000).unwrap(), work(100_000));
    engine.increment_epoch();
    for _ in 0..2 {
        assert!(is_interrupted(work_of.call(&mut store, 100_000).unwrap_err()));
    }
    store.set_epoch_deadline(1);
    assert_eq!(work_of.call(&mut store, 100_000).unwrap(), work(100_000));
}

#[test]
fn stores_have_deadlines_of_their_own() {
    let engine = with_epochs();
    let module = Module::new(&engine, WORK).unwrap();
    let mut stores: Vec<_> = (0..40)
        .map(|number| {
            let mut store = Store::new(&engine, ());
            store.set_epoch_deadline(number % 4 + 1);
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            (instance.get_typed_func::<i32, i64>(&mut store, "work").unwrap(), store)
        })
        .collect();
    engine.increment_epoch();
    engine.increment_epoch();
    for (number, (work_of, store)) in stores.iter_mut().enumerate() {
        let result = work_of.call(store, 100_000);
        assert_eq!(result.is_ok(), number % 4 >= 2, "{number}");
    }
}

#[test]
fn another_thread_stops_loops_recursion_and_bulk_operations() {
    let engine = with_epochs();
    let (mut store, instance) = load_in(&engine, WORK);
    let weak = engine.weak();
    let ticker = std::thread::spawn(move || {
        while let Some(engine) = weak.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    });
    let endless = instance.get_typed_func::<(), ()>(&mut store, "endless").unwrap();
    for _ in 0..3 {
        store.set_epoch_deadline(3);
        assert!(is_interrupted(endless.call(&mut store, ()).unwrap_err()));
    }
    drop((store, instance));
    drop(engine);
    ticker.join().unwrap();
}

#[test]
fn a_callback_lets_code_go_on_as_if_nothing_had_been() {
    let engine = with_epochs();
    let (mut store, instance) = load_in(&engine, WORK);
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    store.epoch_deadline_callback(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(UpdateDeadline::Continue(0))
    });
    let work_of = instance.get_typed_func::<i32, i64>(&mut store, "work").unwrap();
    assert_eq!(work_of.call(&mut store, 300_000).unwrap(), work(300_000));
    assert!(calls.load(Ordering::Relaxed) > 5, "{calls:?}");
    let recurse = instance.get_typed_func::<(), ()>(&mut store, "recurse").unwrap();
    let error = recurse.call(&mut store, ()).unwrap_err();
    assert_eq!(error.downcast::<Trap>().unwrap(), Trap::StackOverflow);
}

#[test]
fn a_callback_can_use_the_store() {
    let engine = with_epochs();
    let (mut store, instance) = load_in(&engine, WORK);
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    let work_of = instance.get_typed_func::<i32, i64>(&mut store, "work").unwrap();
    let rounds = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&rounds);
    store.epoch_deadline_callback(move |mut store| {
        if counted.fetch_add(1, Ordering::Relaxed) < 20 {
            // Everything that may move, moves.
            memory.grow(&mut store, 1)?;
            store.gc();
        }
        assert!(is_interrupted(work_of.call(&mut store, 100_000).unwrap_err()), "it is not called again");
        store.set_epoch_deadline(1);
        assert_eq!(work_of.call(&mut store, 1000)?, work(1000));
        Ok(UpdateDeadline::Continue(0))
    });
    assert_eq!(work_of.call(&mut store, 300_000).unwrap(), work(300_000));
    assert!(memory.size(&store) > 2);
    store.epoch_deadline_trap();
    assert!(is_interrupted(work_of.call(&mut store, 300_000).unwrap_err()));
}

#[test]
fn references_outlive_a_collection_at_a_deadline() {
    let engine = with_epochs();
    let wat = r#"(module
        (type $s (struct (field i32)))
        (func (export "f") (param $n i32) (result i32) (local $kept (ref null $s))
            (local.set $kept (struct.new $s (i32.const 42)))
            (struct.new $s (i32.const 7))
            (loop $again (param (ref $s)) (result (ref $s))
                (drop (struct.new $s (i32.const 1)))
                (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (struct.get $s 0)
            (i32.add (struct.get $s 0 (local.get $kept)))))"#;
    let (mut store, instance) = load_in(&engine, wat);
    store.epoch_deadline_callback(|mut store| {
        store.gc();
        Ok(UpdateDeadline::Continue(0))
    });
    let f = instance.get_typed_func::<i32, i32>(&mut store, "f").unwrap();
    assert_eq!(f.call(&mut store, 50_000).unwrap(), 49);
    assert!(store.gc_stats().collections > 1);
}

#[test]
fn errors_and_panics_of_a_callback_end_the_call() {
    let engine = with_epochs();
    let (mut store, instance) = load_in(&engine, WORK);
    let endless = instance.get_typed_func::<(), ()>(&mut store, "endless").unwrap();
    store.epoch_deadline_callback(|_| Err(Error::msg("no more patience")));
    let error = endless.call(&mut store, ()).unwrap_err();
    assert_says(&error, &["no more patience"]);
    assert_eq!(error.backtrace().unwrap().frames().len(), 1);
    store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Interrupt));
    assert!(is_interrupted(endless.call(&mut store, ()).unwrap_err()));
    store.epoch_deadline_callback(|_| panic!("not that"));
    let panicked = std::panic::AssertUnwindSafe(|| endless.call(&mut store, ()));
    assert!(std::panic::catch_unwind(panicked).is_err());
    store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Continue(1000)));
    let work_of = instance.get_typed_func::<i32, i64>(&mut store, "work").unwrap();
    assert_eq!(work_of.call(&mut store, 100_000).unwrap(), work(100_000));
}

#[test]
fn bulk_operations_attend_between_pieces() {
    let engine = with_epochs();
    let (mut store, instance) = load_in(&engine, WORK);
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    memory.grow(&mut store, 255).unwrap();
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    store.epoch_deadline_callback(move |mut store| {
        counted.fetch_add(1, Ordering::Relaxed);
        memory.grow(&mut store, 1)?;
        Ok(UpdateDeadline::Continue(0))
    });
    let fill = instance.get_typed_func::<i32, ()>(&mut store, "fill").unwrap();
    fill.call(&mut store, 16 << 20).unwrap();
    assert!(calls.load(Ordering::Relaxed) >= 16, "{calls:?}");
    assert!(memory.data(&store)[..16 << 20].iter().all(|&byte| byte == 7));
}

/// A memory that moves when it grows; each function stores 1 in front of an operation that pays and 2 behind it.
const MOVED: &str = r#"(module
    (memory (export "memory") i64 1)
    (data $bytes "") (elem $refs func)
    (table $t 2000 funcref)
    (type $a (array (mut i8)))
    (func (export "copy") (param i64)
        (i32.store (local.get 0) (i32.const 1))
        (memory.copy (i64.const 4096) (i64.const 8192) (i64.const 6400))
        (i32.store (local.get 0) (i32.const 2)))
    (func (export "fill") (param i64)
        (i32.store (local.get 0) (i32.const 1))
        (memory.fill (i64.const 4096) (i32.const 3) (i64.const 6400))
        (i32.store (local.get 0) (i32.const 2)))
    (func (export "table.fill") (param i64)
        (i32.store (local.get 0) (i32.const 1))
        (table.fill $t (i32.const 0) (ref.null func) (i32.const 2000))
        (i32.store (local.get 0) (i32.const 2)))
    (func (export "table.grow") (param i64)
        (i32.store (local.get 0) (i32.const 1))
        (drop (table.grow $t (ref.null func) (i32.const 2000)))
        (i32.store (local.get 0) (i32.const 2)))
    (func (export "array.new") (param i64)
        (i32.store (local.get 0) (i32.const 1))
        (drop (array.new $a (i32.const 0) (i32.const 6400)))
        (i32.store (local.get 0) (i32.const 2)))
    (func (export "loop") (param i64) (local i32)
        (i32.store (local.get 0) (i32.const 1))
        (loop $more
            (br_if $more (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 100))))
        (i32.store (local.get 0) (i32.const 2))))"#;

#[test]
fn a_memory_can_move_when_something_is_paid_for() {
    for reservation in [None, Some(0)] {
        let mut config = crate::config();
        if let Some(bytes) = reservation {
            config.memory_reservation(bytes);
        }
        let engine = Engine::new(config.consume_fuel(true)).unwrap();
        for name in ["copy", "fill", "table.fill", "table.grow", "array.new", "loop"] {
            let (mut store, instance) = load_in(&engine, MOVED);
            let memory = instance.get_memory(&mut store, "memory").unwrap();
            store.set_fuel(20).unwrap();
            let more = move |mut store: StoreContextMut<'_, ()>| {
                memory.grow(&mut store, 15)?;
                Ok(Refuel::Continue(10_000))
            };
            store.fuel_exhausted_callback(more).unwrap();
            instance.get_typed_func::<i64, ()>(&mut store, name).unwrap().call(&mut store, 64).unwrap();
            assert_eq!((memory.size(&store), memory.data(&store)[64]), (16, 2), "{name}, {reservation:?}");
        }
    }
}

#[test]
fn a_memory_can_move_at_a_deadline() {
    let engine = with_epochs();
    for name in ["copy", "fill", "table.fill", "table.grow", "array.new", "loop"] {
        let (mut store, instance) = load_in(&engine, MOVED);
        let memory = instance.get_memory(&mut store, "memory").unwrap();
        // The first time can be where the function begins.
        let calls = AtomicU32::new(0);
        store.epoch_deadline_callback(move |mut store| {
            memory.grow(&mut store, if calls.fetch_add(1, Ordering::Relaxed) == 1 { 15 } else { 0 })?;
            Ok(UpdateDeadline::Continue(0))
        });
        instance.get_typed_func::<i64, ()>(&mut store, name).unwrap().call(&mut store, 64).unwrap();
        assert_eq!(memory.data(&store)[64], 2, "{name}");
    }
}

/// The same, run in different engines, with fuel in different portions.
fn fueled(config: &mut Config, give: impl Fn(&mut Store<()>)) -> (Result<i64>, u64) {
    let engine = Engine::new(config.consume_fuel(true)).unwrap();
    let (mut store, instance) = load_in(&engine, WORK);
    give(&mut store);
    let work_of = instance.get_typed_func::<i32, i64>(&mut store, "work").unwrap();
    let result = work_of.call(&mut store, 10_000);
    let left = store.get_fuel().unwrap();
    (result, left)
}

#[test]
fn fuel_that_is_had_again_costs_the_same() {
    const ENOUGH: u64 = 10_000_000;
    let (result, left) = fueled(&mut crate::config(), |store| store.set_fuel(ENOUGH).unwrap());
    assert_eq!(result.unwrap(), work(10_000));
    let used = ENOUGH - left;
    for portion in [1, 10, 1000] {
        let given = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&given);
        let (result, left) = fueled(&mut crate::config(), move |store| {
            let count = Arc::clone(&count);
            let more = move |_: StoreContextMut<'_, ()>| {
                count.fetch_add(1, Ordering::Relaxed);
                Ok(Refuel::Continue(portion))
            };
            store.fuel_exhausted_callback(more).unwrap();
        });
        let given = u64::from(given.load(Ordering::Relaxed)) * portion;
        assert_eq!((result.unwrap(), given - left), (work(10_000), used), "{portion}");
    }
}

#[test]
fn fuel_is_as_much_as_was_given() {
    for fuel in [0, 1, i64::MAX as u64, u64::MAX] {
        let engine = Engine::new(crate::config().consume_fuel(true)).unwrap();
        let mut store = Store::new(&engine, ());
        store.set_fuel(fuel).unwrap();
        assert_eq!(store.get_fuel().unwrap(), fuel);
    }
}

#[test]
fn a_host_function_can_set_another_deadline() {
    let engine = with_epochs();
    let mut linker = Linker::<()>::new(&engine);
    let again = |mut caller: Caller<'_, ()>| {
        caller.set_epoch_deadline(1);
    };
    linker.func_wrap("env", "again", again).unwrap();
    let wat = r#"(module (import "env" "again" (func $again))
        (func (export "f") (param $n i32)
            (loop $more
                (call $again)
                (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#;
    let (mut store, instance) = link(&linker, (), wat);
    store.set_epoch_deadline(1);
    let f = instance.get_typed_func::<i32, ()>(&mut store, "f").unwrap();
    f.call(&mut store, 50_000).unwrap();
    engine.increment_epoch();
    assert!(is_interrupted(f.call(&mut store, 10).unwrap_err()), "it stops before it can put that off");
}
