//! Processor time of the calling thread, and statistics over times and ratios.
//!
//! Processor time, because other programs may share the machine: being descheduled must not count. Starts with several threads
//! are timed by the wall clock elsewhere. It prints nothing: `report` does.

use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// A reading of the thread's processor clock.
#[derive(Clone, Copy)]
pub(crate) struct CpuTime(Duration);

impl CpuTime {
    /// Reads the clock.
    pub(crate) fn now() -> Self {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        let seconds = u64::try_from(time.tv_sec).expect("processor time is positive");
        let nanoseconds = u32::try_from(time.tv_nsec).expect("less than a second");
        Self(Duration::new(seconds, nanoseconds))
    }

    /// Processor time used since.
    pub(crate) fn elapsed(self) -> Duration {
        Self::now().0.saturating_sub(self.0)
    }
}

/// The middle value; the lower one of two.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// The least value.
pub(crate) fn least(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(f64::INFINITY, f64::min)
}

/// The geometric mean.
pub(crate) fn geometric_mean(values: &[f64]) -> f64 {
    (values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp()
}
