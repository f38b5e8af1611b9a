//! Compiled code where there is none: it cannot be published, so that the rest is never called.

use super::{OnFault, OnStack, Target};
use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::ops::Range;

/// Whether compiled code can run here.
pub const RUNS_COMPILED_CODE: bool = false;

/// No pages.
#[derive(Debug)]
pub(crate) enum CodePages {}

impl CodePages {
    /// Refuses.
    pub(crate) fn copy(_text: &[u8]) -> io::Result<CodePages> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Refuses.
    pub(crate) unsafe fn map(_file: &File, _offset: u64, _len: usize) -> io::Result<CodePages> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// There are none.
    pub(crate) fn base(&self) -> *const u8 {
        match *self {}
    }
}

/// Refuses.
pub(crate) fn install(_on_fault: OnFault) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Nobody needs to know.
pub(crate) fn stack() -> Option<Range<usize>> {
    None
}

/// There is no code whose time anybody asks for.
pub(crate) fn monotonic() -> u64 {
    0
}

/// There is no code that could go on.
pub(crate) unsafe fn resume(_target: Target) -> ! {
    std::process::abort()
}

/// There are no frames of compiled code.
pub(crate) unsafe fn with_registers(_data: *mut c_void, _run: OnStack) {
    std::process::abort()
}

/// Nobody knows how long a thread has been running.
pub fn thread_time() -> Option<std::time::Duration> {
    None
}
