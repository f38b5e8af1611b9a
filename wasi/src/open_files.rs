//! How many files of the system's a guest has open: files, directories, listings and sockets, whichever face it opened them by.
//!
//! Does not know what they are, and counts neither what was granted nor the connections of HTTP, which have a limit of their own.
//!
//! # Invariant
//!
//! A place is taken before a file is opened, and given back when the last that keeps the file open goes.

use crate::errno::Errno;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Files that a guest may have open unless its embedder says otherwise: more than programs use, and few enough that four guests fit
/// into what Linux gives a process by default, 1,024.
const DEFAULT_MAX: usize = 240;

/// The places of a guest, for its threads together.
#[derive(Clone, Debug)]
pub(crate) struct OpenFiles {
    used: Arc<AtomicUsize>,
    max: usize,
}

/// What something that is open keeps.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

impl Default for OpenFiles {
    fn default() -> OpenFiles {
        OpenFiles::new(DEFAULT_MAX)
    }
}

impl OpenFiles {
    pub(crate) fn new(max: usize) -> OpenFiles {
        OpenFiles { used: Arc::default(), max }
    }

    /// As many places for another guest, all of them free.
    pub(crate) fn another(&self) -> OpenFiles {
        OpenFiles::new(self.max)
    }

    /// A place for something that is about to be opened.
    pub(crate) fn place(&self) -> Result<Place, Errno> {
        let more = |used: usize| (used < self.max).then(|| used + 1);
        match self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more) {
            Ok(_) => Ok(Place(Arc::clone(&self.used))),
            Err(_) => Err(Errno::MFile),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
