//! Results of all guests in all engines, once: what a new row of the catalogue needs.
//!
//! Compares nothing but results; times are shown to choose `n`.

use crate::Result;
use crate::engine;
use crate::options::Options;
use sarsen_benches::GUESTS;

/// The command `check`: fails if two engines disagree with each other or with the catalogue.
pub(crate) fn check(options: &Options) -> Result<()> {
    options.finish()?;
    let mut wrong = Vec::new();
    for guest in GUESTS {
        for engine in engine::all().iter().filter(|engine| engine.supports(guest)) {
            let run = engine.load(guest.wasm)?.run(guest.n)?;
            let milliseconds = run.time.as_secs_f64() * 1e3;
            println!(
                "{:16} {:9} n={:<9} {milliseconds:9.2} ms {}",
                guest.name,
                engine.name(),
                guest.n,
                run.result
            );
            if run.result != guest.checksum {
                wrong.push(guest.name);
            }
        }
    }
    match wrong.as_slice() {
        [] => Ok(()),
        names => Err(format!("not the catalogue's checksum: {}", names.join(", ")).into()),
    }
}
