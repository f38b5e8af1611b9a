//! Walking the frames of compiled code through their frame pointers: for backtraces and for unwinding.
//!
//! # Invariants
//!
//! Every frame of compiled code starts as the machine's convention says: at the frame pointer lies the caller's, and above it
//! the return address. (That is so on x86-64 and AArch64; the compiler does the same on RISC-V.)

use super::registry;
use crate::activation::{Frame, MAX_FRAMES, Point};
use sarsen_abi::VmEntry;

/// A frame, found by a walk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// The return address to it. What it executes is the instruction before.
    pub(super) ret: usize,
    /// Its frame pointer.
    pub(super) frame: usize,
}

impl Found {
    /// The frame that it returns to.
    ///
    /// # Safety
    /// It must be a frame of compiled code, or one like those, that has not returned.
    pub(super) unsafe fn caller(self) -> Found {
        let words: *const usize = std::ptr::with_exposed_provenance(self.frame);
        // SAFETY: a frame of compiled code has both words.
        unsafe { Found { ret: words.add(1).read(), frame: words.read() } }
    }
}

/// A walk from the innermost frame of an activation to its outermost.
#[derive(Debug)]
pub(super) struct Walk {
    next: Found,
    /// The frame of the trampoline through which the activation was entered.
    end: usize,
}

impl Walk {
    /// Starts where compiled code has called out or stopped, to which `called` returns.
    ///
    /// # Safety
    /// `called` must be the address of a frame of something that compiled code has called.
    pub(super) unsafe fn new(called: usize, entry: VmEntry) -> Walk {
        // What is asked for is the frame that it returns to, wherever it returns to itself.
        // SAFETY: by contract.
        Walk { next: unsafe { Found { ret: 0, frame: called }.caller() }, end: entry.frame }
    }

    /// The next frame outwards.
    ///
    /// # Safety
    /// The frames must be as compiled code has left them.
    pub(super) unsafe fn next(&mut self) -> Option<Found> {
        let found = self.next;
        // Frames lie inside that of the trampoline, each above the one that it called.
        if found.frame >= self.end || !found.frame.is_multiple_of(align_of::<usize>()) || found.frame == 0 {
            return None;
        }
        // SAFETY: by contract.
        let Found { ret, frame } = unsafe { found.caller() };
        // A frame that is not further out would be none: the walk ends there.
        self.next = Found { ret, frame: if frame > found.frame { frame } else { self.end } };
        Some(found)
    }
}

/// Adds the frames of an activation to a backtrace.
///
/// # Safety
/// As for [`Tier::collect`](crate::Tier).
pub(super) unsafe fn collect(point: &Point, frames: &mut Vec<Frame>) {
    // SAFETY: by contract.
    let mut walk = unsafe { Walk::new(point.frame.addr(), point.entry) };
    while frames.len() < MAX_FRAMES {
        // SAFETY: by contract.
        let Some(found) = (unsafe { walk.next() }) else { return };
        let found = registry::at(found.ret.wrapping_sub(1), |code, offset| code.frames(offset));
        frames.extend(found.unwrap_or_default());
    }
    frames.truncate(MAX_FRAMES);
}
