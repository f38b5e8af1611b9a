//! The ways of running code in which the official suites are run.
//!
//! Owns what each of them sets. Which scripts run in it, and what is looked at, is the tests' matter.

use sarsen::{Config, Dispatch, Feature, Strategy};
use sarsen_wast::suites::Suite;

/// A way to run code, and what its trials are called.
#[derive(Clone, Copy)]
pub(crate) struct Tier {
    pub(crate) name: &'static str,
    configure: fn(&mut Config) -> &mut Config,
}

/// All of them.
pub(crate) const TIERS: &[Tier] = &[
    Tier { name: "interpreter", configure: |config| interpreter(config).dispatch(Dispatch::Threaded) },
    Tier { name: "interpreter-match", configure: |config| interpreter(config).dispatch(Dispatch::Match) },
    Tier { name: "jit", configure: |config| config.strategy(Strategy::Jit) },
    Tier {
        name: "jit-without-signals",
        configure: |config| config.strategy(Strategy::Jit).signals_based_traps(false),
    },
    // Memories that move and have no guards, where other faults are traps; and without what is on by default.
    Tier {
        name: "jit-plain",
        configure: |config| {
            config.strategy(Strategy::Jit).memory_reservation(1 << 20).spectre_guards(false).inlining(false)
        },
    },
    // At the first call, and in the middle of loops.
    Tier { name: "tiered", configure: |config| tiered(config, 1) },
    Tier { name: "tiered-in-loops", configure: |config| tiered(config, 2).signals_based_traps(false) },
    // As users have it, with threads that compile.
    Tier { name: "default", configure: |config| config },
];

fn interpreter(config: &mut Config) -> &mut Config {
    config.strategy(Strategy::Interpreter)
}

/// Every function is compiled after so many calls and repetitions of loops.
fn tiered(config: &mut Config, after: u32) -> &mut Config {
    config.strategy(Strategy::Tiered).compile_threads(0).tier_up_after(Some(after))
}

impl Tier {
    /// The configuration for a suite.
    pub(crate) fn config(self, suite: &Suite) -> Result<Config, String> {
        let mut config = Config::new();
        (self.configure)(&mut config);
        for name in suite.without {
            let feature = Feature::parse(name).ok_or_else(|| format!("no feature is called {name}"))?;
            config.wasm_feature(feature, false);
        }
        Ok(config)
    }
}
