//! `sarsen cache`: where modules are kept between runs, and what is there.
//!
//! Owns where that is for the command.
//! What is kept, and when, is the engine's matter.

use crate::failure::Failure;
use clap::{Args, Subcommand};
use sarsen::Cache;
use std::io::Write;
use std::path::PathBuf;

/// The variable that names another folder.
const VARIABLE: &str = "SARSEN_CACHE_DIR";

/// The cache of the command: of the folder that the environment names, or where the system has such things.
pub(crate) fn cache() -> Option<Cache> {
    let named = std::env::var_os(VARIABLE).filter(|dir| !dir.is_empty()).map(PathBuf::from);
    named.or_else(Cache::default_dir).map(Cache::new)
}

/// Shows or empties the cache, which makes programs start as they were when they last ended
///
/// Without `--cache=no`, `sarsen run` keeps there that a module is valid, and the code of what has become hot or, by a process
/// in the background from the second run on, of all that has been called. The variable SARSEN_CACHE_DIR names another folder.
#[derive(Args)]
pub(crate) struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Says where the cache is
    Dir,
    /// Removes everything from it
    Clean,
    /// Says how much is in it
    Stats,
}

impl Command {
    /// Does it, and says what has been done.
    pub(crate) fn execute(&self, out: &mut impl Write) -> Result<(), Failure> {
        let cache = cache().ok_or_else(|| {
            Failure::usage(format_args!("this system names no folder for caches; {VARIABLE} can name one"))
        })?;
        let failed = |error| Failure::of(cache.dir(), error);
        let (done, stats) = match self.what {
            What::Dir => return Ok(writeln!(out, "{}", cache.dir().display())?),
            What::Clean => ("removed", cache.clean().map_err(failed)?),
            What::Stats => ("kept", cache.stats().map_err(failed)?),
        };
        let plural = if stats.modules == 1 { "" } else { "s" };
        let mebibytes = stats.bytes as f64 / f64::from(1 << 20);
        Ok(writeln!(out, "{done}: {} module{plural}, {mebibytes:.2} MiB", stats.modules)?)
    }
}
