//! `wasi:io/error`, and the ways in which streams fail.
//!
//! What an error means to other packages is found out by them, with [`Error::downcast_ref`].

use crate::p2::{WasiView, resource};
use sarsen::StoreContextMut;
use sarsen_component::{LinkerInstance, Resource, ResourceTableError};
use std::error::Error as StdError;
use std::fmt;

/// What went wrong with a stream: the resource `error`.
#[derive(Debug)]
pub struct Error(Box<dyn StdError + Send + Sync>);

impl Error {
    /// From an error of any type, or a message.
    pub fn new(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        Error(error.into())
    }

    /// The error, if it is of a type.
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.0.downcast_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why an operation on a stream has not succeeded.
#[derive(Debug)]
pub enum StreamError {
    /// There is nothing more to read, or nobody takes more.
    Closed,
    /// Something went wrong. The stream is closed from then on.
    LastOperationFailed(Error),
    /// The guest has done what it must not, or is to end: so it does.
    Trap(sarsen::Error),
}

/// What operations on streams return.
pub type StreamResult<T> = Result<T, StreamError>;

impl StreamError {
    /// That something went wrong.
    pub fn failed(error: impl Into<Box<dyn StdError + Send + Sync>>) -> StreamError {
        StreamError::LastOperationFailed(Error::new(error))
    }

    /// That the guest has done what it must not.
    pub fn trap(message: &str) -> StreamError {
        StreamError::Trap(sarsen::Error::msg(message))
    }
}

impl From<std::io::Error> for StreamError {
    fn from(error: std::io::Error) -> StreamError {
        match error.kind() {
            // Who reads or writes a pipe without another end has come to its end.
            std::io::ErrorKind::BrokenPipe => StreamError::Closed,
            _ => StreamError::failed(error),
        }
    }
}

impl From<ResourceTableError> for StreamError {
    fn from(error: ResourceTableError) -> StreamError {
        StreamError::Trap(sarsen::Error::new(error))
    }
}

impl From<sarsen::Error> for StreamError {
    fn from(error: sarsen::Error) -> StreamError {
        StreamError::Trap(error)
    }
}

/// Defines `wasi:io/error`.
pub(super) fn define<T: WasiView + 'static>(linker: &mut LinkerInstance<'_, T>) -> sarsen::Result<()> {
    resource::<T, Error>(linker, "error")?;
    linker.func_wrap(
        "[method]error.to-debug-string",
        |mut store: StoreContextMut<'_, T>, (error,): (Resource<Error>,)| {
            crate::price::pay(&mut store, crate::price::REQUEST)?;
            let error = store.data_mut().ctx().table.get(&error)?;
            Ok((error.to_string(),))
        },
    )
}
