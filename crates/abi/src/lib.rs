//! The layouts that running code and the runtime share.
//!
//! Every tier reads a running instance through these `#[repr(C)]` structs and through nothing else; generated
//! code takes offsets from `offset_of!`. This crate owns no memory and contains no behaviour beyond naming:
//! `sarsen-vm` allocates and frees what these structs describe.

#![forbid(unsafe_code)]

mod context;
mod entity;
mod exit;
mod func;
mod reftype;

pub use context::{VmEntry, VmHeap, VmInstance, VmStore};
pub use entity::{VmGlobal, VmMemory, VmTable, VmTag};
pub use exit::Exit;
pub use func::{
    Builtin, CallBuiltin, CallInRegisters, CallRecord, CodeCell, Enter, EntryCell, REGISTER_SLOTS, Returned,
    VmFunc, VmFunctions, VmHostFunc, fits_in_registers,
};
pub use reftype::{AbstractHeap, RefTest, i31_to_ref, is_i31, ref_to_i31_s, ref_to_i31_u};

/// Counts changes of how compiled code and the runtime call each other, of where code finds things, and of what operators cost in
/// fuel, that no size shows: code of another number is not run.
pub const CONVENTION: usize = 2;

/// One cell of a frame: every value but `v128` takes one, `v128` takes two.
///
/// `i32` and `f32` lie in the low half, zero-extended; heap references are 32-bit and zero-extended;
/// function references are the address of a [`VmFunc`]; null is zero for both.
pub type Slot = u64;

/// Bytes in a [`Slot`].
pub const SLOT_BYTES: usize = size_of::<Slot>();
