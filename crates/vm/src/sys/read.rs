//! Files as bytes, read at once: for Miri and for systems without `mmap`.

use std::fs::File;
use std::io::{self, Read};

/// The bytes of a file.
#[derive(Debug)]
pub struct MappedFile(Vec<u8>);

impl MappedFile {
    /// All bytes that a file has now.
    ///
    /// # Errors
    /// If the file cannot be read.
    ///
    /// # Safety
    /// The file must not change while it is mapped: here it may, elsewhere not.
    pub unsafe fn new(mut file: &File) -> io::Result<MappedFile> {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(MappedFile(bytes))
    }
}

impl AsRef<[u8]> for MappedFile {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
