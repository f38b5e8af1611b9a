//! What came of a script: how many assertions held, and every command that did not.
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
