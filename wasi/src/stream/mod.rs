//! Bytes in and out: what a guest's standard streams can be connected to.
//!
//! Owns the traits and the streams that come with the crate. Which stream is whose is granted in `ctx`; the descriptors are the faces'.

mod buffered;
mod file;
mod pipe;

pub use buffered::Buffered;
pub use file::{FileInput, FileOutput};
pub use pipe::{MemoryInput, MemoryOutput};

use std::fs::File;
use std::io;

/// Where a guest reads from.
pub trait InputStream: Send + Sync {
    /// Reads into the buffer, waiting for the first byte; 0 is the end.
    ///
    /// # Errors
    /// As for any reading.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Whether a person may be at the other end.
    fn is_terminal(&self) -> bool {
        false
    }

    /// What the operating system knows it as. Without one, it is taken to be always ready.
    fn as_file(&self) -> Option<&File> {
        None
    }
}

/// Where a guest writes to.
pub trait OutputStream: Send + Sync {
    /// Writes some of the bytes.
    ///
    /// # Errors
    /// As for any writing.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Lets everything that was written arrive.
    ///
    /// # Errors
    /// As for any writing.
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    /// Whether a person may be at the other end.
    fn is_terminal(&self) -> bool {
        false
    }

    /// What the operating system knows it as. Without one, it is taken to be always ready.
    fn as_file(&self) -> Option<&File> {
        None
    }
}

/// An input without bytes, and an output that forgets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Null;

impl InputStream for Null {
    fn read(&self, _buffer: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl OutputStream for Null {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }
}
