//! What a loaded module costs in memory before it runs, beyond its own bytes.
//!
//! Two figures: bytes held from the allocator, and the growth of the resident set (Linux), which also sees mapped pages. The
//! allocator that counts is `counting`; time is for `startup`.

use crate::Result;
use crate::big_module;
use crate::counting::bytes_in_use;
use crate::engine;
use crate::options::Options;
use crate::table::Table;

/// The command `memory`.
pub(crate) fn memory(options: &mut Options) -> Result<()> {
    let path: Option<String> = options.take("module")?;
    let megabytes: usize = options.take("megabytes")?.unwrap_or(20);
    options.finish()?;

    let wasm = big_module::load(path.as_deref(), megabytes << 20)?;
    let size = wasm.len() as f64;
    println!("\nModule of {:.1} MB, loaded and not run:\n", size / 1e6);
    let mut table = Table::new(["engine", "allocated MB", "over its bytes", "resident MB"]);
    for engine in engine::starters() {
        let (allocated, resident) = (bytes_in_use() as f64, resident_bytes()?);
        let module = engine.load_lazily(&wasm)?;
        let allocated = bytes_in_use() as f64 - allocated;
        let resident = resident_bytes()? - resident;
        table.row([
            engine.name().to_owned(),
            format!("{:.2}", allocated / 1e6),
            format!("{:+.2} %", (allocated - size) / size * 100.0),
            format!("{:.2}", resident / 1e6),
        ]);
        drop(module);
    }
    print!("{}", table.render());
    Ok(())
}

/// Resident set of this process; zero where there is no `/proc`.
fn resident_bytes() -> Result<f64> {
    let Ok(text) = std::fs::read_to_string("/proc/self/statm") else { return Ok(0.0) };
    let pages: f64 = text.split(' ').nth(1).ok_or("statm has no second field")?.parse()?;
    Ok(pages * rustix::param::page_size() as f64)
}
