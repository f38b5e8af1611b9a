//! What many idle instances take of one process: resident bytes, and mappings, of which systems allow so many.
//!
//! Every runtime is measured in a process of its own, which this program starts again for that. What it takes to make them is
//! for `instances`.

use crate::Result;
use crate::engine::{self, Engine};
use crate::instances::SMALL;
use crate::options::Options;
use crate::table::Table;
use std::process::Command;

/// The command `density`: without an engine, all of them in processes of their own.
pub(crate) fn density(options: &mut Options) -> Result<()> {
    let instances: usize = options.take("instances")?.unwrap_or(10_000);
    let only: Option<String> = options.take("engine")?;
    options.finish()?;

    let engines = engine::instantiators(u32::try_from(instances)?);
    if let Some(name) = only {
        let engine = engines.iter().find(|engine| engine.name() == name).ok_or("no such engine")?;
        return measure(engine.as_ref(), instances);
    }
    println!("\n{instances} idle instances of a module with one page of memory, each called once:\n");
    in_processes(&engines, &["density", "--instances", &instances.to_string()])
}

/// Measures each engine in a process of its own, started with these arguments and its name, and prints what they print.
pub(crate) fn in_processes(engines: &[Box<dyn Engine>], arguments: &[&str]) -> Result<()> {
    let header = ["engine", "resident bytes each", "ratio", "with page tables", "ratio", "mappings each"];
    let mut table = Table::new(header);
    let mut first = None;
    for engine in engines {
        let mut process = Command::new(std::env::current_exe()?);
        let output = process.args(arguments).args(["--engine", engine.name()]).output()?;
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

/// Prints, for each instance, what this process has more of when they are there: resident bytes, the same with page tables,
/// mappings.
fn measure(engine: &dyn Engine, count: usize) -> Result<()> {
    let module = engine.instances(SMALL.as_bytes())?;
    // What the first ones bring about is no matter of how many there are, nor is compiling what has become hot.
    module.cycle(10_000, 0)?;
    let before = Taken::now()?;
    let instances = module.keep(count)?;
    before.print_growth(count)?;
    drop(instances);
    Ok(())
}

/// What this process takes: resident bytes, bytes of page tables, mappings.
pub(crate) struct Taken {
    resident: u64,
    tables: u64,
    mappings: u64,
}

impl Taken {
    /// At the moment.
    pub(crate) fn now() -> Result<Taken> {
        let status = std::fs::read_to_string("/proc/self/status")?;
        let field = |name: &str| -> Result<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such field")?;
            Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
        };
        let mappings = std::fs::read_to_string("/proc/self/maps")?.lines().count() as u64;
        Ok(Taken { resident: field("VmRSS:")?, tables: field("VmPTE:")?, mappings })
    }

    /// Prints what there is more by now, for each of so many, as [`in_processes`] reads it.
    pub(crate) fn print_growth(&self, count: usize) -> Result<()> {
        let now = Taken::now()?;
        let each = |before: u64, after: u64| after.saturating_sub(before) as f64 / count as f64;
        let resident = each(self.resident, now.resident);
        let tables = each(self.tables, now.tables);
        println!("{resident} {} {}", resident + tables, each(self.mappings, now.mappings));
        Ok(())
    }
}
