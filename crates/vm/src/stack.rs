//! The value stack: where interpreted frames lie.
//!
//! # Invariants
//!
//! The range is accessible, zeroed at first, and never moves.

use crate::sys::Reservation;
use sarsen_abi::Slot;

/// The value stack of a store.
#[derive(Debug)]
pub(crate) struct ValueStack {
    pages: Reservation,
    slots: usize,
}

impl ValueStack {
    /// None if the system has no room.
    pub(crate) fn new(slots: usize) -> Option<ValueStack> {
        let bytes = slots.checked_mul(size_of::<Slot>())?;
        // What is behind the committed part faults, should a frame ever escape the limit.
        let mut pages = Reservation::new(bytes.checked_add(crate::sys::GRANULE)?).ok()?;
        pages.commit(bytes).ok()?;
        Some(ValueStack { pages, slots })
    }

    /// The first slot.
    pub(crate) fn base(&self) -> *mut Slot {
        self.pages.base().cast()
    }

    /// The slot behind the last.
    pub(crate) fn end(&self) -> *mut Slot {
        self.base().wrapping_add(self.slots)
    }
}
