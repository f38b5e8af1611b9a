//! Reservations on the heap, for Miri and for systems without `mmap`: everything is accessible from the start. Whoever
//! needs addresses without memory behind them gets fewer.
//!
//! # Invariants
//!
//! A reservation owns its allocation, which never moves.

use super::{GRANULE, round_up};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::fs::File;
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
    pub(crate) unsafe fn map(&mut self, _: usize, _: usize, _: &File, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
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
