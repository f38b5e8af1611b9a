//! A guest that ends itself.
//!
//! Only the error value; who ends the process, if anybody, is up to the embedder.

use std::fmt;

/// The error of a call that ended because the guest asked to exit. An exit code of 0 is one too: code after the call
/// must not run. One beyond 31 bits is negative here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exit(pub i32);

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the guest exited with code {}", self.0)
    }
}

impl std::error::Error for Exit {}
