//! The canonical ABI: values into core code ([`lower`]) and out of it ([`lift`]), of Rust types ([`typed`]), of any type
//! ([`dynamic`]), and from one component into another without a stop ([`transfer`]).
//!
//! # Invariant
//!
//! What core code says is checked before it is used: a pointer by the memory's size, a length by what lies there, a number by
//! what it may mean. The host allocates for what it has seen, not for what was promised.

mod dynamic;
mod lift;
mod lower;
mod place;
mod string;
mod transfer;
mod typed;

pub(crate) use dynamic::{lift_values, lower_values};
pub use lift::LiftContext;
#[doc(hidden)]
pub use lift::discriminant as lift_case;
pub use lower::LowerContext;
pub(crate) use transfer::Transfer;
#[doc(hidden)]
pub use typed::{
    Abi, TypeCheck, alternatives, check_enum, check_flags, check_record, check_variant, flags_abi, lift_bits,
    record_abi, variant_abi,
};
pub use typed::{ComponentNamedList, ComponentType, Lift, Lower};

use crate::program::StringEncoding;
use sarsen::{Error, ErrorKind, Memory, NumericFunc};
use std::fmt;

/// The error of core code that breaks the rules of the canonical ABI.
#[cold]
pub(crate) fn trap(message: impl fmt::Display) -> Error {
    Error::of(ErrorKind::Trap, message)
}

/// The error of values that only asynchronous calls can have.
fn unsupported() -> Error {
    Error::msg("streams, futures and error contexts are not supported yet")
}

/// How values are passed to and from core code of an instance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GuestOptions {
    /// The component instance, by its number in the store.
    pub(crate) instance: usize,
    /// The instance of the root component.
    pub(crate) root: usize,
    pub(crate) memory: Option<Memory>,
    pub(crate) realloc: Option<NumericFunc>,
    pub(crate) encoding: StringEncoding,
}

/// A part of memory, or why it is none.
pub(crate) fn part<'a>(memory: &'a [u8], ptr: u64, len: u64, what: &str) -> sarsen::Result<&'a [u8]> {
    let end = ptr.checked_add(len).filter(|&end| end <= memory.len() as u64);
    let end = end.ok_or_else(|| trap(what))?;
    Ok(&memory[ptr as usize..end as usize])
}

/// Checks that a pointer is a multiple of what it points to.
pub(crate) fn aligned(ptr: u64, align: u32) -> sarsen::Result<()> {
    if ptr.is_multiple_of(u64::from(align)) { Ok(()) } else { Err(trap("unaligned pointer")) }
}
