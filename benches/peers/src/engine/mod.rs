//! What the comparisons need from a runtime, and the runtimes.
//!
//! One file per runtime; nothing outside this folder names a type of theirs. Does not time anything but the calls themselves.

mod alike;
mod external;
mod sarsen;
mod wasmi;
#[cfg(feature = "wasmtime")]
mod wasmtime;

use crate::Result;
use crate::clock::CpuTime;
use ::sarsen::{Dispatch, Strategy};
pub(crate) use alike::{Calls, Crossing, Instances, Waiting};
use sarsen_benches::Guest;
use std::path::Path;
use std::time::{Duration, Instant};

/// How the runtime bounds how long a guest runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Meter {
    /// It does not.
    Nothing,
    /// By fuel, of which there is enough.
    Fuel,
    /// By epochs, of which none ends.
    Epochs,
}

/// A runtime with its configuration.
pub(crate) trait Engine {
    /// How reports name it.
    fn name(&self) -> &'static str;

    /// Whether it can run that guest at all.
    fn supports(&self, guest: &Guest) -> bool;

    /// Compiles or prepares a module for many runs.
    fn load(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>>;

    /// Prepares a module so that functions are validated now and translated when first called, where the engine can.
    fn load_lazily(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>>;

    /// From nothing to the result of the export `name`, called with 1: a new engine, module, store and instance.
    fn start(&self, wasm: &[u8], name: &str) -> Result<Start>;

    /// What the engine makes of a module ahead of time. Only compilers do.
    fn precompile(&self, _wasm: &[u8]) -> Result<Vec<u8>> {
        Err(format!("{} has no compiler", self.name()).into())
    }

    /// From a file that [`precompile`](Self::precompile) has made to the result of the export `name`, called with 1.
    fn start_precompiled(&self, file: &Path, _name: &str) -> Result<Start> {
        Err(format!("{}: {} has no compiler", file.display(), self.name()).into())
    }

    /// From a new engine and module on, calls `run(n)` of a guest that calls the host: when it has done so, since it was
    /// itself called. Only Sarsen is asked.
    fn ticks(&self, _wasm: &[u8], _n: i32) -> Result<Vec<Duration>> {
        Err(format!("{} is not asked how fast it becomes fast", self.name()).into())
    }

    /// An instance of a guest that calls the host and is called. Only compilers have one.
    fn calls(&self) -> Result<Box<dyn Calls>> {
        Err(format!("{} has no compiler", self.name()).into())
    }

    /// Guests that wait until the process ends. Only those that are compared in this have some.
    fn waiting(&self) -> Result<Box<dyn Waiting>> {
        Err(format!("{}: not compared in waiting", self.name()).into())
    }

    /// A module of which instances are made again and again. Only those that are compared in this have one.
    fn instances(&self, _wasm: &[u8]) -> Result<Box<dyn Instances>> {
        Err(format!("{}: not compared in instances", self.name()).into())
    }
}

/// A module that can be run many times.
pub(crate) trait Loaded {
    /// Calls `run(n)` in a fresh instance. Only the call is timed.
    fn run(&self, n: i32) -> Result<Run>;

    /// How much has been compiled while it ran, if that happens.
    fn compiled(&self) -> Option<u32> {
        None
    }

    /// Calls `prepare(live)` in a fresh instance, and then `step(work)` so many times. Every step is timed by itself.
    /// Only runtimes with a collector do.
    fn steps(&self, live: i32, work: i32, count: usize) -> Result<Vec<Duration>> {
        Err(format!("no collector to time: prepare({live}), {count} times step({work})").into())
    }

    /// Makes a store and an instance. Dropping them is not in the returned time.
    fn instantiate(&self) -> Result<Duration>;
}

/// One run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// Processor time of the calling thread.
    pub(crate) time: Duration,
    /// What the guest returned.
    pub(crate) result: i64,
}

/// The phases of a start, in wall-clock time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Start {
    /// Bytes to module.
    pub(crate) module: Duration,
    /// Module to instance.
    pub(crate) instance: Duration,
    /// The first call.
    pub(crate) call: Duration,
}

impl Start {
    /// All phases.
    pub(crate) fn total(&self) -> Duration {
        self.module + self.instance + self.call
    }
}

/// Times one call of a guest.
fn time_run<E: Into<Box<dyn std::error::Error>>>(
    call: impl FnOnce() -> std::result::Result<i64, E>,
) -> Result<Run> {
    let before = CpuTime::now();
    let result = call().map_err(Into::into)?;
    Ok(Run { time: before.elapsed(), result })
}

/// Times so many calls, one by one.
fn time_steps<E: Into<Box<dyn std::error::Error>>>(
    count: usize,
    mut step: impl FnMut() -> std::result::Result<(), E>,
) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let before = CpuTime::now();
        step().map_err(Into::into)?;
        times.push(before.elapsed());
    }
    Ok(times)
}

/// Moves `since` to now and returns the time between.
fn lap(since: &mut Instant) -> Duration {
    let now = Instant::now();
    now.duration_since(std::mem::replace(since, now))
}

