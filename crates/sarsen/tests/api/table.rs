//! Tables of references.

use crate::{assert_says, load};
use sarsen::{ErrorKind, ExternRef, Func, HeapType, Ref, RefType, Store, Table, TableType, Trap};

#[test]
fn elements_are_read_and_written() {
    let mut store = Store::new(&crate::engine(), ());
    let table = Table::new(&mut store, TableType::new(RefType::FUNCREF, 3, None), Ref::Func(None)).unwrap();
    let func = Func::wrap(&mut store, || 1);
    table.set(&mut store, 1, Ref::Func(Some(func))).unwrap();
    assert_eq!(table.get(&mut store, 1).unwrap().unwrap_func(), Some(&func));
    assert!(table.get(&mut store, 0).unwrap().is_null());
    assert!(table.get(&mut store, 3).is_none());
    assert!(table.get(&mut store, u64::MAX).is_none());
    for index in [3, u64::MAX] {
        let error = table.set(&mut store, index, Ref::Func(None)).unwrap_err();
        assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::TableOutOfBounds));
    }
}

#[test]
fn guests_call_what_the_host_puts_in() {
    let wat = r#"(module (table (export "table") 2 funcref)
        (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))"#;
    let (mut store, instance) = load(wat);
    let table = instance.get_table(&mut store, "table").unwrap();
    let call = instance.get_typed_func::<i32, i32>(&mut store, "call").unwrap();
    let five = Func::wrap(&mut store, || 5);
    table.set(&mut store, 1, Ref::Func(Some(five))).unwrap();
    assert_eq!(call.call(&mut store, 1).unwrap(), 5);
    let trap = call.call(&mut store, 2).unwrap_err().downcast::<Trap>().unwrap();
    assert_eq!(trap, Trap::UndefinedElement);
    assert_eq!(table.grow(&mut store, 1, Ref::Func(Some(five))).unwrap(), 2);
    assert_eq!(call.call(&mut store, 2).unwrap(), 5);
}

