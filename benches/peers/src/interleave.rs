//! Runs one guest in several engines, interleaved, so that whatever slows the machine down slows all of them.
//!
//! Checks every result; does not report.

use crate::Result;
use crate::clock::{least, median};
use crate::engine::{Engine, Loaded};
use sarsen_benches::Guest;
use std::time::{Duration, Instant};

/// When nothing has been compiled for so long, nothing more is expected.
const QUIET: Duration = Duration::from_millis(500);

/// Times of one guest.
pub(crate) struct Measured {
    /// The guest.
    pub(crate) guest: &'static Guest,
    /// Per engine, in the order given: the seconds of each round, or nothing if the engine does not support the guest.
    pub(crate) seconds: Vec<Option<Vec<f64>>>,
}

impl Measured {
    /// The best time of an engine.
    pub(crate) fn best(&self, engine: usize) -> Option<f64> {
        self.seconds[engine].as_ref().map(|seconds| least(seconds.iter().copied()))
    }

    /// Time of the first engine divided by that of another: the median over rounds.
    pub(crate) fn ratio(&self, engine: usize) -> Option<f64> {
        self.ratio_between(0, engine)
    }

    /// Time of an engine divided by that of another: the median over rounds.
    pub(crate) fn ratio_between(&self, engine: usize, other: usize) -> Option<f64> {
        let (ours, theirs) = (self.seconds[engine].as_ref()?, self.seconds[other].as_ref()?);
        Some(median(ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs)))
    }

    /// Best time of the first engine divided by the best time of another.
    pub(crate) fn ratio_of_best(&self, engine: usize) -> Option<f64> {
        Some(self.best(0)? / self.best(engine)?)
    }
}

/// Rounds to warm up (first calls translate, and what is hot is compiled), then `rounds` rounds in alternating order.
pub(crate) fn measure(guest: &'static Guest, engines: &[Box<dyn Engine>], rounds: usize) -> Result<Measured> {
    let mut loaded = Vec::new();
    for engine in engines {
        let module = engine.supports(guest).then(|| engine.load(guest.wasm)).transpose()?;
        if let Some(module) = &module {
            warm_up(guest, engine.as_ref(), module.as_ref())?;
        }
        loaded.push(module);
    }
    in_turns(guest, engines, rounds, |index| {
        let Some(module) = &loaded[index] else { return Ok(None) };
        checked_run(guest, engines[index].as_ref(), module.as_ref()).map(Some)
    })
}

/// The same from a new engine and module on, by the wall clock.
pub(crate) fn measure_cold(
    guest: &'static Guest,
    engines: &[Box<dyn Engine>],
    rounds: usize,
) -> Result<Measured> {
    in_turns(guest, engines, rounds, |index| {
        let engine = engines[index].as_ref();
        if !engine.supports(guest) {
            return Ok(None);
        }
        let start = Instant::now();
        let module = engine.load(guest.wasm)?;
        checked_run(guest, engine, module.as_ref())?;
        Ok(Some(start.elapsed()))
    })
}

/// Rounds in alternating order. `run` has the time of one run in the engine of that number, if it runs the guest.
fn in_turns(
    guest: &'static Guest,
    engines: &[Box<dyn Engine>],
    rounds: usize,
    mut run: impl FnMut(usize) -> Result<Option<Duration>>,
) -> Result<Measured> {
    let mut seconds: Vec<Option<Vec<f64>>> = vec![None; engines.len()];
    for round in 0..rounds {
        for step in 0..engines.len() {
            let index = if round % 2 == 0 { step } else { engines.len() - 1 - step };
            if let Some(time) = run(index)? {
                seconds[index].get_or_insert_default().push(time.as_secs_f64());
            }
        }
    }
    Ok(Measured { guest, seconds })
}

/// Runs once, and as long as something becomes compiled.
fn warm_up(guest: &Guest, engine: &dyn Engine, module: &dyn Loaded) -> Result<()> {
    checked_run(guest, engine, module)?;
    let Some(mut compiled) = module.compiled() else { return Ok(()) };
    let mut since = Instant::now();
    while since.elapsed() < QUIET {
        checked_run(guest, engine, module)?;
        let now = module.compiled();
        if now != Some(compiled) {
            compiled = now.unwrap_or_default();
            since = Instant::now();
        }
    }
    Ok(())
}

/// One run, whose result must be the catalogue's.
pub(crate) fn checked_run(guest: &Guest, engine: &dyn Engine, module: &dyn Loaded) -> Result<Duration> {
    let context = |what: String| format!("{} in {}: {what}", guest.name, engine.name());
    let run = module.run(guest.n).map_err(|error| context(error.to_string()))?;
    if run.result != guest.checksum {
        return Err(context(format!("returned {}, the catalogue says {}", run.result, guest.checksum)).into());
    }
    Ok(run.time)
}
