//! Heaps that are full, and objects that are too large.

use super::*;
use crate::Extern;
use crate::gc::spans::{BLOCK, ORIGIN};

/// Links nodes until there is no room; the newest, rooted, and how many there are.
fn fill(test: &mut Fixture) -> (crate::Root, u64) {
    let mut count = 0;
    let mut list = 0;
    let mut scope = test.store.root_scope();
    let mut root = test.store.root(0);
    loop {
        match test.try_node(list, count) {
            Ok(node) => list = node,
            Err(trap) => {
                assert_eq!(trap, Trap::AllocationTooLarge);
                return (root, count);
            }
        }
        test.store.end_root_scope(scope);
        scope = test.store.root_scope();
        root = test.store.root(list);
        count += 1;
    }
}

#[test]
fn a_full_heap_traps_and_can_be_used_again() {
    const LIMIT: usize = 4 << 20;
    let mut test = Fixture::new(LIMIT);
    let mut counts = Vec::new();
    for _ in 0..5 {
        let scope = test.store.root_scope();
        let (list, count) = fill(&mut test);
        assert!(count * 24 > LIMIT as u64 * 9 / 10, "{count} nodes");
        let mut at = test.store.rooted(list).unwrap();
        for value in (0..count).rev() {
            assert_eq!(test.value(at), value);
            at = test.next(at);
        }
        assert_eq!(test.try_node(0, 0), Err(Trap::AllocationTooLarge), "still full");
        test.store.end_root_scope(scope);
        let node = test.node(0, 5);
        assert_eq!(test.value(node), 5);
        counts.push(count);
    }
    assert!(counts.iter().all(|count| count.abs_diff(counts[0]) < 2_000), "nothing leaks: {counts:?}");
    assert!(test.store.gc_stats().heap_bytes <= LIMIT as u64);
}

/// A collection looks at all elements of tables: guests with large ones do not have it done for little.
#[test]
fn large_tables_make_collections_rare() {
    const ELEMENTS: u64 = 4 << 20;
    let mut test = Fixture::new(256 << 20);
    let Some(Extern::Table(table)) = test.store.export(test.id, "table") else { panic!("no table") };
    test.store.grow_table(table, ELEMENTS, 0).unwrap();
    test.store.collect();
    let ty = test.ty(BYTES);
    let before = test.store.gc_stats().collections;
    for _ in 0..ELEMENTS * 8 * 4 / 1000 {
        test.store.new_array(ty, 1000).unwrap();
    }
    let collections = test.store.gc_stats().collections - before;
    assert!((2..=4).contains(&collections), "{collections} collections");
}

/// Two of a hundred objects were dropped, here and there: each collection makes room for as many small ones.
#[test]
fn a_nearly_full_heap_does_not_collect_for_every_few_objects() {
    let mut test = Fixture::new(4 << 20);
    let ty = test.ty(BYTES);
    let mut roots = Vec::new();
    while let Ok(array) = test.store.new_array(ty, 2000) {
        roots.push(test.store.own_root(array));
    }
    assert!(roots.len() > 1500, "{} objects", roots.len());
    for root in roots.iter().step_by(50) {
        test.store.release_root(*root);
    }
    let before = test.store.gc_stats().collections;
    let made = (0..100_000).take_while(|_| test.store.new_array(ty, 1000).is_ok()).count();
    let collections = test.store.gc_stats().collections - before;
    assert!(
        (30..1000).contains(&made) && (2..20).contains(&collections),
        "{made} objects, {collections} collections"
    );
}

