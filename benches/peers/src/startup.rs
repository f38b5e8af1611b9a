//! How long it takes from bytes to the result of a small first call.
//!
//! Wall-clock time: validation may use several threads. Every start makes a new engine. Memory is for `memory`, the time of long
//! runs for `compare`.

use crate::Result;
use crate::big_module::{self, SMALL_EXPORT};
use crate::clock::{least, median};
use crate::engine::{self, Engine, Start};
use crate::options::Options;
use crate::table::Table;
use std::time::{Duration, Instant};

/// Stands for a module of about 1 kB; its `run(1)` takes microseconds.
const SMALL_GUEST: &str = "nbody";

/// The engine whose starts the others are measured by.
const PEER: &str = "wasmi";

/// The command `startup`.
pub(crate) fn startup(options: &mut Options) -> Result<()> {
    let path: Option<String> = options.take("module")?;
    let export = options.take("export")?.unwrap_or_else(|| SMALL_EXPORT.to_owned());
    let megabytes: usize = options.take("megabytes")?.unwrap_or(6);
    let rounds: usize = options.take("rounds")?.unwrap_or(15);
    options.finish()?;

    let big = big_module::load(path.as_deref(), megabytes << 20)?;
    let engines = engine::starters();
    println!("\nModule of {:.1} MB, {rounds} starts each, milliseconds (median):\n", big.len() as f64 / 1e6);
    print!("{}", report(&engines, &measure(&engines, &big, &export, rounds)?, 1e3, PEER));

    let small = sarsen_benches::find(SMALL_GUEST).ok_or("the small guest is gone")?.wasm;
    println!("\nModule of {} bytes, {} starts each, microseconds (median):\n", small.len(), rounds * 40);
    print!("{}", report(&engines, &measure(&engines, small, "run", rounds * 40)?, 1e6, PEER));

    println!("\nStore and instance of that module again, module at hand, microseconds (median):\n");
    print!("{}", instances(&engines, small, rounds * 200)?);
    Ok(())
}

fn measure(engines: &[Box<dyn Engine>], wasm: &[u8], export: &str, rounds: usize) -> Result<Vec<Vec<Start>>> {
    for engine in engines {
        engine.start(wasm, export)?;
    }
    let mut starts = vec![Vec::new(); engines.len()];
    for _ in 0..rounds {
        for (engine, starts) in engines.iter().zip(&mut starts) {
            starts.push(engine.start(wasm, export)?);
        }
    }
    Ok(starts)
}

/// The phases of starts in a table, and their ratio to those of another engine.
pub(crate) fn report(engines: &[Box<dyn Engine>], starts: &[Vec<Start>], unit: f64, peer: &str) -> String {
    let of_peer = format!("of {peer}");
    let mut table = Table::new(["engine", "module", "instance", "call", "total", "least total", &of_peer]);
    let reference = engines.iter().position(|engine| engine.name() == peer).unwrap_or(0);
    for (engine, rounds) in engines.iter().zip(starts) {
        let figure = |phase: fn(&Start) -> Duration| {
            format!("{:.2}", median(rounds.iter().map(|start| phase(start).as_secs_f64() * unit)))
        };
        let totals = |rounds: &[Start]| -> Vec<f64> {
            rounds.iter().map(|start| start.total().as_secs_f64()).collect()
        };
        let by_round =
            totals(rounds).into_iter().zip(totals(&starts[reference])).map(|(ours, theirs)| ours / theirs);
        table.row([
            engine.name().to_owned(),
            figure(|start| start.module),
            figure(|start| start.instance),
            figure(|start| start.call),
            figure(Start::total),
            format!("{:.2}", least(totals(rounds)) * unit),
            format!("{:.3}", median(by_round)),
        ]);
    }
    table.render()
}

fn instances(engines: &[Box<dyn Engine>], wasm: &[u8], rounds: usize) -> Result<String> {
    let mut table = Table::new(["engine", "create", "create and drop"]);
    for engine in engines {
        let module = engine.load_lazily(wasm)?;
        let (mut created, mut dropped) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let start = Instant::now();
            created.push(module.instantiate()?.as_secs_f64() * 1e6);
            dropped.push(start.elapsed().as_secs_f64() * 1e6);
        }
        table.row([
            engine.name().to_owned(),
            format!("{:.2}", median(created)),
            format!("{:.2}", median(dropped)),
        ]);
    }
    Ok(table.render())
}
