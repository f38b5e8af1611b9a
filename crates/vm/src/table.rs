//! Tables: their elements, and whether there is room for them. Whether the embedder allows growth is asked in `store.rs`.
//!
//! Records of functions are not made because a segment puts them into a table, but when somebody reads the element: most
//! are never called. This is so for an instance's own tables and segments of functions and nulls, up to [`MAX_LATER`] of
//! them; others are copied at once. A zero is a null, or an element that is still to be made; who reads one asks, and
//! who writes a null has the others made before.
//!
//! # Invariants
//!
//! `vm` always describes `elements`; every element is a value of the table's type, or is zero and is one of `later`.

use crate::externs::InstanceId;
use crate::limits::MAX_TABLE_ELEMENTS;
use crate::sys::zeroed_slots;
use sarsen_abi::{Slot, VmTable};
use sarsen_isa::Trap;
use sarsen_module::TableType;

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    vm: VmTable,
    ty: TableType,
    elements: Vec<Slot>,
    later: Later,
}

/// Elements that are made when somebody reads them.
#[derive(Debug)]
enum Later {
    /// Those of these segments that are zero.
    Segments(Vec<LaterSegment>),
    /// None, and none can be added.
    Nothing,
}

/// A segment of functions and nulls whose elements are not written yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LaterSegment {
    pub(crate) instance: InstanceId,
    pub(crate) segment: u32,
    /// The first element that it is in.
    pub(crate) at: u64,
    pub(crate) len: u64,
}

impl LaterSegment {
    /// The item of the segment that is element `index`.
    pub(crate) fn item(&self, index: u64) -> Option<u64> {
        index.checked_sub(self.at).filter(|&item| item < self.len)
    }
}

/// Most segments that a table keeps so: a zero is looked for in all of them.
const MAX_LATER: usize = 16;

impl Table {
    /// A table full of `init`; none if it would be too large, or there is no room for it.
    pub(crate) fn new(ty: TableType, init: Slot) -> Option<Box<Table>> {
        let len = usize::try_from(ty.min).ok().filter(|_| ty.min <= MAX_TABLE_ELEMENTS)?;
        let elements = if init == 0 {
            zeroed_slots(len)?
        } else {
            let mut elements = Vec::new();
            elements.try_reserve_exact(len).ok()?;
            elements.resize(len, init);
            elements
        };
        let later = if init == 0 { Later::Segments(Vec::new()) } else { Later::Nothing };
        let vm = VmTable { base: std::ptr::null_mut(), len: 0 };
        let mut table = Box::new(Table { vm, ty, elements, later });
        table.describe();
        Some(table)
    }

    fn describe(&mut self) {
        self.vm = VmTable { base: self.elements.as_mut_ptr(), len: self.elements.len() as u64 };
    }

    pub(crate) fn ty(&self) -> TableType {
        self.ty
    }

    pub(crate) fn vm(&mut self) -> *mut VmTable {
        &raw mut self.vm
    }

    pub(crate) fn len(&self) -> u64 {
        self.elements.len() as u64
    }

    /// The elements, zero where they are still to be made.
    pub(crate) fn elements(&self) -> &[Slot] {
        &self.elements
    }

    /// Puts a segment into the table, which has room for it, without making its elements. False if that cannot be.
    pub(crate) fn defer(&mut self, segment: LaterSegment) -> bool {
        match &mut self.later {
            Later::Segments(segments) if segments.len() < MAX_LATER => segments.push(segment),
            _ => return false,
        }
        true
    }

    /// The segment in which element `index` is, and where, if the element may be still to be made.
    pub(crate) fn later(&self, index: u64) -> Option<(LaterSegment, u64)> {
        let Later::Segments(segments) = &self.later else { return None };
        // What comes later overwrites what was there.
        segments.iter().rev().find_map(|segment| Some((*segment, segment.item(index)?)))
    }

    /// The segments whose elements are all to be made now.
    pub(crate) fn take_later(&mut self) -> Vec<LaterSegment> {
        match std::mem::replace(&mut self.later, Later::Nothing) {
            Later::Segments(segments) => segments,
            Later::Nothing => Vec::new(),
        }
    }

    /// The elements from `at` on.
    pub(crate) fn slice(&mut self, at: u64, len: u64) -> Result<&mut [Slot], Trap> {
        let end = at.checked_add(len).filter(|&end| end <= self.len()).ok_or(Trap::TableOutOfBounds)?;
        Ok(&mut self.elements[at as usize..end as usize])
    }

    /// Elements after growing by `delta`, if the table can have them.
    pub(crate) fn grown(&self, delta: u64) -> Option<u64> {
        let limit = self.ty.max.unwrap_or(u64::MAX).min(MAX_TABLE_ELEMENTS);
        self.len().checked_add(delta).filter(|&new| new <= limit)
    }

