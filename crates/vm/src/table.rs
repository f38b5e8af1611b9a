//! Tables.
//!
//! # Invariants
//!
//! `vm` always describes `elements`; every element is a value of the table's type.

use crate::limits::MAX_TABLE_ELEMENTS;
use sarsen_abi::{Slot, VmTable};
use sarsen_isa::Trap;
use sarsen_module::TableType;

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    vm: VmTable,
    ty: TableType,
    elements: Vec<Slot>,
}

impl Table {
    /// A table full of `init`; none if it would be too large.
    pub(crate) fn new(ty: TableType, init: Slot) -> Option<Box<Table>> {
        if ty.min > MAX_TABLE_ELEMENTS {
            return None;
        }
        let elements = if init == 0 { vec![0; ty.min as usize] } else { vec![init; ty.min as usize] };
        let mut table = Box::new(Table { vm: VmTable { base: std::ptr::null_mut(), len: 0 }, ty, elements });
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

    pub(crate) fn elements(&self) -> &[Slot] {
        &self.elements
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

    /// Grows by `delta` elements; the old length, or none if that is not possible.
    pub(crate) fn grow(&mut self, delta: u64, init: Slot) -> Option<u64> {
        let old = self.len();
        let new = self.grown(delta)?;
        self.elements.try_reserve(delta as usize).ok()?;
        self.elements.resize(new as usize, init);
        self.describe();
        Some(old)
    }
}
