//! The value stack: where interpreted frames lie. What a frame looks like is the interpreter's matter, and so is the
//! check that there is room.
//!
//! # Invariants
//!
//! The range is accessible and never moves. It may hold what the frames of another store left there.

use crate::sys::{GRANULE, Reservation, round_up};
use sarsen_abi::Slot;
use std::ptr;
use std::sync::{Mutex, PoisonError};

/// Stacks of stores that are gone: making one takes longer than many guests run.
static SPARES: Mutex<Vec<Reservation>> = Mutex::new(Vec::new());

/// How many of them are kept.
const MAX_SPARES: usize = 8;

/// Stacks with more bytes than this are not kept.
const MAX_SPARE_BYTES: usize = 2 << 20;

/// The value stack of a store.
#[derive(Debug)]
pub(crate) struct ValueStack {
    /// Taken out when the stack is dropped.
    pages: Option<Reservation>,
    slots: usize,
}

impl ValueStack {
    /// None if the system has no room.
    pub(crate) fn new(slots: usize) -> Option<ValueStack> {
        let bytes = slots.checked_mul(size_of::<Slot>())?;
        // What is behind the committed part faults, should a frame ever escape the limit.
        let len = round_up(bytes.checked_add(GRANULE)?)?;
        let spare = {
            let mut spares = SPARES.lock().unwrap_or_else(PoisonError::into_inner);
            let found = spares.iter().position(|pages| pages.len() == len);
            found.map(|at| spares.swap_remove(at))
        };
        let mut pages = match spare {
            Some(pages) => pages,
            None => Reservation::new(len).ok()?,
        };
        pages.commit(bytes).ok()?;
        Some(ValueStack { pages: Some(pages), slots })
    }

    /// The first slot.
    pub(crate) fn base(&self) -> *mut Slot {
        self.pages.as_ref().map_or(ptr::null_mut(), |pages| pages.base().cast())
    }

    /// The slot behind the last.
    pub(crate) fn end(&self) -> *mut Slot {
        self.base().wrapping_add(self.slots)
    }
}

impl Drop for ValueStack {
    fn drop(&mut self) {
        let Some(pages) = self.pages.take().filter(|pages| pages.len() <= MAX_SPARE_BYTES) else { return };
        let mut spares = SPARES.lock().unwrap_or_else(PoisonError::into_inner);
        if spares.len() < MAX_SPARES {
            spares.push(pages);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, StoreConfig};
    use std::sync::Arc;

    #[test]
    fn a_stack_has_the_slots_that_were_asked_for() {
        for slots in [0, 1, 1000, 8192, 100_000] {
            let stack = ValueStack::new(slots).unwrap();
            assert_eq!(stack.end().addr() - stack.base().addr(), slots * size_of::<Slot>());
            let pages = stack.pages.as_ref().unwrap();
            assert!(pages.len() >= slots * size_of::<Slot>() + GRANULE, "there is a guard behind it");
        }
        assert!(ValueStack::new(usize::MAX).is_none());
        assert!(ValueStack::new(usize::MAX / size_of::<Slot>()).is_none());
    }

    #[test]
    fn spares_are_few_small_and_fit() {
        let sizes = [16 << 10, 24 << 10, MAX_SPARE_BYTES / size_of::<Slot>()];
        for round in 0..3 {
            let stacks: Vec<ValueStack> =
                (0..3 * MAX_SPARES).map(|at| ValueStack::new(sizes[(at + round) % 3]).unwrap()).collect();
            for (at, stack) in stacks.iter().enumerate() {
                let slots = sizes[(at + round) % 3];
                assert_eq!(stack.end().addr() - stack.base().addr(), slots * size_of::<Slot>());
            }
            drop(stacks);
            let spares = SPARES.lock().unwrap_or_else(PoisonError::into_inner);
            assert!(spares.len() <= MAX_SPARES);
            assert!(spares.iter().all(|pages| pages.len() <= MAX_SPARE_BYTES));
        }
    }

    #[test]
    fn a_store_without_room_for_its_stack_is_none() {
        let config = StoreConfig { stack_slots: usize::MAX / 16, ..StoreConfig::default() };
        assert!(Store::new(&Arc::default(), config).is_none());
    }
}
