//! Instances that come to be, and those that do not.

use super::*;
use crate::limits::{MAX_TABLE_ELEMENTS, ResourceLimiter};
use crate::testing::{call, elements, global, instantiate, store, store_of, try_instantiate};
use crate::{FuncPtr, Growth, HostError, MemoryId, Store, TableId};
use sarsen_isa::Builtin;
use std::sync::Mutex;

const PAGE: u64 = 64 << 10;

/// A store with an instance that exports a memory of a page and a table of ten functions.
fn exporter() -> (Store, MemoryId, TableId) {
    let mut store = store();
    let id = instantiate(&mut store, r#"(module (memory (export "m") 1) (table (export "t") 10 funcref))"#);
    match [store.export(id, "m"), store.export(id, "t")] {
        [Some(Extern::Memory(memory)), Some(Extern::Table(table))] => (store, memory, table),
        other => panic!("{other:?}"),
    }
}

fn memory(store: &StoreInner, id: MemoryId) -> &[u8] {
    // SAFETY: these are the memory's bytes, and nothing runs.
    unsafe { std::slice::from_raw_parts(store.memory_base(id), store.memory_len(id) as usize) }
}

#[test]
fn what_was_written_before_a_trap_stays() {
    let (mut store, m, t) = exporter();
    let imports = [Extern::Memory(m), Extern::Table(t)];
    let wat = r#"(module (import "" "m" (memory 1)) (import "" "t" (table 10 funcref))
      (elem (i32.const 3) func $f) (func $f (result i32) (i32.const 5))
      (data (i32.const 1) "first") (data (i32.const 65535) "second") (data (i32.const 20) "third"))"#;
    let result = try_instantiate(&mut store, wat, &imports);
    assert!(matches!(result, Err(InstantiateError::Trap(Trap::MemoryOutOfBounds))), "{result:?}");
    assert_eq!(memory(&store, m)[..8], *b"\0first\0\0");
    assert_eq!(memory(&store, m)[65535], 0, "nothing of the segment that does not fit");
    assert_eq!(memory(&store, m)[20], 0, "and nothing of those behind it");
    // The function stays callable: its instance lives on.
    let func = FuncPtr::from_slot(elements(&mut store, t)[3]).unwrap();
    assert_eq!(store.func_record(func).results, 1);

    let wat = r#"(module (import "" "m" (memory 1)) (import "" "t" (table 10 funcref))
      (elem (i32.const 0) func $f) (elem (i32.const 10) func $f) (func $f) (data (i32.const 1) "other"))"#;
    let result = try_instantiate(&mut store, wat, &imports);
    assert!(matches!(result, Err(InstantiateError::Trap(Trap::TableOutOfBounds))), "{result:?}");
    assert_ne!(elements(&mut store, t)[0], 0);
    assert_eq!(memory(&store, m)[1..6], *b"first", "memories come after tables");
}

#[test]
fn data_segments_are_dropped_one_by_one() {
    let available = |store: &StoreInner, id| -> Vec<bool> {
        (0..4).map(|segment| store.data_slice(id, segment, 0, 1).is_ok()).collect()
    };
    let mut store = store();
    let wat = r#"(module (memory 1)
      (data "a") (data (i32.const 0) "b") (data "c") (data (i32.const 65535) "d"))"#;
    let id = instantiate(&mut store, wat);
    assert_eq!(available(&store, id), [true, false, true, false]);
    assert!(store.data_slice(id, 1, 0, 0).is_ok() && store.data_slice(id, 1, 1, 0).is_err());
    for (segment, left) in
        [(1, [true, false, true, false]), (2, [true, false, false, false]), (0, [false; 4])]
    {
        for _ in 0..2 {
            call(&mut store, id, Builtin::DataDrop, &[], (segment, 0)).unwrap();
            assert_eq!(available(&store, id), left);
        }
    }
    // Where one traps, those behind it are still there for functions that are in a table by now.
    let result = try_instantiate(&mut store, &wat.replace("65535", "65536"), &[]);
    assert!(matches!(result, Err(InstantiateError::Trap(Trap::MemoryOutOfBounds))), "{result:?}");
    let id = InstanceId(store.instances.len() as u32 - 1);
    assert_eq!(available(&store, id), [true, false, true, true]);
    call(&mut store, id, Builtin::DataDrop, &[], (3, 0)).unwrap();
    assert_eq!(available(&store, id), [true, false, true, false]);
}

