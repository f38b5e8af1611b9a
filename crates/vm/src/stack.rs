//! Value stacks: where interpreted frames lie. What a frame looks like is the interpreter's matter, and so is the check that
//! there is room.
//!
//! A thread has one, as it has a native stack: stores use it while their code runs there, so that those that are idle have none.
//! Where it is in use, or has another size, the store gets one of its own.
//!
//! # Invariants
//!
//! - Once it is made, the range is accessible and never moves. It may hold what other frames left there, which code cannot read:
//!   frames write before they read.
//! - A thread's stack that is in use when its thread ends stays for ever.

use crate::pool::{Pool, Room};
use crate::sys::GRANULE;
use sarsen_abi::Slot;
use std::cell::Cell;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A value stack.
#[derive(Debug)]
pub(crate) struct ValueStack {
    room: Room,
    slots: usize,
}

/// The most bytes of a stack that a thread keeps.
const MAX_THREAD_BYTES: usize = 2 << 20;

impl ValueStack {
    /// None if the system has no room.
    pub(crate) fn new(slots: usize, pool: Option<&Arc<Pool>>) -> Option<ValueStack> {
        let bytes = slots.checked_mul(size_of::<Slot>())?;
        // What is behind the committed part faults, should a frame ever escape the limit.
        let room = Room::new(pool, bytes.checked_add(GRANULE)?, bytes, None).ok()?;
        Some(ValueStack { room, slots })
    }

    /// The first slot.
    pub(crate) fn base(&self) -> *mut Slot {
        self.room.base().cast()
    }

    /// The slot behind the last.
    pub(crate) fn end(&self) -> *mut Slot {
        self.base().wrapping_add(self.slots)
    }
}

/// The stack of a thread, and whether it is in use: only its thread says that it is.
#[derive(Debug)]
pub(crate) struct ThreadStack {
    stack: ValueStack,
    is_used: AtomicBool,
}

/// What a thread owns.
struct Own(Cell<*mut ThreadStack>);

thread_local! {
    static OWN: Own = const { Own(Cell::new(ptr::null_mut())) };
}

impl Drop for Own {
    fn drop(&mut self) {
        let own = self.0.get();
        // SAFETY: null, or boxed by `ThreadStack::borrow`, for this thread alone unless it is in use: then it stays for ever.
        unsafe {
            if !own.is_null() && !(*own).is_used.load(Ordering::Acquire) {
                drop(Box::from_raw(own));
            }
        }
    }
}

impl ThreadStack {
    /// Whether threads have stacks of so many slots.
    pub(crate) fn can_have(slots: usize) -> bool {
        slots <= MAX_THREAD_BYTES / size_of::<Slot>()
    }

    /// This thread's stack, until it is [given back](ThreadStack::give_back). None if it is in use or has not so many slots.
    #[inline]
    pub(crate) fn borrow(slots: usize) -> Option<&'static ThreadStack> {
        let own = OWN.try_with(|own| if own.0.get().is_null() { own.make(slots) } else { own.0.get() });
        // SAFETY: null, or boxed; it goes when its thread ends, unless it is in use.
        let own = unsafe { own.ok()?.as_ref() }?;
        if own.stack.slots != slots || own.is_used.load(Ordering::Acquire) {
            return None;
        }
        own.is_used.store(true, Ordering::Relaxed);
        Some(own)
    }

    /// Ends its use. The thread may end at any time then: nobody may refer to it.
    #[inline]
    pub(crate) fn give_back(&self) {
        self.is_used.store(false, Ordering::Release);
    }

    /// The stack.
    pub(crate) fn stack(&self) -> &ValueStack {
        &self.stack
    }
}

impl Own {
    #[cold]
    fn make(&self, slots: usize) -> *mut ThreadStack {
        if ThreadStack::can_have(slots)
            && let Some(stack) = ValueStack::new(slots, None)
        {
            self.0.set(Box::into_raw(Box::new(ThreadStack { stack, is_used: AtomicBool::new(false) })));
        }
        self.0.get()
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
            let stack = ValueStack::new(slots, None).unwrap();
            assert_eq!(stack.end().addr() - stack.base().addr(), slots * size_of::<Slot>());
            assert!(stack.room.len() >= slots * size_of::<Slot>() + GRANULE, "there is a guard behind it");
        }
        for slots in [usize::MAX, usize::MAX / size_of::<Slot>()] {
            assert!(ValueStack::new(slots, None).is_none() && !ThreadStack::can_have(slots));
        }
    }

    #[test]
    fn a_store_without_room_for_its_stack_is_none() {
        let config = StoreConfig { stack_slots: usize::MAX / 16, ..StoreConfig::default() };
        assert!(Store::new(&Arc::default(), config).is_none());
    }

    #[test]
    fn a_stack_of_a_thread_is_used_by_one_at_a_time() {
        std::thread::spawn(|| {
            let base = |slots| {
                let borrowed = ThreadStack::borrow(slots)?;
                let base = borrowed.stack().base().addr();
                borrowed.give_back();
                Some(base)
            };
            assert_eq!(base(usize::MAX), None);
            assert_eq!(base(MAX_THREAD_BYTES / size_of::<Slot>() + 1), None);
            let first = ThreadStack::borrow(1000).unwrap();
            assert_eq!(base(1000), None, "it is in use");
            // Its user may have gone to another thread.
            std::thread::scope(|scope| {
                scope.spawn(|| first.give_back());
            });
            assert!(base(1000).is_some());
            assert_eq!((base(1000), base(2000)), (base(1000), None), "it has one size");
        })
        .join()
        .unwrap();
    }

    #[test]
    fn a_stack_that_is_in_use_outlives_its_thread() {
        let stack = std::thread::spawn(|| ThreadStack::borrow(1000).unwrap()).join().unwrap();
        // SAFETY: the slot is the stack's, which nobody else uses.
        unsafe { stack.stack().base().write_volatile(7) };
        stack.give_back();
    }
}
