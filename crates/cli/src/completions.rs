//! `sarsen completions`: what shells need to complete the command line.
//!
//! Owns nothing but the command; `clap_complete` writes the scripts from the description in `main`.

use crate::failure::Failure;
use clap::{Args, Command};
use clap_complete::Shell;
use std::io::Write;

/// Print a script that completes the command line
#[derive(Args)]
#[command(after_help = "For bash: source <(sarsen completions bash)")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    /// Prints the script for `command`.
    pub(crate) fn execute(self, mut command: Command, out: &mut impl Write) -> Result<(), Failure> {
        // Into memory first: a reader that goes away is no reason to panic.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "sarsen", &mut script);
        Ok(out.write_all(&script)?)
    }
}
