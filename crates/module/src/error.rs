//! Why bytes did not become a module.
//!
//! Owns the kinds, in the words of the specification; the message says what, the offset where. One word in size, so that
//! results stay small. It is made from wasmparser's in `parse/problem.rs`.

use std::fmt;

/// Which rule was broken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes do not follow the binary format (core specification, chapter 5).
    Malformed,
    /// The module does not validate (chapter 3), or needs a proposal that is switched off.
    Invalid,
    /// The module exceeds a limit of the implementation or of the configuration.
    Limit,
    /// The text does not follow the text format (chapter 6).
    Text,
}

/// A module that was refused.
#[derive(Clone, Debug)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    offset: Option<usize>,
    message: String,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, offset: Option<usize>, message: impl Into<String>) -> Error {
        Error(Box::new(Inner { kind, offset, message: message.into() }))
    }

    pub(crate) fn limit(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Limit, None, message)
    }

    /// Which rule was broken.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Byte offset in the binary module, where known.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }

    /// What is wrong, without the offset.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match self.0.offset {
            Some(offset) => write!(f, " (at offset {offset:#x})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word() {
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }

    #[test]
    fn the_offset_follows_the_message() {
        let error = Error::new(ErrorKind::Malformed, Some(8), "malformed section id");
        assert_eq!(error.to_string(), "malformed section id (at offset 0x8)");
        assert_eq!(Error::limit("too large").to_string(), "too large");
    }
}
