//! References into the heap: made by the host, kept alive by it, and reclaimed.

use crate::{assert_says, load, load_in};
use sarsen::{
    AnyRef, ArrayRef, ArrayRefPre, ArrayType, AsContext, AsContextMut, Engine, ExternRef, FieldType, Global,
    GlobalType, I31, Mutability, Ref, RefType, RootScope, Rooted, StorageType, Store, StructRef,
    StructRefPre, StructType, Table, TableType, Trap, Val, ValType,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts how often it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Something to drop, and how often that has happened.
fn counted() -> (Counted, impl Fn() -> usize) {
    let count = Arc::new(AtomicUsize::new(0));
    (Counted(Arc::clone(&count)), move || count.load(Ordering::Relaxed))
}

fn mutable(ty: StorageType) -> FieldType {
    FieldType::new(Mutability::Var, ty)
}

#[test]
fn host_data_is_found_again() {
    let (mut store, instance) =
        load(r#"(module (func (export "same") (param externref) (result externref) (local.get 0)))"#);
    let same = instance
        .get_typed_func::<Option<Rooted<ExternRef>>, Option<Rooted<ExternRef>>>(&mut store, "same")
        .unwrap();
    assert!(same.call(&mut store, None).unwrap().is_none());
    let given = ExternRef::new(&mut store, String::from("data")).unwrap();
    let found = same.call(&mut store, Some(given)).unwrap().unwrap();
    let data = found.data(&store).unwrap().unwrap();
    assert_eq!(data.downcast_ref::<String>().unwrap(), "data");
    assert!(Rooted::ref_eq(&store, &given, &found).unwrap());
    let owned = given.to_owned_rooted(&mut store).unwrap();
    assert!(Rooted::ref_eq(&store, &owned, &found).unwrap());
    assert!(Rooted::ref_eq(&store, &owned, &owned).unwrap());
    let other = ExternRef::new(&mut store, String::from("data")).unwrap();
    assert!(!Rooted::ref_eq(&store, &given, &other).unwrap());
    assert!(!Rooted::ref_eq(&store, &other, &owned).unwrap());
}

#[test]
fn host_data_is_dropped_once_when_nothing_refers_to_it() {
    let mut store = Store::new(&crate::engine(), ());
    let (data, drops) = counted();
    let ty = GlobalType::new(ValType::EXTERNREF, Mutability::Var);
    let global = Global::new(&mut store, ty, Val::null_extern_ref()).unwrap();
    {
        let mut scope = RootScope::new(&mut store);
        let reference = ExternRef::new(&mut scope, data).unwrap();
        global.set(&mut scope, reference.into()).unwrap();
    }
    for _ in 0..3 {
        store.gc();
        assert_eq!(drops(), 0, "the global refers to it");
    }
    global.set(&mut store, Val::null_extern_ref()).unwrap();
    store.gc();
    assert_eq!(drops(), 1);
    store.gc();
    drop(store);
    assert_eq!(drops(), 1);
}

#[test]
fn host_data_is_dropped_with_the_store() {
    let mut store = Store::new(&crate::engine(), 4);
    let drops: Vec<_> = (0..10)
        .map(|_| {
            let (data, drops) = counted();
            ExternRef::new(&mut store, data).unwrap();
            drops
        })
        .collect();
    store.gc();
    assert!(drops.iter().all(|drops| drops() == 0), "references of the store's own scope live as long as it");
    assert_eq!(store.into_data(), 4);
    assert!(drops.iter().all(|drops| drops() == 1));
}

#[test]
fn cycles_are_reclaimed() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, ());
    let fields = [ValType::ANYREF, ValType::EXTERNREF].map(|ty| mutable(StorageType::ValType(ty)));
    let ty = StructType::new(&engine, fields).unwrap();
    let (first, first_drops) = counted();
    let (second, second_drops) = counted();
    let owned = {
        let mut scope = RootScope::new(&mut store);
        let pre = StructRefPre::new(&mut scope, ty);
        let mut object = |data, next: Val| {
            let data = ExternRef::new(&mut scope, data).unwrap();
            StructRef::new(&mut scope, &pre, &[next, data.into()]).unwrap()
        };
        let a = object(first, Val::null_any_ref());
        let b = object(second, a.to_anyref().into());
        a.set_field(&mut scope, 0, b.to_anyref().into()).unwrap();
        a.to_owned_rooted(&mut scope).unwrap()
    };
    store.gc();
    assert_eq!((first_drops(), second_drops()), (0, 0));
    owned.unroot(&mut store);
    store.gc();
    assert_eq!((first_drops(), second_drops()), (1, 1));
}

