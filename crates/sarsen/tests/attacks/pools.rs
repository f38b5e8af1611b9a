//! Memories that may have no page, in a pool that has held others': nothing in them can be read or written, at any address, by any
//! operator, and they do not grow.

use crate::{call, configs};
use sarsen::{Engine, Instance, Module, Store, Trap, Val};

/// A neighbour that is full.
const FULL: &str = r#"(module (memory (export "memory") 2)
    (func (export "fill") (memory.fill (i32.const 0) (i32.const 0x5a) (i32.const 131072))))"#;

/// Memories of no page: alone, and first and second of two. `INDEX` is the type of addresses.
const EMPTY: [&str; 3] =
    ["(memory $m INDEX 0 0)", "(memory $m INDEX 0 0) (memory 1)", "(memory 1) (memory $m INDEX 0 0)"];

fn module(memories: &str, index: &str) -> String {
    format!(
        r#"(module {memories} (data $text "text")
        (func (export "load8") (param {index}) (drop (i32.load8_u $m (local.get 0))))
        (func (export "load64") (param {index}) (drop (i64.load $m (local.get 0))))
        (func (export "load far") (param {index}) (drop (i64.load $m offset=65528 (local.get 0))))
        (func (export "load128") (param {index}) (drop (v128.load $m (local.get 0))))
        (func (export "store8") (param {index}) (i32.store8 $m (local.get 0) (i32.const 1)))
        (func (export "store128") (param {index}) (v128.store $m (local.get 0) (v128.const i64x2 1 1)))
        (func (export "add") (param {index}) (drop (i32.atomic.rmw.add $m (local.get 0) (i32.const 1))))
        (func (export "fill") (param {index}) (memory.fill $m (local.get 0) (i32.const 1) ({index}.const 1)))
        (func (export "copy") (param {index}) (memory.copy $m $m (local.get 0) ({index}.const 0) ({index}.const 1)))
        (func (export "init") (param {index})
            (memory.init $m $text (local.get 0) (i32.const 0) (i32.const 1)))
        (func (export "nothing") (memory.fill $m ({index}.const 0) (i32.const 1) ({index}.const 0)))
        (func (export "grow") (param {index}) (result {index}) (memory.grow $m (local.get 0)))
        (func (export "size") (result {index}) (memory.size $m)))"#
    )
}

const ACCESSES: [&str; 10] =
    ["load8", "load64", "load far", "load128", "store8", "store128", "add", "fill", "copy", "init"];

#[test]
fn a_memory_that_may_have_no_page_has_no_neighbours() {
    for (way, config) in configs() {
        let mut config = config.clone();
        let engine = Engine::new(config.pool_slots(4).pool_checks(true)).unwrap();
        let full = Module::new(&engine, FULL).unwrap();
        for (memories, index) in EMPTY.iter().flat_map(|memories| [(memories, "i32"), (memories, "i64")]) {
            let memories = memories.replace("INDEX", index);
            let empty = Module::new(&engine, module(&memories, index)).unwrap();
            let number =
                |number: u64| if index == "i32" { Val::I32(number as i32) } else { Val::I64(number as i64) };
            // Neighbours before and behind, and one whose place is taken over.
            let mut stores: Vec<_> = (0..3)
                .map(|_| {
                    let mut store = Store::new(&engine, ());
                    let instance = Instance::new(&mut store, &full, &[]).unwrap();
                    call(&mut store, &instance, "fill", &[]).unwrap();
                    (store, instance)
                })
                .collect();
            drop(stores.remove(1));
            let mut store = Store::new(&engine, ());
            let instance = Instance::new(&mut store, &empty, &[]).unwrap();
            for round in 0..2 {
                for name in ACCESSES {
                    for at in [0, 4, 8, 65_528, 65_536, 1 << 30, 0xffff_fff8, 1 << 32, 1 << 40, u64::MAX - 7]
                    {
                        if index == "i32" && at > u64::from(u32::MAX) {
                            continue;
                        }
                        let expected = if name == "add" && at % 4 != 0 {
                            Trap::HeapMisaligned
                        } else {
                            Trap::MemoryOutOfBounds
                        };
                        let outcome = call(&mut store, &instance, name, &[number(at)]).map(drop);
                        assert_eq!(outcome, Err(expected), "{way}: {memories}: {name} at {at:#x}, {round}");
                    }
                }
                assert_eq!(call(&mut store, &instance, "nothing", &[]).map(drop), Ok(()));
                for (by, expected) in
                    [(0, 0), (1, u64::MAX), (65_535, u64::MAX), (65_536, u64::MAX), (u64::MAX, u64::MAX)]
                {
                    let grown = call(&mut store, &instance, "grow", &[number(by)]).unwrap().unwrap();
                    assert_eq!(
                        format!("{grown:?}"),
                        format!("{:?}", number(expected)),
                        "{way}: {memories}: by {by}"
                    );
                }
                let size = call(&mut store, &instance, "size", &[]).unwrap().unwrap();
                assert_eq!(format!("{size:?}"), format!("{:?}", number(0)), "{way}: {memories}");
            }
            for (store, instance) in &mut stores {
                let memory = instance.get_memory(&mut *store, "memory").unwrap();
                assert!(memory.data(&*store).iter().all(|&byte| byte == 0x5a), "{way}: {memories}");
            }
        }
    }
}
