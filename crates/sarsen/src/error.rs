//! Errors: what went wrong, in the words of the specification, and where.
//!
//! An [`Error`] holds any error value, found again by [`Error::downcast_ref`]: a [`Trap`], the error of a host
//! function, or one of the engine's own with only a message. Which traps there are is said in the table of
//! `sarsen-isa`.

mod context;
#[doc(hidden)]
pub mod macros;

pub use crate::{bail, ensure, format_err};
pub use context::Context;

use crate::backtrace::WasmBacktrace;
use sarsen_isa::Trap;
use std::any::Any;
use std::error::Error as StdError;
use std::fmt;

/// The result of most operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Bytes or text that are not a module.
    Malformed,
    /// A module that breaks a rule.
    Invalid,
    /// A limit of this implementation or of the embedder.
    Limit,
    /// Imports that do not fit.
    Unlinkable,
    /// A trap.
    Trap,
    /// The stack is exhausted.
    Exhaustion,
    /// An exception that nothing caught.
    Exception,
    /// The runtime is wrong: nobody who uses it can do anything about this but report it.
    Bug,
    /// Anything else: wrong use of the API, or an error of a host function.
    Other,
}

/// An error with its cause, and the wasm frames that it passed, which `{:#}` leaves out.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    source: Box<dyn StdError + Send + Sync>,
    context: Vec<String>,
    backtrace: Option<WasmBacktrace>,
}

/// An error that is only a message.
#[derive(Debug)]
struct Message(String);

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Message {}

/// An exception was thrown and not caught. The store keeps it until
/// [`take_pending_exception`](crate::Store::take_pending_exception).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ThrownException;

impl fmt::Display for ThrownException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("uncaught exception")
    }
}

impl StdError for ThrownException {}

impl Error {
    /// An error with a cause.
    pub fn new(error: impl StdError + Send + Sync + 'static) -> Error {
        let any: &dyn Any = &error;
        let kind = match any.downcast_ref::<Trap>() {
            Some(Trap::StackOverflow) => ErrorKind::Exhaustion,
            Some(_) => ErrorKind::Trap,
            None if any.is::<ThrownException>() => ErrorKind::Exception,
            None => ErrorKind::Other,
        };
        Error::build(kind, Box::new(error))
    }

    /// An error that is only a message.
    pub fn msg(message: impl fmt::Display) -> Error {
        Error::of(ErrorKind::Other, message)
    }

    /// An error of a kind that is only a message.
    pub fn of(kind: ErrorKind, message: impl fmt::Display) -> Error {
        Error::build(kind, Box::new(Message(message.to_string())))
    }

    /// An error for what cannot be.
    pub fn bug(message: impl fmt::Display) -> Error {
        Error::of(ErrorKind::Bug, format!("bug in Sarsen: {message}"))
    }

    fn build(kind: ErrorKind, source: Box<dyn StdError + Send + Sync>) -> Error {
        Error(Box::new(Inner { kind, source, context: Vec::new(), backtrace: None }))
    }

    pub(crate) fn from_module(error: sarsen_module::Error) -> Error {
        let kind = match error.kind() {
            sarsen_module::ErrorKind::Malformed | sarsen_module::ErrorKind::Text => ErrorKind::Malformed,
            sarsen_module::ErrorKind::Limit => ErrorKind::Limit,
            _ => ErrorKind::Invalid,
        };
        Error::build(kind, Box::new(error))
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The bare message: no context, no frames.
    pub fn message(&self) -> String {
        self.0.source.to_string()
    }

    /// The cause, if it is an `E`.
    pub fn downcast_ref<E: StdError + Send + Sync + 'static>(&self) -> Option<&E> {
        if let Some(backtrace) = &self.0.backtrace
            && let Some(found) = (backtrace as &dyn Any).downcast_ref::<E>()
        {
            return Some(found);
        }
        self.0.source.downcast_ref()
    }

    /// Whether the cause is an `E`.
    pub fn is<E: StdError + Send + Sync + 'static>(&self) -> bool {
        self.downcast_ref::<E>().is_some()
    }

    /// The cause, if it is an `E`; otherwise the error.
    pub fn downcast<E: StdError + Send + Sync + 'static>(self) -> Result<E> {
        let Inner { kind, source, context, backtrace } = *self.0;
        match source.downcast::<E>() {
            Ok(found) => Ok(*found),
            Err(source) => Err(Error(Box::new(Inner { kind, source, context, backtrace }))),
        }
    }

    /// The same as a trap, for an exception that nobody is to catch any more.
    pub(crate) fn into_trap(mut self) -> Error {
        self.0.kind = ErrorKind::Trap;
        self.0.source = Box::new(Message(self.0.source.to_string()));
        self
    }

    /// Says what was being done.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Error {
        self.0.context.push(context.to_string());
        self
    }

    /// The wasm frames that it passed.
    pub fn backtrace(&self) -> Option<&WasmBacktrace> {
        self.0.backtrace.as_ref()
    }

    /// Notes the frames, unless the error brings its own from further in.
    pub(crate) fn with_backtrace(mut self, backtrace: WasmBacktrace) -> Error {
        if self.0.backtrace.is_none() && !backtrace.frames().is_empty() {
            self.0.backtrace = Some(backtrace);
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for context in self.0.context.iter().rev() {
            write!(f, "{context}: ")?;
        }
        self.0.source.fmt(f)?;
        if let Some(backtrace) = &self.0.backtrace
            && !f.alternate()
        {
            write!(f, "\n{backtrace}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Error {
        Error::new(error)
    }
}

/// An error as a standard one. [`Error`] itself cannot be, or it could not be made from all of them.
#[derive(Debug)]
struct Standard(Error);

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl StdError for Standard {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0.0.source)
    }
}

impl From<Error> for Box<dyn StdError + Send + Sync> {
    fn from(error: Error) -> Box<dyn StdError + Send + Sync> {
        Box::new(Standard(error))
    }
}

impl From<Error> for Box<dyn StdError> {
    fn from(error: Error) -> Box<dyn StdError> {
        Box::new(Standard(error))
    }
}