#[test]
fn tables_and_structs_keep_what_they_refer_to() {
    let mut store = Store::new(&crate::engine(), ());
    let ty = TableType::new(RefType::EXTERNREF, 2, None);
    let table = Table::new(&mut store, ty, Ref::Extern(None)).unwrap();
    let (data, drops) = counted();
    {
        let mut scope = RootScope::new(&mut store);
        let reference = ExternRef::new(&mut scope, data).unwrap();
        table.set(&mut scope, 1, Ref::Extern(Some(reference))).unwrap();
    }
    store.gc();
    assert_eq!(drops(), 0);
    table.set(&mut store, 1, Ref::Extern(None)).unwrap();
    store.gc();
    assert_eq!(drops(), 1);
}

#[test]
fn references_end_with_their_scope() {
    let mut store = Store::new(&crate::engine(), ());
    let outer = ExternRef::new(&mut store, 1).unwrap();
    let (inner, owned) = {
        let mut scope = RootScope::new(&mut store);
        let inner = ExternRef::new(&mut scope, 2).unwrap();
        assert!(inner.data(scope.as_context()).unwrap().is_some());
        (inner, inner.to_owned_rooted(&mut scope).unwrap())
    };
    assert_says(&inner.data(&store).unwrap_err(), &["after its scope has ended"]);
    // What takes the place of an ended reference is not taken for it.
    ExternRef::new(&mut store, 3).unwrap();
    assert_says(&inner.data(&store).unwrap_err(), &["after its scope has ended"]);
    store.gc();
    let again = owned.to_rooted(&mut store);
    assert_eq!(again.data(&store).unwrap().unwrap().downcast_ref(), Some(&2));
    assert_eq!(outer.data(&store).unwrap().unwrap().downcast_ref(), Some(&1));
}

