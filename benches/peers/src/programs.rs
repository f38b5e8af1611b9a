//! Everyday programs as whole processes: what a shell's user waits for, and what the machine spends on it.
//!
//! Owns the order of runs and which of them are made. What the programs are is in `list`, how they are started in
//! `engines`, one run in `child`, what is made of the figures in `report`.
//! Invariant: a time counts only if the output was the expected one.

mod child;
mod engines;
mod list;
mod report;
mod spin;

use crate::Result;
use crate::options::Options;
use child::{Outcome, run};
use engines::Engine;
use list::Program;
use report::Row;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) use spin::spin;

/// What was measured of one program with one engine.
pub(crate) enum Cell {
    /// Seconds by the wall clock, and of processors, of each run.
    Times(Vec<(f64, f64)>),
    /// Why there are none.
    Skipped(String),
}

/// The command `programs`.
pub(crate) fn programs(options: &mut Options) -> Result<()> {
    let folder: PathBuf = options.take("dir")?.ok_or("--dir DIR is needed, as `programs/get.sh` made it")?;
    let rounds: usize = options.take("rounds")?.unwrap_or(3);
    let seconds = options.take("seconds")?.unwrap_or(60.0);
    let only: Option<String> = options.take("only")?;
    let busy: usize = options.take("busy")?.unwrap_or(0);
    let engines = engines::all(options)?;
    options.finish()?;
    let folder = folder.canonicalize()?;
    engines::prepare(&folder)?;
    let _spinning = spin::Spinning::start(busy)?;
    let is_chosen = |program: &&Program| only.as_ref().is_none_or(|only| program.name == only);
    let chosen: Vec<_> = list::PROGRAMS.iter().filter(is_chosen).collect();
    if chosen.is_empty() {
        return Err("--only NAME: there is no such program".into());
    }
    let mut rows = Vec::new();
    for program in chosen {
        let cells = measure(program, &engines, &folder, rounds, Duration::from_secs_f64(seconds));
        let row = Row { program, cells };
        eprint!("{}", row.text(&engines));
        rows.push(row);
    }
    println!("{rounds} rounds, fewer where they take more than {seconds} s; {busy} busy processes beside");
    print!("{}", report::report(&engines, &rows));
    Ok(())
}

/// All rounds of one program. An engine takes part until it has used up its time, but once at least.
fn measure(
    program: &Program,
    engines: &[Engine],
    folder: &std::path::Path,
    rounds: usize,
    limit: Duration,
) -> Vec<Cell> {
    let mut cells: Vec<Cell> = engines
        .iter()
        .map(|engine| match engine.warm_up(program, folder) {
            Ok(()) => Cell::Times(Vec::new()),
            Err(error) => Cell::Skipped(error.to_string()),
        })
        .collect();
    for round in 0..rounds {
        for step in 0..engines.len() {
            let index = if round % 2 == 0 { step } else { engines.len() - 1 - step };
            let Cell::Times(times) = &mut cells[index] else { continue };
            let used: f64 = times.iter().map(|(wall, _)| wall).sum();
            if used + used / times.len().max(1) as f64 > limit.as_secs_f64() {
                continue;
            }
            match timed(program, &engines[index], folder, limit) {
                Ok(time) => times.push(time),
                Err(error) => cells[index] = Cell::Skipped(error.to_string()),
            }
        }
    }
    cells
}

/// One run, whose output must be the expected one.
fn timed(
    program: &Program,
    engine: &Engine,
    folder: &std::path::Path,
    limit: Duration,
) -> Result<(f64, f64)> {
    let Outcome { wall, cpu, output, failure } =
        run(engine.command(program, folder), program, folder, limit)?;
    match failure {
        Some(failure) => Err(failure.into()),
        None if program.output.is_some_and(|expected| expected != output) => {
            Err(format!("its output is {output:#018x}").into())
        }
        None => Ok((wall, cpu)),
    }
}
