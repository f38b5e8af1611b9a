//! What keeps objects alive, and what does not.

use super::*;
use crate::Extern;
use crate::testing::{call, elements, pop, push};
use sarsen_abi::VmGlobal;
use sarsen_isa::Builtin;

/// Makes something reachable in one way, or not any more.
type Hold = fn(&mut Fixture, u32);

/// Ways of keeping a reference, with how to let go of it.
const WAYS: [(&str, Hold, Hold); 6] = [
    (
        "the value stack",
        |test, node| push(&mut test.store, &[1, u64::from(node)]),
        |test, _| pop(&mut test.store, 2),
    ),
    ("a global", |test, node| set_global(test, node), |test, _| set_global(test, 0)),
    ("a table", |test, node| set_element(test, node), |test, _| set_element(test, 0)),
    (
        "an exception in flight",
        |test, node| test.store.vm.exception = node,
        |test, _| {
            test.store.take_exception();
        },
    ),
    (
        "a table that grew",
        |test, node| grow_table(test, node),
        |test, _| {
            let table = table(test);
            let len = test.store.table_len(table);
            test.store.table_slice(table, 0, len).unwrap().fill(0);
        },
    ),
    (
        "a host's global",
        |test, node| {
            let ty = match test.store.export(test.id, "global") {
                Some(Extern::Global(id)) => test.store.global_type(id),
                other => panic!("{other:?}"),
            };
            test.store.new_global(ty, VmGlobal { bits: [u64::from(node), 0] });
        },
        |test, _| {
            let last = test.store.globals.len() as u32 - 1;
            test.store.set_global(crate::GlobalId(last), VmGlobal::default());
        },
    ),
];

fn set_global(test: &mut Fixture, reference: u32) {
    let Some(Extern::Global(id)) = test.store.export(test.id, "global") else { panic!("no global") };
    test.store.set_global(id, VmGlobal { bits: [u64::from(reference), 0] });
}

fn table(test: &mut Fixture) -> crate::TableId {
    match test.store.export(test.id, "table") {
        Some(Extern::Table(id)) => id,
        other => panic!("{other:?}"),
    }
}

fn set_element(test: &mut Fixture, reference: u32) {
    let table = table(test);
    test.store.table_slice(table, 0, 1).unwrap()[0] = u64::from(reference);
}

fn grow_table(test: &mut Fixture, reference: u32) {
    let table = table(test);
    test.store.grow_table(table, 1000, u64::from(reference)).unwrap();
}

#[test]
fn every_way_of_keeping_a_reference() {
    for (way, hold, release) in WAYS {
        let mut test = Fixture::new(1 << 20);
        let inner = test.node(0, 1);
        let node = test.node(inner, 2);
        hold(&mut test, node);
        // The allocations of another megabyte collect.
        for value in 0..100_000 {
            test.node(0, value);
        }
        assert!(test.store.gc_stats().collections > 0);
        assert_eq!((test.value(node), test.value(inner)), (2, 1), "{way}");
        release(&mut test, node);
        test.store.collect();
        assert!(!test.is_alive(node) && !test.is_alive(inner), "{way}");
    }
}

#[test]
fn roots_of_the_host() {
    let mut test = Fixture::new(1 << 20);
    let (scoped, owned) = (test.node(0, 1), test.node(0, 2));
    let scope = test.store.root_scope();
    let (root, own) = (test.store.root(scoped), test.store.own_root(owned));
    test.store.collect();
    assert_eq!((test.value(scoped), test.value(owned)), (1, 2));
    assert_eq!((test.store.rooted(root), test.store.owned_root(own)), (Some(scoped), owned));
    test.store.end_root_scope(scope);
    test.store.collect();
    assert!(!test.is_alive(scoped) && test.is_alive(owned));
    assert_eq!(test.store.rooted(root), None);
    test.store.release_root(own);
    test.store.collect();
    assert!(!test.is_alive(owned));
}

