//! Builtins that allocate while their operands are the only references to what goes into the object.

use super::*;
use crate::testing::call;
use sarsen_isa::Builtin;

/// Heap in which every few hundred objects collect.
const TIGHT: usize = 128 << 10;

/// Calls `make` with a fresh node until it has collected often; each time, `check` finds the node in the result.
fn under_pressure(
    make: impl Fn(&mut Fixture, u32) -> Result<u64, Trap>,
    check: impl Fn(&Fixture, u32) -> u32,
) {
    let mut test = Fixture::new(TIGHT);
    let mut inside = 0;
    let mut round = 0;
    while inside < 20 {
        // Some garbage, so that it is not always the same allocation of a round that finds the heap full.
        for value in 0..round % 3 {
            test.node(0, value);
        }
        let node = test.node(0, round);
        let before = test.store.gc_stats().collections;
        let made = make(&mut test, node).unwrap() as u32;
        inside += test.store.gc_stats().collections - before;
        assert_eq!(check(&test, made), node);
        assert_eq!(test.value(node), round);
        round += 1;
        assert!(round < 1_000_000, "the allocation never collects");
    }
}

#[test]
fn structs() {
    under_pressure(
        |test, node| {
            let ty = test.ty(NODE).as_u32();
            call(&mut test.store, test.id, Builtin::StructNew, &[u64::from(node), 9], (ty, 0))
        },
        |test, made| {
            assert_eq!(test.value(made), 9);
            test.next(made)
        },
    );
}

#[test]
fn arrays() {
    under_pressure(
        |test, node| {
            let ty = test.ty(REFS).as_u32();
            call(&mut test.store, test.id, Builtin::ArrayNew, &[u64::from(node), 500], (ty, 0))
        },
        |test, made| {
            assert_eq!(test.store.array_len(made), 500);
            let first = test.get(made, FieldKind::HeapRef, 0);
            assert!((0..500).all(|index| test.get(made, FieldKind::HeapRef, index) == first));
            first as u32
        },
    );
    under_pressure(
        |test, node| {
            let ty = test.ty(REFS).as_u32();
            call(&mut test.store, test.id, Builtin::ArrayNewFixed, &[1, u64::from(node), 0], (ty, 3))
        },
        |test, made| {
            assert_eq!(
                (test.get(made, FieldKind::HeapRef, 0), test.get(made, FieldKind::HeapRef, 2)),
                (1, 0)
            );
            test.get(made, FieldKind::HeapRef, 1) as u32
        },
    );
}

#[test]
fn exceptions() {
    under_pressure(
        |test, node| {
            call(&mut test.store, test.id, Builtin::ExceptionNew, &[u64::from(node), 5, 6, 0], (0, 0))
        },
        |test, made| {
            assert_eq!(test.store.exception_payload(made)[1..], [5, 6, 0]);
            test.store.exception_payload(made)[0] as u32
        },
    );
}

#[test]
fn arrays_from_segments() {
    let mut test = Fixture::new(TIGHT);
    let (bytes, refs) = (test.ty(BYTES).as_u32(), test.ty(REFS).as_u32());
    for _ in 0..20_000 {
        let array = call(&mut test.store, test.id, Builtin::ArrayNewElem, &[0, 1], (refs, 0)).unwrap() as u32;
        assert_eq!(test.value(test.get(array, FieldKind::HeapRef, 0) as u32), 77);
    }
    assert!(test.store.gc_stats().collections > 0);
    let array = call(&mut test.store, test.id, Builtin::ArrayNewData, &[1, 3], (bytes, 0)).unwrap() as u32;
    let text: Vec<u64> = (0..3).map(|at| test.get(array, FieldKind::I8, at)).collect();
    assert_eq!(text, b"ext".map(u64::from));
    for (builtin, ty, args) in [
        (Builtin::ArrayNewData, bytes, [2, 3]),
        (Builtin::ArrayNewData, bytes, [u64::from(u32::MAX), u64::from(u32::MAX)]),
        (Builtin::ArrayNewElem, refs, [1, 1]),
        (Builtin::ArrayNewElem, refs, [0, u64::from(u32::MAX)]),
    ] {
        let trap = call(&mut test.store, test.id, builtin, &args, (ty, 0)).unwrap_err();
        assert!(matches!(trap, Trap::MemoryOutOfBounds | Trap::TableOutOfBounds), "{trap:?}");
    }
}

