//! Bytes of an embedder's owner that cannot change any more: it is asked for them once.
//!
//! Does not look at them.
//!
//! # Invariants
//!
//! `bytes` is borrowed from `owner`, which is neither moved nor changed as long as it is here.

use std::sync::Arc;

/// An owner and its bytes.
pub(crate) struct Kept<O> {
    _owner: Arc<O>,
    bytes: *const [u8],
}

// SAFETY: a borrow of the owner's bytes, which may be anywhere that the owner may.
unsafe impl<O: Send + Sync> Send for Kept<O> {}
// SAFETY: as above; there is only shared access.
unsafe impl<O: Send + Sync> Sync for Kept<O> {}

impl<O: AsRef<[u8]>> Kept<O> {
    pub(crate) fn new(owner: O) -> Kept<O> {
        let owner = Arc::new(owner);
        let bytes: *const [u8] = (*owner).as_ref();
        Kept { _owner: owner, bytes }
    }
}

impl<O> AsRef<[u8]> for Kept<O> {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: the owner lives as long as `self`, and nobody else can reach it.
        unsafe { &*self.bytes }
    }
}
