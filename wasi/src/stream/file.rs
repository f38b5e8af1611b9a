//! Streams that the operating system has: files, pipes, terminals. Not buffered; see `buffered`.

use super::{InputStream, OutputStream};
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};

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
        crate::sys::duplicate(&io::stdin()).map(FileInput)
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
pub struct FileOutput(File);

impl FileOutput {
    /// To a file at its position.
    pub fn new(file: File) -> FileOutput {
        FileOutput(file)
    }

    /// To where this process writes.
    ///
    /// # Errors
    /// If the process has no standard output.
    pub fn stdout() -> io::Result<FileOutput> {
        crate::sys::duplicate(&io::stdout()).map(FileOutput)
    }

    /// To where this process complains.
    ///
    /// # Errors
    /// If the process has no standard error.
    pub fn stderr() -> io::Result<FileOutput> {
        crate::sys::duplicate(&io::stderr()).map(FileOutput)
    }
}

impl OutputStream for FileOutput {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        (&self.0).write(bytes)
    }

    fn is_terminal(&self) -> bool {
        self.0.is_terminal()
    }

    fn as_file(&self) -> Option<&File> {
        Some(&self.0)
    }
}
