//! What memories hold at first, as pages of a file: instances map them, and copy a page when they write to it. Which bytes
//! these are says `sarsen_module`.

use crate::sys::sealed_file;
use sarsen_module::{InitialMemory, MemoryIndex};
use std::fs::File;
use std::io;
use std::sync::Arc;

/// The first content of a memory that a module defines. Where it says nothing, there are zeros.
#[derive(Clone, Debug)]
pub struct MemoryImage {
    /// The memory.
    pub memory: MemoryIndex,
    /// The address of the first byte.
    pub start: u64,
    /// How many bytes there are.
    pub len: usize,
    pub(super) file: Arc<File>,
    pub(super) offset: u64,
}

impl MemoryImage {
    /// `len` bytes that a file has from `offset` on, in a memory from `start` on. All three must be multiples of 64 KiB.
    ///
    /// # Safety
    /// The file must not change as long as the image is used, and instances are that were made with it.
    pub unsafe fn new(
        memory: MemoryIndex,
        start: u64,
        len: usize,
        file: Arc<File>,
        offset: u64,
    ) -> MemoryImage {
        MemoryImage { memory, start, len, file, offset }
    }

    /// What memories hold at first, in a file of its own.
    ///
    /// # Errors
    /// If the system has no files that nobody can change, or no room for one.
    pub fn seal(memories: &[InitialMemory]) -> io::Result<Arc<[MemoryImage]>> {
        let file = Arc::new(sealed_file(memories.iter().map(|initial| &initial.bytes[..]))?);
        let mut offset = 0;
        let images = memories.iter().map(|&InitialMemory { memory, start, ref bytes }| {
            let image = MemoryImage { memory, start, len: bytes.len(), file: Arc::clone(&file), offset };
            offset += bytes.len() as u64;
            image
        });
        Ok(images.collect())
    }
}
