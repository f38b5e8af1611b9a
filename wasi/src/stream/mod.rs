//! Bytes in and out: what a guest's standard streams can be connected to.
//!
//! Owns the traits and the streams that come with the crate. Which stream is whose is granted in `ctx`; the descriptors are the faces'.

mod buffered;
mod file;
mod pipe;

pub use buffered::Buffered;
pub use file::{FileInput, FileOutput};
pub use pipe::{MemoryInput, MemoryOutput};

use crate::sys::{self, Interest};
use std::fs::File;
use std::io;
use std::time::Duration;

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

    /// The same as far as that takes no waiting; whether that was everything. The rest arrives by itself, soon. It is called before a
    /// guest waits.
    ///
    /// # Errors
    /// As for any writing.
    fn flush_ready(&self) -> io::Result<bool> {
        self.flush().map(|()| true)
    }

    /// Whether a person may be at the other end.
    fn is_terminal(&self) -> bool {
        false
    }

    /// What the operating system knows it as. Without one, it is taken to be always ready.
    fn as_file(&self) -> Option<&File> {
        None
    }

    /// How many bytes can be written at present without waiting.
    fn room(&self) -> usize {
        self.as_file().map_or(usize::MAX, room)
    }
}

/// What a pipe takes at once when it takes anything.
pub(crate) const PIECE: usize = 4096;

/// How many bytes a file, pipe or terminal takes without waiting.
pub(crate) fn room(file: &File) -> usize {
    let ready = sys::wait(&[(sys::waitable(file), Interest::Write)], Duration::ZERO);
    // What cannot be waited for tells by writing.
    let ready = ready.map_or(true, |ready| ready.iter().any(|readiness| readiness.ready));
    if ready { PIECE } else { 0 }
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
