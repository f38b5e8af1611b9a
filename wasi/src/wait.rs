//! Waiting for the operating system without losing the way back: with the thread, in steps between which a stop is noticed; or
//! as a task, while others have the thread.
//!
//! Does not know what a guest does with what became ready.

use crate::clocks::Clocks;
use crate::errno::Errno;
use crate::reactor;
use crate::stop::StopHandle;
use crate::sys::{self, Interest, Readiness, Waitable};
use std::collections::HashSet;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, Instant};

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

/// Who waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Waiter {
    /// The thread: futures are done when they are polled for the first time.
    Thread,
    /// A task of whatever executor: the thread is for others meanwhile.
    Task,
}

impl Waiter {
    /// Waits until something is ready; without a timeout, for as long as it takes.
    pub(crate) async fn wait(
        self,
        wanted: &[(Waitable<'_>, Interest)],
        timeout: Option<Duration>,
        clocks: &dyn Clocks,
        stop: &StopHandle,
    ) -> Result<Result<Vec<Readiness>, Ended>, Errno> {
        match self {
            Waiter::Thread => wait(wanted, timeout, clocks, stop),
            // Where time does not pass by itself, a wait takes none.
            Waiter::Task if timeout.is_some() && !clocks.runs() => wait(wanted, timeout, clocks, stop),
            Waiter::Task => wait_as_task(wanted, timeout, stop).await,
        }
    }

    /// Lets others run.
    pub(crate) async fn pause(self) {
        if self == Waiter::Thread {
            std::thread::yield_now();
            return;
        }
        let mut paused = false;
        poll_fn(|cx| {
            if std::mem::replace(&mut paused, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// As [`wait`], without the thread.
async fn wait_as_task(
    wanted: &[(Waitable<'_>, Interest)],
    timeout: Option<Duration>,
    stop: &StopHandle,
) -> Result<Result<Vec<Readiness>, Ended>, Errno> {
    // A time too long for the clock is as good as none.
    let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    loop {
        if stop.is_stopped() {
            return Ok(Err(Ended::Stopped));
        }
        if !wanted.is_empty() {
            let readiness = sys::wait(wanted, Duration::ZERO)?;
            if readiness.iter().any(|readiness| readiness.ready) {
                return Ok(Ok(readiness));
            }
        }
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Ok(Err(Ended::TimedOut));
        }
        something_happens(wanted, left, stop).await?;
    }
}

/// Waits until something may be ready, the time may be over, or the guest is stopped.
async fn something_happens(
    wanted: &[(Waitable<'_>, Interest)],
    left: Option<Duration>,
    stop: &StopHandle,
) -> io::Result<()> {
    type Ready<'a> = Pin<Box<dyn Future<Output = io::Result<()>> + Send + 'a>>;
    let ready = |&(handle, interest)| -> Ready<'_> { Box::pin(sys::ready(handle, interest)) };
    // What is waited for several times takes one descriptor of the host's.
    let mut known = HashSet::new();
    let wanted = wanted.iter().filter(|&&(handle, interest)| known.insert((sys::identity(handle), interest)));
    let mut wanted: Vec<Ready<'_>> = wanted.map(ready).collect();
    let mut sleep = match left {
        Some(time) => Some(Box::pin(reactor::sleep(time)?)),
        None => None,
    };
    let mut stopped = pin!(stop.stopped());
    poll_fn(|cx| {
        if stopped.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        for wanted in &mut wanted {
            if let Poll::Ready(outcome) = wanted.as_mut().poll(cx) {
                return Poll::Ready(outcome);
            }
        }
        match &mut sleep {
            Some(sleep) => sleep.as_mut().poll(cx).map(Ok),
            None => Poll::Pending,
        }
    })
    .await
}

/// Waits until something is ready with the thread; without a timeout, for as long as it takes.
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
    let start = Instant::now();
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
