//! What can go wrong outside of running code.
//!
//! Traps are not here: they are values of the instruction table. Words for embedders are found in the `sarsen` crate.

use std::any::Any;
use std::fmt;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};

/// Why a host function did not return.
#[derive(Debug)]
pub enum HostError {
    /// It traps.
    Trap(sarsen_isa::Trap),
    /// It throws the exception with this reference.
    Exception(u32),
    /// It failed with something that the embedder understands.
    Error(Box<dyn Any + Send + Sync>),
}

/// A panic of the embedder's on its way through wasm frames, which it must not unwind: what called the embedder catches it,
/// and the call that entered the wasm code goes on with it. The lock is there because errors must be `Sync`.
pub struct Panic(Mutex<Box<dyn Any + Send>>);

impl Panic {
    /// What was caught.
    pub fn new(payload: Box<dyn Any + Send>) -> Panic {
        Panic(Mutex::new(payload))
    }

    /// Goes on with it.
    pub fn resume(self) -> ! {
        resume_unwind(self.0.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Panic").finish_non_exhaustive()
    }
}

/// Why an instance was not made.
#[derive(Debug)]
pub enum InstantiateError {
    /// An import does not fit.
    Unlinkable(String),
    /// A limit or the system did not allow it.
    Resource(String),
    /// Initialization trapped.
    Trap(sarsen_isa::Trap),
    /// The embedder's limiter failed.
    Refused(HostError),
}

impl fmt::Display for InstantiateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InstantiateError::Unlinkable(message) | InstantiateError::Resource(message) => {
                f.write_str(message)
            }
            InstantiateError::Trap(trap) => trap.fmt(f),
            InstantiateError::Refused(_) => f.write_str("the limiter failed"),
        }
    }
}

impl std::error::Error for InstantiateError {}

impl From<sarsen_isa::Trap> for InstantiateError {
    fn from(trap: sarsen_isa::Trap) -> InstantiateError {
        InstantiateError::Trap(trap)
    }
}
