//! Why a command did not succeed, and the exit code that says so.
//!
//! Owns the wording around errors.
//! The errors themselves come from the engine and the operating system.

use crate::terminal;
use sarsen::ErrorKind;
use std::fmt::Display;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// What a shell sees of a process that `abort` ended: 128 + SIGABRT.
const TRAPPED: u8 = 134;
const WRONG_USAGE: u8 = 2;
const FAILED: u8 = 1;

/// An error message, if one is still to be printed, and an exit code.
pub(crate) struct Failure {
    message: Option<String>,
    code: u8,
}

impl Failure {
    /// Something about `file` is wrong.
    pub(crate) fn of(file: &Path, problem: impl Display) -> Failure {
        Failure { message: Some(format!("{}: {problem}", file.display())), code: FAILED }
    }

    /// The engine stopped working on `file`.
    pub(crate) fn of_engine(file: &Path, error: &sarsen::Error) -> Failure {
        let code = match error.kind() {
            ErrorKind::Trap | ErrorKind::Exhaustion | ErrorKind::Exception => TRAPPED,
            _ => FAILED,
        };
        Failure { code, ..Failure::of(file, error) }
    }

    /// The command line asks for something that does not exist.
    pub(crate) fn usage(problem: impl Display) -> Failure {
        Failure { message: Some(problem.to_string()), code: WRONG_USAGE }
    }

    /// Everything was said already.
    pub(crate) fn silent() -> Failure {
        Failure { message: None, code: FAILED }
    }

    /// Prints the message, if any, to the error stream.
    pub(crate) fn report(&self) {
        if let Some(message) = &self.message {
            terminal::complain(&format!("error: {message}"));
        }
    }

    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

/// Output that could not be written; a reader that went away wants to hear nothing more.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Failure::silent();
        }
        Failure { message: Some(format!("cannot write: {error}")), code: FAILED }
    }
}
