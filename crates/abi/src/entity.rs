//! Memories, tables, globals and tags, as running code sees them.
//!
//! Limits and reserved room are not running code's business: `sarsen-vm` keeps them around these.

use crate::Slot;
use core::sync::atomic::AtomicU64;

/// A linear memory.
#[repr(C)]
#[derive(Debug)]
pub struct VmMemory {
    /// Address of byte 0. Changes when an unreserved memory grows; never for a shared one.
    pub base: *mut u8,
    /// Accessible bytes. Atomic because threads grow shared memories; relaxed everywhere else.
    pub len: AtomicU64,
}

/// A table. Elements are slots: addresses of function records, or zero-extended heap references. Where records are expected,
/// zero is null or an element that is still to be made: who reads it asks the runtime, and before a null is written the
/// others are made.
#[repr(C)]
#[derive(Debug)]
pub struct VmTable {
    /// Address of element 0.
    pub base: *mut Slot,
    /// Number of elements.
    pub len: u64,
}

/// The cell of a global: scalars in the first slot, `v128` in both.
#[repr(C, align(16))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VmGlobal {
    /// The bits of the value.
    pub bits: [Slot; 2],
}

/// An exception tag. Its address is its identity.
#[repr(C)]
#[derive(Debug)]
pub struct VmTag {
    /// Engine-wide identity of its function type.
    pub ty: u32,
}
