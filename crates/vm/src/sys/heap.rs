//! Reservations on the heap, for Miri and for systems without `mmap`: everything is accessible from the start. Whoever
//! needs addresses without memory behind them gets fewer.
//!
//! # Invariants
//!
//! A reservation owns its allocation, which never moves.

use super::{FileRange, GRANULE, round_up};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::io;

/// The most that such a reservation takes: there is no memory behind addresses that are not used yet.
const MAX: usize = 1 << 30;

/// A range of addresses.
#[derive(Debug)]
pub(crate) struct Reservation {
    base: *mut u8,
    layout: Layout,
}

// SAFETY: the range belongs to the reservation alone, whatever thread it is on.
unsafe impl Send for Reservation {}
// SAFETY: a shared reference gives nothing but its address and sizes.
unsafe impl Sync for Reservation {}

impl Reservation {
    /// Allocates `len` zeroed bytes.
    pub(crate) fn new(len: usize) -> io::Result<Reservation> {
        let len = round_up(len.max(1)).filter(|&len| len <= MAX).ok_or(io::ErrorKind::OutOfMemory)?;
        let layout = Layout::from_size_align(len, GRANULE).map_err(|_| io::ErrorKind::OutOfMemory)?;
        // SAFETY: the layout is not empty.
        let base = unsafe { alloc_zeroed(layout) };
        if base.is_null() { Err(io::ErrorKind::OutOfMemory.into()) } else { Ok(Reservation { base, layout }) }
    }

    /// Allocates `len` zeroed bytes; what lies before them is others'.
    pub(crate) fn behind(_gap: usize, len: usize) -> io::Result<Reservation> {
        Reservation::new(len)
    }

    /// All bytes are accessible already.
    pub(crate) fn commit(&mut self, len: usize) -> io::Result<()> {
        if len <= self.layout.size() { Ok(()) } else { Err(io::ErrorKind::OutOfMemory.into()) }
    }

    /// There are no pages to be mapped here.
    ///
    /// # Errors
    /// Always.
    ///
    /// # Safety
    /// Nothing happens.
    pub(crate) unsafe fn map(&mut self, _: usize, _: &FileRange) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// There is no file.
    ///
    /// # Errors
    /// Never.
    ///
    /// # Safety
    /// Nothing happens.
    pub(crate) unsafe fn unmap(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Everything stays accessible.
    ///
    /// # Errors
    /// Never.
    pub(crate) fn retract(&mut self, _: usize) -> io::Result<()> {
        Ok(())
    }

    /// Makes all bytes zero.
    ///
    /// # Errors
    /// If they are too many.
    ///
    /// # Safety
    /// What they held is lost, and nothing may refer to them.
    pub(crate) unsafe fn reset(&mut self, keep: usize) -> io::Result<()> {
        if self.layout.size() > keep {
            return Err(io::ErrorKind::Unsupported.into());
        }
        // SAFETY: the range is the reservation's.
        unsafe { self.base.write_bytes(0, self.layout.size()) };
        Ok(())
    }

    /// There is no file.
    pub(crate) fn file(&self) -> Option<&(usize, FileRange)> {
        None
    }

    /// Bytes that are accessible.
    pub(crate) fn committed(&self) -> usize {
        self.layout.size()
    }

    /// Whether every byte is zero.
    pub(crate) fn is_reset(&self) -> bool {
        // SAFETY: the range is the reservation's, whose owner does not write to it meanwhile.
        let bytes = unsafe { std::slice::from_raw_parts(self.base, self.layout.size()) };
        bytes.iter().all(|&byte| byte == 0)
    }

    /// Address of the first byte.
    pub(crate) fn base(&self) -> *mut u8 {
        self.base
    }

    /// Bytes reserved.
    pub(crate) fn len(&self) -> usize {
        self.layout.size()
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout, and nothing refers to it any more.
        unsafe { dealloc(self.base, self.layout) };
    }
}
