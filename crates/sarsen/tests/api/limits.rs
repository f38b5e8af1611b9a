//! What a store's limiter allows guests to have.

use crate::assert_says;
use sarsen::{
    Caller, ErrorKind, Extern, Instance, Linker, Memory, MemoryType, Module, Ref, RefType, ResourceLimiter,
    Result, Store, StoreLimits, StoreLimitsBuilder, Table, TableType, Trap,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A store with these limits.
fn limited(limits: StoreLimitsBuilder) -> Store<StoreLimits> {
    let mut store = Store::new(&crate::engine(), limits.build());
    store.limiter(|limits| limits);
    store
}

fn instantiate<T: 'static>(store: &mut Store<T>, wat: &str) -> Result<Instance> {
    let module = Module::new(store.engine(), wat).unwrap();
    Instance::new(store, &module, &[])
}

#[test]
fn guests_cannot_grow_memories_beyond_the_limit() {
    let mut store = limited(StoreLimitsBuilder::new().memory_size(2 << 16));
    let wat = r#"(module (memory (export "memory") 1)
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;
    let instance = instantiate(&mut store, wat).unwrap();
    let grow = instance.get_typed_func::<i32, i32>(&mut store, "grow").unwrap();
    assert_eq!(grow.call(&mut store, 2).unwrap(), -1);
    assert_eq!(grow.call(&mut store, 1).unwrap(), 1);
    assert_eq!(grow.call(&mut store, 1).unwrap(), -1);
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    assert_eq!(memory.grow(&mut store, 1).unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(memory.size(&store), 2);

    for wat in ["(module (memory 3))", "(module (memory 3 3 shared))"] {
        assert_eq!(instantiate(&mut store, wat).unwrap_err().kind(), ErrorKind::Limit, "{wat}");
    }
    assert_eq!(Memory::new(&mut store, MemoryType::new(3, None)).unwrap_err().kind(), ErrorKind::Limit);
    // The limit is of each memory, and can be moved.
    store.data_mut().clone_from(&StoreLimitsBuilder::new().memory_size(3 << 16).build());
    assert_eq!(grow.call(&mut store, 1).unwrap(), 2);
}

#[test]
fn guests_cannot_grow_tables_beyond_the_limit() {
    let mut store = limited(StoreLimitsBuilder::new().table_elements(10));
    let wat = r#"(module (table 4 funcref)
        (func (export "grow") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"#;
    let instance = instantiate(&mut store, wat).unwrap();
    let grow = instance.get_typed_func::<i32, i32>(&mut store, "grow").unwrap();
    assert_eq!(grow.call(&mut store, 7).unwrap(), -1);
    assert_eq!(grow.call(&mut store, 6).unwrap(), 4);
    assert_eq!(grow.call(&mut store, 1).unwrap(), -1);
    assert_eq!(instantiate(&mut store, "(module (table 11 funcref))").unwrap_err().kind(), ErrorKind::Limit);
    let ty = TableType::new(RefType::FUNCREF, 11, None);
    assert_eq!(Table::new(&mut store, ty, Ref::Func(None)).unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn instances_memories_and_tables_are_counted() {
    let mut store = limited(StoreLimitsBuilder::new().instances(2));
    instantiate(&mut store, "(module)").unwrap();
    instantiate(&mut store, "(module)").unwrap();
    let error = instantiate(&mut store, "(module)").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_says(&error, &["too many instances"]);

    let mut store = limited(StoreLimitsBuilder::new().memories(1));
    let error = instantiate(&mut store, "(module (memory 0) (memory 0))").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let error = instantiate(&mut store, "(module (memory 0 0 shared))").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);

    let mut store = limited(StoreLimitsBuilder::new().tables(1));
    let error = instantiate(&mut store, "(module (table 0 funcref) (table 0 funcref))").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    instantiate(&mut store, "(module (memory 1))").unwrap();
}

/// Notes what it is asked, and allows what is even.
#[derive(Default)]
struct Even {
    asked: Vec<(usize, usize, Option<usize>)>,
}

impl ResourceLimiter for Even {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        self.asked.push((current >> 16, desired >> 16, maximum.map(|bytes| bytes >> 16)));
        if desired >> 16 == 13 {
            return Err(sarsen::Error::msg("bad luck"));
        }
        Ok((desired >> 16).is_multiple_of(2))
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        self.asked.push((current, desired, maximum));
        Ok(desired.is_multiple_of(2))
    }
}

#[test]
fn limiters_of_the_embedder_are_asked() {
    let mut store = Store::new(&crate::engine(), Even::default());
    store.limiter(|even| even);
    let wat = r#"(module (memory 2 20) (table 4 funcref)
        (func (export "memory") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"#;
    let instance = instantiate(&mut store, wat).unwrap();
    let memory = instance.get_typed_func::<i32, i32>(&mut store, "memory").unwrap();
    let table = instance.get_typed_func::<i32, i32>(&mut store, "table").unwrap();
    let grown = [3, 2].map(|delta| memory.call(&mut store, delta).unwrap());
    assert_eq!(grown, [-1, 2]);
    assert_says(&memory.call(&mut store, 9).unwrap_err(), &["bad luck"]);
    assert_eq!([1, 2].map(|delta| table.call(&mut store, delta).unwrap()), [-1, 4]);
    // What the type forbids is not asked.
    assert_eq!(memory.call(&mut store, 100).unwrap(), -1);
    let asked = &store.data().asked;
    let expected = [
        (0, 2, Some(20)),
        (0, 4, None),
        (2, 5, Some(20)),
        (2, 4, Some(20)),
        (4, 13, Some(20)),
        (4, 5, None),
        (4, 6, None),
    ];
    assert_eq!(asked, &expected);
}

#[test]
fn guests_stop_that_want_too_much_if_they_are_to() {
    let wat = r#"(module (memory (export "m") 1 4) (table 1 3 funcref)
        (func (export "memory") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"#;
    for trap in [false, true] {
        let limits = StoreLimitsBuilder::new()
            .memory_size(2 << 16)
            .table_elements(2)
            .trap_on_grow_failure(trap)
            .build();
        let mut store = Store::new(&crate::engine(), limits);
        store.limiter(|limits| limits);
        let instance = instantiate(&mut store, wat).unwrap();
        for (name, words) in [("memory", "bytes of memory"), ("table", "table elements")] {
            let grow = instance.get_typed_func::<i32, i32>(&mut store, name).unwrap();
            assert_eq!(grow.call(&mut store, 1).unwrap(), 1);
            match grow.call(&mut store, 1) {
                Ok(old) => assert!(!trap && old == -1, "{old}"),
                Err(error) => {
                    assert!(trap);
                    assert_says(&error, &[words, "more than"]);
                }
            }
        }
        let memory = instance.get_memory(&mut store, "m").unwrap();
        assert!(memory.grow(&mut store, 1).is_err());
        assert!(instantiate(&mut store, "(module (memory 3))").is_err());
    }
}

/// Panics with what it is asked for, if that is more than two pages or elements.
struct Panicking;

impl ResourceLimiter for Panicking {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        if desired > 2 << 16 { std::panic::panic_any(desired >> 16) } else { Ok(true) }
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        if desired > 2 { std::panic::panic_any(desired) } else { Ok(true) }
    }
}

#[test]
fn panics_of_limiters_stop_the_guest_and_go_on_where_it_was_called() {
    let engine = crate::engine();
    let mut linker = Linker::<Panicking>::new(&engine);
    let nested = |mut caller: Caller<'_, Panicking>, delta: i32| -> Result<()> {
        let grow = caller.get_export("memory").and_then(Extern::into_func).unwrap();
        grow.typed::<i32, ()>(&caller)?.call(&mut caller, delta)
    };
    linker.func_wrap("env", "nested", nested).unwrap();
    let wat = r#"(module (import "env" "nested" (func $nested (param i32)))
        (memory (export "m") 1) (table 1 funcref) (global $after (export "after") (mut i32) (i32.const 0))
        (func $after (global.set $after (i32.add (global.get $after) (i32.const 1))))
        (func (export "memory") (param i32) (drop (memory.grow (local.get 0))) (call $after))
        (func (export "table") (param i32) (drop (table.grow (ref.null func) (local.get 0))) (call $after))
        (func (export "nest") (param i32) (call $nested (local.get 0)) (call $after)))"#;
    let mut store = Store::new(&engine, Panicking);
    store.limiter(|limiter| limiter);
    let module = Module::new(&engine, wat).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    for (name, delta) in [("memory", 4), ("table", 6), ("nest", 7)] {
        let f = instance.get_typed_func::<i32, ()>(&mut store, name).unwrap();
        let payload = catch_unwind(AssertUnwindSafe(|| f.call(&mut store, delta))).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&(1 + delta as usize)), "{name}");
    }
    let memory = instance.get_memory(&mut store, "m").unwrap();
    let payload = catch_unwind(AssertUnwindSafe(|| memory.grow(&mut store, 8))).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&9_usize), "the host asks");
    let more = Module::new(&engine, "(module (memory 10))").unwrap();
    let payload = catch_unwind(AssertUnwindSafe(|| Instance::new(&mut store, &more, &[]))).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&10_usize), "an instance asks");

    // No guest went on, and the store is as good as before.
    let after = instance.get_global(&mut store, "after").unwrap();
    assert_eq!(after.get(&mut store).unwrap_i32(), 0);
    let nest = instance.get_typed_func::<i32, ()>(&mut store, "nest").unwrap();
    nest.call(&mut store, 1).unwrap();
    assert_eq!((memory.size(&store), after.get(&mut store).unwrap_i32()), (2, 2));
}

