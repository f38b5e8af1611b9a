//! One module used from many threads at once: how much instances, calls and drops get in each other's way.
//!
//! Every thread makes stores of its own from what they share, the engine, the module and its prepared imports. The clock is the
//! wall's: with more threads than processors, the best that can be is that a round takes no longer. What one thread takes is for
//! `instances`.

use crate::Result;
use crate::clock::{least, median};
use crate::engine::{self, Instances};
use crate::instances::SMALL;
use crate::options::Options;
use crate::table::Table;

/// How many threads there are.
const THREADS: [u32; 4] = [1, 2, 4, 8];

/// The command `contention`.
pub(crate) fn contention(options: &mut Options) -> Result<()> {
    let count: u32 = options.take("count")?.unwrap_or(8000);
    let rounds: usize = options.take("rounds")?.unwrap_or(15);
    options.finish()?;
    let most = THREADS.into_iter().max().unwrap_or(1);
    if count < most || rounds == 0 {
        return Err(format!("--count is at least {most}, --rounds at least 1").into());
    }

    let processors = std::thread::available_parallelism()?;
    println!("\nBest of {rounds} rounds of {count} instances of a small module, made, called and dropped by so many");
    println!("threads together on {processors} processors: wall-clock microseconds each, and the median of the rounds'");
    println!("ratios to the first runtime:\n");
    let engines = engine::instantiators(100);
    let names = engines.iter().map(|engine| engine.name().to_owned());
    let ratios = engines[1..].iter().map(|_| "ratio".to_owned());
    let mut table = Table::new(["threads".to_owned()].into_iter().chain(names).chain(ratios));
    let modules: Vec<_> =
        engines.iter().map(|engine| engine.instances(SMALL.as_bytes())).collect::<Result<_>>()?;
    for threads in THREADS {
        let times = measure(&modules, threads, count, rounds)?;
        let best = times.iter().map(|times| format!("{:.2}", least(times.iter().copied())));
        let ratios = times[1..].iter().map(|ours| {
            format!("{:.2}", median(ours.iter().zip(&times[0]).map(|(ours, theirs)| ours / theirs)))
        });
        table.row([threads.to_string()].into_iter().chain(best).chain(ratios));
    }
    print!("{}", table.render());
    Ok(())
}

/// Microseconds per instance, by round, of each runtime.
fn measure(
    modules: &[Box<dyn Instances>],
    threads: u32,
    count: u32,
    rounds: usize,
) -> Result<Vec<Vec<f64>>> {
    let each = count / threads;
    let mut microseconds = vec![Vec::new(); modules.len()];
    for round in 0..=rounds {
        for step in 0..modules.len() {
            let index = if round % 2 == 0 { step } else { modules.len() - 1 - step };
            let time = modules[index].cycle_in_threads(threads, each, 0)?;
            // The first round warms up.
            if round > 0 {
                microseconds[index].push(time.as_secs_f64() * 1e6 / f64::from(each * threads));
            }
        }
    }
    Ok(microseconds)
}
