//! The commands that compare run times, and `loop` for profilers.
//!
//! Chooses engines and guests; `interleave` measures and `report` prints. The first engine is the one that the others are measured by.

use crate::engine::{self, Engine};
use crate::interleave::{self, Measured, checked_run};
use crate::options::Options;
use crate::{Result, report};
use sarsen_benches::{Class, GUESTS, Guest};
use std::time::{Duration, Instant};

/// The command `run`: all guests in all engines.
pub(crate) fn run(options: &mut Options) -> Result<()> {
    let mut engines = engine::all();
    if let Some(external) = options.take::<String>("external")? {
        engines.push(engine::external(&external)?);
    }
    compare(options, &engines, |_| true)
}

/// The command `match`: the portable form of the interpreter's loop against the threaded one.
pub(crate) fn dispatch_forms(options: &mut Options) -> Result<()> {
    compare(options, &engine::dispatch_forms(), |_| true)
}

/// The command `jit`: Sarsen's compiled code against Wasmtime's.
pub(crate) fn compilers(options: &mut Options) -> Result<()> {
    compare(options, &engine::compilers(), |_| true)
}

/// The command `gc`: the guests that allocate objects.
pub(crate) fn collectors(options: &mut Options) -> Result<()> {
    compare(options, &engine::all(), |guest| guest.class == Class::Gc)
}

fn compare(options: &mut Options, engines: &[Box<dyn Engine>], wanted: fn(&Guest) -> bool) -> Result<()> {
    let only: Option<String> = options.take("only")?;
    let rounds: usize = options.take("rounds")?.unwrap_or(7);
    let svg: Option<String> = options.take("svg")?;
    options.finish()?;

    let mut measured: Vec<Measured> = Vec::new();
    for guest in selected(only.as_deref())?.into_iter().filter(|guest| wanted(guest)) {
        eprint!("{} ", guest.name);
        measured.push(interleave::measure(guest, engines, rounds)?);
    }
    eprintln!();
    print!("{}", report::table(&measured, engines));
    if let Some(path) = svg {
        std::fs::write(&path, report::chart(&measured, engines))
            .map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(())
}

/// The command `loop`: keeps one engine busy with one guest, for a profiler to look at.
pub(crate) fn repeat(options: &mut Options) -> Result<()> {
    let only: String = options.take("only")?.ok_or("--only is needed")?;
    let name: String = options.take("engine")?.ok_or("--engine is needed")?;
    let seconds: f64 = options.take("seconds")?.unwrap_or(5.0);
    options.finish()?;

    let guest = sarsen_benches::find(&only).ok_or_else(|| format!("no guest `{only}`"))?;
    let engines = engine::all();
    let engine =
        engines.iter().find(|engine| engine.name() == name).ok_or_else(|| format!("no engine `{name}`"))?;
    let loaded = engine.load(guest.wasm)?;
    let (start, mut runs, mut busy) = (Instant::now(), 0, Duration::ZERO);
    while runs == 0 || start.elapsed().as_secs_f64() < seconds {
        busy += checked_run(guest, engine.as_ref(), loaded.as_ref())?;
        runs += 1;
    }
    println!("{only} in {name}: {runs} runs, {:.3} ms each", busy.as_secs_f64() * 1e3 / f64::from(runs));
    Ok(())
}

/// All guests, or those of a list of names separated by commas.
pub(crate) fn selected(only: Option<&str>) -> Result<Vec<&'static Guest>> {
    match only {
        None => Ok(GUESTS.iter().collect()),
        Some(names) => names
            .split(',')
            .map(|name| sarsen_benches::find(name).ok_or_else(|| format!("no guest `{name}`").into()))
            .collect(),
    }
}