#[test]
fn totals_are_of_all_memories_and_tables_of_a_store() {
    let mut store = limited(StoreLimitsBuilder::new().total_memory_bytes(4 << 16).total_table_elements(10));
    let wat = r#"(module (memory 1) (memory 1 8) (table 3 funcref) (table 3 funcref)
        (func (export "memory") (param i32) (result i32) (memory.grow 1 (local.get 0)))
        (func (export "table") (param i32) (result i32) (table.grow 1 (ref.null func) (local.get 0))))"#;
    let instance = instantiate(&mut store, wat).unwrap();
    let memory = instance.get_typed_func::<i32, i32>(&mut store, "memory").unwrap();
    let table = instance.get_typed_func::<i32, i32>(&mut store, "table").unwrap();
    assert_eq!([3, 1, 2].map(|delta| memory.call(&mut store, delta).unwrap()), [-1, 1, -1]);
    assert_eq!([5, 3, 2].map(|delta| table.call(&mut store, delta).unwrap()), [-1, 3, -1]);
    for wat in ["(module (memory 2))", "(module (memory 2 2 shared))", "(module (table 2 funcref))"] {
        assert_eq!(instantiate(&mut store, wat).unwrap_err().kind(), ErrorKind::Limit, "{wat}");
    }
    instantiate(&mut store, "(module (memory 1) (table 1 funcref))").unwrap();
    assert_eq!((memory.call(&mut store, 1).unwrap(), table.call(&mut store, 1).unwrap()), (-1, -1));
    assert_eq!((memory.call(&mut store, 0).unwrap(), table.call(&mut store, 0).unwrap()), (2, 6));
}

