//! Errors in a line: macros by the names that everybody knows.
//!
//! `Value` chooses between what is an error and what is only shown: of two methods of one name, that of the trait that needs no
//! reference is found first, where its bounds hold.

use super::Error;
use std::fmt;

/// An [`Error`](crate::Error): of a text with arguments, as for `format!`, or of a value that is an error or can be shown.
///
/// ```
/// let name = "log";
/// assert_eq!(sarsen::format_err!("no function `{name}`").to_string(), "no function `log`");
/// assert!(sarsen::format_err!(std::fmt::Error).is::<std::fmt::Error>());
/// ```
#[macro_export]
macro_rules! format_err {
    ($message:literal $(, $($args:tt)*)?) => {
        $crate::Error::msg(::std::format_args!($message $(, $($args)*)?))
    };
    ($value:expr $(,)?) => {{
        use $crate::error::macros::{Convert as _, Show as _};
        $crate::error::macros::Value($value).error()
    }};
}

/// Returns an error from the function: that of [`format_err!`](crate::format_err).
///
/// ```
/// fn check(size: usize) -> sarsen::Result<()> {
///     if size > 100 {
///         sarsen::bail!("{size} bytes are too many");
///     }
///     Ok(())
/// }
///
/// assert_eq!(check(101).unwrap_err().to_string(), "101 bytes are too many");
/// ```
#[macro_export]
macro_rules! bail {
    ($($args:tt)+) => {
        return ::std::result::Result::Err($crate::format_err!($($args)+))
    };
}

/// Returns an error from the function unless a condition holds: that of [`format_err!`](crate::format_err), or one that names
/// the condition.
///
/// ```
/// fn check(size: usize) -> sarsen::Result<()> {
///     sarsen::ensure!(size > 0);
///     sarsen::ensure!(size < 100, "{size} bytes are too many");
///     Ok(())
/// }
///
/// assert_eq!(check(0).unwrap_err().to_string(), "`size > 0` does not hold");
/// assert_eq!(check(101).unwrap_err().to_string(), "101 bytes are too many");
/// ```
#[macro_export]
macro_rules! ensure {
    ($condition:expr $(,)?) => {
        $crate::ensure!($condition, ::std::concat!("`", ::std::stringify!($condition), "` does not hold"))
    };
    ($condition:expr, $($args:tt)+) => {
        if !$condition {
            $crate::bail!($($args)+);
        }
    };
}

/// What [`format_err!`](crate::format_err) was given.
pub struct Value<V>(pub V);

/// Of what is an error.
pub trait Convert {
    /// The error.
    fn error(self) -> Error;
}

impl<V: Into<Error>> Convert for Value<V> {
    fn error(self) -> Error {
        self.0.into()
    }
}

/// Of what is only shown.
pub trait Show {
    /// An error that shows it.
    fn error(&self) -> Error;
}

impl<V: fmt::Display> Show for Value<V> {
    fn error(&self) -> Error {
        Error::msg(&self.0)
    }
}
