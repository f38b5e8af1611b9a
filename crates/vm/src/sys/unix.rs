//! Reservations by `mmap`.
//!
//! # Invariants
//!
//! A reservation owns its range of addresses: mapped in `new`, unmapped in `drop`, never moved. Bytes before `committed`
//! can be read and written; the others fault.

use super::round_up;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use std::ffi::c_void;
use std::io;
use std::ptr;

/// A range of addresses, accessible up to a point.
#[derive(Debug)]
pub(crate) struct Reservation {
    base: *mut u8,
    len: usize,
    committed: usize,
}

// SAFETY: the range belongs to the reservation alone, whatever thread it is on.
unsafe impl Send for Reservation {}
// SAFETY: a shared reference gives nothing but its address and sizes.
unsafe impl Sync for Reservation {}

impl Reservation {
    /// Reserves `len` bytes, none of them accessible.
    pub(crate) fn new(len: usize) -> io::Result<Reservation> {
        let len = round_up(len.max(1)).ok_or(io::ErrorKind::OutOfMemory)?;
        // SAFETY: a fresh private mapping at an address of the system's choice affects nothing else.
        let base = unsafe {
            mmap_anonymous(ptr::null_mut(), len, ProtFlags::empty(), MapFlags::PRIVATE | MapFlags::NORESERVE)
        }?;
        Ok(Reservation { base: base.cast(), len, committed: 0 })
    }

    /// Makes the first `len` bytes accessible; new ones are zero.
    pub(crate) fn commit(&mut self, len: usize) -> io::Result<()> {
        let len = round_up(len).filter(|&len| len <= self.len).ok_or(io::ErrorKind::OutOfMemory)?;
        if len <= self.committed {
            return Ok(());
        }
        let start: *mut c_void = self.base.wrapping_add(self.committed).cast();
        // SAFETY: the range lies inside the mapping, behind what is in use.
        unsafe { mprotect(start, len - self.committed, MprotectFlags::READ | MprotectFlags::WRITE) }?;
        self.committed = len;
        Ok(())
    }

    /// Address of the first byte.
    pub(crate) fn base(&self) -> *mut u8 {
        self.base
    }

    /// Bytes reserved.
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and nothing refers to it any more.
        // A failure would leak addresses and could not be helped.
        let _ = unsafe { munmap(self.base.cast(), self.len) };
    }
}
