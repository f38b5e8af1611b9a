//! What memories hold at first, as pages of a file: instances map them, and copy a page when they write to it. Which bytes
//! these are says `sarsen_module`.

use crate::sys::{FileRange, sealed_file};
use sarsen_module::{InitialMemories, InitialMemory, MemoryIndex};
use std::fs::File;
use std::io;
use std::sync::Arc;

/// What memories of a module's instances hold at first, for those of which that is kept as pages.
#[derive(Clone, Debug)]
pub struct MemoryImages {
    /// One for each of them.
    pub memories: Box<[MemoryImage]>,
    /// Whether instances that have mapped all of these need none of the module's active data segments.
    pub are_all: bool,
}

impl MemoryImages {
    /// What memories hold at first, in a file of its own.
    ///
    /// # Errors
    /// If the system has no files that nobody can change, or no room for one.
    pub fn seal(initial: &InitialMemories) -> io::Result<MemoryImages> {
        let contents = initial.memories.iter().map(|initial| &initial.bytes[..]);
        let file = Arc::new(sealed_file(contents)?);
        let mut offset = 0;
        let memories = initial.memories.iter().map(|&InitialMemory { memory, start, ref bytes }| {
            let range = FileRange { file: Arc::clone(&file), offset, len: bytes.len() };
            offset += bytes.len() as u64;
            MemoryImage { memory, start, bytes: range }
        });
        Ok(MemoryImages { memories: memories.collect(), are_all: initial.are_all })
    }
}

/// The first content of a memory that a module defines. Where it says nothing, there are zeros.
#[derive(Clone, Debug)]
pub struct MemoryImage {
    /// The memory.
    pub memory: MemoryIndex,
    /// The address of the first byte.
    pub start: u64,
    pub(super) bytes: FileRange,
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
        MemoryImage { memory, start, bytes: FileRange { file, offset, len } }
    }

    /// Where it is mapped, and what.
    pub(super) fn place(&self) -> Option<(usize, FileRange)> {
        Some((usize::try_from(self.start).ok()?, self.bytes.clone()))
    }
}
