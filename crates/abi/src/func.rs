//! Function records: one callee, reachable from every tier.
//!
//! What the cell's code is, only the tier that filled it knows.

use crate::{Exit, Slot, VmInstance};
use core::ffi::c_void;
use core::sync::atomic::AtomicPtr;

/// The entry of a function in tier 0's code: null until its body is translated, then immutable.
#[repr(transparent)]
#[derive(Debug, Default)]
pub struct CodeCell(pub AtomicPtr<c_void>);

/// A function: a body together with the instance that it runs in, or a host function.
///
/// A reference to a function is the address of its record; records live as long as their store.
#[repr(C)]
#[derive(Debug)]
pub struct VmFunc {
    /// The instance that the body runs in; null for a host function.
    pub instance: *mut VmInstance,
    /// Tier 0's entry; null for a host function (and in a record that has not been made yet).
    pub cell: *const CodeCell,
    /// Engine-wide identity of the function's type.
    pub ty: u32,
    /// Function index in its module; for a host function, index into the store's host functions.
    pub index: u32,
    /// Slots that the parameters take.
    pub params: u32,
    /// Slots that the results take.
    pub results: u32,
}

/// A runtime function that code of any tier calls: operands in slots from `args` on, first operand first; results
/// are written from `args[0]` on. `imm` carries up to two 32-bit immediates, the first in the low half.
pub type Builtin = unsafe extern "C" fn(instance: *mut VmInstance, args: *mut Slot, imm: u64) -> Exit;