/// wasmi as its documentation says it is fastest.
pub(crate) fn wasmi() -> Box<dyn Engine> {
    Box::new(wasmi::Wasmi)
}

/// Wasmtime with its defaults: Cranelift, and its default collector.
#[cfg(feature = "wasmtime")]
pub(crate) fn wasmtime() -> Box<dyn Engine> {
    Box::new(wasmtime::Wasmtime { name: "wasmtime", pool: 0, meter: Meter::Nothing })
}

/// A runtime in another program: `NAME=PROGRAM`.
pub(crate) fn external(text: &str) -> Result<Box<dyn Engine>> {
    Ok(Box::new(external::External::parse(text)?))
}

/// Sarsen's interpreter.
const INTERPRETER: sarsen::Sarsen = sarsen::Sarsen {
    name: "sarsen",
    parallel: true,
    dispatch: Dispatch::Threaded,
    strategy: Strategy::Interpreter,
    meter: Meter::Nothing,
};

/// Sarsen's interpreter.
fn sarsen() -> Box<dyn Engine> {
    Box::new(INTERPRETER)
}

/// Sarsen's compiler.
fn sarsen_jit() -> Box<dyn Engine> {
    Box::new(sarsen::Sarsen { name: "sarsen, jit", strategy: Strategy::Jit, ..INTERPRETER })
}

/// Sarsen's strategies, the one that is both first.
pub(crate) fn strategies() -> Vec<Box<dyn Engine>> {
    let tiered = sarsen::Sarsen { name: "sarsen, tiered", strategy: Strategy::Tiered, ..INTERPRETER };
    vec![Box::new(tiered), sarsen_jit(), sarsen()]
}

/// The runtimes that compile, Sarsen first.
pub(crate) fn compilers() -> Vec<Box<dyn Engine>> {
    vec![
        sarsen_jit(),
        #[cfg(feature = "wasmtime")]
        wasmtime(),
    ]
}

/// The runtimes that compile, Sarsen first: each without bounds, with fuel, and with epochs.
pub(crate) fn metered() -> Vec<Box<dyn Engine>> {
    let jit = |name, meter| sarsen::Sarsen { name, strategy: Strategy::Jit, meter, ..INTERPRETER };
    vec![
        Box::new(jit("sarsen, jit", Meter::Nothing)),
        Box::new(jit("sarsen, fuel", Meter::Fuel)),
        Box::new(jit("sarsen, epochs", Meter::Epochs)),
        #[cfg(feature = "wasmtime")]
        wasmtime(),
        #[cfg(feature = "wasmtime")]
        Box::new(wasmtime::Wasmtime { name: "wasmtime, fuel", pool: 0, meter: Meter::Fuel }),
        #[cfg(feature = "wasmtime")]
        Box::new(wasmtime::Wasmtime { name: "wasmtime, epochs", pool: 0, meter: Meter::Epochs }),
    ]
}

/// Sarsen in each strategy, and Wasmtime in each way to allocate: with a pool for so many instances first.
pub(crate) fn instantiators(pool: u32) -> Vec<Box<dyn Engine>> {
    let tiered = sarsen::Sarsen { name: "sarsen, tiered", strategy: Strategy::Tiered, ..INTERPRETER };
    #[cfg(not(feature = "wasmtime"))]
    let _ = pool;
    vec![
        #[cfg(feature = "wasmtime")]
        Box::new(wasmtime::Wasmtime { name: "wasmtime, pool", pool, meter: Meter::Nothing }),
        #[cfg(feature = "wasmtime")]
        wasmtime(),
        sarsen_jit(),
        Box::new(tiered),
        sarsen(),
    ]
}

/// The runtimes that compile, with one thread, Sarsen first.
pub(crate) fn single_compilers() -> Vec<Box<dyn Engine>> {
    let one = sarsen::Sarsen { name: "sarsen, jit", parallel: false, strategy: Strategy::Jit, ..INTERPRETER };
    vec![
        Box::new(one),
        // Built without its threads.
        #[cfg(feature = "wasmtime")]
        wasmtime(),
    ]
}

/// The runtimes that have a collector, Sarsen first.
pub(crate) fn collectors() -> Vec<Box<dyn Engine>> {
    vec![
        sarsen(),
        #[cfg(feature = "wasmtime")]
        wasmtime(),
    ]
}

/// The runtimes that start without compiling.
pub(crate) fn starters() -> Vec<Box<dyn Engine>> {
    let one = sarsen::Sarsen { name: "sarsen, one thread", parallel: false, ..INTERPRETER };
    vec![Box::new(one), sarsen(), wasmi()]
}

/// Both forms of the interpreter's loop, the one to be measured first.
pub(crate) fn dispatch_forms() -> Vec<Box<dyn Engine>> {
    let form = sarsen::Sarsen { name: "sarsen, match", dispatch: Dispatch::Match, ..INTERPRETER };
    vec![Box::new(form), sarsen()]
}

/// The runtimes that guests are run in, Sarsen first.
pub(crate) fn all() -> Vec<Box<dyn Engine>> {
    vec![
        sarsen(),
        sarsen_jit(),
        wasmi(),
        #[cfg(feature = "wasmtime")]
        wasmtime(),
    ]
}
