//! Memories that threads share, each with a store of its own.

use crate::assert_says;
use sarsen::{
    Engine, ErrorKind, Instance, Memory, MemoryType, Module, ResourceLimiter, SharedMemory, Store,
    StoreLimitsBuilder,
};

/// An instance with the shared memory in a store of its own.
fn instance(engine: &Engine, memory: &SharedMemory, wat: &str) -> (Store<()>, Instance) {
    let mut store = Store::new(engine, ());
    let module = Module::new(engine, wat).unwrap();
    let instance = Instance::new(&mut store, &module, &[memory.clone().into()]).unwrap();
    (store, instance)
}

#[test]
fn threads_count_together() {
    let engine = crate::engine();
    let memory = SharedMemory::new(&engine, MemoryType::shared(1, 1)).unwrap();
    let wat = r#"(module (import "" "" (memory 1 1 shared))
        (func (export "count") (param $n i32) (result i32)
            (loop $again
                (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
                (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                (br_if $again (local.get $n)))
            (i32.atomic.load (i32.const 0))))"#;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let (mut store, instance) = instance(&engine, &memory, wat);
                let count = instance.get_typed_func::<i32, i32>(&mut store, "count").unwrap();
                assert!(count.call(&mut store, 10_000).unwrap() >= 10_000);
            });
        }
    });
    let (mut store, instance) = instance(&engine, &memory, wat);
    let count = instance.get_typed_func::<i32, i32>(&mut store, "count").unwrap();
    assert_eq!(count.call(&mut store, 1).unwrap(), 40_001);
}

#[test]
fn a_waiting_thread_is_woken() {
    let engine = crate::engine();
    let memory = SharedMemory::new(&engine, MemoryType::shared(1, 1)).unwrap();
    let wat = r#"(module (import "" "" (memory 1 1 shared))
        (func (export "wait") (param i64) (result i32)
            (memory.atomic.wait32 (i32.const 8) (i32.const 0) (local.get 0)))
        (func (export "notify") (result i32) (memory.atomic.notify (i32.const 8) (i32.const 1))))"#;
    let (mut store, waiter) = instance(&engine, &memory, wat);
    let wait = waiter.get_typed_func::<i64, i32>(&mut store, "wait").unwrap();
    assert_eq!(wait.call(&mut store, 1000).unwrap(), 2, "it times out");
    let waiting = std::thread::spawn(move || wait.call(&mut store, -1).unwrap());
    let (mut store, notifier) = instance(&engine, &memory, wat);
    let notify = notifier.get_typed_func::<(), i32>(&mut store, "notify").unwrap();
    while notify.call(&mut store, ()).unwrap() == 0 {
        std::thread::yield_now();
    }
    assert_eq!(waiting.join().unwrap(), 0);
}

