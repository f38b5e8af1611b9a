//! Ending what waits in the host, from another thread.
//!
//! Code that runs is stopped through its store's interrupt handle; this is for a guest that sleeps, polls or reads.

use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// Ends the waits of a guest's host calls, now and from now on. Clones end the same guest's.
#[derive(Clone, Debug, Default)]
pub struct StopHandle(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stopped: bool,
    /// Who waits without a thread, each with a number of its own.
    waiting: Vec<(u64, Waker)>,
    last_number: u64,
}

impl StopHandle {
    /// Ends all waits. Calls that wait return an error of their own or trap.
    pub fn stop(&self) {
        let waiting = {
            let mut state = self.state();
            state.stopped = true;
            std::mem::take(&mut state.waiting)
        };
        self.0.changed.notify_all();
        waiting.into_iter().for_each(|(_, waker)| waker.wake());
    }

    /// Whether waits have been ended.
    pub fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    /// Whether there is another clone: a context's, or what it has given to its streams. Without one, nothing can wait.
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// Waits for that long, or until stopped.
    pub fn wait(&self, time: Duration) {
        let end = Instant::now().checked_add(time);
        let mut state = self.state();
        while !state.stopped {
            // A time too long for the clock is waited for in parts that are not.
            let left = match end {
                Some(end) => end.saturating_duration_since(Instant::now()),
                None => Duration::from_secs(1 << 30),
            };
            if left.is_zero() {
                return;
            }
            (state, _) = self.0.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until stopped, without a thread.
    pub(crate) fn stopped(&self) -> Stopped<'_> {
        Stopped { handle: self, number: None }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What [`StopHandle::stopped`] returns.
#[derive(Debug)]
pub(crate) struct Stopped<'a> {
    handle: &'a StopHandle,
    number: Option<u64>,
}

impl Future for Stopped<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.handle.state();
        if state.stopped {
            return Poll::Ready(());
        }
        match state.waiting.iter_mut().find(|(number, _)| Some(*number) == self.number) {
            Some((_, waker)) => waker.clone_from(cx.waker()),
            None => {
                state.last_number += 1;
                let number = state.last_number;
                state.waiting.push((number, cx.waker().clone()));
                drop(state);
                self.number = Some(number);
            }
        }
        Poll::Pending
    }
}

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        if self.number.is_some() {
            self.handle.state().waiting.retain(|(number, _)| Some(*number) != self.number);
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
    fn a_handle_knows_whether_it_is_alone() {
        let stop = StopHandle::default();
        assert!(!stop.is_shared());
        let ctx = crate::WasiCtxBuilder::new().build_p1();
        let stop = ctx.stop_handle();
        assert!(stop.is_shared());
        drop(ctx);
        assert!(!stop.is_shared());
    }

    #[test]
    fn a_wait_ends_by_itself() {
        let start = Instant::now();
        StopHandle::default().wait(Duration::from_millis(3));
        assert!(start.elapsed() >= Duration::from_millis(3));
    }
}
