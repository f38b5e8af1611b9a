//! Linkers as C has them.
//!
//! # Invariants
//!
//! Whoever uses a linker keeps it: finalizers run when definitions are replaced, and may delete what C has.

use sarsen::{Error, Result};
use std::sync::{Arc, RwLock, TryLockError};

/// A linker. Any number of threads can take definitions from it at once, and one can define.
pub(crate) struct Definitions<L>(Arc<RwLock<L>>);

impl<L> Clone for Definitions<L> {
    fn clone(&self) -> Definitions<L> {
        Definitions(Arc::clone(&self.0))
    }
}

impl<L> Definitions<L> {
    pub(crate) fn new(linker: L) -> Definitions<L> {
        Definitions(Arc::new(RwLock::new(linker)))
    }

    /// Takes definitions from it.
    ///
    /// # Errors
    /// If somebody defines, or the body says so.
    pub(crate) fn read<R>(&self, body: impl FnOnce(&L) -> Result<R>) -> Result<R> {
        match self.0.try_read() {
            Ok(linker) => body(&linker),
            Err(TryLockError::Poisoned(linker)) => body(&linker.into_inner()),
            Err(TryLockError::WouldBlock) => Err(in_use()),
        }
    }

    /// Defines.
    ///
    /// # Errors
    /// If somebody else uses it, or the body says so.
    pub(crate) fn change<R>(&self, body: impl FnOnce(&mut L) -> Result<R>) -> Result<R> {
        match self.0.try_write() {
            Ok(mut linker) => body(&mut linker),
            Err(TryLockError::Poisoned(linker)) => body(&mut linker.into_inner()),
            Err(TryLockError::WouldBlock) => Err(in_use()),
        }
    }
}

fn in_use() -> Error {
    Error::msg("the linker is in use: by another thread, or by what has called this finalizer")
}
