//! What processes have used.
//!
//! # Invariants
//!
//! - What the system has written is read only if it says that it has.

use crate::Result;
use std::io;
use std::mem::MaybeUninit;

/// Seconds of processors that finished children have used.
pub(crate) fn used_by_children() -> Result<f64> {
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: the pointer is valid for a write of the structure.
    if unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error().into());
    }
    // SAFETY: the call succeeded, and then it has written all of it.
    let usage = unsafe { usage.assume_init() };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
    Ok(seconds(usage.ru_utime) + seconds(usage.ru_stime))
}
