//! Streams of bytes: what they have to do, and what the rules are that hold for all of them.
//!
//! # Invariants
//!
//! - After an operation has failed, the stream is closed: it is dropped, and every operation says so.
//! - Not more is written than was permitted. A permit is used up by writing and given up by flushing.

use super::error::{StreamError, StreamResult};
use super::pollable::{Pollable, Ready, Wait};
use crate::p2::limits::MAX_READ;
use bytes::Bytes;

/// A stream that a guest reads. It is ready when reading gives bytes or an error.
pub trait InputStream: Pollable {
    /// Reads at most so many bytes, without waiting: none if there are none yet.
    ///
    /// # Errors
    /// [`StreamError::Closed`] at the end.
    fn read(&mut self, max: usize) -> StreamResult<Bytes>;

    /// Leaves out at most so many bytes, without waiting.
    ///
    /// # Errors
    /// As [`InputStream::read`].
    fn skip(&mut self, max: usize) -> StreamResult<usize> {
        Ok(self.read(max.min(MAX_READ))?.len())
    }
}

/// A stream that a guest writes. It is ready when `check_write` gives more than nothing or an error.
pub trait OutputStream: Pollable {
    /// How many bytes can be written without waiting. There is none while a flush is going on.
    ///
    /// # Errors
    /// If an earlier write or flush has failed, or nobody takes more.
    fn check_write(&mut self) -> StreamResult<usize>;

    /// Writes bytes: not more than `check_write` has permitted.
    ///
    /// # Errors
    /// As for any writing.
    fn write(&mut self, bytes: Bytes) -> StreamResult<()>;

    /// Lets what was written arrive, without waiting for it.
    ///
    /// # Errors
    /// As for any writing.
    fn flush(&mut self) -> StreamResult<()>;

    /// The same at the end of functions that write and flush, for streams from which everything leaves soon anyway.
    ///
    /// # Errors
    /// As for any writing.
    fn flush_written(&mut self) -> StreamResult<()> {
        self.flush()
    }

    /// Whether everything that was flushed has arrived.
    ///
    /// # Errors
    /// If a flush has failed.
    fn is_flushed(&mut self) -> StreamResult<bool> {
        Ok(self.check_write()? > 0)
    }
}

/// The resource `input-stream`.
pub struct DynInputStream(Option<Box<dyn InputStream>>);

impl DynInputStream {
    /// A stream as a resource.
    pub fn new(stream: impl InputStream) -> DynInputStream {
        DynInputStream(Some(Box::new(stream)))
    }

    /// Reads as [`InputStream::read`] does.
    ///
    /// # Errors
    /// The same.
    pub fn read(&mut self, max: usize) -> StreamResult<Bytes> {
        closing(&mut self.0, |stream| stream.read(max))
    }

    /// Leaves bytes out as [`InputStream::skip`] does.
    ///
    /// # Errors
    /// The same.
    pub fn skip(&mut self, max: usize) -> StreamResult<usize> {
        closing(&mut self.0, |stream| stream.skip(max))
    }
}

impl Pollable for DynInputStream {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        ready(self.0.as_deref_mut())
    }

    fn wait(&self) -> Option<Wait<'_>> {
        self.0.as_deref().map_or(Some(Wait::not()), Pollable::wait)
    }
}

/// The resource `output-stream`.
pub struct DynOutputStream {
    stream: Option<Box<dyn OutputStream>>,
    /// Bytes that can be written before `check_write` is asked again.
    permit: usize,
}

impl DynOutputStream {
    /// A stream as a resource.
    pub fn new(stream: impl OutputStream) -> DynOutputStream {
        DynOutputStream { stream: Some(Box::new(stream)), permit: 0 }
    }

    /// Permits as many bytes as [`OutputStream::check_write`] says.
    ///
    /// # Errors
    /// The same.
    pub fn check_write(&mut self) -> StreamResult<usize> {
        self.permit = closing(&mut self.stream, |stream| stream.check_write())?;
        Ok(self.permit)
    }

    /// Writes as [`OutputStream::write`] does.
    ///
    /// # Errors
    /// The same, and a trap if there are more bytes than permitted.
    pub fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.check_permit(bytes.len())?;
        self.permit -= bytes.len();
        closing(&mut self.stream, |stream| stream.write(bytes))
    }

    /// Fails unless so many bytes are permitted.
    pub(super) fn check_permit(&self, len: usize) -> StreamResult<()> {
        if len <= self.permit {
            Ok(())
        } else {
            Err(StreamError::trap("a write of more bytes than permitted"))
        }
    }

    /// Flushes as [`OutputStream::flush`] does.
    ///
    /// # Errors
    /// The same.
    pub fn flush(&mut self) -> StreamResult<()> {
        self.permit = 0;
        closing(&mut self.stream, |stream| stream.flush())
    }

    /// Flushes as [`OutputStream::flush_written`] does.
    pub(super) fn flush_written(&mut self) -> StreamResult<()> {
        self.permit = 0;
        closing(&mut self.stream, |stream| stream.flush_written())
    }

    /// Whether flushing is done, as [`OutputStream::is_flushed`] says.
    pub(super) fn is_flushed(&mut self) -> StreamResult<bool> {
        closing(&mut self.stream, |stream| stream.is_flushed())
    }
}

impl Pollable for DynOutputStream {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        ready(self.stream.as_deref_mut())
    }

    fn wait(&self) -> Option<Wait<'_>> {
        self.stream.as_deref().map_or(Some(Wait::not()), Pollable::wait)
    }
}

/// A stream that is closed is ready to say so.
fn ready<P: Pollable + ?Sized>(stream: Option<&mut P>) -> Ready<'_> {
    match stream {
        Some(stream) => stream.ready(),
        None => Box::pin(std::future::ready(())),
    }
}

/// Does something with a stream; if that fails, it was the last time.
fn closing<S: ?Sized, R>(
    stream: &mut Option<Box<S>>,
    operation: impl FnOnce(&mut S) -> StreamResult<R>,
) -> StreamResult<R> {
    let Some(open) = stream else { return Err(StreamError::Closed) };
    let outcome = operation(open);
    if let Err(StreamError::LastOperationFailed(_)) = outcome {
        *stream = None;
    }
    outcome
}
