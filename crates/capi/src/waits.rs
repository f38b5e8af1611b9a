//! What ends the waits of a store's guests, from any thread.
//!
//! # Invariants
//!
//! Once they have been ended, whatever is added has been ended, too.

use sarsen_wasi::StopHandle;
use std::sync::{Mutex, PoisonError};

/// The handles of all contexts that guests of a store have been given.
#[derive(Debug, Default)]
pub(crate) struct Waits(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    ended: bool,
    handles: Vec<StopHandle>,
}

impl Waits {
    /// Adds what ends the waits of a context.
    pub(crate) fn add(&self, handle: StopHandle) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.ended {
            handle.stop();
        }
        // Streams of a context that has been replaced may still be somebody's.
        state.handles.retain(StopHandle::is_shared);
        state.handles.push(handle);
    }

    /// Ends all waits, and those to come.
    pub(crate) fn end(&self) {
        let handles = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.ended = true;
            state.handles.clone()
        };
        handles.iter().for_each(StopHandle::stop);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sarsen_wasi::WasiCtxBuilder;

    #[test]
    fn contexts_that_are_gone_are_forgotten() {
        let waits = Waits::default();
        for _ in 0..100 {
            waits.add(WasiCtxBuilder::new().build_p1().stop_handle());
        }
        assert_eq!(waits.0.lock().unwrap().handles.len(), 1);
    }

    #[test]
    fn what_is_added_later_has_been_ended() {
        let (waits, [first, second]) = (Waits::default(), [0, 1].map(|_| WasiCtxBuilder::new().build_p1()));
        waits.add(first.stop_handle());
        assert!(!first.stop_handle().is_stopped());
        waits.end();
        waits.add(second.stop_handle());
        assert!(first.stop_handle().is_stopped() && second.stop_handle().is_stopped());
    }
}