#[test]
fn growth_in_one_store_is_seen_in_others() {
    let engine = crate::engine();
    let memory = SharedMemory::new(&engine, MemoryType::shared(1, 3)).unwrap();
    let wat = r#"(module (import "" "" (memory 1 3 shared))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))"#;
    let (mut one, first) = instance(&engine, &memory, wat);
    let (mut two, second) = instance(&engine, &memory, wat);
    let grow = first.get_typed_func::<i32, i32>(&mut one, "grow").unwrap();
    let load = second.get_typed_func::<i32, i32>(&mut two, "load").unwrap();
    load.call(&mut two, 65536).unwrap_err();
    assert_eq!(grow.call(&mut one, 1).unwrap(), 1);
    assert_eq!(load.call(&mut two, 65536).unwrap(), 0);
    assert_eq!(memory.grow(1).unwrap(), 2);
    assert_eq!(load.call(&mut two, 131_072).unwrap(), 0);
    assert_eq!((memory.size(), memory.data_size(), memory.data().len()), (3, 3 << 16, 3 << 16));
    assert_eq!(memory.grow(1).unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(grow.call(&mut one, 1).unwrap(), -1);
}

/// A limiter that lets memories have two pages, and is slow: each time that it is asked, another thread is faster.
struct Slow {
    memory: SharedMemory,
    asked: Vec<(usize, usize)>,
}

impl ResourceLimiter for Slow {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> sarsen::Result<bool> {
        self.asked.push((current >> 16, desired >> 16));
        let _ = self.memory.grow(1);
        Ok(desired <= 2 << 16)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> sarsen::Result<bool> {
        Ok(true)
    }
}

#[test]
fn a_limiter_is_asked_again_where_another_thread_was_faster() {
    let engine = crate::engine();
    let memory = SharedMemory::new(&engine, MemoryType::shared(1, 10)).unwrap();
    let mut store = Store::new(&engine, Slow { memory: memory.clone(), asked: Vec::new() });
    store.limiter(|slow| slow);
    let wat = r#"(module (import "" "" (memory 1 10 shared))
        (func (export "grow") (result i32) (memory.grow (i32.const 1))))"#;
    let module = Module::new(&engine, wat).unwrap();
    let instance = Instance::new(&mut store, &module, &[memory.clone().into()]).unwrap();
    let grow = instance.get_typed_func::<(), i32>(&mut store, "grow").unwrap();
    assert_eq!(
        grow.call(&mut store, ()).unwrap(),
        -1,
        "two pages were allowed, and the other thread has them"
    );
    assert_eq!(store.data().asked, [(1, 2), (2, 3)]);
    assert_eq!(memory.size(), 3, "what the other thread has taken, and nothing else");
}

#[test]
fn a_limiter_is_asked_for_shared_memories_that_guests_want() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, StoreLimitsBuilder::new().total_memory_bytes(3 << 16).build());
    store.limiter(|limits| limits);
    let error = SharedMemory::new_limited(&mut store, MemoryType::shared(4, 10)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let ty = MemoryType::shared(2, 10);
    let memory = SharedMemory::new_limited(&mut store, ty.clone()).unwrap();
    assert_eq!(SharedMemory::new_limited(&mut store, ty).unwrap_err().kind(), ErrorKind::Limit);
    // It counts once, however many have it.
    let wat = r#"(module (import "" "" (memory 1 10 shared))
        (func (export "grow") (result i32) (memory.grow (i32.const 1))))"#;
    let module = Module::new(&engine, wat).unwrap();
    let instance = [(); 5].map(|()| Instance::new(&mut store, &module, &[memory.clone().into()]).unwrap())[4];
    let grow = instance.get_typed_func::<(), i32>(&mut store, "grow").unwrap();
    assert_eq!([(); 2].map(|()| grow.call(&mut store, ()).unwrap()), [2, -1]);
}

#[test]
fn exported_shared_memories_are_shared() {
    let (mut store, instance) = crate::load(r#"(module (memory (export "memory") 1 2 shared))"#);
    assert!(instance.get_memory(&mut store, "memory").is_none());
    let memory = instance.get_shared_memory(&mut store, "memory").unwrap();
    assert!(memory.ty().is_shared());
    let engine = store.engine().clone();
    drop(store);
    // The memory outlives the store that made it.
    let mut store = Store::new(&engine, ());
    let module = Module::new(
        &engine,
        r#"(module (import "" "" (memory 1 2 shared)) (func (export "f") (i32.store (i32.const 0) (i32.const 1))))"#,
    );
    let instance = Instance::new(&mut store, &module.unwrap(), &[memory.into()]).unwrap();
    instance.get_typed_func::<(), ()>(&mut store, "f").unwrap().call(&mut store, ()).unwrap();
}

#[test]
fn what_cannot_be_shared_is_refused() {
    let engine = crate::engine();
    let error = SharedMemory::new(&engine, MemoryType::new(1, Some(1))).unwrap_err();
    assert_says(&error, &["not that of a shared memory"]);
    let error = SharedMemory::new(&engine, MemoryType::shared(2, 1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let mut config = crate::config();
    config.wasm_threads(false);
    let without = Engine::new(&config).unwrap();
    let error = SharedMemory::new(&without, MemoryType::shared(1, 1)).unwrap_err();
    assert_says(&error, &["threads"]);
    assert!(Memory::new(Store::new(&engine, ()), MemoryType::shared(1, 1)).is_err());

    let memory = SharedMemory::new(&engine, MemoryType::shared(1, 1)).unwrap();
    let other = crate::engine();
    let module = Module::new(&other, r#"(module (import "" "" (memory 1 1 shared)))"#).unwrap();
    let error = Instance::new(Store::new(&other, ()), &module, &[memory.into()]).unwrap_err();
    assert_says(&error, &["shared memory belongs to another engine"]);
}