#[test]
fn objects_keep_what_they_refer_to() {
    let mut test = Fixture::new(1 << 20);
    let in_array = test.node(0, 1);
    let array = test.array(REFS, 10_000);
    test.set(array, FieldKind::HeapRef, 9_999, u64::from(in_array));
    // An i31 that would be the offset of an object if its lowest bit were not looked at.
    test.set(array, FieldKind::HeapRef, 5, u64::from(in_array | 1));
    let host = test.store.new_extern(Box::new("data")).unwrap();
    let tag = test.store.instances[test.id.index()].tags[0];
    let vector = u64::from(test.node(0, 2));
    let exception = test.store.new_exception(tag, &[u64::from(array), vector, 0, u64::from(host)]).unwrap();
    let root = test.store.own_root(exception);
    test.store.collect();
    assert_eq!(test.value(in_array), 1);
    assert!(test.is_alive(array) && test.is_alive(host));
    assert!(!test.is_alive(vector as u32), "a vector is not a reference, whatever its bits");
    assert_eq!(test.store.exception_payload(exception), [u64::from(array), vector, 0, u64::from(host)]);
    assert_eq!(test.store.find_tag(test.store.exception_tag(exception)), Some(tag));
    test.store.release_root(root);
    test.store.collect();
    assert!(![in_array, array, host, exception].iter().any(|&reference| test.is_alive(reference)));
}

#[test]
fn element_segments_keep_their_values_until_dropped() {
    let mut test = Fixture::new(1 << 20);
    let values = |test: &Fixture| test.store.instances[test.id.index()].element_values.clone();
    let passive = values(&test)[0][0] as u32;
    assert!(values(&test)[1].is_empty(), "an active segment is gone once it is in its table");
    test.store.collect();
    assert_eq!(test.value(passive), 77);
    let table = table(&mut test);
    let active = elements(&mut test.store, table)[1] as u32;
    assert_eq!(test.value(active), 78);
    test.store.table_slice(table, 1, 1).unwrap()[0] = 0;
    call(&mut test.store, test.id, Builtin::ElemDrop, &[], (0, 0)).unwrap();
    assert_eq!(test.live(), 0);
}

#[test]
fn slots_that_are_no_references_are_harmless() {
    let mut test = Fixture::new(1 << 20);
    let array = test.array(BYTES, 100_000);
    let node = test.node(0, 1);
    let dead = test.node(0, 2);
    test.store.root(array);
    test.store.root(node);
    test.store.collect();
    let slots = [
        u64::from(node) | 1,
        u64::from(node) | 4,
        u64::from(node) | 1 << 32,
        u64::from(array) + 64_000,
        u64::from(dead),
        0,
        8,
        u64::from(u32::MAX),
        u64::from(u32::MAX - 7),
        1 << 20,
        u64::MAX,
        u64::MAX << 3,
    ];
    let live = test.live();
    push(&mut test.store, &slots);
    assert_eq!(test.live(), live);
    assert!(!test.is_alive(dead));
    pop(&mut test.store, slots.len());
}

#[test]
fn stack_slots_above_the_top_do_not_count() {
    let mut test = Fixture::new(1 << 20);
    let node = test.node(0, 1);
    push(&mut test.store, &[u64::from(node)]);
    pop(&mut test.store, 1);
    test.store.collect();
    assert!(!test.is_alive(node));
}

#[test]
fn reads_inside_large_objects_are_not_searched_for_their_start() {
    // As many numbers on the stack as fit, all of them inside of one array: to look for its start from each would take
    // minutes.
    let mut test = Fixture::new(512 << 20);
    let array = test.array(BYTES, 400 << 20);
    test.store.root(array);
    let inside = u64::from(array) + (399 << 20);
    push(&mut test.store, &vec![inside; 4000]);
    let start = std::time::Instant::now();
    test.store.collect();
    assert!(start.elapsed().as_secs() < 2);
    assert!(test.is_alive(array));
}
