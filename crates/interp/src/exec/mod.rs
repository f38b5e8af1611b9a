//! The bodies of the instructions, a file a class.
//!
//! Each body documents its payload by the names of its fields in [`crate::payload`]. Bodies never need a destructor and
//! never let the address of the machine escape on their fast path: then a threaded handler has no frame. How one body
//! leads to the next is in [`crate::dispatch`].
//!
//! # Invariants
//!
//! A body finds those of [`crate::machine`] kept and keeps them, whichever way it leaves; the payload that it documents is
//! what the translator wrote.

pub(crate) mod aggregate;
pub(crate) mod atomic;
pub(crate) mod call;
pub(crate) mod compare;
pub(crate) mod compiled;
pub(crate) mod control;
pub(crate) mod global;
pub(crate) mod memory;
pub(crate) mod moves;
pub(crate) mod numeric;
pub(crate) mod reference;
pub(crate) mod runtime;
pub(crate) mod vector;

/// Declares instructions that are not generic: a documented name, its family, and what it does to the machine `m`.
macro_rules! instructions {
    ($($(#[$doc:meta])* $name:ident |$m:ident| $run:block)*) => {
        $($(#[$doc])*
        pub(crate) struct $name;
        impl $crate::machine::Body for $name {
            const ID: u16 = $crate::inst::base($crate::inst::Family::$name);
            #[inline(always)]
            unsafe fn run($m: &mut $crate::machine::Machine) -> $crate::machine::Flow {
                // SAFETY: the registers keep the invariants of the machine, and the translator wrote the payload that
                // the instruction's documentation names.
                unsafe { $run }
            }
        })*
    };
}
pub(crate) use instructions;

/// Everything that the list of instructions names.
pub(crate) mod prelude {
    pub(crate) use super::aggregate::*;
    pub(crate) use super::atomic::{Atomic, AtomicAddress, Fence};
    pub(crate) use super::call::*;
    pub(crate) use super::compare::{Branch, Compare};
    pub(crate) use super::compiled::EnterCompiled;
    pub(crate) use super::control::*;
    pub(crate) use super::global::*;
    pub(crate) use super::memory::{Load, LoadAny, LoadSum, Store, StoreAny};
    pub(crate) use super::moves::*;
    pub(crate) use super::numeric::{Binary, Unary};
    pub(crate) use super::reference::*;
    pub(crate) use super::runtime::{CallBuiltin, ThrowRef};
    pub(crate) use super::vector::*;
    pub(crate) use crate::operand::{AccOnly, Both, branch, load, one, store, two};
}
