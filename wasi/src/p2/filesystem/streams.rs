//! Files as streams, each with a position of its own.
//!
//! Files do not wait, and nothing is kept back. Pipes and devices have no positions, and may wait.

use super::open_file::{OpenFile, uninterrupted};
use crate::errno::Errno;
use crate::p2::io::{
    InputStream, OutputStream, Pollable, Ready, StreamError, StreamResult, Wait, file_ready,
};
use crate::p2::limits::{MAX_READ, MAX_WRITE};
use crate::stream;
use crate::sys::Interest;
use bytes::Bytes;
use std::fs::File;
use std::sync::Arc;

/// Reads a file.
pub(super) struct FileInput {
    pub(super) file: Arc<OpenFile>,
    pub(super) position: u64,
}

impl InputStream for FileInput {
    fn read(&mut self, max: usize) -> StreamResult<Bytes> {
        if max == 0 {
            return Ok(Bytes::new());
        }
        let file = &self.file.file;
        let mut buffer = vec![0; max.min(MAX_READ)];
        let read = if file.is_regular() {
            uninterrupted(|| file.read_at(&mut buffer, self.position))?
        } else {
            match uninterrupted(|| file.read(&mut buffer)) {
                Err(Errno::Again) => return Ok(Bytes::new()),
                read => read?,
            }
        };
        if read == 0 {
            return Err(StreamError::Closed);
        }
        self.position += read as u64;
        buffer.truncate(read);
        Ok(buffer.into())
    }
}

impl Pollable for FileInput {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        file_ready(waiting(&self.file), Interest::Read)
    }

    fn wait(&self) -> Option<Wait<'_>> {
        Some(Wait::for_file(waiting(&self.file), Interest::Read))
    }
}

/// Writes to a file.
pub(super) struct FileOutput {
    pub(super) file: Arc<OpenFile>,
    /// None for the end, wherever that is.
    pub(super) position: Option<u64>,
}

impl OutputStream for FileOutput {
    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(waiting(&self.file).map_or(MAX_WRITE, stream::room))
    }

    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let file = &self.file.file;
        match self.position {
            _ if !file.is_regular() => self.file.write_all(&bytes, |bytes, _| file.write(bytes))?,
            None => self.file.write_all(&bytes, |bytes, _| file.append(bytes))?,
            Some(position) => {
                let end = position.checked_add(bytes.len() as u64).ok_or(Errno::FBig)?;
                self.file.write_all(&bytes, |bytes, done| file.write_at(bytes, position + done))?;
                self.position = Some(end);
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn is_flushed(&mut self) -> StreamResult<bool> {
        Ok(true)
    }
}

impl Pollable for FileOutput {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        file_ready(waiting(&self.file), Interest::Write)
    }

    fn wait(&self) -> Option<Wait<'_>> {
        Some(Wait::for_file(waiting(&self.file), Interest::Write))
    }
}

/// What has to be waited for, if there is something.
fn waiting(file: &OpenFile) -> Option<&File> {
    (!file.file.is_regular()).then(|| file.file.handle())
}
