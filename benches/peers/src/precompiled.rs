//! How long it takes from a file of compiled code to the result of a small first call.
//!
//! The file is in the page cache, as that of a program is which is started again and again. Compiling is not timed.

use crate::Result;
use crate::big_module::{self, SMALL_EXPORT};
use crate::engine::{self, Engine, Start};
use crate::options::Options;
use crate::startup::report;
use std::path::PathBuf;

/// A file that goes with the process.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Nobody needs it; if it cannot be removed, nothing is lost.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The command `precompiled`.
pub(crate) fn precompiled(options: &mut Options) -> Result<()> {
    let path: Option<String> = options.take("module")?;
    let export = options.take("export")?.unwrap_or_else(|| SMALL_EXPORT.to_owned());
    let megabytes: usize = options.take("megabytes")?.unwrap_or(20);
    let rounds: usize = options.take("rounds")?.unwrap_or(15);
    options.finish()?;

    let wasm = big_module::load(path.as_deref(), megabytes << 20)?;
    let engines = engine::compilers();
    let files = engines.iter().enumerate().map(|(index, engine)| precompile(index, engine.as_ref(), &wasm));
    let files = files.collect::<Result<Vec<_>>>()?;
    for (engine, file) in engines.iter().zip(&files) {
        let bytes = std::fs::metadata(&file.0)?.len();
        println!("{}: a file of {:.1} MB", engine.name(), bytes as f64 / 1e6);
    }
    let mut starts: Vec<Vec<Start>> = vec![Vec::new(); engines.len()];
    for round in 0..=rounds {
        for ((engine, file), starts) in engines.iter().zip(&files).zip(&mut starts) {
            let start = engine.start_precompiled(&file.0, &export)?;
            // The first round warms up.
            if round > 0 {
                starts.push(start);
            }
        }
    }
    let megabytes = wasm.len() as f64 / 1e6;
    println!("\nModule of {megabytes:.1} MB, {rounds} starts each, microseconds (median):\n");
    print!("{}", report(&engines, &starts, 1e6, "wasmtime"));
    Ok(())
}

fn precompile(index: usize, engine: &dyn Engine, wasm: &[u8]) -> Result<Temporary> {
    let name = format!("sarsen-peers-{}-{index}.compiled", std::process::id());
    let file = Temporary(std::env::temp_dir().join(name));
    std::fs::write(&file.0, engine.precompile(wasm)?)?;
    Ok(file)
}
