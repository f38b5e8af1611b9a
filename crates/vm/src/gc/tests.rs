//! The heap as hosts and builtins use it. Objects are made and linked by hand; nothing but the roots that a test names
//! keeps them.

mod builtins;
mod exhaustion;
mod externs;
mod graph;
#[cfg(all(any(target_os = "linux", target_vendor = "apple"), not(miri)))]
mod native;
mod roots;

use crate::testing::{instantiate, store_of, type_of};
use crate::{InstanceId, Store, StoreInner};
use sarsen_isa::Trap;
use sarsen_module::{FieldKind, TypeId};
use std::thread;

/// The types of these tests: nodes with a link and a number, and arrays.
const MODULE: &str = r#"(module
  (type $node (struct (field (mut (ref null $node))) (field (mut i64))))
  (type $bytes (array (mut i8)))
  (type $refs (array (mut anyref)))
  (type $vectors (array (mut v128)))
  (type $payload (func (param anyref v128 externref)))
  (type $links (array (mut (ref null $node))))
  (tag (type $payload))
  (global (export "global") (mut anyref) (ref.null any))
  (table (export "table") 2 anyref)
  (elem $passive anyref (item (struct.new $node (ref.null $node) (i64.const 77))))
  (elem (table 0) (i32.const 1) anyref (item (struct.new $node (ref.null $node) (i64.const 78))))
  (data $text "text"))"#;

const NODE: u32 = 0;
const BYTES: u32 = 1;
const REFS: u32 = 2;
const VECTORS: u32 = 3;
const LINKS: u32 = 5;

/// A store with an instance of [`MODULE`].
struct Fixture {
    store: Store,
    id: InstanceId,
}

impl Fixture {
    fn new(heap_bytes: usize) -> Fixture {
        let mut store = store_of(heap_bytes);
        let id = instantiate(&mut store, MODULE);
        Fixture { store, id }
    }

    fn ty(&self, index: u32) -> TypeId {
        type_of(&self.store, self.id, index)
    }

    fn try_node(&mut self, next: u32, value: u64) -> Result<u32, Trap> {
        let ty = self.ty(NODE);
        let node = self.store.new_struct(ty)?;
        self.link(node, next);
        let (offset, kind) = self.place(1);
        self.store.write_field(node, offset, kind, [value, 0]);
        Ok(node)
    }

    fn node(&mut self, next: u32, value: u64) -> u32 {
        self.try_node(next, value).unwrap()
    }

    fn place(&self, field: usize) -> (u32, FieldKind) {
        let field = self.store.struct_layout(self.ty(NODE)).unwrap().fields[field];
        (field.offset, field.kind)
    }

    fn link(&mut self, node: u32, next: u32) {
        let (offset, kind) = self.place(0);
        self.store.write_field(node, offset, kind, [u64::from(next), 0]);
    }

    fn next(&self, node: u32) -> u32 {
        let (offset, kind) = self.place(0);
        self.store.read_field(node, offset, kind)[0] as u32
    }

    fn value(&self, node: u32) -> u64 {
        assert!(self.is_alive(node), "{node} has been freed");
        let (offset, kind) = self.place(1);
        self.store.read_field(node, offset, kind)[0]
    }

    fn array(&mut self, ty: u32, len: u32) -> u32 {
        let ty = self.ty(ty);
        self.store.new_array(ty, len).unwrap()
    }

    fn set(&mut self, array: u32, kind: FieldKind, index: u32, value: u64) {
        assert!(index < self.store.array_len(array));
        self.store.write_field(array, StoreInner::element_offset(kind, index), kind, [value, 0]);
    }

    fn get(&self, array: u32, kind: FieldKind, index: u32) -> u64 {
        assert!(index < self.store.array_len(array));
        self.store.read_field(array, StoreInner::element_offset(kind, index), kind)[0]
    }

    /// Whether an object starts there.
    fn is_alive(&self, reference: u32) -> bool {
        self.store.heap.starts.get(reference)
    }

    /// Bytes that a collection finds alive.
    fn live(&mut self) -> u64 {
        self.store.collect();
        self.store.gc_stats().live_bytes
    }
}

#[test]
fn objects_are_aligned_zero_and_apart() {
    let mut test = Fixture::new(1 << 20);
    let bytes = test.live();
    let mut last = (0, 0);
    // Enough for several collections: what is handed out again must be zero again.
    for len in (0..40_000u32).map(|round| round * 7919 % 300) {
        let array = test.array(BYTES, len);
        assert!(array.is_multiple_of(8) && array != 0);
        assert!(array >= last.1 || array < last.0, "{array} overlaps {last:?}");
        for index in 0..len {
            assert_eq!(test.get(array, FieldKind::I8, index), 0);
            test.set(array, FieldKind::I8, index, 0xff);
        }
        assert_eq!((test.store.object_type(array), test.store.array_len(array)), (Some(test.ty(BYTES)), len));
        last = (array, array + 8 + len);
    }
    assert!(test.store.gc_stats().collections > 3);
    assert_eq!(test.live(), bytes, "all of it was garbage");
}

