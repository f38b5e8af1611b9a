//! What has been called and has not become hot: it is compiled for later processes, when nobody waits.
//!
//! A program that spreads its time over many functions, or ends before they are hot, finds them compiled at its next run.

use super::{ModuleTier, Part, apart, queue};
use crate::Result;
use crate::cache::Called;
use sarsen_module::DefinedFuncIndex;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Weak;
use std::time::{Duration, Instant};

/// How often what there is by then is kept.
const INTERVAL: Duration = Duration::from_secs(5);

impl ModuleTier {
    /// What has been called, now or before, of which there is no code.
    pub(crate) fn called(&self) -> Called {
        let before = &self.before.called;
        let code = self.code.get().and_then(Weak::upgrade);
        let now = match &code {
            Some(code) => code.called().collect(),
            None => self.called_at_last.get().cloned().unwrap_or_default(),
        };
        let mut refused = self.refused().clone();
        refused.extend(&before.refused);
        let looked_at: HashMap<u32, (u64, bool)> = self
            .functions()
            .iter()
            .map(|(&function, heat)| (function, (heat.spent(), heat.compiled().is_some())))
            .collect();
        let mut known = HashSet::new();
        let all = before.functions.iter().copied().chain(now);
        let is_wanted = |&function: &u32| {
            function < self.module.defined_funcs()
                && known.insert(function)
                && !refused.contains(&function)
                && !looked_at.get(&function).is_some_and(|&(_, is_compiled)| is_compiled)
                && self.compiled_before(function).is_none()
        };
        let mut functions: Vec<u32> = all.filter(is_wanted).collect();
        // What was hotter before stays in front of what has not been looked at now.
        functions
            .sort_by_cached_key(|function| Reverse(looked_at.get(function).map_or(0, |&(spent, _)| spent)));
        let mut refused: Vec<u32> = refused.into_iter().collect();
        refused.sort_unstable();
        Called { functions, refused }
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
        self.keep.get().is_some_and(|keep| keep.is_worth_completing(self))
    }

    /// Compiles what has been called, until the time is over, and keeps it; how many functions.
    pub(crate) fn complete(&self, limit: Duration) -> Result<usize> {
        let Some(keep) = self.keep.get().filter(|_| !self.called().functions.is_empty()) else {
            return Ok(0);
        };
        let Some(_lock) = keep.lock()? else { return Ok(0) };
        let before = self.compiled_functions();
        apart(|| {
            let (start, mut kept) = (Instant::now(), Instant::now());
            for function in self.called().functions {
                if start.elapsed() >= limit {
                    break;
                }
                if self.functions().entry(function).or_default().want() {
                    self.compile(Part::Function(function));
                }
                if kept.elapsed() >= INTERVAL {
                    keep.save_code(&self.engine, &self.module, self, true)?;
                    kept = Instant::now();
                }
            }
            if self.compiled_functions() > before {
                keep.save_code(&self.engine, &self.module, self, true)?;
            }
            Ok(())
        })?;
        Ok(self.compiled_functions() - before)
    }
}
