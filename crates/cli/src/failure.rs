//! Why a command did not succeed, and the exit code that says so.
//!
//! Owns the wording around errors, and which exit code stands for what.
//! The errors themselves come from the engine and the operating system; what ends a guest is in [`crate::run`].

use crate::terminal;
use sarsen::ErrorKind;
use std::fmt::Display;
use std::io;
use std::path::Path;

/// What a shell sees of a process that `abort` ended: on Unix 128 + SIGABRT.
const TRAPPED: i32 = if cfg!(windows) { 3 } else { 134 };
/// What a shell sees of a process that Ctrl-C ended: 128 + SIGINT.
pub(crate) const INTERRUPTED: i32 = 130;
/// What a shell sees of a process whose reader went away: on Unix 128 + SIGPIPE.
pub(crate) const UNREAD: i32 = if cfg!(unix) { 141 } else { FAILED };
/// As `timeout` has it.
pub(crate) const TIMED_OUT: i32 = 124;
const WRONG_USAGE: i32 = 2;
const FAILED: i32 = 1;

/// An error message, if one is still to be printed, and an exit code.
pub(crate) struct Failure {
    message: Option<String>,
    code: i32,
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

    /// The engine did not load a file that the error names.
    pub(crate) fn of_loading(error: &sarsen::Error) -> Failure {
        Failure { message: Some(error.to_string()), code: FAILED }
    }

    /// The command line asks for something that does not exist.
    pub(crate) fn usage(problem: impl Display) -> Failure {
        Failure { message: Some(problem.to_string()), code: WRONG_USAGE }
    }

    /// So does a file that the command line names.
    pub(crate) fn usage_of(file: &Path, problem: impl Display) -> Failure {
        Failure { code: WRONG_USAGE, ..Failure::of(file, problem) }
    }

    /// Everything was said already.
    pub(crate) fn silent() -> Failure {
        Failure::exit(FAILED)
    }

    /// An end with this exit code, about which nothing is to be said.
    pub(crate) fn exit(code: i32) -> Failure {
        Failure { message: None, code }
    }

    /// The same with another exit code.
    pub(crate) fn with_code(self, code: i32) -> Failure {
        Failure { code, ..self }
    }

    /// The same with more to say.
    pub(crate) fn with_hint(self, hint: impl Display) -> Failure {
        Failure { message: self.message.map(|message| format!("{message}; {hint}")), ..self }
    }

    /// Prints the message, if it is still to be printed, to the error stream.
    pub(crate) fn report(&mut self) {
        if let Some(message) = self.message.take() {
            terminal::complain(&format!("error: {message}"));
        }
    }

    pub(crate) fn code(&self) -> i32 {
        self.code
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