#[test]
fn cycles_are_reclaimed() {
    let mut test = Fixture::new(1 << 20);
    let before = test.live();
    let a = test.node(0, 1);
    let b = test.node(a, 2);
    test.link(a, b);
    let own = test.node(0, 3);
    test.link(own, own);
    let root = test.store.own_root(b);
    assert_eq!(test.live(), before + 2 * 24);
    assert_eq!((test.value(a), test.value(b), test.next(a), test.next(b)), (1, 2, b, a));
    test.store.release_root(root);
    assert_eq!(test.live(), before);
    assert!(!test.is_alive(a) && !test.is_alive(b) && !test.is_alive(own));
}

#[test]
fn garbage_does_not_make_the_heap_grow() {
    const LIMIT: usize = 1 << 20;
    let mut test = Fixture::new(LIMIT);
    let kept = test.node(0, 42);
    test.store.root(kept);
    for round in 0..(100 * LIMIT / 24) as u64 {
        test.node(kept, round);
    }
    let stats = test.store.gc_stats();
    assert!(stats.heap_bytes <= LIMIT as u64);
    assert!((90..200).contains(&stats.collections), "{} collections", stats.collections);
    assert_eq!(test.value(kept), 42);

    // Far below the limit, it is the garbage between two collections that bounds the heap.
    let mut test = Fixture::new(1 << 30);
    for round in 0..4_000_000 {
        test.node(0, round);
    }
    let stats = test.store.gc_stats();
    assert!(stats.heap_bytes <= 10 << 20, "{} bytes", stats.heap_bytes);
}

#[test]
fn arrays_of_every_size() {
    let mut test = Fixture::new(16 << 20);
    let before = test.live();
    // Around a line, around what has blocks of its own, around a block, and several blocks.
    let sizes = [0, 1, 120, 121, 16_376, 16_377, 32_752, 32_760, 32_761, 65_528, 100_000, 1_000_000];
    for round in 0..20 {
        let scope = test.store.root_scope();
        let mut total = 0;
        let arrays = sizes.map(|len| {
            let array = test.array(BYTES, len);
            test.store.root(array);
            for index in 0..len {
                assert_eq!(test.get(array, FieldKind::I8, index), 0, "round {round}, array of {len}");
                test.set(array, FieldKind::I8, index, u64::from(len % 251));
            }
            total += (8 + u64::from(len)).next_multiple_of(8);
            array
        });
        assert_eq!(test.live(), before + total);
        for (array, len) in arrays.into_iter().zip(sizes) {
            assert!((0..len).all(|at| test.get(array, FieldKind::I8, at) == u64::from(len % 251)));
        }
        test.store.end_root_scope(scope);
        assert_eq!(test.live(), before);
    }
    assert!(test.store.gc_stats().heap_bytes <= 4 << 20, "blocks are used again");
}

#[test]
fn a_long_list_needs_no_native_stack() {
    const NODES: u64 = 1_000_000;
    let on_a_small_stack = || {
        let mut test = Fixture::new(64 << 20);
        let before = test.live();
        // The list hangs on the value stack by its newest node only.
        crate::testing::push(&mut test.store, &[0]);
        let top = test.store.vm.stack_top.wrapping_sub(1);
        for value in 0..NODES {
            // SAFETY: the slot was pushed.
            let list = unsafe { *top } as u32;
            let list = test.node(list, value);
            // SAFETY: as above.
            unsafe { *top = u64::from(list) };
        }
        assert_eq!(test.live(), before + NODES * 24);
        // SAFETY: as above.
        let mut at = unsafe { *top } as u32;
        for value in (0..NODES).rev() {
            assert_eq!(test.value(at), value);
            at = test.next(at);
        }
        assert_eq!(at, 0);
        crate::testing::pop(&mut test.store, 1);
        assert_eq!(test.live(), before);
    };
    let thread = thread::Builder::new().stack_size(256 << 10).spawn(on_a_small_stack).unwrap();
    thread.join().unwrap();
}

#[test]
fn small_and_large_objects_by_turns() {
    let mut test = Fixture::new(8 << 20);
    let before = test.live();
    // Half of the heap in pairs of a small object and one of several lines or blocks.
    let mut pairs = Vec::new();
    for round in 0..400u32 {
        let node = test.node(0, u64::from(round));
        let small = test.store.own_root(node);
        let array = test.array(BYTES, [1_000, 9_000, 20_000][round as usize % 3]);
        pairs.push((small, test.store.own_root(array)));
    }
    for &(_, large) in &pairs {
        test.store.release_root(large);
    }
    assert_eq!(test.live(), before + 400 * 24);
    // The small ones pin lines, and no more than that: objects of several lines fit between them.
    for round in 0..200 {
        let array = test.array(BYTES, 20_000);
        test.store.own_root(array);
        assert_eq!(test.get(array, FieldKind::I8, round), 0);
    }
    for (round, &(small, _)) in pairs.iter().enumerate() {
        assert_eq!(test.value(test.store.owned_root(small)), round as u64);
    }
}

#[test]
fn without_fragments_the_heap_is_one_piece_again() {
    let mut test = Fixture::new(8 << 20);
    for round in 0..3 {
        let scope = test.store.root_scope();
        for len in 0..3_000 {
            let array = test.array(BYTES, len % 2_000);
            test.store.root(array);
        }
        test.store.end_root_scope(scope);
        // All but the block that is never used and one for what the module keeps.
        let array = test.array(BYTES, (8 << 20) - (64 << 10) - 8);
        assert_eq!(test.get(array, FieldKind::I8, 0), 0, "round {round}");
        test.store.collect();
    }
}