    /// Makes room for `delta` more elements. False if there is none.
    pub(crate) fn reserve(&mut self, delta: u64) -> bool {
        let Ok(delta) = usize::try_from(delta) else { return false };
        // With room to spare if possible: a guest that grows by one element at a time must not have all of them copied
        // each time.
        let done = self.elements.try_reserve(delta).is_ok() || self.elements.try_reserve_exact(delta).is_ok();
        // They have perhaps moved.
        self.describe();
        done
    }

    /// Grows by `delta` elements; the old length, or none if that is not possible.
    pub(crate) fn grow(&mut self, delta: u64, init: Slot) -> Option<u64> {
        let old = self.len();
        let new = self.grown(delta)?;
        if !self.reserve(delta) {
            return None;
        }
        self.elements.resize(new as usize, init);
        self.describe();
        Some(old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{call, elements, instantiate, store};
    use crate::{Extern, FuncPtr};
    use sarsen_isa::Builtin;
    use sarsen_module::{HeapType, RefType};

    fn ty(min: u64, max: Option<u64>) -> TableType {
        let element = RefType { nullable: true, heap: HeapType::Func };
        TableType { element, min, max, table64: false }
    }

    #[test]
    fn growth_fills_and_keeps() {
        let mut table = Table::new(ty(2, Some(5)), 7).unwrap();
        assert_eq!(table.grow(2, 9), Some(2));
        assert_eq!(table.elements(), [7, 7, 9, 9]);
        assert_eq!((table.vm.len, table.vm.base), (4, table.elements.as_mut_ptr()), "running code sees it");
        for delta in [2, u64::MAX, u64::MAX - 3] {
            assert_eq!(table.grow(delta, 1), None);
        }
        assert_eq!((table.grow(1, 1), table.grow(0, 2), table.grow(1, 3)), (Some(4), Some(5), None));
        assert_eq!(table.elements(), [7, 7, 9, 9, 1]);
    }

    #[test]
    fn sizes_that_no_table_has() {
        assert!(Table::new(ty(MAX_TABLE_ELEMENTS + 1, None), 0).is_none());
        assert!(Table::new(ty(u64::MAX, None), 0).is_none());
        let mut table = Table::new(ty(0, None), 0).unwrap();
        assert_eq!(table.grow(MAX_TABLE_ELEMENTS + 1, 0), None);
        assert_eq!((table.grow(MAX_TABLE_ELEMENTS, 3), table.grow(1, 0)), (Some(0), None));
        assert_eq!(table.elements().last(), Some(&3));
    }

    #[test]
    fn tables_are_refused_where_there_is_no_room() {
        let mut table = Table::new(ty(3, None), 4).unwrap();
        for delta in [u64::MAX, u64::MAX - 3, i64::MAX as u64 / 8, 1 << 58] {
            assert!(!table.reserve(delta), "{delta}");
        }
        assert_eq!((table.grow(1, 5), table.elements()), (Some(3), [4, 4, 4, 5].as_slice()));
        let wide = |min, max| TableType { table64: true, ..ty(min, max) };
        for min in [u64::MAX, 1 << 62, 1 << 61, 1 << 32, MAX_TABLE_ELEMENTS + 1] {
            assert!(
                Table::new(wide(min, None), 0).is_none() && Table::new(wide(min, None), 1).is_none(),
                "{min}"
            );
            assert_eq!(table.grow(min, 1), None, "{min}");
        }
        assert_eq!(
            Table::new(wide(MAX_TABLE_ELEMENTS, None), 0).map(|table| table.len()),
            Some(MAX_TABLE_ELEMENTS)
        );
    }

    #[test]
    fn slices_are_checked_without_wrapping() {
        let mut table = Table::new(ty(3, None), 4).unwrap();
        for (at, len) in [(0, 0), (0, 3), (3, 0), (2, 1)] {
            assert_eq!(table.slice(at, len).map(|slice| slice.len() as u64), Ok(len));
        }
        for (at, len) in [(0, 4), (3, 1), (4, 0), (u64::MAX, 1), (1, u64::MAX)] {
            assert_eq!(table.slice(at, len), Err(Trap::TableOutOfBounds), "{at} {len}");
        }
    }

    #[test]
    fn bulk_builtins() {
        let mut store = store();
        let wat = r#"(module (table (export "t") 5 funcref) (table i64 1 2 funcref)
          (elem $e func $a $b) (func $a) (func $b))"#;
        let id = instantiate(&mut store, wat);
        let Some(Extern::Table(table)) = store.export(id, "t") else { panic!("no table") };
        let a = call(&mut store, id, Builtin::RefFunc, &[], (0, 0)).unwrap();
        let b = call(&mut store, id, Builtin::RefFunc, &[], (1, 0)).unwrap();
        assert_ne!(a, b);
        assert!(FuncPtr::from_slot(a).is_some());
        let mut run = |builtin, args: [u64; 3]| call(&mut store, id, builtin, &args, (0, 0)).map(drop);
        assert_eq!(run(Builtin::TableInit, [1, 0, 2]), Ok(()));
        assert_eq!(run(Builtin::TableCopy, [2, 1, 2]), Ok(()));
        assert_eq!(run(Builtin::TableFill, [4, a, 1]), Ok(()));
        for (builtin, args) in [
            (Builtin::TableInit, [0, 1, 2]),
            (Builtin::TableInit, [4, 0, 2]),
            (Builtin::TableCopy, [4, 0, 2]),
            (Builtin::TableCopy, [0, 4, 2]),
            (Builtin::TableFill, [5, a, 1]),
            (Builtin::TableFill, [u64::MAX, a, 2]),
        ] {
            assert_eq!(run(builtin, args), Err(Trap::TableOutOfBounds), "{builtin:?} {args:?}");
        }
        assert_eq!(elements(&mut store, table), [0, a, a, b, a]);
        call(&mut store, id, Builtin::ElemDrop, &[], (0, 0)).unwrap();
        let trap = call(&mut store, id, Builtin::TableInit, &[0, 0, 1], (0, 0));
        assert_eq!(trap, Err(Trap::TableOutOfBounds));
        let mut grow =
            |table, delta| call(&mut store, id, Builtin::TableGrow, &[b, delta], (table, 0)).unwrap();
        assert_eq!([grow(0, 1), grow(0, u64::from(u32::MAX))], [5, u64::from(u32::MAX)]);
        assert_eq!([grow(1, 1), grow(1, 1)], [1, u64::MAX]);
        assert_eq!(elements(&mut store, table)[5], b);
    }

    /// A table whose elements, once all are made, are functions `$a`, none, `$d` and `$a`.
    const LATER: &str = r#"(module (table (export "t") 6 funcref) (func $a) (func $b) (func $c) (func $d)
      (elem (i32.const 0) $a $b $c $a) (elem (i32.const 1) funcref (ref.null func) (ref.func $d)))"#;

