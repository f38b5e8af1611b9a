//! Epochs: a number that somebody counts up, and the stores whose code is to be asked when it reaches another. What code does
//! then is `attend.rs`' matter.
//!
//! # Invariants
//!
//! - A store's bit is changed with its shard locked: it is set if, and only if, its deadline has passed.
//! - Whoever sets a deadline reads the number after its shard is locked, and whoever counts locks the shards afterwards:
//!   one of the two sees what the other has done.

use sarsen_vm::DEADLINE;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Stores are in as many lists, so that threads that make many seldom meet.
const SHARDS: usize = 16;

/// The epochs of an engine.
#[derive(Debug, Default)]
pub(crate) struct Epochs {
    now: AtomicU64,
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Debug, Default)]
struct Shard {
    watches: Vec<Option<Watch>>,
    free: Vec<usize>,
}

#[derive(Debug)]
struct Watch {
    deadline: u64,
    asked: Arc<AtomicU32>,
}

impl Watch {
    fn is_over(&self, now: u64) -> bool {
        now >= self.deadline
    }
}

/// The place of a store among those that are watched, until it is dropped.
#[derive(Debug)]
pub(crate) struct Deadline {
    epochs: Arc<Epochs>,
    shard: usize,
    place: usize,
}

impl Epochs {
    /// The next epoch starts.
    pub(crate) fn increment(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        for shard in &self.shards {
            for watch in lock(shard).watches.iter().flatten() {
                if watch.is_over(now) {
                    watch.asked.fetch_or(DEADLINE, Ordering::Relaxed);
                }
            }
        }
    }

    /// Watches a store, whose number is given, and which has no deadline yet.
    pub(crate) fn watch(self: &Arc<Epochs>, store: u64, asked: &Arc<AtomicU32>) -> Deadline {
        let shard = store as usize % SHARDS;
        let mut watched = lock(&self.shards[shard]);
        let watch = Some(Watch { deadline: u64::MAX, asked: Arc::clone(asked) });
        let place = match watched.free.pop() {
            Some(place) => {
                watched.watches[place] = watch;
                place
            }
            None => {
                watched.watches.push(watch);
                watched.watches.len() - 1
            }
        };
        Deadline { epochs: Arc::clone(self), shard, place }
    }
}

impl Deadline {
    /// Moves it to so many epochs from now.
    pub(crate) fn set(&self, ticks: u64) {
        let mut shard = lock(&self.epochs.shards[self.shard]);
        let now = self.epochs.now.load(Ordering::SeqCst);
        let Some(watch) = &mut shard.watches[self.place] else { return };
        watch.deadline = now.saturating_add(ticks);
        if watch.is_over(now) {
            watch.asked.fetch_or(DEADLINE, Ordering::Relaxed);
        } else {
            watch.asked.fetch_and(!DEADLINE, Ordering::Relaxed);
        }
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        let mut shard = lock(&self.epochs.shards[self.shard]);
        shard.watches[self.place] = None;
        shard.free.push(self.place);
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_asked(asked: &AtomicU32) -> bool {
        asked.load(Ordering::Relaxed) & DEADLINE != 0
    }

    #[test]
    fn deadlines_pass_when_they_are_reached() {
        let epochs = Arc::new(Epochs::default());
        let asked = Arc::new(AtomicU32::new(0));
        let deadline = epochs.watch(7, &asked);
        epochs.increment();
        assert!(!is_asked(&asked), "there is none");
        deadline.set(2);
        for expected in [false, true, true] {
            epochs.increment();
            assert_eq!(is_asked(&asked), expected);
        }
        deadline.set(1);
        assert!(!is_asked(&asked));
        deadline.set(0);
        assert!(is_asked(&asked));
        deadline.set(u64::MAX);
        epochs.increment();
        assert!(!is_asked(&asked), "a sum that is too large is never");
    }

    #[test]
    fn places_are_used_again() {
        let epochs = Arc::new(Epochs::default());
        let asked = Arc::new(AtomicU32::new(0));
        for _ in 0..100 {
            let deadlines = [0, 1].map(|_| epochs.watch(16, &asked));
            assert!(deadlines.iter().all(|deadline| deadline.place < 2 && deadline.shard == 0));
        }
        assert_eq!(lock(&epochs.shards[0]).watches.len(), 2);
        epochs.increment();
        assert!(!is_asked(&asked));
    }
}
