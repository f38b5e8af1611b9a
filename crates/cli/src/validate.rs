//! `sarsen validate`: whether files are valid modules or components.
//!
//! Owns the command's output, one line per file.
//! Files are read by [`crate::input`] and judged by the engine.

use crate::component::Component;
use crate::failure::Failure;
use crate::input;
use crate::options::EngineOptions;
use clap::Args;
use sarsen::Module;
use std::io::Write;
use std::path::PathBuf;

/// Validate modules and components, binary or text
#[derive(Args)]
pub(crate) struct Validate {
    /// Modules and components
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    options: EngineOptions,
}

impl Validate {
    /// Validates every file, also after one that is not valid.
    pub(crate) fn execute(self, out: &mut impl Write) -> Result<(), Failure> {
        let engine = self.options.engine()?;
        let mut valid = true;
        for file in &self.files {
            let outcome = input::bytes(file).and_then(|bytes| {
                let valid = if Component::is_component(bytes.as_ref()) {
                    Component::from_owner(&engine, bytes).map(drop)
                } else {
                    Module::validate(&engine, bytes.as_ref())
                };
                valid.map_err(|error| Failure::of_engine(file, &error))
            });
            match outcome {
                Ok(()) => writeln!(out, "{}: valid", file.display())?,
                Err(mut failure) => {
                    failure.report();
                    valid = false;
                }
            }
        }
        if valid { Ok(()) } else { Err(Failure::silent()) }
    }
}
