//! What compiling a module takes: time, and the most memory that is in use meanwhile.
//!
//! All compilers use one thread. Time is the wall clock's; memory is what the allocator has handed out beyond what was in use
//! before.

use crate::Result;
use crate::big_module;
use crate::clock::median;
use crate::counting::{bytes_in_use, peak_since};
use crate::engine;
use crate::options::Options;
use crate::table::Table;
use std::time::Instant;

/// The command `compile`.
pub(crate) fn compile(options: &mut Options) -> Result<()> {
    let path: Option<String> = options.take("module")?;
    let megabytes: usize = options.take("megabytes")?.unwrap_or(2);
    let rounds: usize = options.take("rounds")?.unwrap_or(3);
    options.finish()?;

    let wasm = big_module::load(path.as_deref(), megabytes << 20)?;
    println!("\nModule of {:.1} MB, compiled by one thread:\n", wasm.len() as f64 / 1e6);
    let engines = engine::single_compilers();
    let mut seconds = vec![Vec::new(); engines.len()];
    let mut peaks = vec![0; engines.len()];
    for round in 0..rounds {
        for step in 0..engines.len() {
            let index = if round % 2 == 0 { step } else { engines.len() - 1 - step };
            let (before, start) = (bytes_in_use(), Instant::now());
            let (module, peak) = peak_since(|| engines[index].load(&wasm));
            seconds[index].push(start.elapsed().as_secs_f64());
            peaks[index] = peaks[index].max(peak - before);
            drop(module?);
        }
    }
    let mut table = Table::new(["engine", "seconds", "time", "peak MB", "memory"]);
    let ours = median(seconds[0].iter().copied());
    for (index, engine) in engines.iter().enumerate() {
        let theirs = median(seconds[index].iter().copied());
        let ratios = seconds[0].iter().zip(&seconds[index]).map(|(ours, theirs)| ours / theirs);
        table.row([
            engine.name().to_owned(),
            format!("{theirs:.3}"),
            if index == 0 { format!("{:.3}", ours / theirs) } else { format!("{:.3}", median(ratios)) },
            format!("{:.1}", peaks[index] as f64 / 1e6),
            format!("{:.3}", peaks[0] as f64 / peaks[index] as f64),
        ]);
    }
    print!("{}", table.render());
    Ok(())
}
