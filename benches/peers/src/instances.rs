//! What it costs to make an instance, call it and drop it, in a store of its own: what servers do for every request.
//!
//! Imports are found and functions compiled before. Each round makes the same number of instances in each runtime, in
//! alternating order. What instances that stay take is for `density`.

use crate::Result;
use crate::big_module::generate_parts;
use crate::clock::{least, median};
use crate::engine::{self, Instances};
use crate::options::Options;
use crate::table::Table;

/// A module with one page of memory.
pub(crate) const SMALL: &str = r#"(module (memory (export "memory") 1)
  (func (export "run") (param i32) (result i64) (i64.extend_i32_s (i32.mul (local.get 0) (i32.const 3))))
  (func (export "write") (param i32) (memory.fill (i32.const 64) (i32.const 1) (local.get 0))))"#;

/// The command `instances`.
pub(crate) fn instances(options: &mut Options) -> Result<()> {
    let count: u32 = options.take("count")?.unwrap_or(1000);
    let threads: u32 = options.take("threads")?.unwrap_or(1);
    let rounds: usize = options.take("rounds")?.unwrap_or(15);
    options.finish()?;

    let large = generate_parts(4 << 20, 1 << 20, 5_000);
    println!(
        "\nBest of {rounds} rounds of {count} instances in {threads} threads, microseconds each, and the median"
    );
    println!("of the rounds' ratios to the first runtime:\n");
    let engines = engine::instantiators(100);
    let mut table = Table::new(
        ["module".to_owned(), "writes".to_owned()]
            .into_iter()
            .chain(engines.iter().map(|engine| engine.name().to_owned()))
            .chain(engines[1..].iter().map(|_| "ratio".to_owned())),
    );
    for (name, wasm) in [("5 MB", &large[..]), ("small", SMALL.as_bytes())] {
        let modules: Vec<_> = engines.iter().map(|engine| engine.instances(wasm)).collect::<Result<_>>()?;
        for bytes in [0, 4_000, 60_000] {
            let times = measure(&modules, (count, threads, bytes), rounds)?;
            let best = times.iter().map(|times| format!("{:.2}", least(times.iter().copied())));
            let ratios = times[1..].iter().map(|ours| {
                format!("{:.2}", median(ours.iter().zip(&times[0]).map(|(ours, theirs)| ours / theirs)))
            });
            table.row([name.to_owned(), bytes.to_string()].into_iter().chain(best).chain(ratios));
        }
    }
    print!("{}", table.render());
    Ok(())
}

/// Microseconds per instance, by round, of each runtime: so many instances in so many threads, each of which writes so many bytes.
fn measure(
    modules: &[Box<dyn Instances>],
    (count, threads, bytes): (u32, u32, i32),
    rounds: usize,
) -> Result<Vec<Vec<f64>>> {
    let mut microseconds = vec![Vec::new(); modules.len()];
    for round in 0..=rounds {
        for step in 0..modules.len() {
            let index = if round % 2 == 0 { step } else { modules.len() - 1 - step };
            let time = match threads {
                1 => modules[index].cycle(count, bytes)?,
                _ => modules[index].cycle_in_threads(threads, count / threads, bytes)?,
            };
            // The first round warms up.
            if round > 0 {
                microseconds[index].push(time.as_secs_f64() * 1e6 / f64::from(count));
            }
        }
    }
    Ok(microseconds)
}