#[cfg(all(unix, not(miri)))]
#[test]
fn images_stand_for_segments_where_they_are_mapped() {
    use crate::testing::{code, load, nameless_file};
    use crate::{MemoryImage, MemoryImages};
    let file = Arc::new(nameless_file("images", &[b'i'; PAGE as usize]));
    let starts = |memories: &[u32], are_all| {
        let mut store = store();
        // Pages can be mapped into the second memory, and not into the first, which is small.
        let wat = r#"(module (memory (export "m") 1) (memory (export "n") 8)
          (data (i32.const 0) "m") (data (memory 1) (i32.const 0) "n") (data "p"))"#;
        let module = load(&store, wat);
        let image = |&memory: &u32| {
            // SAFETY: nobody else has the file.
            unsafe { MemoryImage::new(MemoryIndex(memory), 0, PAGE as usize, Arc::clone(&file), 0) }
        };
        let images = MemoryImages { memories: memories.iter().map(image).collect(), are_all };
        let code = CodeTable { images: Some(Arc::new(images)), ..code(&module) };
        let id = store.instantiate(&module, &[], code).unwrap();
        let dropped = [0, 1, 2].map(|segment| store.data_slice(id, segment, 0, 1).is_err());
        assert_eq!(dropped, [true, true, false]);
        ["m", "n"].map(|name| match store.export(id, name) {
            Some(Extern::Memory(id)) => memory(&store, id)[0],
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(starts(&[], false), *b"mn");
    assert_eq!(starts(&[1], false), *b"mi");
    assert_eq!(starts(&[0, 1], true), *b"mi", "one of them cannot be mapped");
    assert_eq!(starts(&[1], true), *b"\0i", "no segment is looked at");
    assert_eq!(starts(&[], true), *b"\0\0");
}

#[test]
fn a_store_outlives_instances_that_fail() {
    let mut store = store_of(4 << 20);
    let failing = r#"(module (type $a (array i64)) (memory 1) (table 3 funcref)
      (global (ref $a) (array.new_default $a (i32.const 1000)))
      (elem $e anyref (item (array.new_default $a (i32.const 10))))
      (data (i32.const 65536) "x"))"#;
    for _ in 0..50 {
        assert!(matches!(try_instantiate(&mut store, failing, &[]), Err(InstantiateError::Trap(_))));
        store.collect();
    }
    let id = instantiate(&mut store, r#"(module (global (export "g") i32 (i32.const 6)))"#);
    assert_eq!(global(&mut store, id, "g"), [6, 0]);
    assert_eq!(store.module(id).exports().count(), 1);
}

#[test]
fn imports_that_do_not_fit() {
    let (mut store, m, t) = exporter();
    let instances = store.instances.len();
    let cases = [
        (r#"(module (import "a" "b" (memory 2)))"#, Extern::Memory(m)),
        (r#"(module (import "a" "b" (memory 1 1)))"#, Extern::Memory(m)),
        (r#"(module (import "a" "b" (memory i64 1)))"#, Extern::Memory(m)),
        (r#"(module (import "a" "b" (memory 1 2 shared)))"#, Extern::Memory(m)),
        (r#"(module (import "a" "b" (table 11 funcref)))"#, Extern::Table(t)),
        (r#"(module (import "a" "b" (table 10 externref)))"#, Extern::Table(t)),
        (r#"(module (import "a" "b" (memory 1)))"#, Extern::Table(t)),
    ];
    for (wat, import) in cases {
        match try_instantiate(&mut store, wat, &[import]) {
            Err(InstantiateError::Unlinkable(message)) => {
                assert!(message.contains("incompatible import type for `a`.`b`"), "{message}");
            }
            other => panic!("{wat}: {other:?}"),
        }
    }
    for imports in [&[][..], &[Extern::Memory(m); 2]] {
        let result = try_instantiate(&mut store, r#"(module (import "a" "b" (memory 1)))"#, imports);
        assert!(matches!(result, Err(InstantiateError::Unlinkable(_))), "{result:?}");
    }
    assert_eq!(store.instances.len(), instances, "nothing was begun");
    store.grow_memory(m, 1).unwrap();
    let result = try_instantiate(&mut store, cases[0].0, &[Extern::Memory(m)]);
    assert!(result.is_ok(), "it is the size now that counts");
}

#[test]
fn segments_of_many_expressions_take_linear_time() {
    // With a copy of all values for each, these would be some hundred gigabytes.
    let items = "(ref.i31 (i32.const 3))".repeat(200_000);
    let mut store = store();
    let start = std::time::Instant::now();
    let id = instantiate(&mut store, &format!("(module (elem $e i31ref {items}))"));
    let values = &store.instances[id.index()].element_values[0];
    assert!(values.len() == 200_000 && values.iter().all(|&value| value == 7));
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

/// What a limiter was asked: current size, desired size, maximum.
type Asked = Arc<Mutex<Vec<(u64, u64, Option<u64>)>>>;

/// Allows memories of a page, tables of ten elements, and two of everything.
struct Strict(Asked);

impl ResourceLimiter for Strict {
    fn memory_growing(&mut self, growth: Growth) -> Result<bool, HostError> {
        self.0.lock().unwrap().push((growth.current, growth.desired, growth.maximum));
        Ok(growth.desired <= PAGE)
    }

    fn table_growing(&mut self, growth: Growth) -> Result<bool, HostError> {
        self.0.lock().unwrap().push((growth.current, growth.desired, growth.maximum));
        Ok(growth.desired <= 10)
    }

    fn instances(&self) -> usize {
        2
    }

    fn tables(&self) -> usize {
        2
    }

    fn memories(&self) -> usize {
        2
    }
}

fn limited() -> (Store, Asked) {
    let (mut store, asked) = (store(), Asked::default());
    store.set_limiter(Some(Box::new(Strict(Arc::clone(&asked)))));
    (store, asked)
}

#[test]
fn limiters_are_asked_and_obeyed() {
    let (mut store, asked) = limited();
    let wat = r#"(module (memory (export "m") 0 5) (table (export "t") 10 funcref))"#;
    let id = instantiate(&mut store, wat);
    let [Some(Extern::Memory(m)), Some(Extern::Table(t))] = ["m", "t"].map(|name| store.export(id, name))
    else {
        panic!("no exports")
    };
    assert_eq!((store.grow_memory(m, 1), store.grow_memory(m, 1)), (Some(0), None));
    assert_eq!((store.grow_table(t, 1, 0), store.grow_table(t, 0, 0)), (None, Some(10)));
    let max = Some(5 * PAGE);
    let expected =
        [(0, 0, max), (0, 10, None), (0, PAGE, max), (PAGE, 2 * PAGE, max), (10, 11, None), (10, 10, None)];
    assert_eq!(*asked.lock().unwrap(), expected);
    // What the type or the engine forbids is not asked.
    assert_eq!((store.grow_memory(m, 5), store.grow_table(t, MAX_TABLE_ELEMENTS, 0)), (None, None));
    assert_eq!(asked.lock().unwrap().len(), expected.len());
    assert_eq!((store.memory_len(m), store.table_len(t)), (PAGE, 10));
    store.set_limiter(None);
    assert_eq!((store.grow_memory(m, 1), store.grow_table(t, 1, 0)), (Some(1), Some(10)));
}

#[test]
fn limiters_deny_instantiation() {
    let denied = [
        "(module (memory 2))",
        "(module (table 11 funcref))",
        "(module (memory 0) (memory 0) (memory 0))",
        "(module (table 0 funcref) (table 0 funcref) (table 0 funcref))",
    ];
    for wat in denied {
        let (mut store, _) = limited();
        let result = try_instantiate(&mut store, wat, &[]);
        assert!(matches!(result, Err(InstantiateError::Resource(_))), "{wat}: {result:?}");
        instantiate(&mut store, "(module)");
        let result = try_instantiate(&mut store, "(module)", &[]);
        assert!(matches!(&result, Err(InstantiateError::Resource(why)) if why == "too many instances"));
        store.collect();
    }
}