#[test]
fn fills_of_every_kind_and_length() {
    let wat = "(module (type (array (mut i8))) (type (array (mut i16))) (type (array (mut i32)))
      (type (array (mut f64))) (type (array (mut v128))))";
    let mut store = store_of(8 << 20);
    let id = instantiate(&mut store, wat);
    let value = [0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210];
    for ty in 0..5 {
        let ty = type_of(&store, id, ty);
        let kind = store.array_layout(ty).unwrap().element;
        let operands: &[u64] = if kind == FieldKind::V128 { &value } else { &value[..1] };
        let mask = if kind.size() < 8 { (1 << (8 * kind.size())) - 1 } else { u64::MAX };
        let expected = [value[0] & mask, if kind == FieldKind::V128 { value[1] } else { 0 }];
        for len in [0, 1, 2, 3, 7, 64, 1000, 1025, 40_000] {
            let made = [operands, &[u64::from(len)]].concat();
            let array = call(&mut store, id, Builtin::ArrayNew, &made, (ty.as_u32(), 0)).unwrap();
            let other = store.new_array(ty, len + 2).unwrap();
            let filled = [&[u64::from(other), 1], operands, &[u64::from(len)]].concat();
            call(&mut store, id, Builtin::ArrayFill, &filled, (ty.as_u32(), 0)).unwrap();
            let get = |array: u32, at| store.read_field(array, StoreInner::element_offset(kind, at), kind);
            assert!((0..len).all(|at| get(array as u32, at) == expected), "{kind:?}, {len} elements");
            assert!((1..=len).all(|at| get(other, at) == expected), "{kind:?}, {len} elements");
            assert_eq!((get(other, 0), get(other, len + 1)), ([0; 2], [0; 2]), "the neighbours stay");
            let beyond = [&[u64::from(other), 3], operands, &[u64::from(len)]].concat();
            let trap = call(&mut store, id, Builtin::ArrayFill, &beyond, (ty.as_u32(), 0));
            assert_eq!(trap, Err(Trap::ArrayOutOfBounds));
        }
    }
}

#[test]
fn copies_inside_of_an_array_overlap() {
    let mut test = Fixture::new(1 << 20);
    let ty = test.ty(BYTES).as_u32();
    let array = test.array(BYTES, 10);
    let bytes = |test: &Fixture| (0..10).map(|at| test.get(array, FieldKind::I8, at)).collect::<Vec<_>>();
    (0..10).for_each(|at| test.set(array, FieldKind::I8, at, u64::from(at)));
    let reference = u64::from(array);
    call(&mut test.store, test.id, Builtin::ArrayCopy, &[reference, 2, reference, 0, 5], (ty, ty)).unwrap();
    assert_eq!(bytes(&test), [0, 1, 0, 1, 2, 3, 4, 7, 8, 9]);
    call(&mut test.store, test.id, Builtin::ArrayCopy, &[reference, 0, reference, 1, 9], (ty, ty)).unwrap();
    assert_eq!(bytes(&test), [1, 0, 1, 2, 3, 4, 7, 8, 9, 9]);
    for args in [[reference, 6, reference, 0, 5], [reference, 0, reference, u64::from(u32::MAX), 1]] {
        let trap = call(&mut test.store, test.id, Builtin::ArrayCopy, &args, (ty, ty));
        assert_eq!(trap, Err(Trap::ArrayOutOfBounds));
    }
    let trap = call(&mut test.store, test.id, Builtin::ArrayCopy, &[reference, 0, 0, 0, 0], (ty, ty));
    assert_eq!(trap, Err(Trap::NullArrayReference));
}
