//! The `sarsen` command.
//!
//! Owns the command line and exit codes: 0, 1 for errors, 2 for wrong usage, 134 for a trap (as a process that aborts).
//! Each command is a module; none of them knows the engine's insides.

#![forbid(unsafe_code)]

mod arguments;
mod failure;
mod input;
mod inspect;
mod options;
mod results;
mod run;
mod terminal;
mod types;
mod validate;
mod wast;

use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::process::ExitCode;

/// A WebAssembly runtime.
#[derive(Parser)]
#[command(name = "sarsen", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    Wast(wast::Wast),
    Validate(validate::Validate),
    Inspect(inspect::Inspect),
}

fn main() -> ExitCode {
    let mut out = io::stdout().lock();
    let outcome = match Cli::parse().command {
        Command::Run(command) => command.execute(&mut out),
        Command::Wast(command) => command.execute(&mut out),
        Command::Validate(command) => command.execute(&mut out),
        Command::Inspect(command) => command.execute(&mut out),
    };
    match outcome.and_then(|()| Ok(out.flush()?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            failure.code()
        }
    }
}
