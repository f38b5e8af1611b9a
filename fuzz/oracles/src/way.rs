//! Ways of running a module that may not differ: one choice of everything in the configuration that guests cannot see.
//!
//! It owns which options these are. How modules run is said in `run.rs`, and what is compared in `oracle.rs`.

use crate::random::Random;
use crate::run::MEMORY;
use sarsen::{Config, Cpu, Dispatch, Engine, Strategy};

/// Reservations of addresses below and above which compiled code is different: memories that move, and such that do not.
const RESERVATIONS: [Option<usize>; 3] = [None, Some(0), Some(1 << 17)];

/// A way of running modules.
#[derive(Clone, Debug)]
pub struct Way {
    /// Who runs functions.
    pub strategy: Strategy,
    /// Whether the interpreter jumps from handler to handler.
    pub dispatch: Dispatch,
    /// Calls and repetitions before code is compiled, where it is compiled when it is hot. One thread has it all, so that a way
    /// is the same each time; loops are left in the middle.
    pub after: u32,
    /// Whether compiled code is written and read again before it runs.
    pub ahead_of_time: bool,
    /// Bytes of addresses for each memory; the default if none.
    pub reservation: Option<usize>,
    /// Whether compiled code traps by faults.
    pub signals: bool,
    /// Whether it is kept from guessing.
    pub spectre_guards: bool,
    /// Whether small functions are put into their callers.
    pub inlining: bool,
    /// Whether code looks if it should stop, which it is told at every look.
    pub deadlines: bool,
    /// Whether memories are mapped when they are made.
    pub copy_on_write: bool,
    /// Whether memories and stacks are used again.
    pub pool: bool,
    /// Whether only old instructions of the processor are used.
    pub baseline: bool,
}

impl Way {
    /// The way that others are compared with: everything by the interpreter.
    pub fn interpreter(dispatch: Dispatch) -> Way {
        Way {
            strategy: Strategy::Interpreter,
            dispatch,
            after: 1,
            ahead_of_time: false,
            reservation: None,
            signals: true,
            spectre_guards: true,
            inlining: true,
            deadlines: false,
            copy_on_write: true,
            pool: true,
            baseline: false,
        }
    }

    /// Everything compiled, with defaults for all else.
    pub fn compiled() -> Way {
        Way { strategy: Strategy::Jit, ..Way::interpreter(Dispatch::Threaded) }
    }

    /// Compiled after so many calls or repetitions.
    pub fn tiered(after: u32) -> Way {
        Way { strategy: Strategy::Tiered, after, ..Way::interpreter(Dispatch::Threaded) }
    }

    /// A way with this strategy, and all else by chance.
    pub fn random(strategy: Strategy, random: &mut Random) -> Way {
        let compiles = strategy != Strategy::Interpreter;
        Way {
            strategy,
            dispatch: if random.flip() { Dispatch::Threaded } else { Dispatch::Match },
            after: [1, 2, 3, 10, 100][random.below(5)],
            ahead_of_time: compiles && random.flip(),
            reservation: RESERVATIONS[random.below(RESERVATIONS.len())],
            signals: random.flip(),
            spectre_guards: random.flip(),
            inlining: random.flip(),
            deadlines: random.flip(),
            copy_on_write: random.flip(),
            pool: random.flip(),
            baseline: random.flip(),
        }
    }

    /// An engine that runs code so, and counts fuel.
    pub fn engine(&self) -> Engine {
        Engine::new(&self.config()).expect("the host has an interpreter and a compiler")
    }

    /// The configuration of such an engine.
    pub fn config(&self) -> Config {
        let mut config = Config::new();
        config.consume_fuel(true).max_gc_heap(MEMORY);
        config.strategy(self.strategy).dispatch(self.dispatch);
        config.signals_based_traps(self.signals).spectre_guards(self.spectre_guards).inlining(self.inlining);
        config.interruptible(self.deadlines).memory_init_cow(self.copy_on_write);
        if self.strategy == Strategy::Tiered {
            config.compile_threads(0).tier_up_after(Some(self.after));
        }
        if let Some(bytes) = self.reservation {
            config.memory_reservation(bytes);
        }
        if self.pool {
            config.pool_checks(true);
        } else {
            config.pool_slots(0);
        }
        if self.baseline {
            config.cpu(Cpu::Baseline);
        }
        config
    }
}
