//! `sarsen wast`: runs test scripts.
//!
//! Owns the summary, one line per file; the runner is `sarsen-wast`.

use crate::failure::Failure;
use crate::options::EngineOptions;
use crate::terminal;
use clap::Args;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Run test scripts (.wast)
#[derive(Args)]
pub(crate) struct Command {
    /// Scripts
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    options: EngineOptions,
}

impl Command {
    /// Runs every script, also after one that fails.
    pub(crate) fn execute(self, out: &mut impl Write) -> Result<(), Failure> {
        let engine = self.options.engine()?;
        let mut passed = true;
        for file in &self.files {
            match script(&engine, file, out) {
                Ok(held) => passed &= held,
                Err(mut failure) => {
                    failure.report();
                    passed = false;
                }
            }
        }
        if passed { Ok(()) } else { Err(Failure::silent()) }
    }
}

/// Whether everything in the script held.
fn script(engine: &sarsen::Engine, file: &Path, out: &mut impl Write) -> Result<bool, Failure> {
    let bytes = fs::read(file).map_err(|error| Failure::of(file, error))?;
    let source = String::from_utf8(bytes).map_err(|error| Failure::of(file, error))?;
    let name = file.display().to_string();
    let report = sarsen_wast::run(engine, &name, &source);
    for failure in &report.failures {
        terminal::complain(&failure.to_string());
    }
    let (held, assertions) = (report.held, report.assertions);
    if report.passed() {
        writeln!(out, "{name}: passed, {assertions} assertions")?;
    } else {
        let failures = report.failures.len();
        let plural = if failures == 1 { "" } else { "s" };
        writeln!(out, "{name}: failed, {held} of {assertions} assertions hold, {failures} failure{plural}")?;
    }
    Ok(report.passed())
}
