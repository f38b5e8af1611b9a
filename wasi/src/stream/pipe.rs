//! Streams in memory: input that is known, output that is collected.
//!
//! Collected output is bounded, because a guest decides how much there is.

use super::{InputStream, OutputStream};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Reads bytes that are known beforehand.
#[derive(Clone, Debug, Default)]
pub struct MemoryInput(Arc<Mutex<io::Cursor<Vec<u8>>>>);

impl MemoryInput {
    /// These bytes, then the end.
    pub fn new(bytes: impl Into<Vec<u8>>) -> MemoryInput {
        MemoryInput(Arc::new(Mutex::new(io::Cursor::new(bytes.into()))))
    }
}

impl InputStream for MemoryInput {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        io::Read::read(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), buffer)
    }
}

/// Collects what a guest writes. Clones share the bytes.
#[derive(Clone, Debug)]
pub struct MemoryOutput {
    bytes: Arc<Mutex<Vec<u8>>>,
    capacity: usize,
}

impl MemoryOutput {
    /// Collects up to `capacity` bytes; writing more fails.
    pub fn new(capacity: usize) -> MemoryOutput {
        MemoryOutput { bytes: Arc::default(), capacity }
    }

    /// What has been written so far.
    pub fn contents(&self) -> Vec<u8> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl OutputStream for MemoryOutput {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut collected = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = bytes.len().min(self.capacity - collected.len());
        if fitting == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        collected.extend_from_slice(&bytes[..fitting]);
        Ok(fitting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_bounded() {
        let output = MemoryOutput::new(5);
        assert_eq!(output.write(b"abc").unwrap(), 3);
        assert_eq!(output.write(b"def").unwrap(), 2);
        assert_eq!(output.write(b"g").unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(output.write(b"").unwrap(), 0);
        assert_eq!(output.clone().contents(), b"abcde");
    }

    #[test]
    fn input_ends() {
        let input = MemoryInput::new("abc");
        let mut buffer = [0; 2];
        assert_eq!(input.read(&mut buffer).unwrap(), 2);
        assert_eq!(input.clone().read(&mut buffer).unwrap(), 1);
        assert_eq!(input.read(&mut buffer).unwrap(), 0);
    }
}
