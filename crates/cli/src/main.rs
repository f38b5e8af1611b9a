//! The `sarsen` command.
//!
//! Owns the list of commands, and that `run` may be left out.
//! Each command is a module; none of them knows the engine's insides.
//! Exit codes are given by [`failure`].

mod arguments;
mod cache;
mod compile;
mod completions;
#[cfg(feature = "component")]
mod component;
#[cfg(not(feature = "component"))]
#[path = "no_component.rs"]
mod component;
mod failure;
#[cfg(feature = "component")]
mod host;
#[cfg(unix)]
#[expect(unsafe_code, reason = "marks what this process was given open, which is known by numbers")]
mod inherited;
mod input;
#[cfg(feature = "tools")]
mod inspect;
#[cfg(not(feature = "tools"))]
#[path = "absent.rs"]
mod inspect;
#[expect(unsafe_code, reason = "runs the compiled modules that the command line names")]
mod load;
mod log;
mod options;
mod results;
mod run;
#[cfg(feature = "serve")]
mod serve;
#[cfg(not(feature = "serve"))]
#[path = "absent.rs"]
mod serve;
mod terminal;
#[cfg(feature = "wat")]
mod text;
#[cfg(not(feature = "wat"))]
#[path = "no_text.rs"]
mod text;
mod types;
mod validate;
mod version;
#[cfg(feature = "tools")]
mod wast;
#[cfg(not(feature = "tools"))]
#[path = "absent.rs"]
mod wast;
#[cfg(feature = "component")]
mod wave;

use crate::failure::Failure;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write};
use std::{iter, process};

/// A WebAssembly runtime.
#[derive(Parser)]
#[command(
    name = "sarsen",
    version,
    arg_required_else_help = true,
    override_usage = "sarsen [run] [OPTIONS] FILE [ARGUMENT]...\n       sarsen COMMAND ...",
    after_help = "`run` may be left out: `sarsen app.wasm --help` shows the help of the program.\n\
                  Its options are shown by `sarsen run --help`."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(Box<run::Run>),
    Serve(Box<serve::Command>),
    Compile(compile::Compile),
    Wast(wast::Command),
    Validate(validate::Validate),
    Inspect(inspect::Command),
    Cache(cache::Command),
    Completions(completions::Completions),
}

/// The names of the commands. To ask the parser for them would take longer than many programs run.
const COMMANDS: [&str; 9] =
    ["run", "serve", "compile", "wast", "validate", "inspect", "cache", "completions", "help"];

fn main() {
    log::start();
    let mut out = io::stdout().lock();
    let code = match execute(std::env::args_os().collect(), &mut out).and_then(|()| Ok(out.flush()?)) {
        Ok(()) => 0,
        Err(mut failure) => {
            failure.report();
            failure.code()
        }
    };
    process::exit(code);
}

fn execute(command_line: Vec<OsString>, out: &mut impl Write) -> Result<(), Failure> {
    if command_line.get(1).is_some_and(|word| word == "--version") {
        return Ok(writeln!(out, "{}", version::long())?);
    }
    let parsed = Cli::try_parse_from(with_command(command_line.clone()));
    match parsed.unwrap_or_else(|error| without_far_guesses(error).exit()).command {
        Command::Run(command) => command.execute(&command_line, out),
        Command::Serve(command) => command.execute(out),
        Command::Compile(command) => command.execute(),
        Command::Wast(command) => command.execute(out),
        Command::Validate(command) => command.execute(out),
        Command::Inspect(command) => command.execute(out),
        Command::Cache(command) => command.execute(out),
        Command::Completions(command) => command.execute(Cli::command(), out),
    }
}

/// The parser's error about an unknown option suggests what looks like it, or to write `--` before it; after that, it would
/// be a file.
fn without_far_guesses(mut error: clap::Error) -> clap::Error {
    if error.kind() == ErrorKind::UnknownArgument {
        error.remove(ContextKind::Suggested);
        if let Some(ContextValue::String(wanted)) = error.get(ContextKind::InvalidArg)
            && let Some(ContextValue::String(guess)) = error.get(ContextKind::SuggestedArg)
            && terminal::nearest(wanted, iter::once(guess.as_str())).is_none()
        {
            error.remove(ContextKind::SuggestedArg);
        }
    }
    error
}

/// The command line with `run`, which may have been left out.
fn with_command(mut command_line: Vec<OsString>) -> Vec<OsString> {
    let own = ["-h", "--help", "-V"];
    let is_known = |word: &str| own.contains(&word) || COMMANDS.contains(&word);
    if command_line.get(1).is_some_and(|word| !word.to_str().is_some_and(is_known)) {
        command_line.insert(1, "run".into());
    }
    command_line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_known() {
        let mut command = Cli::command();
        command.build();
        let names: Vec<_> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
        assert_eq!(names, COMMANDS);
    }
}
