//! Why the engine, or the text parser before it, refused a command.
//!
//! Owns the translation of errors to the words of the script language.
//! It does not compare them with what a script expects.

use sarsen::{Error, ErrorKind};
use std::fmt;

/// The words of the script language for what can go wrong, and the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Malformed,
    Invalid,
    Limit,
    Unlinkable,
    Trap,
    Exhaustion,
    Exception,
    Other,
}

impl Kind {
    /// As reports name it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Malformed => "malformed module",
            Kind::Invalid => "invalid module",
            Kind::Limit => "module beyond a limit",
            Kind::Unlinkable => "unlinkable module",
            Kind::Trap => "trap",
            Kind::Exhaustion => "exhaustion",
            Kind::Exception => "exception",
            Kind::Other => "error",
        }
    }
}

/// An error together with its word.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) kind: Kind,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn malformed(message: impl fmt::Display) -> Refusal {
        Refusal { kind: Kind::Malformed, message: message.to_string() }
    }

    pub(crate) fn other(message: impl fmt::Display) -> Refusal {
        Refusal { kind: Kind::Other, message: message.to_string() }
    }

    /// Whether the message is the one that a script names: scripts give a prefix, engines may add detail.
    pub(crate) fn says(&self, expected: &str) -> bool {
        self.message.starts_with(expected) || expected.starts_with(&self.message)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        let kind = match error.kind() {
            ErrorKind::Malformed => Kind::Malformed,
            ErrorKind::Invalid => Kind::Invalid,
            ErrorKind::Limit => Kind::Limit,
            ErrorKind::Unlinkable => Kind::Unlinkable,
            ErrorKind::Trap => Kind::Trap,
            ErrorKind::Exhaustion => Kind::Exhaustion,
            ErrorKind::Exception => Kind::Exception,
            _ => Kind::Other,
        };
        let message = error.message();
        Refusal { kind, message }
    }
}

impl From<wast::Error> for Refusal {
    fn from(error: wast::Error) -> Refusal {
        Refusal { kind: Kind::Malformed, message: error.message() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.word(), self.message)
    }
}
