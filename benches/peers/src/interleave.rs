//! Runs one guest in several engines, interleaved, so that whatever slows the machine down slows all of them.
//!
//! Checks every result; does not report.

use crate::Result;
use crate::clock::{least, median};
use crate::engine::{Engine, Loaded};
use sarsen_benches::Guest;
use std::time::Duration;

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
        let (ours, theirs) = (self.seconds[0].as_ref()?, self.seconds[engine].as_ref()?);
        Some(median(ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs)))
    }

    /// Best time of the first engine divided by the best time of another.
    pub(crate) fn ratio_of_best(&self, engine: usize) -> Option<f64> {
        Some(self.best(0)? / self.best(engine)?)
    }
}

/// One round to warm up (first calls translate), then `rounds` rounds in alternating order.
pub(crate) fn measure(guest: &'static Guest, engines: &[Box<dyn Engine>], rounds: usize) -> Result<Measured> {
    let mut loaded = Vec::new();
    for engine in engines {
        let module = engine.supports(guest).then(|| engine.load(guest.wasm)).transpose()?;
        if let Some(module) = &module {
            checked_run(guest, engine.as_ref(), module.as_ref())?;
        }
        loaded.push(module);
    }
    let mut seconds: Vec<_> = loaded.iter().map(|module| module.as_ref().map(|_| Vec::new())).collect();
    for round in 0..rounds {
        for step in 0..engines.len() {
            let index = if round % 2 == 0 { step } else { engines.len() - 1 - step };
            if let (Some(module), Some(seconds)) = (&loaded[index], &mut seconds[index]) {
                let time = checked_run(guest, engines[index].as_ref(), module.as_ref())?;
                seconds.push(time.as_secs_f64());
            }
        }
    }
    Ok(Measured { guest, seconds })
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
