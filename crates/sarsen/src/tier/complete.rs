//! What has been called and has not become hot: it is compiled for later processes, when nobody waits.
//!
//! A program that spreads its time over many functions, or ends before they are hot, finds them compiled at its next run.

use super::{ModuleTier, Part, queue};
use crate::Result;
use crate::cache::Called;
use sarsen_module::DefinedFuncIndex;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Weak;
use std::time::{Duration, Instant};

impl ModuleTier {
    /// What has been called, now or before, of which there is no code.
    pub(crate) fn called(&self) -> Called {
        let before = &self.before.called;
        let functions = self.functions();
        let mut refused: HashSet<u32> = before.refused.iter().copied().collect();
        refused.extend(functions.iter().filter(|(_, heat)| heat.is_refused()).map(|(&function, _)| function));
        let has_code = |function: u32| {
            functions.get(&function).is_some_and(|heat| heat.compiled().is_some())
                || self.compiled_before(function).is_some()
        };
        let now: Vec<u32> =
            self.code.get().and_then(Weak::upgrade).map_or(Vec::new(), |code| code.called().collect());
        let mut known = HashSet::new();
        let all = before.functions.iter().copied().chain(now);
        let is_wanted = |&function: &u32| {
            function < self.module.defined_funcs()
                && known.insert(function)
                && !refused.contains(&function)
                && !has_code(function)
        };
        let mut called: Vec<u32> = all.filter(is_wanted).collect();
        // What was hotter before stays in front of what has not been looked at now.
        called.sort_by_key(|function| Reverse(functions.get(function).map_or(0, |heat| heat.spent())));
        let mut refused: Vec<u32> = refused.into_iter().collect();
        refused.sort_unstable();
        Called { functions: called, refused }
    }

    /// About what it takes to compile these functions, in microseconds.
    pub(crate) fn cost<'a>(&self, functions: impl IntoIterator<Item = &'a u32>) -> u64 {
        let body = |&function: &u32| self.module.body(DefinedFuncIndex(function)).range().len();
        functions.into_iter().map(|function| queue::cost(body(function)) / 1000).sum()
    }

    /// The same of those that were not known to be called before.
    pub(crate) fn news(&self, called: &Called) -> u64 {
        let known: HashSet<u32> = self.before.called.functions.iter().copied().collect();
        self.cost(called.functions.iter().filter(|function| !known.contains(function)))
    }

    /// Whether it is worth it to compile what has been called.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.keep.get().is_some_and(|keep| keep.is_used_again() && keep.is_worth_completing(self))
    }

    /// Compiles what has been called, until the time is over, and keeps it; how many functions.
    pub(crate) fn complete(&self, limit: Duration) -> Result<usize> {
        let Some(keep) = self.keep.get() else { return Ok(0) };
        let Some(_lock) = keep.lock()? else { return Ok(0) };
        let end = Instant::now() + limit;
        let before = self.compiled_functions();
        for function in self.called().functions {
            if Instant::now() >= end {
                break;
            }
            if self.functions().entry(function).or_default().want() {
                self.compile(Part::Function(function));
            }
        }
        keep.save_code(&self.engine, &self.module, self)?;
        Ok(self.compiled_functions() - before)
    }
}