/// A guest that makes garbage: `churn` allocates as many objects, `make` returns a list of some length, `sum` adds it up.
const LISTS: &str = r#"(module
    (type $list (struct (field i32) (field (ref null $list))))
    (func (export "churn") (param i32)
        (loop $again
            (drop (struct.new $list (local.get 0) (struct.new $list (i32.const 7) (ref.null $list))))
            (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (func (export "make") (param i32) (result anyref) (local $list (ref null $list))
        (loop $again
            (local.set $list (struct.new $list (local.get 0) (local.get $list)))
            (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get $list))
    (func (export "sum") (param anyref) (result i32) (local $list (ref null $list)) (local i32)
        (local.set $list (ref.cast (ref null $list) (local.get 0)))
        (block $done
            (loop $again
                (br_if $done (ref.is_null (local.get $list)))
                (local.set 2 (i32.add (local.get 2) (struct.get $list 0 (local.get $list))))
                (local.set $list (struct.get $list 1 (local.get $list)))
                (br $again)))
        (local.get 2)))"#;

#[test]
fn rooted_references_survive_many_collections() {
    let engine = Engine::new(crate::config().max_gc_heap(1 << 20)).unwrap();
    let (mut store, instance) = load_in(&engine, LISTS);
    let churn = instance.get_typed_func::<i32, ()>(&mut store, "churn").unwrap();
    let make = instance.get_typed_func::<i32, Option<Rooted<AnyRef>>>(&mut store, "make").unwrap();
    let sum = instance.get_typed_func::<Option<Rooted<AnyRef>>, i32>(&mut store, "sum").unwrap();
    let rooted = make.call(&mut store, 100).unwrap();
    let owned = {
        let mut scope = RootScope::new(&mut store);
        let list = make.call(&mut scope, 200).unwrap().unwrap();
        list.to_owned_rooted(&mut scope).unwrap()
    };
    let text = ExternRef::new(&mut store, "text").unwrap();
    for _ in 0..20 {
        churn.call(&mut store, 20_000).unwrap();
        store.gc();
        let mut scope = RootScope::new(&mut store);
        let kept = owned.to_rooted(&mut scope);
        assert_eq!(sum.call(&mut scope, rooted).unwrap(), 5050);
        assert_eq!(sum.call(&mut scope, Some(kept)).unwrap(), 20_100);
        assert_eq!(text.data(scope.as_context()).unwrap().unwrap().downcast_ref(), Some(&"text"));
    }
    assert!(store.gc_stats().collections >= 20);
}

#[test]
fn a_full_heap_is_a_trap_and_can_be_emptied() {
    let engine = Engine::new(crate::config().max_gc_heap(1 << 20)).unwrap();
    let (mut store, instance) = load_in(&engine, LISTS);
    let make = instance.get_typed_func::<i32, Option<Rooted<AnyRef>>>(&mut store, "make").unwrap();
    for _ in 0..3 {
        let error = make.call(&mut store, 1_000_000).unwrap_err();
        assert_eq!(error.downcast::<Trap>().unwrap(), Trap::AllocationTooLarge);
        let mut scope = RootScope::new(&mut store);
        make.call(&mut scope, 1000).unwrap();
    }
    let field = mutable(StorageType::I8);
    let pre = ArrayRefPre::new(&mut store, ArrayType::new(&engine, field));
    for len in [2 << 20, u32::MAX] {
        let error = ArrayRef::new(&mut store, &pre, &Val::I32(0), len).unwrap_err();
        assert_eq!(error.downcast::<Trap>().unwrap(), Trap::AllocationTooLarge, "{len}");
    }
}

#[test]
fn structs_have_typed_fields() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, ());
    let fields = [
        mutable(StorageType::I8),
        FieldType::new(Mutability::Const, StorageType::ValType(ValType::I64)),
        mutable(StorageType::ValType(ValType::V128)),
        mutable(StorageType::I16),
    ];
    let ty = StructType::new(&engine, fields).unwrap();
    let pre = StructRefPre::new(&mut store, ty.clone());
    let values = [Val::I32(-1), Val::I64(i64::MIN), Val::V128(7.into()), Val::I32(0x12_3456)];
    let object = StructRef::new(&mut store, &pre, &values).unwrap();
    assert_eq!(object.ty(&store).unwrap(), ty);
    assert_eq!(object.field(&mut store, 0).unwrap().unwrap_i32(), 255);
    assert_eq!(object.field(&mut store, 1).unwrap().unwrap_i64(), i64::MIN);
    assert_eq!(object.field(&mut store, 2).unwrap().unwrap_v128().as_u128(), 7);
    assert_eq!(object.field(&mut store, 3).unwrap().unwrap_i32(), 0x3456);
    object.set_field(&mut store, 0, Val::I32(3)).unwrap();
    assert_eq!(object.field(&mut store, 0).unwrap().unwrap_i32(), 3);
    assert_says(&object.set_field(&mut store, 1, Val::I64(1)).unwrap_err(), &["field 1 cannot change"]);
    assert_says(&object.set_field(&mut store, 0, Val::I64(1)).unwrap_err(), &["expected i32, found i64"]);
    assert_says(&object.field(&mut store, 4).unwrap_err(), &["no field 4"]);
    assert_says(
        &StructRef::new(&mut store, &pre, &values[1..]).unwrap_err(),
        &["expected 4 fields, found 3"],
    );
    let wrong = [Val::I32(0), Val::I32(0), Val::V128(0.into()), Val::I32(0)];
    assert_says(&StructRef::new(&mut store, &pre, &wrong).unwrap_err(), &["expected i64, found i32"]);
}

#[test]
fn arrays_have_typed_elements() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, ());
    let ty = ArrayType::new(&engine, mutable(StorageType::I16));
    let pre = ArrayRefPre::new(&mut store, ty.clone());
    let array = ArrayRef::new(&mut store, &pre, &Val::I32(9), 5).unwrap();
    assert_eq!((array.len(&store).unwrap(), array.ty(&store).unwrap()), (5, ty));
    array.set(&mut store, 2, Val::I32(-1)).unwrap();
    let elements: Vec<i32> = (0..5).map(|at| array.get(&mut store, at).unwrap().unwrap_i32()).collect();
    assert_eq!(elements, [9, 9, 65535, 9, 9]);
    for index in [5, u32::MAX] {
        assert_says(&array.get(&mut store, index).unwrap_err(), &[&index.to_string(), "array of 5"]);
        array.set(&mut store, index, Val::I32(0)).unwrap_err();
    }
    assert_says(&array.set(&mut store, 0, Val::F32(0)).unwrap_err(), &["expected i32, found f32"]);
    let constant = FieldType::new(Mutability::Const, StorageType::ValType(ValType::I64));
    let pre = ArrayRefPre::new(&mut store, ArrayType::new(&engine, constant));
    let array = ArrayRef::new_fixed(&mut store, &pre, &[Val::I64(1), Val::I64(2)]).unwrap();
    assert_eq!(array.get(&mut store, 1).unwrap().unwrap_i64(), 2);
    assert_says(&array.set(&mut store, 0, Val::I64(0)).unwrap_err(), &["cannot change"]);
    ArrayRef::new_fixed(&mut store, &pre, &[Val::I64(1), Val::I32(2)]).unwrap_err();
    let empty = ArrayRef::new_fixed(&mut store, &pre, &[]).unwrap();
    assert_eq!(empty.len(&store).unwrap(), 0);
}