/// There is one hole, for one large object at a time.
#[test]
fn a_heap_with_one_hole_does_not_collect_for_every_object() {
    const LIMIT: usize = 8 << 20;
    let mut test = Fixture::new(LIMIT);
    let scope = test.store.root_scope();
    let ty = test.ty(BYTES);
    let hole = test.store.new_array(ty, 2 * BLOCK).unwrap();
    let hole = test.store.own_root(hole);
    fill(&mut test);
    test.store.release_root(hole);
    let before = test.store.gc_stats().collections;
    let made = (0..1000).take_while(|_| test.store.new_array(ty, 2 * BLOCK).is_ok()).count();
    let collections = test.store.gc_stats().collections - before;
    assert!((1..20).contains(&made) && collections < 20, "{made} objects, {collections} collections");
    // Each refusal ends a call of a guest, and the next may try once.
    assert!(test.store.new_array(ty, 2 * BLOCK).is_ok());
    assert_eq!(test.store.new_array(ty, 2 * BLOCK), Err(Trap::AllocationTooLarge));
    test.store.end_root_scope(scope);
    // What is dropped in time is made again and again.
    let made = (0..1000).take_while(|_| test.store.new_array(ty, 2 * BLOCK).is_ok()).count();
    assert_eq!(made, 1000);
}

#[test]
fn lengths_beyond_the_heap() {
    let mut test = Fixture::new(1 << 20);
    for ty in [BYTES, REFS, VECTORS, LINKS] {
        let ty = test.ty(ty);
        for len in [u32::MAX, u32::MAX - 7, 1 << 31, 1 << 30, (1 << 28) - 1, 1 << 28, 1 << 20] {
            assert_eq!(test.store.new_array(ty, len), Err(Trap::AllocationTooLarge));
        }
    }
    assert_eq!(test.store.gc_stats().collections, 0, "a collection would not help");
    let node = test.node(0, 3);
    assert_eq!(test.value(node), 3);
}

#[test]
fn the_largest_heap_and_the_largest_array() {
    let mut test = Fixture::new(usize::MAX);
    let vectors = test.ty(VECTORS);
    // Sizes around 4 GiB, which must not wrap.
    for len in [(1 << 28) - 1, 1 << 28, (1 << 28) + 1, u32::MAX] {
        assert_eq!(test.store.new_array(vectors, len), Err(Trap::AllocationTooLarge));
    }
    // Its pages are not touched, so this takes addresses only.
    let bytes = test.ty(BYTES);
    let len = u32::MAX - ORIGIN - (1 << 20);
    if let Ok(array) = test.store.new_array(bytes, len) {
        test.set(array, FieldKind::I8, len - 1, 7);
        assert_eq!(test.get(array, FieldKind::I8, len - 1), 7);
    }
    let node = test.node(0, 1);
    assert_eq!(test.value(node), 1);
}

#[test]
fn heaps_that_hold_nothing() {
    for bytes in [0, 1, 100, BLOCK as usize - 1] {
        let mut store = store_of(bytes);
        let id = instantiate(&mut store, "(module (type (array i8)))");
        let ty = type_of(&store, id, 0);
        for _ in 0..3 {
            assert_eq!(store.new_array(ty, 0), Err(Trap::AllocationTooLarge), "{bytes} bytes");
        }
        store.collect();
        assert_eq!(store.gc_stats().live_bytes, 0);
    }
}

#[test]
fn a_heap_of_one_block() {
    let mut store = store_of(BLOCK as usize + 100);
    let id = instantiate(&mut store, "(module (type (array i8)))");
    let ty = type_of(&store, id, 0);
    for _ in 0..10 {
        assert!(store.new_array(ty, BLOCK - 100).is_ok());
        assert_eq!(store.new_array(ty, BLOCK + 50), Err(Trap::AllocationTooLarge));
    }
}

#[test]
fn large_objects_that_find_no_run_of_blocks() {
    let mut test = Fixture::new(4 << 20);
    let mut roots = Vec::new();
    let ty = test.ty(BYTES);
    while let Ok(array) = test.store.new_array(ty, 40_000) {
        roots.push(test.store.own_root(array));
    }
    assert!(roots.len() > 50);
    for root in roots.iter().step_by(2) {
        test.store.release_root(*root);
    }
    assert_eq!(test.store.new_array(ty, 100_000), Err(Trap::AllocationTooLarge), "half is free, in pieces");
    let array = test.array(BYTES, 60_000);
    assert!(test.is_alive(array));
}
