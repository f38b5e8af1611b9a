//! Stacks as pages of their own, and switches between them.
//!
//! # Invariants
//!
//! Below the pages of a stack that may be used lie some that nobody may touch.

use crate::sys::{GRANULE, round_up};
use corosensei::CoroutineResult;
use corosensei::stack::{Stack, StackPointer};
use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap_anonymous, mprotect, munmap};
use std::ffi::c_void;
use std::ptr;

/// A stack.
#[derive(Debug)]
pub(crate) struct NativeStack {
    /// The pages that nobody may touch.
    guard: *mut c_void,
    /// Bytes above them.
    len: usize,
}

// SAFETY: the pages belong to their owner alone.
unsafe impl Send for NativeStack {}

// SAFETY: there are pages that fault below it, and more than the least that a stack must have.
unsafe impl Stack for NativeStack {
    fn base(&self) -> StackPointer {
        StackPointer::new(self.bounds().1).unwrap_or(StackPointer::MAX)
    }

    fn limit(&self) -> StackPointer {
        StackPointer::new(self.guard.addr()).unwrap_or(StackPointer::MAX)
    }
}

impl NativeStack {
    /// Bytes of a stack of at least so many.
    pub(crate) fn rounded(len: usize) -> usize {
        round_up(len.max(GRANULE)).unwrap_or(usize::MAX)
    }

    /// None if the system has no room.
    pub(crate) fn new(len: usize) -> Option<NativeStack> {
        let len = NativeStack::rounded(len);
        let all = len.checked_add(GRANULE)?;
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a fresh private mapping at an address of the system's choice affects nothing else.
        let guard = unsafe { mmap_anonymous(ptr::null_mut(), all, ProtFlags::empty(), flags) }.ok()?;
        let stack = NativeStack { guard, len };
        // SAFETY: the pages are ours, and unused.
        unsafe {
            mprotect(guard.byte_add(GRANULE), len, MprotectFlags::READ | MprotectFlags::WRITE).ok()?;
        }
        Some(stack)
    }

    /// Bytes of it.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Its lowest address, and its end.
    pub(crate) fn bounds(&self) -> (usize, usize) {
        let lowest = self.guard.addr() + GRANULE;
        (lowest, lowest + self.len)
    }

    /// Gives back to the system what lies deeper than `kept` bytes.
    pub(crate) fn trim(&mut self, kept: usize) {
        let deep = self.len.saturating_sub(kept) / GRANULE * GRANULE;
        if deep > 0 {
            // SAFETY: nothing runs on the stack. If the system does not want to, everything stays as it is.
            _ = unsafe { madvise(self.guard.byte_add(GRANULE), deep, Advice::LinuxDontNeed) };
        }
    }
}

impl Drop for NativeStack {
    fn drop(&mut self) {
        // SAFETY: nothing runs on the stack.
        _ = unsafe { munmap(self.guard, self.len + GRANULE) };
    }
}

/// Code on a stack of its own.
pub(crate) struct Coroutine(corosensei::Coroutine<(), (), (), NativeStack>);

/// The way out of a coroutine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Suspender(*const corosensei::Yielder<(), ()>);

impl Coroutine {
    /// Code that runs when it is gone on with for the first time. It must not panic.
    ///
    /// # Safety
    /// What the code borrows must live until it has ended, or for ever. The coroutine must not be dropped before that.
    pub(crate) unsafe fn new(stack: NativeStack, run: impl FnOnce(Suspender)) -> Coroutine {
        let run = |yielder: &corosensei::Yielder<(), ()>, ()| run(Suspender(yielder));
        // SAFETY: by contract.
        Coroutine(unsafe { corosensei::Coroutine::with_stack_unchecked(stack, run) })
    }

    /// Goes on with it until it ends or is left; whether it has ended.
    pub(crate) fn go_on(&mut self) -> bool {
        matches!(self.0.resume(()), CoroutineResult::Return(()))
    }

    /// The stack of one that has ended.
    pub(crate) fn into_stack(self) -> NativeStack {
        self.0.into_stack()
    }
}

impl Suspender {
    /// Leaves the coroutine until somebody goes on with it.
    ///
    /// # Safety
    /// It must be the coroutine's on which this is called.
    pub(crate) unsafe fn leave(self) {
        // SAFETY: the coroutine has not ended.
        unsafe { (*self.0).suspend(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn code_is_left_and_gone_on_with_on_any_thread() {
        let count = Cell::new(0);
        let counted = &raw const count;
        let stack = NativeStack::new(100_000).unwrap();
        let (lowest, end) = stack.bounds();
        assert_eq!(end - lowest, NativeStack::rounded(100_000));
        let run = |suspender: Suspender| {
            for _ in 0..3 {
                let here = 0u8;
                assert!((lowest..end).contains(&(&raw const here).addr()));
                // SAFETY: the count is still there, and the coroutine is this one.
                unsafe {
                    (*counted).set((*counted).get() + 1);
                    suspender.leave();
                }
            }
        };
        // SAFETY: it is gone on with to its end.
        let mut coroutine = unsafe { Coroutine::new(stack, run) };
        for expected in 1..=3 {
            assert!(!coroutine.go_on());
            assert_eq!(count.get(), expected);
        }
        assert!(coroutine.go_on());
        let mut stack = coroutine.into_stack();
        stack.trim(0);
        stack.trim(usize::MAX);
        assert_eq!(stack.bounds(), (lowest, end));
    }
}
