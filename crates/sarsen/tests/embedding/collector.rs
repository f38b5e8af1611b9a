//! Objects of the garbage-collected heap, from both sides.

use crate::Guest;
use sarsen::{
    AsContextMut, Config, Engine, ExternRef, FieldType, Finality, I31, Mutability, RootScope, Rooted,
    StorageType, Store, StructRef, StructRefPre, StructType, Trap, Val, ValType,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts how often it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn host_data_is_dropped_once_when_nothing_refers_to_it() {
    let drops = Arc::new(AtomicUsize::new(0));
    let engine = Engine::default();
    let mut guest = Guest::with(
        &engine,
        r#"(module (global $kept (mut externref) (ref.null extern))
            (func (export "keep") (param externref) (global.set $kept (local.get 0))))"#,
    );
    for _ in 0..100 {
        let mut scope = RootScope::new(&mut guest.store);
        let reference = ExternRef::new(&mut scope, Counted(Arc::clone(&drops))).expect("there is room");
        assert!(
            reference
                .data(scope.as_context_mut())
                .expect("it is of this store")
                .is_some_and(|data| data.is::<Counted>())
        );
    }
    let keep = guest.func::<Option<Rooted<ExternRef>>, ()>("keep");
    {
        let mut scope = RootScope::new(&mut guest.store);
        let reference = ExternRef::new(&mut scope, Counted(Arc::clone(&drops))).expect("there is room");
        keep.call(&mut scope, Some(reference)).expect("it returns");
    }
    guest.store.gc();
    assert_eq!(drops.load(Ordering::SeqCst), 100, "the global keeps one");
    keep.call(&mut guest.store, None).expect("it returns");
    guest.store.gc();
    guest.store.gc();
    assert_eq!(drops.load(Ordering::SeqCst), 101);
    drop(guest);
    assert_eq!(drops.load(Ordering::SeqCst), 101);
}

const CYCLES: &str = r#"(module
    (type $node (struct (field $next (mut (ref null $node))) (field $value i64)))
    (func (export "cycles") (param $n i32)
        (local $a (ref null $node)) (local $b (ref null $node))
        (loop $again
            (local.set $a (struct.new $node (ref.null $node) (i64.const 1)))
            (local.set $b (struct.new $node (local.get $a) (i64.const 2)))
            (struct.set $node $next (local.get $a) (local.get $b))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "list") (param $n i32) (result i64)
        (local $head (ref null $node)) (local $sum i64)
        (loop $more
            (local.set $head (struct.new $node (local.get $head) (i64.extend_i32_u (local.get $n))))
            (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (loop $walk
            (local.set $sum (i64.add (local.get $sum) (struct.get $node $value (local.get $head))))
            (br_if $walk (i32.eqz (ref.is_null (local.tee $head (struct.get $node $next (local.get $head)))))))
        (local.get $sum)))"#;

#[test]
fn cycles_are_reclaimed_and_churn_is_bounded() {
    let mut guest = Guest::new(CYCLES);
    guest.call::<i32, ()>("cycles", 2_000_000).expect("garbage does not exhaust the heap");
    let stats = guest.store.gc_stats();
    assert!(stats.collections > 3, "{stats:?}");
    assert!(stats.heap_bytes < 32 << 20, "64 MB of garbage in a heap of {} bytes", stats.heap_bytes);
    guest.store.gc();
    assert!(guest.store.gc_stats().live_bytes < 4096, "{:?}", guest.store.gc_stats());
}

#[test]
fn a_list_of_a_million_survives_collections() {
    let mut guest = Guest::new(CYCLES);
    let n = 1_000_000_i64;
    assert_eq!(guest.call::<i32, i64>("list", n as i32).expect("there is room"), n * (n + 1) / 2);
}

#[test]
fn a_full_heap_is_a_trap_and_room_comes_back() {
    let engine = Engine::new(Config::new().max_gc_heap(4 << 20)).expect("it is a sound configuration");
    let mut guest = Guest::with(&engine, CYCLES);
    let error = guest.call::<i32, i64>("list", 10_000_000).expect_err("four megabytes are not enough");
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::HeapExhausted), "{error}");
    assert_eq!(guest.call::<i32, i64>("list", 1000).expect("the list is garbage now"), 500_500);
}

#[test]
fn hosts_make_structs_and_see_their_fields() {
    let engine = Engine::default();
    let field = |ty: StorageType| FieldType::new(Mutability::Var, ty);
    let base =
        StructType::with_finality_and_supertype(&engine, Finality::NonFinal, None, [field(StorageType::I8)])
            .expect("the fields are defined");
    let derived = StructType::with_finality_and_supertype(
        &engine,
        Finality::Final,
        Some(&base),
        [field(StorageType::I8), field(ValType::I64.into())],
    )
    .expect("it has the supertype's fields first");
    assert!(derived.matches(&base) && !base.matches(&derived));

    let mut store = Store::new(&engine, ());
    let pre = StructRefPre::new(&mut store, derived.clone());
    let object = StructRef::new(&mut store, &pre, &[Val::I32(0x1ff), Val::I64(-5)]).expect("the fields fit");
    for _ in 0..3 {
        store.gc();
    }
    assert_eq!(object.ty(&store).expect("it is of this store"), derived);
    assert!(matches!(object.field(&mut store, 0), Ok(Val::I32(0xff))), "packed fields wrap");
    assert!(matches!(object.field(&mut store, 1), Ok(Val::I64(-5))));
    object.set_field(&mut store, 1, Val::I64(6)).expect("it is mutable");
    assert!(matches!(object.field(&mut store, 1), Ok(Val::I64(6))));
    assert!(object.set_field(&mut store, 1, Val::I32(6)).is_err());
    assert!(object.field(&mut store, 2).is_err());
    assert!(StructRef::new(&mut store, &pre, &[Val::I32(1)]).is_err());

    let mut other = Store::new(&engine, ());
    assert!(object.field(&mut other, 0).is_err(), "it is of another store");
}

#[test]
fn a_root_ends_with_its_scope() {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let (ended, kept) = {
        let mut scope = RootScope::new(&mut store);
        let ended = ExternRef::new(&mut scope, 1_u8).expect("there is room");
        let other = ExternRef::new(&mut scope, 2_u8).expect("there is room");
        (ended, other.to_owned_rooted(&mut scope).expect("its scope is open"))
    };
    store.gc();
    assert!(ended.data(&store).is_err(), "its scope has ended");
    let kept = kept.to_rooted(&mut store);
    let data = kept.data(&store).expect("it is of this store").expect("it is the host's");
    assert_eq!(data.downcast_ref::<u8>(), Some(&2));
}

#[test]
fn small_integers_are_not_objects() {
    assert_eq!(I31::new_i32(-1).map(I31::get_i32), Some(-1));
    assert_eq!(I31::new_i32(1 << 30), None);
    assert_eq!(I31::wrapping_u32(u32::MAX).get_i32(), -1);
    assert_eq!(I31::wrapping_u32(u32::MAX).get_u32(), (1 << 31) - 1);
}
