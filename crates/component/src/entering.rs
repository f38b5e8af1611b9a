//! Which instances a call enters, and that none is entered again before it is left.
//!
//! A call enters an instance and those around it, except for those that its caller is in already: a component may call those
//! that it contains, and they what it has given them, but nobody calls back into an instance that waits for an answer from
//! outside.
//!
//! # Invariant
//!
//! An instance has a greater number than the one that has made it.

use crate::abi::trap;
use crate::state::State;
use sarsen::Result;
use std::iter::successors;

/// The instances that a call is in and its caller is not.
#[derive(Clone, Copy, Debug)]
#[must_use = "an instance that is not left is never entered again"]
pub(crate) struct Entered {
    callee: usize,
    /// The innermost that both are in.
    around_both: Option<usize>,
}

impl State {
    /// Enters an instance of a root for a call, by code of another instance or by the host.
    ///
    /// # Errors
    /// If there has been a trap in the root, or a call has not left the instance or one around it.
    pub(crate) fn enter(&mut self, root: usize, callee: usize, caller: Option<usize>) -> Result<Entered> {
        let entered = Entered { callee, around_both: self.around_both(callee, caller) };
        if self.roots[root].is_poisoned || self.any_is_entered(entered) {
            return Err(trap("cannot enter component instance"));
        }
        self.mark(entered, true);
        Ok(entered)
    }

    /// The call has ended.
    pub(crate) fn exit(&mut self, entered: Entered) {
        self.mark(entered, false);
    }

    fn any_is_entered(&self, Entered { callee, around_both }: Entered) -> bool {
        successors(Some(callee), |&instance| self.instances[instance].parent)
            .take_while(|&instance| Some(instance) != around_both)
            .any(|instance| self.instances[instance].is_entered)
    }

    fn mark(&mut self, Entered { callee, around_both }: Entered, is_entered: bool) {
        let mut next = Some(callee);
        while let Some(instance) = next.filter(|_| next != around_both) {
            self.instances[instance].is_entered = is_entered;
            next = self.instances[instance].parent;
        }
    }

    /// The innermost instance that two are in, if any: whichever was made later is not around the other.
    fn around_both(&self, mut callee: usize, caller: Option<usize>) -> Option<usize> {
        let mut caller = caller?;
        while callee != caller {
            let later = if callee > caller { &mut callee } else { &mut caller };
            *later = self.instances[*later].parent?;
        }
        Some(callee)
    }
}
