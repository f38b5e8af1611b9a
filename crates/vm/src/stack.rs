//! The value stack: where interpreted frames lie. What a frame looks like is the interpreter's matter, and so is the
//! check that there is room.
//!
//! # Invariants
//!
//! Once it is made, the range is accessible and never moves.

use crate::pool::{Pool, Room};
use crate::sys::GRANULE;
use sarsen_abi::Slot;
use std::ptr;
use std::sync::Arc;

/// The value stack of a store: none until code runs that needs it.
#[derive(Debug)]
pub(crate) struct ValueStack {
    room: Option<Room>,
    slots: usize,
}

/// The most bytes of a stack: more than any system has addresses for would never be there.
const MAX_BYTES: usize = 1 << 40;

impl ValueStack {
    /// None if that is too much.
    pub(crate) fn new(slots: usize) -> Option<ValueStack> {
        let bytes = slots.checked_mul(size_of::<Slot>())?;
        (bytes <= MAX_BYTES).then_some(ValueStack { room: None, slots })
    }

    /// Makes it accessible. False if the system has no room.
    pub(crate) fn make(&mut self, pool: Option<&Arc<Pool>>) -> bool {
        let bytes = self.slots * size_of::<Slot>();
        // What is behind the committed part faults, should a frame ever escape the limit.
        self.room = Room::new(pool, bytes + GRANULE, bytes, None).ok();
        self.room.is_some()
    }

    /// The first slot.
    pub(crate) fn base(&self) -> *mut Slot {
        self.room.as_ref().map_or(ptr::null_mut(), |room| room.base().cast())
    }

    /// The slot behind the last.
    pub(crate) fn end(&self) -> *mut Slot {
        self.room.as_ref().map_or(ptr::null_mut(), |room| room.base().cast::<Slot>().wrapping_add(self.slots))
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
            let mut stack = ValueStack::new(slots).unwrap();
            assert!(stack.base().is_null() && stack.end().is_null());
            assert!(stack.make(None));
            assert_eq!(stack.end().addr() - stack.base().addr(), slots * size_of::<Slot>());
            let room = stack.room.as_ref().unwrap();
            assert!(room.len() >= slots * size_of::<Slot>() + GRANULE, "there is a guard behind it");
        }
        assert!(ValueStack::new(usize::MAX).is_none());
        assert!(ValueStack::new(usize::MAX / size_of::<Slot>()).is_none());
    }

    #[test]
    fn a_store_without_room_for_its_stack_is_none() {
        let config = StoreConfig { stack_slots: usize::MAX / 16, ..StoreConfig::default() };
        assert!(Store::new(&Arc::default(), config).is_none());
    }
}