#[test]
fn guests_cannot_grow_the_heap_beyond_the_limit() {
    const LIMIT: usize = 5 << 20;
    let wat = r#"(module (type $node (struct (field (ref null $node)) (field i64))) (type $bytes (array i8))
        (global $list (mut (ref null $node)) (ref.null $node))
        (func (export "keep") (loop $again
            (global.set $list (struct.new $node (global.get $list) (i64.const 1))) (br $again)))
        (func (export "drop") (global.set $list (ref.null $node)))
        (func (export "array") (param i32) (drop (array.new_default $bytes (local.get 0)))))"#;
    let mut store = limited(StoreLimitsBuilder::new().gc_heap_bytes(LIMIT));
    let instance = instantiate(&mut store, wat).unwrap();
    let keep = instance.get_typed_func::<(), ()>(&mut store, "keep").unwrap();
    let forget = instance.get_typed_func::<(), ()>(&mut store, "drop").unwrap();
    let array = instance.get_typed_func::<i32, ()>(&mut store, "array").unwrap();
    for _ in 0..3 {
        let trap = keep.call(&mut store, ()).unwrap_err().downcast::<Trap>().unwrap();
        assert_eq!(trap, Trap::AllocationTooLarge);
        let stats = store.gc_stats();
        assert!(stats.heap_bytes <= LIMIT as u64 && stats.live_bytes > LIMIT as u64 * 9 / 10, "{stats:?}");
        forget.call(&mut store, ()).unwrap();
        array.call(&mut store, 1 << 20).unwrap();
    }
    let collections = store.gc_stats().collections;
    assert!(
        collections < 50,
        "{collections} collections: a heap at its limit does not collect again and again"
    );
    let trap = array.call(&mut store, LIMIT as i32).unwrap_err().downcast::<Trap>().unwrap();
    assert_eq!(trap, Trap::AllocationTooLarge);
    // The limit can be moved while the store is in use.
    store.data_mut().clone_from(&StoreLimitsBuilder::new().gc_heap_bytes(3 * LIMIT).build());
    array.call(&mut store, LIMIT as i32).unwrap();
    store.data_mut().clone_from(&StoreLimitsBuilder::new().gc_heap_bytes(0).build());
    array.call(&mut store, 1 << 20).unwrap();
}
