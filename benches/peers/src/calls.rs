//! What a call between host and guest costs.
//!
//! Both runtimes compile the guest. Each round makes the same number of calls in each of them, in alternating order.

use crate::Result;
use crate::clock::{least, median};
use crate::engine::{self, Crossing};
use crate::options::Options;
use crate::table::Table;

/// The command `calls`.
pub(crate) fn calls(options: &mut Options) -> Result<()> {
    let count: i32 = options.take("count")?.unwrap_or(1_000_000);
    let rounds: usize = options.take("rounds")?.unwrap_or(15);
    let only: Option<String> = options.take("only")?;
    options.finish()?;

    let engines = engine::compilers();
    let mut instances = engines.iter().map(|engine| engine.calls()).collect::<Result<Vec<_>>>()?;
    let header = engines.iter().map(|engine| format!("{} ns", engine.name()));
    let mut table = Table::new(["crossing".to_owned()].into_iter().chain(header).chain(["ratio".to_owned()]));
    let chosen = |name: &str| only.as_ref().is_none_or(|only| name.contains(only));
    for (crossing, name) in Crossing::ALL.into_iter().filter(|(_, name)| chosen(name)) {
        let mut nanoseconds = vec![Vec::new(); engines.len()];
        for round in 0..=rounds {
            for step in 0..engines.len() {
                let index = if round % 2 == 0 { step } else { engines.len() - 1 - step };
                let time = instances[index].cross(crossing, count)?;
                // The first round warms up.
                if round > 0 {
                    nanoseconds[index].push(time.as_secs_f64() * 1e9 / f64::from(count));
                }
            }
        }
        let (ours, last) = (&nanoseconds[0], &nanoseconds[engines.len() - 1]);
        let ratio = median(ours.iter().zip(last).map(|(ours, theirs)| ours / theirs));
        let best = nanoseconds.iter().map(|times| format!("{:.2}", least(times.iter().copied())));
        table.row([name.to_owned()].into_iter().chain(best).chain([format!("{ratio:.2}")]));
    }
    println!("\nBest of {rounds} rounds of {count} calls, and the median of the rounds' ratios:\n");
    print!("{}", table.render());
    Ok(())
}