#[test]
fn references_tell_what_they_are() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, ());
    let integer = AnyRef::from_i31(&mut store, I31::new_i32(-4).unwrap());
    assert_eq!(integer.as_i31(&store).unwrap().map(I31::get_i32), Some(-4));
    assert!(integer.is_i31(&store).unwrap() && integer.is_eqref(&store).unwrap());
    assert!(integer.as_struct(&store).unwrap().is_none());
    let pre = StructRefPre::new(&mut store, StructType::new(&engine, []).unwrap());
    let object = StructRef::new(&mut store, &pre, &[]).unwrap().to_anyref();
    assert!(object.is_struct(&store).unwrap() && !object.is_array(&store).unwrap());
    assert!(object.as_i31(&store).unwrap().is_none());
    let pre = ArrayRefPre::new(&mut store, ArrayType::new(&engine, mutable(StorageType::I8)));
    let array = ArrayRef::new(&mut store, &pre, &Val::I32(0), 2).unwrap().to_anyref();
    assert_eq!(array.as_array(&store).unwrap().unwrap().len(&store).unwrap(), 2);
}

#[test]
fn external_and_internal_references_convert() {
    let mut store = Store::new(&crate::engine(), ());
    let external = ExternRef::new(&mut store, 8_u8).unwrap();
    let internal = AnyRef::convert_extern(&mut store, external).unwrap();
    assert!(!internal.is_eqref(&store).unwrap());
    let back = ExternRef::convert_any(&mut store, internal).unwrap();
    assert_eq!(back.data(&store).unwrap().unwrap().downcast_ref(), Some(&8_u8));
    let integer = AnyRef::from_i31(&mut store, I31::new_u32(5).unwrap());
    let outside = ExternRef::convert_any(&mut store, integer).unwrap();
    assert!(outside.data(&store).unwrap().is_none());
    let inside = AnyRef::convert_extern(&mut store, outside).unwrap();
    assert_eq!(inside.as_i31(&store).unwrap().map(I31::get_u32), Some(5));
}

#[test]
fn references_of_a_host_function_end_with_its_call() {
    let mut store = Store::new(&crate::engine(), None);
    let (data, drops) = counted();
    let data = std::sync::Mutex::new(Some(data));
    let make = sarsen::Func::wrap(
        &mut store,
        move |mut caller: sarsen::Caller<'_, Option<Rooted<ExternRef>>>| -> sarsen::Result<()> {
            let reference = ExternRef::new(&mut caller, data.lock().unwrap().take().unwrap())?;
            *caller.data_mut() = Some(reference);
            caller.as_context_mut().data_mut();
            Ok(())
        },
    );
    make.typed::<(), ()>(&store).unwrap().call(&mut store, ()).unwrap();
    store.gc();
    assert_eq!(drops(), 1);
    let reference = store.data().unwrap();
    assert_says(&reference.data(&store).unwrap_err(), &["after its scope has ended"]);
}

/// Panics with its number when it is dropped.
struct Mine(i32);

impl Drop for Mine {
    fn drop(&mut self) {
        std::panic::panic_any(self.0);
    }
}

#[test]
fn panics_of_destructors_go_on_where_the_collection_was_caused() {
    let engine = Engine::new(crate::config().max_gc_heap(1 << 20)).unwrap();
    let wat = r#"(module (type $a (array i64)) (global $after (export "after") (mut i32) (i32.const 0))
        (func (export "collect") (local i32)
            (loop $again
                (drop (array.new_default $a (i32.const 1000)))
                (br_if $again (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 1000))))
            (global.set $after (i32.add (global.get $after) (i32.const 1)))))"#;
    let (mut store, instance) = load_in(&engine, wat);
    let collect = instance.get_typed_func::<(), ()>(&mut store, "collect").unwrap();
    let after = instance.get_global(&mut store, "after").unwrap();
    let mine = |store: &mut Store<()>| {
        let (data, drops) = counted();
        let mut scope = RootScope::new(store);
        for number in [1, 2] {
            ExternRef::new(&mut scope, Mine(number)).unwrap();
        }
        ExternRef::new(&mut scope, data).unwrap();
        drops
    };
    for after_it in [0, 1] {
        let drops = mine(&mut store);
        let payload = catch_unwind(AssertUnwindSafe(|| collect.call(&mut store, ()))).unwrap_err();
        assert!(matches!(payload.downcast_ref(), Some(1 | 2)), "the first of two");
        assert_eq!(drops(), 1, "the others are dropped all the same");
        assert_eq!(after.get(&mut store).unwrap_i32(), after_it, "the guest did not go on");
        collect.call(&mut store, ()).unwrap();
    }
    let _drops = mine(&mut store);
    let payload = catch_unwind(AssertUnwindSafe(|| store.gc())).unwrap_err();
    assert!(matches!(payload.downcast_ref(), Some(1 | 2)));
    store.gc();
    collect.call(&mut store, ()).unwrap();
}
