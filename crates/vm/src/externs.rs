//! What instances import and export: store-owned entities by number, functions by the address of their record. What is
//! behind a number is the store's: `store.rs`.
//!
//! # Invariants
//!
//! A [`FuncPtr`] is not null. Nothing here follows it; whoever does has the store, which owns the record.

use sarsen_abi::VmFunc;

/// A function of a store: the address of its record, never null.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FuncPtr(*const VmFunc);

// SAFETY: the pointer is only followed by functions that are given the store, which owns the record.
unsafe impl Send for FuncPtr {}
// SAFETY: as above.
unsafe impl Sync for FuncPtr {}

impl FuncPtr {
    /// The function whose record is at `record`; none for null.
    pub fn new(record: *const VmFunc) -> Option<FuncPtr> {
        (!record.is_null()).then_some(FuncPtr(record))
    }

    /// The function that a slot refers to; none for null.
    pub fn from_slot(slot: u64) -> Option<FuncPtr> {
        FuncPtr::new(std::ptr::with_exposed_provenance(slot as usize))
    }

    /// As a reference in a slot.
    pub fn to_slot(self) -> u64 {
        self.0.expose_provenance() as u64
    }

    /// The record.
    pub fn record(self) -> *const VmFunc {
        self.0
    }
}

/// Declares numbers of entities in a store.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub(crate) u32);

        impl $name {
            /// Its number in the store.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        })*
    };
}

ids! {
    /// A memory of a store.
    MemoryId;
    /// A table of a store.
    TableId;
    /// A global of a store.
    GlobalId;
    /// A tag of a store.
    TagId;
    /// An instance of a store.
    InstanceId;
}

/// Something that can be imported and exported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extern {
    /// A function.
    Func(FuncPtr),
    /// A memory.
    Memory(MemoryId),
    /// A table.
    Table(TableId),
    /// A global.
    Global(GlobalId),
    /// A tag.
    Tag(TagId),
}
