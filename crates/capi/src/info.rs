//! Something of C's that is kept for as long as an object lives, and the function that ends it.
//!
//! # Invariants
//!
//! A finalizer is called once, and while no lock of this crate is held.

use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

/// What C calls when something that it has given is not needed any more.
pub(crate) type Finalizer = Option<extern "C-unwind" fn(*mut c_void)>;

/// A pointer of C's with its finalizer.
#[derive(Debug)]
pub(crate) struct Owned {
    data: *mut c_void,
    finalizer: Finalizer,
}

// SAFETY: the pointer is never followed here; that C can have it on any thread is said in the header.
unsafe impl Send for Owned {}
// SAFETY: as above.
unsafe impl Sync for Owned {}

impl Owned {
    pub(crate) fn new(data: *mut c_void, finalizer: Finalizer) -> Owned {
        Owned { data, finalizer }
    }

    pub(crate) fn data(&self) -> *mut c_void {
        self.data
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(finalizer) = self.finalizer {
            finalizer(self.data);
        }
    }
}

/// The host info of an object that keeps it itself.
#[derive(Debug, Default)]
pub(crate) struct InfoSlot(Mutex<Option<Owned>>);

impl InfoSlot {
    pub(crate) fn get(&self) -> *mut c_void {
        let info = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        info.as_ref().map_or(std::ptr::null_mut(), Owned::data)
    }

    pub(crate) fn set(&self, info: Owned) {
        // Two statements: what was there before is finalized when the lock is free again.
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(info);
        drop(before);
    }
}
