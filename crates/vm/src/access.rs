//! What tier 0 asks of the runtime besides builtins. How a failed test or an exception goes on is the tier's matter.
//!
//! # Invariants
//!
//! Callers pass live instances and stores, which their thread has exclusively.

use crate::externs::TableId;
use crate::instance::Instance;
use crate::store::StoreInner;
use sarsen_abi::{AbstractHeap, RefTest, Slot, VmInstance, VmStore, VmTag};
use sarsen_module::{HeapType, RefType, TypeId};

/// Whether type `sub` is a subtype of `sup`.
///
/// # Safety
/// `instance` must be live.
pub unsafe fn is_subtype(instance: *const VmInstance, sub: u32, sup: u32) -> bool {
    // SAFETY: by contract.
    let store = unsafe { StoreInner::of((*instance).store) };
    store.registry.is_subtype(TypeId::from_u32(sub), TypeId::from_u32(sup))
}

/// An element of a table that has that many; where running code finds zero, it may be one that is still to be made.
///
/// # Safety
/// `instance` must be live and have the table.
pub unsafe fn table_element(instance: *const VmInstance, table: u32, index: u64) -> Slot {
    // SAFETY: by contract.
    let (store, table) = unsafe { table_of(instance, table) };
    store.table_element(table, index).unwrap_or(0)
}

/// Makes all elements of a table that are still to be made: running code is about to write a null.
///
/// # Safety
/// `instance` must be live and have the table.
pub unsafe fn finish_table(instance: *const VmInstance, table: u32) {
    // SAFETY: by contract.
    let (store, table) = unsafe { table_of(instance, table) };
    store.finish_table(table);
}

/// A table of an instance, and its store.
///
/// # Safety
/// `instance` must be live and have the table.
unsafe fn table_of<'a>(instance: *const VmInstance, table: u32) -> (&'a mut StoreInner, TableId) {
    // SAFETY: by contract; `runtime` is what the instance put there.
    unsafe {
        let store = StoreInner::of((*instance).store);
        (store, (*(*instance).runtime.cast::<Instance>()).tables[table as usize])
    }
}

/// Whether a reference in a slot passes an encoded test.
///
/// # Safety
/// `instance` must be live, `value` a reference of its store.
pub unsafe fn ref_matches(instance: *const VmInstance, value: Slot, test: u64) -> bool {
    // SAFETY: by contract.
    unsafe { StoreInner::of((*instance).store) }.ref_matches(value, RefTest::decode(test))
}

/// The tag of an exception.
///
/// # Safety
/// `vm` must be live, `exception` an exception of it.
pub unsafe fn exception_tag(vm: *mut VmStore, exception: u32) -> *const VmTag {
    // SAFETY: by contract.
    unsafe { StoreInner::of(vm) }.exception_tag(exception)
}

/// Copies the payload of an exception to `to`; how many slots it has.
///
/// # Safety
/// `vm` must be live, `exception` an exception of it; there must be room.
pub unsafe fn exception_payload(vm: *mut VmStore, exception: u32, to: *mut Slot) -> usize {
    // SAFETY: by contract.
    unsafe {
        let payload = StoreInner::of(vm).exception_payload(exception);
        to.copy_from_nonoverlapping(payload.as_ptr(), payload.len());
        payload.len()
    }
}

/// A reference type as the immediate of a cast or test.
pub fn ref_test(ty: RefType) -> RefTest {
    let nullable = ty.nullable;
    let heap = match ty.heap {
        HeapType::Concrete(id) => return RefTest::Concrete { ty: id.as_u32(), nullable },
        HeapType::Func => AbstractHeap::Func,
        HeapType::NoFunc => AbstractHeap::NoFunc,
        HeapType::Extern => AbstractHeap::Extern,
        HeapType::NoExtern => AbstractHeap::NoExtern,
        HeapType::Any => AbstractHeap::Any,
        HeapType::Eq => AbstractHeap::Eq,
        HeapType::I31 => AbstractHeap::I31,
        HeapType::Struct => AbstractHeap::Struct,
        HeapType::Array => AbstractHeap::Array,
        HeapType::None => AbstractHeap::None,
        HeapType::Exn => AbstractHeap::Exn,
        HeapType::NoExn => AbstractHeap::NoExn,
    };
    RefTest::Abstract { heap, nullable }
}
