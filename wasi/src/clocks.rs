//! Time: what the wall clock and the monotonic clock say, and sleeping.
//!
//! Owns where time comes from; what waits besides time is for `poll` to know.

use crate::stop::StopHandle;
use crate::sys;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where a guest's time comes from.
pub trait Clocks: Send + Sync {
    /// Time since 1970 in UTC.
    fn wall(&self) -> Duration;

    /// The smallest difference that [`Clocks::wall`] shows.
    fn wall_resolution(&self) -> Duration;

    /// Time since some moment, never going back.
    fn monotonic(&self) -> Duration;

    /// The smallest difference that [`Clocks::monotonic`] shows.
    fn monotonic_resolution(&self) -> Duration;

    /// Processor time that was used since then.
    fn processor(&self) -> Duration {
        self.monotonic()
    }

    /// Lets time pass, or returns early because of `stop`.
    fn sleep(&self, time: Duration, stop: &StopHandle);

    /// Whether time passes by itself. Where it does not, waiting for anything else must not take any.
    fn runs(&self) -> bool {
        true
    }
}

/// The machine's clocks. The monotonic one starts when this is made, so that guests do not learn when the machine did.
#[derive(Debug)]
pub struct HostClocks {
    start: Instant,
    processor_start: Duration,
}

impl Default for HostClocks {
    fn default() -> HostClocks {
        HostClocks { start: Instant::now(), processor_start: sys::processor_time() }
    }
}

impl Clocks for HostClocks {
    fn wall(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn wall_resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    fn monotonic_resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn processor(&self) -> Duration {
        sys::processor_time().saturating_sub(self.processor_start)
    }

    fn sleep(&self, time: Duration, stop: &StopHandle) {
        stop.wait(time);
    }
}

/// Clocks that show the same in every run: each reading is a microsecond after the one before, and sleeping takes no
/// time but moves them on.
#[derive(Debug)]
pub struct SimulatedClocks {
    start: Duration,
    elapsed: AtomicU64,
}

impl SimulatedClocks {
    /// Clocks that start at a moment after 1970.
    pub fn starting_at(start: Duration) -> SimulatedClocks {
        SimulatedClocks { start, elapsed: AtomicU64::new(0) }
    }

    fn tick(&self, by: Duration) -> Duration {
        let by = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        let before = self.elapsed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |elapsed| {
            // Not to the end of time: a guest may sleep for as long as it likes, and then again.
            Some(elapsed.saturating_add(by).min(u64::MAX / 2))
        });
        Duration::from_nanos(before.unwrap_or_else(|before| before))
    }
}

impl Default for SimulatedClocks {
    /// Starts at the beginning of the year 2000.
    fn default() -> SimulatedClocks {
        SimulatedClocks::starting_at(Duration::from_secs(946_684_800))
    }
}

/// How far a reading moves simulated clocks.
const TICK: Duration = Duration::from_micros(1);

impl Clocks for SimulatedClocks {
    fn wall(&self) -> Duration {
        self.start.saturating_add(self.tick(TICK))
    }

    fn wall_resolution(&self) -> Duration {
        TICK
    }

    fn monotonic(&self) -> Duration {
        self.tick(TICK)
    }

    fn monotonic_resolution(&self) -> Duration {
        TICK
    }

    fn sleep(&self, time: Duration, _stop: &StopHandle) {
        self.tick(time);
    }

    fn runs(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_time_is_the_same_in_every_run() {
        let readings = || {
            let clocks = SimulatedClocks::default();
            clocks.sleep(Duration::from_secs(3600), &StopHandle::default());
            [clocks.wall(), clocks.monotonic(), clocks.wall()]
        };
        assert_eq!(readings(), readings());
        assert_eq!(readings()[1], Duration::from_secs(3600) + TICK);
    }

    #[test]
    fn simulated_time_does_not_end() {
        let clocks = SimulatedClocks::default();
        for _ in 0..4 {
            clocks.sleep(Duration::MAX, &StopHandle::default());
        }
        assert!(clocks.monotonic() <= clocks.monotonic());
        assert!(clocks.wall() > Duration::from_secs(946_684_800));
    }

    #[test]
    fn host_time_passes() {
        let clocks = HostClocks::default();
        let before = clocks.monotonic();
        clocks.sleep(Duration::from_millis(5), &StopHandle::default());
        assert!(clocks.monotonic() - before >= Duration::from_millis(5));
        let used = clocks.processor();
        while clocks.processor() == used {}
    }
}
