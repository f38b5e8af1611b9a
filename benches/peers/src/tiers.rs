//! Sarsen's strategies against one another: tiered code that has become as fast as it gets, whole runs from a new module on,
//! and how long a program that is one loop takes to become fast.
//!
//! Only runs are compared; what was compiled when is for the engine's own events to tell.

use crate::clock::{least, median};
use crate::engine::{self, Engine};
use crate::interleave;
use crate::options::Options;
use crate::table::Table;
use crate::{Result, compare, report};
use std::time::Duration;

/// Ticks of the loop, and those over which its speed is taken.
const TICKS: i32 = 10_000;
const WINDOW: usize = 20;

/// Of the compiler's speed, how much the loop is to reach.
const FAST: f64 = 0.9;

/// The command `tiers`.
pub(crate) fn tiers(options: &mut Options) -> Result<()> {
    let only: Option<String> = options.take("only")?;
    let rounds: usize = options.take("rounds")?.unwrap_or(7);
    let what = options.take("from")?.unwrap_or_else(|| "warm".to_owned());
    options.finish()?;

    let engines = engine::strategies();
    let is_cold = match what.as_str() {
        "warm" => false,
        "cold" => true,
        "loop" => return in_one_loop(&engines, rounds),
        other => return Err(format!("--from: warm, cold or loop, not `{other}`").into()),
    };
    let mut measured = Vec::new();
    for guest in compare::selected(only.as_deref())? {
        eprint!("{} ", guest.name);
        measured.push(match is_cold {
            true => interleave::measure_cold(guest, &engines, rounds)?,
            false => interleave::measure(guest, &engines, rounds)?,
        });
    }
    eprintln!();
    print!("{}", report::table(&measured, &engines));
    let worst = measured.iter().map(|row| {
        let others = (1..engines.len()).filter_map(|engine| row.best(engine));
        row.best(0).unwrap_or(f64::NAN) / least(others)
    });
    println!("\nAt worst {:.2} times the best of the others.", worst.fold(0.0, f64::max));
    Ok(())
}

/// A program that is one call of one loop, which tells the host how far it is.
fn in_one_loop(engines: &[Box<dyn Engine>], rounds: usize) -> Result<()> {
    let wasm = wat::parse_str(include_str!("tiers.wat"))?;
    let mut table = Table::new(["engine", "ms to 90 %", "at most", "us per tick then"]);
    let mut ticks: Vec<Vec<Vec<Duration>>> = vec![Vec::new(); engines.len()];
    for _ in 0..rounds {
        for (engine, ticks) in engines.iter().zip(&mut ticks) {
            ticks.push(engine.ticks(&wasm, TICKS)?);
        }
    }
    let last = |ticks: &Vec<Duration>| speed(&ticks[ticks.len() - 1 - WINDOW..]);
    let compiled = least(ticks.iter().flatten().map(last));
    for (engine, rounds) in engines.iter().zip(&ticks) {
        let until: Vec<f64> = rounds.iter().map(|ticks| until(ticks, compiled / FAST)).collect();
        let most = until.iter().copied().fold(0.0, f64::max);
        let tick = median(rounds.iter().map(last)) * 1e6;
        let figures = [median(until), most, tick].map(|figure| format!("{figure:.2}"));
        table.row([engine.name().to_owned()].into_iter().chain(figures));
    }
    println!("\nOne call of one loop, {rounds} rounds of {TICKS} ticks:\n");
    print!("{}", table.render());
    Ok(())
}

/// Seconds per tick, given when they came.
fn speed(ticks: &[Duration]) -> f64 {
    median(ticks.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()))
}

/// Milliseconds until ticks take no longer than so many seconds.
fn until(ticks: &[Duration], wanted: f64) -> f64 {
    let fast = ticks.windows(WINDOW).find(|window| speed(window) <= wanted);
    fast.map_or(f64::INFINITY, |window| window[0].as_secs_f64() * 1e3)
}
