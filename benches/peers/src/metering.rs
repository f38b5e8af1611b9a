//! What it costs guests that somebody bounds how long they run: by fuel, or by epochs.
//!
//! Each runtime runs the same guest without bounds, with fuel that suffices, and with a deadline that does not come. What it costs
//! to go on when one of them is used up is not in it.

use crate::Result;
use crate::clock::geometric_mean;
use crate::compare::selected;
use crate::engine;
use crate::interleave;
use crate::options::Options;
use crate::table::Table;

/// The command `metering`.
pub(crate) fn metering(options: &mut Options) -> Result<()> {
    let only: Option<String> = options.take("only")?;
    let rounds: usize = options.take("rounds")?.unwrap_or(7);
    options.finish()?;

    let engines = engine::metered();
    // Per runtime: without bounds, with fuel, with epochs.
    let runtimes: Vec<usize> = (0..engines.len()).step_by(3).collect();
    let header = runtimes.iter().flat_map(|&at| {
        let name = engines[at].name().split(',').next().unwrap_or_default();
        [format!("{name}: fuel"), format!("{name}: epochs")]
    });
    let mut table = Table::new(["guest".to_owned()].into_iter().chain(header));
    let mut ratios = vec![Vec::new(); runtimes.len() * 2];
    for guest in selected(only.as_deref())? {
        eprint!("{} ", guest.name);
        let measured = interleave::measure(guest, &engines, rounds)?;
        let mut row = vec![guest.name.to_owned()];
        for (number, &at) in runtimes.iter().enumerate() {
            for meter in 0..2 {
                let ratio = measured.ratio_between(at + 1 + meter, at).ok_or("a guest without time")?;
                ratios[number * 2 + meter].push(ratio);
                row.push(format!("{:+.1} %", (ratio - 1.0) * 100.0));
            }
        }
        table.row(row);
    }
    eprintln!();
    let means = ratios.iter().map(|ratios| format!("{:+.1} %", (geometric_mean(ratios) - 1.0) * 100.0));
    table.row(["geometric mean".to_owned()].into_iter().chain(means));
    println!("\nMore time than the same runtime takes without bounds, the median of {rounds} rounds:\n");
    print!("{}", table.render());
    Ok(())
}
