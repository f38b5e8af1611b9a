//! Who has been seen to be called where: at calls through tables and references, that is a guess at who will be.
//!
//! Only what looks happen to find is known. What becomes of a guess is for the compiler to say.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Functions that are remembered of a call.
const MOST: usize = 8;

/// Guesses at what a call means: more are worse than none.
const GUESSES: usize = 2;

/// How often a call must have been seen before there is a guess. As few looks make a function hot, it cannot be often.
const LEAST: u32 = 4;

/// Of the times that a call has been seen, one in so many may have led elsewhere.
const ELSEWHERE: u32 = 8;

/// A guess is right at least once in so many times.
const WORTH: u32 = 4;

/// Who has been called where.
#[derive(Debug, Default)]
pub(super) struct Targets(Mutex<HashMap<u32, Vec<Seen>>>);

/// A function that has been called.
#[derive(Clone, Copy, Debug)]
struct Seen {
    function: u32,
    times: u32,
}

impl Targets {
    fn calls(&self) -> MutexGuard<'_, HashMap<u32, Vec<Seen>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The call at this offset of the module has led to a function.
    pub(super) fn note(&self, offset: u32, function: u32) {
        let mut calls = self.calls();
        let seen = calls.entry(offset).or_default();
        match seen.iter().position(|seen| seen.function == function) {
            Some(at) => seen[at].times = seen[at].times.saturating_add(1),
            None if seen.len() < MOST => seen.push(Seen { function, times: 1 }),
            None => {}
        }
    }

    /// The functions that the call at this offset leads to, the likeliest first, if they are few.
    pub(super) fn of(&self, offset: u32) -> Vec<u32> {
        let Some(mut seen) = self.calls().get(&offset).cloned() else { return Vec::new() };
        let sum = |seen: &[Seen]| seen.iter().map(|seen| seen.times).fold(0, u32::saturating_add);
        let all = sum(&seen);
        seen.sort_by_key(|seen| Reverse(seen.times));
        let rest = seen.split_off(GUESSES.min(seen.len()));
        if all < LEAST || sum(&rest) > all / ELSEWHERE {
            return Vec::new();
        }
        seen.iter().filter(|seen| seen.times >= all / WORTH).map(|seen| seen.function).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is guessed after these functions have been called.
    fn guess(called: &[u32]) -> Vec<u32> {
        let targets = Targets::default();
        called.iter().for_each(|&function| targets.note(7, function));
        assert_eq!(targets.of(8), []);
        targets.of(7)
    }

    #[test]
    fn calls_that_lead_to_few_functions() {
        assert_eq!(guess(&[5, 5, 5]), [], "too early");
        assert_eq!(guess(&[5, 5, 5, 5]), [5]);
        assert_eq!(guess(&[6, 5, 5, 5, 6]), [5, 6]);
        assert_eq!(guess(&[5, 5, 6, 5, 5, 5, 5, 5]), [5], "rarely");
        assert_eq!(guess(&[5, 6, 5, 7, 6, 5, 6, 5]), [5, 6]);
        assert_eq!(guess(&[1, 2, 3, 1, 2, 3]), []);
        let many: Vec<u32> = (0..100).collect();
        assert_eq!(guess(&many), []);
    }
}
