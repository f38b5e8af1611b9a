//! Threads that wait on cells of shared memories: one list of waiters per address, for the whole process. Whether the
//! cell may be waited on has been checked in `builtins/atomic.rs`.

use crate::thread::here;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// How often a waiting thread attends to what it is asked for.
const ATTEND_INTERVAL: Duration = Duration::from_millis(10);

/// How a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// By a notification.
    Woken,
    /// The cell was not as expected.
    NotEqual,
    /// The time was over.
    TimedOut,
}

/// A waiting thread.
struct Waiter {
    /// What waits can go on in another thread, between two looks.
    thread: Mutex<Thread>,
    woken: AtomicBool,
}

type Waiters = HashMap<usize, VecDeque<Arc<Waiter>>>;

fn waiters() -> MutexGuard<'static, Waiters> {
    static WAITERS: LazyLock<Mutex<Waiters>> = LazyLock::new(Mutex::default);
    WAITERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits at an address while the cell there is as expected, and attends now and then.
///
/// # Errors
/// As `attend`, which ends the waiting.
pub(crate) fn wait<E>(
    address: usize,
    timeout: Option<Duration>,
    is_expected: impl Fn() -> bool,
    mut attend: impl FnMut() -> Result<(), E>,
) -> Result<Outcome, E> {
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let waiter = Arc::new(Waiter { thread: Mutex::new(this_thread()), woken: AtomicBool::new(false) });
    {
        // The comparison and the queueing are one step for whoever notifies.
        let mut waiters = waiters();
        if !is_expected() {
            return Ok(Outcome::NotEqual);
        }
        waiters.entry(address).or_default().push_back(Arc::clone(&waiter));
    }
    loop {
        if waiter.woken.load(Ordering::Acquire) {
            return Ok(Outcome::Woken);
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if let Err(error) = attend() {
            give_up(address, &waiter);
            return Err(error);
        }
        if left == Some(Duration::ZERO) {
            return Ok(give_up(address, &waiter));
        }
        waiter.park(left.map_or(ATTEND_INTERVAL, |left| left.min(ATTEND_INTERVAL)));
    }
}

/// The calling thread, which can be another one the next time.
#[inline(never)]
fn this_thread() -> Thread {
    // What the compiler knows of an earlier call is of no use after this.
    here();
    thread::current()
}

impl Waiter {
    fn thread(&self) -> MutexGuard<'_, Thread> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits with this thread, unless it has been woken meanwhile.
    #[inline(never)]
    fn park(&self, time: Duration) {
        let current = this_thread();
        {
            let mut known = self.thread();
            if known.id() != current.id() {
                *known = current;
            }
        }
        if !self.woken.load(Ordering::Acquire) {
            thread::park_timeout(time);
        }
    }
}

/// Leaves the list, unless a notification came first.
fn give_up(address: usize, waiter: &Arc<Waiter>) -> Outcome {
    let mut waiters = waiters();
    if waiter.woken.load(Ordering::Acquire) {
        return Outcome::Woken;
    }
    if let Some(list) = waiters.get_mut(&address) {
        list.retain(|other| !Arc::ptr_eq(other, waiter));
        if list.is_empty() {
            waiters.remove(&address);
        }
    }
    Outcome::TimedOut
}

/// Wakes up to `count` threads that wait at an address, the longest waiting first; how many they were.
pub(crate) fn notify(address: usize, count: u32) -> u32 {
    let mut waiters = waiters();
    let Some(list) = waiters.get_mut(&address) else { return 0 };
    let mut woken = 0;
    while woken < count
        && let Some(waiter) = list.pop_front()
    {
        waiter.woken.store(true, Ordering::Release);
        waiter.thread().unpark();
        woken += 1;
    }
    if list.is_empty() {
        waiters.remove(&address);
    }
    woken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes() {
        let cell = 0u64;
        let address = (&raw const cell).addr();
        let go_on = || Ok::<_, ()>(());
        assert_eq!(wait(address, None, || false, go_on), Ok(Outcome::NotEqual));
        assert_eq!(wait(address, Some(Duration::ZERO), || true, go_on), Ok(Outcome::TimedOut));
        assert_eq!(wait(address, None, || true, || Err("stop")), Err("stop"));
        assert_eq!(notify(address, 1), 0);
        let thread = thread::spawn(move || wait(address, None, || true, || Ok::<_, ()>(())));
        while notify(address, 1) == 0 {
            thread::yield_now();
        }
        assert_eq!(thread.join().ok(), Some(Ok(Outcome::Woken)));
        assert!(waiters().get(&address).is_none());
    }
}
