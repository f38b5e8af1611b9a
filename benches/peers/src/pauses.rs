//! How long a collector stops its guest: many short steps beside a large live graph, each timed by itself.
//!
//! Sees collections from outside, as the longest steps; does not ask any engine for its own account of them.

use crate::Result;
use crate::engine::{self, Engine};
use crate::options::Options;
use crate::table::Table;
use std::time::Duration;

/// Cells that a step allocates.
const CELLS: i32 = 200;

/// The command `pauses`.
pub(crate) fn pauses(options: &mut Options) -> Result<()> {
    let depth: i32 = options.take("depth")?.unwrap_or(16);
    let steps: usize = options.take("steps")?.unwrap_or(20_000);
    let rounds: usize = options.take("rounds")?.unwrap_or(5);
    options.finish()?;

    let wasm = wat::parse_str(include_str!("pauses.wat"))?;
    let engines = engine::collectors();
    let loaded = engines.iter().map(|engine| engine.load(&wasm)).collect::<Result<Vec<_>>>()?;
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); engines.len()];
    for _ in 0..rounds {
        for (module, times) in loaded.iter().zip(&mut times) {
            times.extend(module.steps(depth, CELLS, steps)?);
        }
    }
    println!("{} live objects, {rounds} x {steps} steps of {CELLS} allocations", (2 << depth) - 1);
    print!("{}", report(&engines, times));
    Ok(())
}

fn report(engines: &[Box<dyn Engine>], times: Vec<Vec<Duration>>) -> String {
    let mut table = Table::new(["engine", "total ms", "median us", "99.9 % us", "longest us"]);
    for (engine, mut times) in engines.iter().zip(times) {
        times.sort_unstable();
        let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e6;
        let total = times.iter().sum::<Duration>().as_secs_f64() * 1e3;
        let microseconds = [0.5, 0.999, 1.0].map(|part| format!("{:.1}", at(part)));
        let [median, rare, longest] = microseconds;
        table.row([engine.name().to_owned(), format!("{total:.1}"), median, rare, longest]);
    }
    table.render()
}
