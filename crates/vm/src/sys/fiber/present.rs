//! Stacks as pages of their own, and switches between them.
//!
//! # Invariants
//!
//! Below the pages that may be used lie some that nobody may touch, and behind them too.

use crate::sys::{GRANULE, round_up};
use corosensei::CoroutineResult;
use corosensei::stack::{Stack, StackPointer};
use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap_anonymous, mprotect, munmap};
use std::ffi::c_void;
use std::ptr;

/// A stack that grows down, and behind its end room for another that grows up: both begin in the same page, which is all that
/// calls touch that are not deep.
#[derive(Debug)]
pub(crate) struct NativeStack {
    /// The pages that nobody may touch.
    guard: *mut c_void,
    /// Bytes above them for the one, and for the other.
    sizes: (usize, usize),
}

/// Bytes of the common page that belong to the stack that grows up.
const SHARED: usize = 1024;

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
    /// What becomes of a size.
    pub(crate) fn rounded(len: usize) -> usize {
        round_up(len.max(GRANULE)).unwrap_or(usize::MAX)
    }

    /// One of at least so many bytes; for the other, there is room for so many. None if the system has no room.
    pub(crate) fn new(len: usize, values: usize) -> Option<NativeStack> {
        let sizes = (NativeStack::rounded(len), NativeStack::rounded(values));
        let used = sizes.0.checked_add(sizes.1)?.checked_add(GRANULE)?;
        let all = used.checked_add(2 * GRANULE)?;
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a fresh private mapping at an address of the system's choice affects nothing else.
        let guard = unsafe { mmap_anonymous(ptr::null_mut(), all, ProtFlags::empty(), flags) }.ok()?;
        let stack = NativeStack { guard, sizes };
        // SAFETY: the pages are ours, and unused.
        unsafe {
            mprotect(guard.byte_add(GRANULE), used, MprotectFlags::READ | MprotectFlags::WRITE).ok()?;
        }
        Some(stack)
    }

    /// Bytes of both.
    pub(crate) fn sizes(&self) -> (usize, usize) {
        self.sizes
    }

    /// The lowest address of the one that grows down, and its end.
    pub(crate) fn bounds(&self) -> (usize, usize) {
        (self.guard.addr() + GRANULE, self.values().addr())
    }

    /// Where the other begins.
    pub(crate) fn values(&self) -> *mut c_void {
        // Behind it is a page more than both need.
        self.guard.wrapping_byte_add(GRANULE + self.sizes.0 + SHARED_PAGE - SHARED)
    }

    /// Gives back to the system what of both lies deeper than `kept` bytes, which is a multiple of [`GRANULE`].
    pub(crate) fn trim(&mut self, kept: usize) {
        let (native, values) = self.sizes;
        let start = self.guard.wrapping_byte_add(GRANULE);
        let parts =
            [(0, native.saturating_sub(kept)), (native + GRANULE + kept, values.saturating_sub(kept))];
        for (offset, len) in parts {
            if len > 0 {
                // SAFETY: nothing runs on the stack. If the system does not want to, everything stays as it is.
                _ = unsafe { madvise(start.byte_add(offset), len, Advice::LinuxDontNeed) };
            }
        }
    }
}

/// Bytes of the page in which both begin, on systems with small pages.
const SHARED_PAGE: usize = 4096;

impl Drop for NativeStack {
    fn drop(&mut self) {
        // SAFETY: nothing runs on the stack.
        _ = unsafe { munmap(self.guard, self.sizes.0 + self.sizes.1 + 3 * GRANULE) };
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
        let stack = NativeStack::new(100_000, 50_000).unwrap();
        let (lowest, end) = stack.bounds();
        assert!(end - lowest >= 100_000 && stack.values().addr() == end);
        // SAFETY: there is room for so many bytes, which nobody uses.
        unsafe { stack.values().cast::<u8>().write_bytes(7, 50_000) };
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
        stack.trim(GRANULE);
        assert_eq!(stack.bounds(), (lowest, end));
    }
}
