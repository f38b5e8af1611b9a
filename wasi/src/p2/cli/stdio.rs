//! The standard streams of the host as streams of a guest.
//!
//! # Invariants
//!
//! - Before a guest complains, waits or reads, what it wrote to its standard output has left.
//! - Reading does not wait where the operating system can be asked first.

use crate::ctx::Host;
use crate::p2::io::{
    InputStream, OutputStream, Pollable, Ready, StreamError, StreamResult, Wait, file_ready,
};
use crate::p2::limits::{MAX_READ, MAX_WRITE};
use crate::stream;
use crate::sys::{self, Interest};
use bytes::Bytes;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// What a guest reads.
pub(super) struct StdInput(Arc<Host>);

impl StdInput {
    pub(super) fn new(host: Arc<Host>) -> StdInput {
        StdInput(host)
    }
}

impl InputStream for StdInput {
    fn read(&mut self, max: usize) -> StreamResult<Bytes> {
        let stream = &self.0.stdin;
        match stream.as_file() {
            Some(file) if !is_ready(file)? => return Ok(Bytes::new()),
            Some(_) => {}
            // It may wait, and nobody can tell.
            None => self.0.flush_output(),
        }
        if max == 0 {
            return Ok(Bytes::new());
        }
        let mut buffer = vec![0; max.min(MAX_READ)];
        let read = loop {
            match stream.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Bytes::new()),
                read => break read?,
            }
        };
        if read == 0 {
            return Err(StreamError::Closed);
        }
        buffer.truncate(read);
        Ok(buffer.into())
    }
}

fn is_ready(file: &File) -> io::Result<bool> {
    let ready = sys::wait(&[(sys::waitable(file), Interest::Read)], Duration::ZERO)?;
    Ok(ready.iter().any(|readiness| readiness.ready))
}

impl Pollable for StdInput {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        file_ready(self.0.stdin.as_file(), Interest::Read)
    }

    fn wait(&self) -> Option<Wait<'_>> {
        Some(Wait::for_file(self.0.stdin.as_file(), Interest::Read))
    }
}

/// What a guest writes to.
pub(super) struct StdOutput {
    stream: Arc<dyn stream::OutputStream>,
    /// Whose standard output must not be overtaken.
    overtakes: Option<Arc<Host>>,
}

impl StdOutput {
    pub(super) fn new(stream: Arc<dyn stream::OutputStream>, overtakes: Option<Arc<Host>>) -> StdOutput {
        StdOutput { stream, overtakes }
    }
}

impl OutputStream for StdOutput {
    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(self.stream.room().min(MAX_WRITE))
    }

    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        if let Some(host) = &self.overtakes {
            host.flush_output();
        }
        let mut left = &*bytes;
        while !left.is_empty() {
            match self.stream.write(left) {
                Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero).into()),
                Ok(written) => left = &left[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(self.stream.flush()?)
    }

    /// Libraries write lines this way. What is collected of them leaves when somebody may be waiting for it.
    fn flush_written(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn is_flushed(&mut self) -> StreamResult<bool> {
        Ok(true)
    }
}

impl Pollable for StdOutput {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        let waits = self.stream.room() == 0;
        file_ready(self.stream.as_file().filter(|_| waits), Interest::Write)
    }

    fn wait(&self) -> Option<Wait<'_>> {
        let waits = self.stream.room() == 0;
        Some(Wait::for_file(self.stream.as_file().filter(|_| waits), Interest::Write))
    }
}
