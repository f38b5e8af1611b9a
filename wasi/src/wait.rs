//! Waiting for the operating system without losing the way back: in steps, between which a stop is noticed.
//!
//! Does not know what a guest does with what became ready.

use crate::clocks::Clocks;
use crate::errno::Errno;
use crate::stop::StopHandle;
use crate::sys::{self, Interest, Readiness, Waitable};
use std::time::Duration;

/// The longest step.
const STEP: Duration = Duration::from_millis(50);

/// Why a wait ended without anything being ready.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ended {
    /// The time is over.
    TimedOut,
    /// Somebody wants the guest to end.
    Stopped,
}

/// Waits until something is ready; without a timeout, for as long as it takes.
pub(crate) fn wait(
    wanted: &[(Waitable<'_>, Interest)],
    timeout: Option<Duration>,
    clocks: &dyn Clocks,
    stop: &StopHandle,
) -> Result<Result<Vec<Readiness>, Ended>, Errno> {
    if wanted.is_empty() {
        // Nothing but time, or nothing at all, which takes until somebody wants the guest to end.
        clocks.sleep(timeout.unwrap_or(Duration::MAX), stop);
        return Ok(Err(if stop.is_stopped() { Ended::Stopped } else { Ended::TimedOut }));
    }
    let start = std::time::Instant::now();
    loop {
        if stop.is_stopped() {
            return Ok(Err(Ended::Stopped));
        }
        let left = timeout.map_or(STEP, |timeout| timeout.saturating_sub(start.elapsed()));
        // Where time does not pass by itself, a look is all there is.
        let step = if clocks.runs() || timeout.is_none() { left.min(STEP) } else { Duration::ZERO };
        let readiness = sys::wait(wanted, step)?;
        if readiness.iter().any(|readiness| readiness.ready) {
            return Ok(Ok(readiness));
        }
        if left <= step || timeout.is_some() && !clocks.runs() {
            if let (Some(timeout), false) = (timeout, clocks.runs()) {
                clocks.sleep(timeout, stop);
            }
            if timeout.is_some() {
                return Ok(Err(Ended::TimedOut));
            }
        }
    }
}

/// Waits until one operation will not block.
pub(crate) fn until_ready(
    handle: Waitable<'_>,
    interest: Interest,
    clocks: &dyn Clocks,
    stop: &StopHandle,
) -> Result<Result<(), Ended>, Errno> {
    Ok(wait(&[(handle, interest)], None, clocks, stop)?.map(drop))
}
