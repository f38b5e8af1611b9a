//! Threads that wait on cells of shared memories: one list of waiters per address, for the whole process. Whether the
//! cell may be waited on has been checked in `builtins/atomic.rs`.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// How often a waiting thread looks whether it has been interrupted.
const INTERRUPT_INTERVAL: Duration = Duration::from_millis(10);

/// How a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// By a notification.
    Woken,
    /// The cell was not as expected.
    NotEqual,
    /// The time was over.
    TimedOut,
    /// The embedder asked the thread to stop.
    Interrupted,
}

/// A waiting thread.
struct Waiter {
    thread: Thread,
    woken: AtomicBool,
}

type Waiters = HashMap<usize, VecDeque<Arc<Waiter>>>;

fn waiters() -> MutexGuard<'static, Waiters> {
    static WAITERS: LazyLock<Mutex<Waiters>> = LazyLock::new(Mutex::default);
    WAITERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits at an address while the cell there is as expected.
pub(crate) fn wait(
    address: usize,
    timeout: Option<Duration>,
    is_expected: impl Fn() -> bool,
    is_interrupted: impl Fn() -> bool,
) -> Outcome {
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let waiter = Arc::new(Waiter { thread: thread::current(), woken: AtomicBool::new(false) });
    {
        // The comparison and the queueing are one step for whoever notifies.
        let mut waiters = waiters();
        if !is_expected() {
            return Outcome::NotEqual;
        }
        waiters.entry(address).or_default().push_back(Arc::clone(&waiter));
    }
    loop {
        if waiter.woken.load(Ordering::Acquire) {
            return Outcome::Woken;
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let over = left == Some(Duration::ZERO);
        let interrupted = is_interrupted();
        if over || interrupted {
            return give_up(
                address,
                &waiter,
                if interrupted { Outcome::Interrupted } else { Outcome::TimedOut },
            );
        }
        thread::park_timeout(left.map_or(INTERRUPT_INTERVAL, |left| left.min(INTERRUPT_INTERVAL)));
    }
}

/// Leaves the list, unless a notification came first.
fn give_up(address: usize, waiter: &Arc<Waiter>, outcome: Outcome) -> Outcome {
    let mut waiters = waiters();
    if waiter.woken.load(Ordering::Acquire) && outcome == Outcome::TimedOut {
        return Outcome::Woken;
    }
    if let Some(list) = waiters.get_mut(&address) {
        list.retain(|other| !Arc::ptr_eq(other, waiter));
        if list.is_empty() {
            waiters.remove(&address);
        }
    }
    outcome
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
        waiter.thread.unpark();
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
        assert_eq!(wait(address, None, || false, || false), Outcome::NotEqual);
        assert_eq!(wait(address, Some(Duration::ZERO), || true, || false), Outcome::TimedOut);
        assert_eq!(wait(address, None, || true, || true), Outcome::Interrupted);
        assert_eq!(notify(address, 1), 0);
        let thread = thread::spawn(move || wait(address, None, || true, || false));
        while notify(address, 1) == 0 {
            thread::yield_now();
        }
        assert_eq!(thread.join().ok(), Some(Outcome::Woken));
        assert!(waiters().get(&address).is_none());
    }
}
