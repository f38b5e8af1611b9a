//! The clock that the system's own records of a process go by.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds since some moment, which never go back.
pub(crate) fn monotonic() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
