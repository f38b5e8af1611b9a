//! An allocator with a ceiling for all that is allocated at a time: what asks for more gets nothing, which ends the process. Programs
//! that try inputs have it as theirs.
//!
//! # Invariants
//!
//! Every allocation is the system's, with the layout that was asked for. What is mapped is not counted: that is bounded by the
//! limits of stores.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that a process with all of its tests may have at a time.
const CEILING: usize = 1 << 30;

static LIVE: AtomicUsize = AtomicUsize::new(0);

/// Bytes that are allocated now, if the process has this allocator.
pub fn live() -> usize {
    LIVE.load(Ordering::Relaxed)
}

/// The allocator.
#[derive(Debug)]
pub struct Counting;

// SAFETY: the system allocator does the work; refusing is allowed.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let total = LIVE.fetch_add(layout.size(), Ordering::Relaxed).saturating_add(layout.size());
        // SAFETY: by contract.
        let memory = if total <= CEILING { unsafe { System.alloc(layout) } } else { null_mut() };
        if memory.is_null() {
            LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        }
        memory
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: by contract, and what was allocated is the system's.
        unsafe { System.dealloc(memory, layout) };
    }
}