    #[test]
    fn elements_are_made_when_somebody_reads_them() {
        let mut store = store();
        let id = instantiate(&mut store, LATER);
        let Some(Extern::Table(table)) = store.export(id, "t") else { panic!("no table") };
        let made = |store: &crate::StoreInner| -> Vec<bool> {
            store.tables[table.index()].elements().iter().map(|&element| element != 0).collect()
        };
        let mut func = |index| call(&mut store, id, Builtin::RefFunc, &[], (index, 0)).unwrap();
        let (a, d) = (func(0), func(3));
        assert_eq!(made(&store), [false; 6]);
        assert_eq!([0, 1, 2, 5, 6].map(|index| store.table_element(table, index)), {
            [Some(a), Some(0), Some(d), Some(0), None]
        });
        assert_eq!(made(&store), [true, false, true, false, false, false]);
        assert_eq!(elements(&mut store, table), [a, 0, d, a, 0, 0]);
    }

    #[test]
    fn nulls_that_are_written_stay() {
        let mut store = store();
        let id = instantiate(&mut store, LATER);
        let Some(Extern::Table(table)) = store.export(id, "t") else { panic!("no table") };
        let [a, d] = [0, 3].map(|index| call(&mut store, id, Builtin::RefFunc, &[], (index, 0)).unwrap());
        call(&mut store, id, Builtin::TableFinish, &[], (0, 0)).unwrap();
        store.table_slice(table, 0, 1).unwrap()[0] = 0;
        assert_eq!(store.table_element(table, 0), Some(0));
        assert_eq!(call(&mut store, id, Builtin::TableElement, &[0], (0, 0)), Ok(0));
        assert_eq!(elements(&mut store, table), [0, 0, d, a, 0, 0]);
    }

    #[test]
    fn what_others_put_into_a_table_is_on_top() {
        let mut store = store();
        let id = instantiate(&mut store, LATER);
        let table = store.export(id, "t").unwrap();
        let wat = r#"(module (import "" "t" (table 6 funcref)) (func $e)
          (elem (i32.const 0) funcref (ref.null func) (ref.func $e)))"#;
        crate::testing::try_instantiate(&mut store, wat, &[table]).unwrap();
        let [a, d] = [0, 3].map(|index| call(&mut store, id, Builtin::RefFunc, &[], (index, 0)).unwrap());
        let Extern::Table(table) = table else { panic!("no table") };
        let elements = elements(&mut store, table);
        assert_eq!((elements[0], elements[1] != 0, &elements[2..]), (0, true, [d, a, 0, 0].as_slice()));
    }

    #[test]
    fn many_segments_are_not_put_off() {
        let mut store = store();
        let segments: String = (0..100).map(|at| format!("(elem (i32.const {at}) $a $a)")).collect();
        let id = instantiate(
            &mut store,
            &format!("(module (table (export \"t\") 101 funcref) (func $a) {segments})"),
        );
        let Some(Extern::Table(table)) = store.export(id, "t") else { panic!("no table") };
        let a = call(&mut store, id, Builtin::RefFunc, &[], (0, 0)).unwrap();
        assert!(matches!(store.tables[table.index()].later, Later::Nothing));
        assert_eq!(elements(&mut store, table), [a; 101]);
    }
}
