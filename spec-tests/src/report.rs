//! What came of a script: how many assertions held, and every command that did not; or what each of its actions did.
//!
//! Owns the wording of failures.
//! It does not print and does not decide whether a failure was expected.

use std::fmt;

/// The outcome of one script.
#[derive(Debug, Default)]
pub struct Report {
    /// Assertions that were executed, held or not.
    pub assertions: usize,
    /// Assertions that held.
    pub held: usize,
    /// Every command that did not do what the script says, in the order of the script.
    pub failures: Vec<Failure>,
}

impl Report {
    /// Whether the whole script did what it says.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }

    /// Adds what another part of the same script reported.
    pub(crate) fn merge(&mut self, other: Report) {
        self.assertions += other.assertions;
        self.held += other.held;
        self.failures.extend(other.failures);
    }
}

/// A command of a script that did not do what the script says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The script, as it was named to [`run`](crate::run).
    pub file: String,
    /// The line of the command, from 1.
    pub line: usize,
    /// The column of the command, from 1.
    pub column: usize,
    /// The command's name, such as `assert_return`.
    pub command: &'static str,
    /// What the script asks for.
    pub expected: String,
    /// What happened.
    pub got: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { file, line, column, command, expected, got } = self;
        write!(f, "{file}:{line}:{column}: {command}: expected {expected}, got {got}")
    }
}

/// What became of something in a script that runs code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The script, as it was named to [`record`](crate::record).
    pub file: String,
    /// The line of the command, from 1.
    pub line: usize,
    /// The column of the command, from 1.
    pub column: usize,
    /// The function that was called, or what was instantiated.
    pub what: String,
    /// `success`, or the error with its backtrace.
    pub outcome: String,
    /// The fuel that was left; none where engines may differ, because the stack was used up.
    pub fuel_left: Option<u64>,
}

impl Action {
    /// How it ended, and with how much fuel.
    pub fn end(&self) -> String {
        match self.fuel_left {
            Some(left) => format!("{}, {left} left", self.outcome),
            None => self.outcome.clone(),
        }
    }
}

/// The difference between what a command asks for and what happened, before it has a place.
#[derive(Debug)]
pub(crate) struct Mismatch {
    pub(crate) expected: String,
    pub(crate) got: String,
}

impl Mismatch {
    pub(crate) fn new(expected: impl fmt::Display, got: impl fmt::Display) -> Mismatch {
        Mismatch { expected: expected.to_string(), got: got.to_string() }
    }

    /// A command that this runner knows by name but cannot execute.
    pub(crate) fn unsupported(what: impl fmt::Display) -> Mismatch {
        Mismatch::new("support", format_args!("unsupported: {what}"))
    }
}
