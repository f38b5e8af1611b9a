//! What every thread has of its own, at one address: a store keeps the address while its code runs, so that nobody who may go on
//! in another thread asks for it twice. Value stacks are `stack.rs`' matter.
//!
//! # Invariants
//!
//! `current` is null or the store whose compiled code the thread runs, or has called out of.

use sarsen_abi::VmStore;
use std::cell::Cell;
use std::ptr;

/// What a thread has. Aligned so that none of it lies across two pages.
#[repr(align(32))]
pub(crate) struct Here {
    /// Whose compiled code it runs.
    pub(crate) current: Cell<*mut VmStore>,
    /// The stack that it runs on, once somebody had to know: its lowest address, and its end. Whoever leaves for another one says so.
    pub(crate) stack: Cell<(usize, usize)>,
}

thread_local! {
    static HERE: Here = const { Here { current: Cell::new(ptr::null_mut()), stack: Cell::new((0, 0)) } };
}

/// The calling thread's. Its address is also a number that no other thread has at the same time.
///
/// Not inlined, and not known to have no effects: a compiler that sees two calls in a function must not use the first one's
/// address for the second, as there may have been a switch to another thread between them.
#[inline(never)]
pub(crate) fn here() -> *const Here {
    #[cfg(not(miri))]
    // SAFETY: there is no instruction.
    unsafe {
        std::arch::asm!("", options(nostack, preserves_flags));
    }
    HERE.with(ptr::from_ref)
}
