//! What was being done when something failed, said where the failure passes.

use super::{Error, Result};
use std::fmt;

/// Says of a failure what was being done.
///
/// ```
/// use sarsen::error::{Context, Result};
///
/// fn port(text: Option<&str>) -> Result<u16> {
///     let text = text.context("no port")?;
///     text.parse::<u16>().with_context(|| format!("the port `{text}`"))
/// }
///
/// assert_eq!(port(Some("80")).unwrap(), 80);
/// assert_eq!(port(None).unwrap_err().to_string(), "no port");
/// assert_eq!(port(Some("x")).unwrap_err().to_string(), "the port `x`: invalid digit found in string");
/// ```
pub trait Context<T>: Sealed {
    /// Says what was being done: as [`Error::context`], or as an error of its own where there was only nothing.
    ///
    /// # Errors
    /// If there is one already, or nothing.
    fn context(self, context: impl fmt::Display) -> Result<T>;

    /// The same with what is made only if it is needed.
    ///
    /// # Errors
    /// As [`Context::context`].
    fn with_context<C: fmt::Display>(self, context: impl FnOnce() -> C) -> Result<T>;
}

impl<T, E: Into<Error>> Context<T> for Result<T, E> {
    fn context(self, context: impl fmt::Display) -> Result<T> {
        self.map_err(|error| error.into().context(context))
    }

    fn with_context<C: fmt::Display>(self, context: impl FnOnce() -> C) -> Result<T> {
        self.map_err(|error| error.into().context(context()))
    }
}

impl<T> Context<T> for Option<T> {
    fn context(self, context: impl fmt::Display) -> Result<T> {
        self.ok_or_else(|| Error::msg(context))
    }

    fn with_context<C: fmt::Display>(self, context: impl FnOnce() -> C) -> Result<T> {
        self.ok_or_else(|| Error::msg(context()))
    }
}

/// Methods can be added to what nobody else implements.
#[expect(unnameable_types, reason = "only these have it")]
pub trait Sealed {}

impl<T, E> Sealed for Result<T, E> {}
impl<T> Sealed for Option<T> {}
