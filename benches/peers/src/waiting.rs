//! What guests take of a process that wait for a timer: each in a store of its own, in a call on a stack of its own.
//!
//! Every runtime is measured in a process of its own, as in `density`. How fast they wait is not measured.

use crate::Result;
use crate::density::Taken;
use crate::engine::{self, Engine};
use crate::options::Options;
use crate::table::Table;
use std::process::Command;
use std::time::{Duration, Instant};

/// Threads that the guests are polled by.
const THREADS: usize = 2;

/// The command `waiting`: without an engine, all of them in processes of their own.
pub(crate) fn waiting(options: &mut Options) -> Result<()> {
    let guests: usize = options.take("guests")?.unwrap_or(10_000);
    let seconds: f64 = options.take("seconds")?.unwrap_or(10.0);
    let only: Option<String> = options.take("engine")?;
    options.finish()?;

    let engines = engine::instantiators(u32::try_from(guests)?);
    if let Some(name) = only {
        let engine = engines.iter().find(|engine| engine.name() == name).ok_or("no such engine")?;
        return measure(engine.as_ref(), guests, Duration::from_secs_f64(seconds));
    }
    println!("\n{guests} guests that wait for a timer, on {THREADS} threads:\n");
    let mut table =
        Table::new(["engine", "resident bytes each", "ratio", "with page tables", "ratio", "mappings each"]);
    let mut first = None;
    for engine in &engines {
        let arguments = ["--guests", &guests.to_string(), "--seconds", &seconds.to_string()];
        let output = Command::new(std::env::current_exe()?)
            .args(["waiting", "--engine", engine.name()])
            .args(arguments)
            .output()?;
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr);
            table.row([engine.name(), error.trim(), "", "", "", ""]);
            continue;
        }
        let text = String::from_utf8(output.stdout)?;
        let figures =
            text.split_whitespace().map(str::parse).collect::<std::result::Result<Vec<f64>, _>>()?;
        let [resident, all, mappings] = figures[..] else { return Err(text.into()) };
        let (first_resident, first_all) = *first.get_or_insert((resident, all));
        table.row([
            engine.name().to_owned(),
            format!("{resident:.0}"),
            format!("{:.2}", resident / first_resident),
            format!("{all:.0}"),
            format!("{:.2}", all / first_all),
            format!("{mappings:.2}"),
        ]);
    }
    print!("{}", table.render());
    Ok(())
}

/// Prints, for each guest, what this process has more of while they wait.
fn measure(engine: &dyn Engine, count: usize, duration: Duration) -> Result<()> {
    let module = engine.waiting()?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_time().build()?;
    // What the first ones bring about is no matter of how many there are.
    for _ in 0..100 {
        runtime.block_on(runtime.spawn(module.guest(Duration::ZERO)))??;
    }
    let before = Taken::now()?;
    let start = Instant::now();
    let guests: Vec<_> = (0..count).map(|_| runtime.spawn(module.guest(duration))).collect();
    // Until all of them wait, and none has waited long enough.
    std::thread::sleep(duration / 2);
    let after = Taken::now()?;
    if start.elapsed() > duration || guests.iter().any(|guest| guest.is_finished()) {
        return Err("the machine is too slow: more --seconds are needed".into());
    }
    let each = |before: u64, after: u64| after.saturating_sub(before) as f64 / count as f64;
    let resident = each(before.resident, after.resident);
    let tables = each(before.tables, after.tables);
    println!("{resident} {} {}", resident + tables, each(before.mappings, after.mappings));
    for guest in guests {
        runtime.block_on(guest)??;
    }
    Ok(())
}