#[test]
fn tables_grow_up_to_their_maximum() {
    let mut store = Store::new(&crate::engine(), ());
    let ty = TableType::new(RefType::FUNCREF, 1, Some(3));
    let table = Table::new(&mut store, ty, Ref::Func(None)).unwrap();
    assert_eq!(table.grow(&mut store, 2, Ref::Func(None)).unwrap(), 1);
    for delta in [1, u64::MAX] {
        let error = table.grow(&mut store, delta, Ref::Func(None)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
    }
    assert_eq!(table.size(&store), 3);
}

#[test]
fn overlapping_elements_are_copied_as_if_at_once() {
    let mut store = Store::new(&crate::engine(), ());
    let ty = TableType::new(RefType::FUNCREF, 5, None);
    let table = Table::new(&mut store, ty, Ref::Func(None)).unwrap();
    let funcs: Vec<Func> = (0..5).map(|number| Func::wrap(&mut store, move || number)).collect();
    for (index, &func) in funcs.iter().enumerate() {
        table.set(&mut store, index as u64, Ref::Func(Some(func))).unwrap();
    }
    Table::copy(&mut store, &table, 1, &table, 0, 4).unwrap();
    let found: Vec<Func> =
        (0..5).map(|at| *table.get(&mut store, at).unwrap().unwrap_func().unwrap()).collect();
    assert_eq!(found, [funcs[0], funcs[0], funcs[1], funcs[2], funcs[3]]);
    for (to, from, len) in [(2, 0, 4), (0, 2, 4), (u64::MAX, 0, 1), (0, 1, u64::MAX)] {
        let error = Table::copy(&mut store, &table, to, &table, from, len).unwrap_err();
        assert!(error.is::<Trap>(), "{to} {from} {len}");
    }
    table.fill(&mut store, 1, Ref::Func(None), 3).unwrap();
    let nulls: Vec<bool> = (0..5).map(|at| table.get(&mut store, at).unwrap().is_null()).collect();
    assert_eq!(nulls, [false, true, true, true, false]);
    assert!(table.fill(&mut store, 3, Ref::Func(None), 3).unwrap_err().is::<Trap>());
}

#[test]
fn elements_have_the_table_s_type() {
    let mut store = Store::new(&crate::engine(), ());
    let funcs = TableType::new(RefType::FUNCREF, 1, None);
    let externs = TableType::new(RefType::EXTERNREF, 1, None);
    let error = Table::new(&mut store, funcs.clone(), Ref::Extern(None)).unwrap_err();
    assert_says(&error, &["expected funcref"]);
    let funcs = Table::new(&mut store, funcs, Ref::Func(None)).unwrap();
    let externs = Table::new(&mut store, externs, Ref::Extern(None)).unwrap();
    let data = ExternRef::new(&mut store, "data").unwrap();
    funcs.set(&mut store, 0, Ref::Extern(Some(data))).unwrap_err();
    funcs.grow(&mut store, 1, Ref::Extern(None)).unwrap_err();
    externs.set(&mut store, 0, Ref::Extern(Some(data))).unwrap();
    let error = Table::copy(&mut store, &funcs, 0, &externs, 0, 1).unwrap_err();
    assert_says(&error, &["different element types"]);

    let never_null = RefType::new(false, HeapType::Func);
    let ty = TableType::new(never_null, 1, None);
    Table::new(&mut store, ty.clone(), Ref::Func(None)).unwrap_err();
    let func = Func::wrap(&mut store, || {});
    let table = Table::new(&mut store, ty, Ref::Func(Some(func))).unwrap();
    table.set(&mut store, 0, Ref::Func(None)).unwrap_err();
    Table::copy(&mut store, &funcs, 0, &table, 0, 1).unwrap();
    Table::copy(&mut store, &table, 0, &funcs, 0, 1).unwrap_err();
}

#[test]
fn types_that_cannot_be_are_refused() {
    let mut store = Store::new(&crate::engine(), ());
    let ty = TableType::new(RefType::FUNCREF, 2, Some(1));
    assert_eq!(Table::new(&mut store, ty, Ref::Func(None)).unwrap_err().kind(), ErrorKind::Invalid);
    let ty = TableType::new64(RefType::FUNCREF, u64::MAX, None);
    assert_eq!(Table::new(&mut store, ty, Ref::Func(None)).unwrap_err().kind(), ErrorKind::Limit);
}

/// A table of `$one` and `$two`, and calls through it.
const FILLED: &str = r#"(module (table (export "table") 4 funcref) (elem (i32.const 1) $one $two)
    (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
    (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))"#;

#[test]
fn the_host_sees_what_segments_have_put_in() {
    let (mut store, instance) = load(FILLED);
    let table = instance.get_table(&mut store, "table").unwrap();
    let call = instance.get_typed_func::<i32, i32>(&mut store, "call").unwrap();
    assert!(table.get(&mut store, 0).unwrap().is_null());
    let two = *table.get(&mut store, 2).unwrap().unwrap_func().unwrap();
    assert_eq!(two.typed::<(), i32>(&store).unwrap().call(&mut store, ()).unwrap(), 2);
    table.set(&mut store, 1, Ref::Func(None)).unwrap();
    assert!(table.get(&mut store, 1).unwrap().is_null());
    assert_eq!(call.call(&mut store, 2).unwrap(), 2);
    let trap = call.call(&mut store, 1).unwrap_err().downcast::<Trap>().unwrap();
    assert_eq!(trap, Trap::IndirectCallToNull);
    let (mut store, instance) = load(FILLED);
    let table = instance.get_table(&mut store, "table").unwrap();
    Table::copy(&mut store, &table, 0, &table, 1, 3).unwrap();
    let call = instance.get_typed_func::<i32, i32>(&mut store, "call").unwrap();
    assert_eq!([0, 1].map(|at| call.call(&mut store, at).unwrap()), [1, 2]);
    assert!(call.call(&mut store, 2).is_err());
}

#[test]
fn others_see_what_segments_have_put_in() {
    for (write, left) in [("", [0, 1, 2, 0]), ("(table.set (i32.const 1) (ref.null func))", [0, 0, 2, 0])] {
        let importer = format!(
            r#"(module (import "" "table" (table 4 funcref))
              (func (export "write") {write})
              (func (export "is_null") (param i32) (result i32) (ref.is_null (table.get (local.get 0))))
              (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))"#
        );
        // Whoever looks first: the importer, or the table's own instance.
        for order in [[0, 1], [1, 0]] {
            let (mut store, owner) = load(FILLED);
            let table = owner.get_table(&mut store, "table").unwrap();
            let module = sarsen::Module::new(store.engine(), &importer).unwrap();
            let other = sarsen::Instance::new(&mut store, &module, &[table.into()]).unwrap();
            other.get_typed_func::<(), ()>(&mut store, "write").unwrap().call(&mut store, ()).unwrap();
            for side in order {
                let instance = [owner, other][side];
                let call = instance.get_typed_func::<i32, i32>(&mut store, "call").unwrap();
                assert_eq!([0, 1, 2, 3].map(|at| call.call(&mut store, at).unwrap_or(0)), left, "{write}");
            }
            let is_null = other.get_typed_func::<i32, i32>(&mut store, "is_null").unwrap();
            let nulls = [0, 1, 2, 3].map(|at| is_null.call(&mut store, at).unwrap());
            assert_eq!(nulls, left.map(|left| i32::from(left == 0)), "{write}");
        }
    }
}

#[test]
fn functions_of_instances_that_failed_call_through_their_own_table() {
    let (mut store, owner) = load(FILLED);
    let table = owner.get_table(&mut store, "table").unwrap();
    let failing = r#"(module (import "" "table" (table $theirs 4 funcref)) (table $own 1 funcref)
        (elem (table $own) (i32.const 0) func $three)
        (elem (table $theirs) (i32.const 0) func $through)
        (elem (table $theirs) (i32.const 4) func $three)
        (func $three (result i32) (i32.const 3))
        (func $through (result i32) (call_indirect $own (result i32) (i32.const 0))))"#;
    let module = sarsen::Module::new(store.engine(), failing).unwrap();
    assert!(sarsen::Instance::new(&mut store, &module, &[table.into()]).is_err());
    let call = owner.get_typed_func::<i32, i32>(&mut store, "call").unwrap();
    assert_eq!(call.call(&mut store, 0).unwrap(), 3);
}

#[test]
fn null_is_no_function() {
    let mut store = Store::new(&crate::engine(), ());
    let ty = TableType::new(RefType::FUNCREF, 1, None);
    let table = Table::new(&mut store, ty, Ref::Func(None)).unwrap();
    assert_eq!(table.get(&mut store, 0).unwrap().unwrap_func(), None);
    assert!(std::panic::catch_unwind(|| Ref::Extern(None).unwrap_func().is_none()).is_err());
}
