//! Ending what waits in the host, from another thread.
//!
//! Code that runs is stopped through its store's interrupt handle; this is for a guest that sleeps, polls or reads.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Ends the waits of a guest's host calls, now and from now on. Clones end the same guest's.
#[derive(Clone, Debug, Default)]
pub struct StopHandle(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl StopHandle {
    /// Ends all waits. Calls that wait return an error of their own or trap.
    pub fn stop(&self) {
        *self.0.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_all();
    }

    /// Whether waits have been ended.
    pub fn is_stopped(&self) -> bool {
        *self.0.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for that long, or until stopped.
    pub fn wait(&self, time: Duration) {
        let end = Instant::now().checked_add(time);
        let mut stopped = self.0.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        while !*stopped {
            // A time too long for the clock is waited for in parts that are not.
            let left = match end {
                Some(end) => end.saturating_duration_since(Instant::now()),
                None => Duration::from_secs(1 << 30),
            };
            if left.is_zero() {
                return;
            }
            (stopped, _) = self.0.changed.wait_timeout(stopped, left).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_when_it_is_stopped() {
        let stop = StopHandle::default();
        let start = Instant::now();
        std::thread::scope(|scope| {
            scope.spawn(|| stop.wait(Duration::MAX));
            scope.spawn(|| stop.wait(Duration::from_secs(600)));
            stop.clone().stop();
        });
        assert!(start.elapsed() < Duration::from_secs(300));
        assert!(stop.is_stopped());
        stop.wait(Duration::MAX);
    }

    #[test]
    fn a_wait_ends_by_itself() {
        let start = Instant::now();
        StopHandle::default().wait(Duration::from_millis(3));
        assert!(start.elapsed() >= Duration::from_millis(3));
    }
}
