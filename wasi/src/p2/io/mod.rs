//! `wasi:io`: errors, waiting, and streams of bytes. The other packages are built on it, those of other crates too: a stream is
//! whatever implements [`InputStream`] or [`OutputStream`], and whatever can be waited for implements [`Pollable`].

mod error;
mod functions;
mod poll;
mod pollable;
mod streams;
mod waiting;

pub use error::{Error, StreamError, StreamResult};
pub(crate) use pollable::file_ready;
pub use pollable::{DynPollable, Pollable, Ready, Wait, subscribe};
pub use streams::{DynInputStream, DynOutputStream, InputStream, OutputStream};

use crate::p2::{WasiView, versioned};
use sarsen_component::Linker;

/// Defines `wasi:io`.
///
/// # Errors
/// If one of the names is defined already.
pub fn add_to_linker<T: WasiView + 'static>(linker: &mut Linker<T>) -> sarsen::Result<()> {
    error::define(&mut linker.instance(&versioned("wasi:io/error"))?)?;
    poll::define(linker)?;
    functions::define(linker)
}
