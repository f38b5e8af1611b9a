//! Pages of the operating system: reserving, committing and giving back ranges of addresses; and what compiled code takes of
//! machines.
//!
//! The only place that knows operating systems, and that asks the allocator for zeros and takes no for an answer.
//! Everything handed out is zeroed. How much of it a guest may have is `limits.rs`' matter.

#[cfg(all(unix, not(miri)))]
mod unix;
#[cfg(all(unix, not(miri)))]
pub(crate) use unix::Reservation;

#[cfg(all(unix, not(miri)))]
#[cfg_attr(not(target_os = "linux"), path = "no_pagemap.rs")]
mod pagemap;

#[cfg(all(unix, not(miri)))]
mod mapped;
#[cfg(all(unix, not(miri)))]
pub use mapped::MappedFile;

#[cfg(not(all(unix, not(miri))))]
mod heap;
#[cfg(not(all(unix, not(miri))))]
pub(crate) use heap::Reservation;

#[cfg(not(all(unix, not(miri))))]
#[path = "read.rs"]
mod mapped;
#[cfg(not(all(unix, not(miri))))]
pub use mapped::MappedFile;

#[cfg_attr(not(all(target_os = "linux", not(miri))), path = "unsealed.rs")]
mod sealed;
pub(crate) use sealed::sealed_file;

pub(crate) mod fiber;
pub(crate) mod native;
mod zeroed;
pub(crate) use zeroed::zeroed_slots;

use std::fs::File;
use std::sync::Arc;

/// Some of a file's bytes.
#[derive(Clone, Debug)]
pub(crate) struct FileRange {
    pub(crate) file: Arc<File>,
    pub(crate) offset: u64,
    pub(crate) len: usize,
}

impl FileRange {
    /// Whether these are the same bytes of the same file.
    pub(crate) fn is(&self, other: &FileRange) -> bool {
        Arc::ptr_eq(&self.file, &other.file) && (self.offset, self.len) == (other.offset, other.len)
    }
}

/// Bytes that ranges are rounded to: a multiple of every page size in use.
pub(crate) const GRANULE: usize = 64 << 10;

/// `bytes` rounded up to a multiple of [`GRANULE`], unless that overflows.
pub(crate) fn round_up(bytes: usize) -> Option<usize> {
    bytes.checked_next_multiple_of(GRANULE)
}
