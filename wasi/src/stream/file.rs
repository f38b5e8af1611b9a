//! Streams that the operating system has: files, pipes, terminals. Not buffered; see `buffered`.

use super::{InputStream, OutputStream, PIECE};
use crate::stop::StopHandle;
use crate::sys::{self, Interest};
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::time::{Duration, Instant};

/// Reads from an open file.
#[derive(Debug)]
pub struct FileInput(File);

impl FileInput {
    /// From a file at its position.
    pub fn new(file: File) -> FileInput {
        FileInput(file)
    }

    /// From what this process reads.
    ///
    /// # Errors
    /// If the process has no standard input.
    pub fn stdin() -> io::Result<FileInput> {
        sys::duplicate(&io::stdin()).map(FileInput)
    }
}

impl InputStream for FileInput {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        (&self.0).read(buffer)
    }

    fn is_terminal(&self) -> bool {
        self.0.is_terminal()
    }

    fn as_file(&self) -> Option<&File> {
        Some(&self.0)
    }
}

/// Writes to an open file.
#[derive(Debug)]
pub struct FileOutput {
    file: File,
    /// Set for what may not take bytes for a while: pipes and terminals.
    stop: Option<StopHandle>,
}

/// How long a write waits before it looks whether it should end.
const STEP: Duration = Duration::from_millis(50);

/// How long a reader has to take what was written before the end.
const FAREWELL: Duration = Duration::from_secs(1);

impl FileOutput {
    /// To a file at its position.
    pub fn new(file: File) -> FileOutput {
        FileOutput { file, stop: None }
    }

    /// Lets a write end when nobody reads and the guest is stopped.
    #[must_use]
    pub fn stopped_by(mut self, stop: StopHandle) -> FileOutput {
        let waits = !self.file.metadata().is_ok_and(|metadata| metadata.is_file());
        self.stop = waits.then_some(stop);
        self
    }

    /// To where this process writes.
    ///
    /// # Errors
    /// If the process has no standard output.
    pub fn stdout() -> io::Result<FileOutput> {
        sys::duplicate(&io::stdout()).map(FileOutput::new)
    }

    /// To where this process complains.
    ///
    /// # Errors
    /// If the process has no standard error.
    pub fn stderr() -> io::Result<FileOutput> {
        sys::duplicate(&io::stderr()).map(FileOutput::new)
    }
}

impl OutputStream for FileOutput {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let Some(stop) = &self.stop else { return (&self.file).write(bytes) };
        let mut stopped: Option<Instant> = None;
        loop {
            if stop.is_stopped() {
                stopped.get_or_insert_with(Instant::now);
            }
            let wanted = [(sys::waitable(&self.file), Interest::Write)];
            let ready = sys::wait(&wanted, STEP)?;
            if ready.iter().any(|readiness| readiness.ready) {
                match (&self.file).write(&bytes[..bytes.len().min(PIECE)]) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    written => return written,
                }
            } else if stopped.is_some_and(|since| since.elapsed() >= FAREWELL) {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
    }

    fn is_terminal(&self) -> bool {
        self.file.is_terminal()
    }

    fn as_file(&self) -> Option<&File> {
        Some(&self.file)
    }
}
