//! Files as bytes, by `mmap`: what nobody looks at is not read. What is in them is their readers' matter.
//!
//! # Invariants
//!
//! The range is mapped until it is dropped, and is never written.

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::ptr;

/// The bytes of a file.
#[derive(Debug)]
pub struct MappedFile {
    base: *mut c_void,
    len: usize,
}

// SAFETY: the bytes do not change, and the mapping belongs to its owner alone.
unsafe impl Send for MappedFile {}
// SAFETY: as above.
unsafe impl Sync for MappedFile {}

impl MappedFile {
    /// All bytes that a file has now.
    ///
    /// # Errors
    /// If the file cannot be mapped.
    ///
    /// # Safety
    /// The file must not change, and not become shorter, while it is mapped.
    pub unsafe fn new(file: &File) -> io::Result<MappedFile> {
        let len = usize::try_from(file.metadata()?.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
        if len == 0 {
            // There are no empty mappings.
            return Ok(MappedFile { base: ptr::dangling_mut(), len });
        }
        // SAFETY: a fresh private mapping at an address of the system's choice affects nothing else.
        let base = unsafe { mmap(ptr::null_mut(), len, ProtFlags::READ, MapFlags::PRIVATE, file, 0) }?;
        Ok(MappedFile { base, len })
    }
}

impl AsRef<[u8]> for MappedFile {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: mapped as long as `self` lives, and the file does not change, by contract; empty if nothing is mapped.
        unsafe { std::slice::from_raw_parts(self.base.cast_const().cast(), self.len) }
    }
}

impl Drop for MappedFile {
    fn drop(&mut self) {
        if self.len != 0 {
            // SAFETY: the mapping is ours, and nothing refers to it any more.
            // A failure would leak addresses and could not be helped.
            let _ = unsafe { munmap(self.base, self.len) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::nameless_file;

    #[test]
    fn files_are_their_bytes() {
        let content: Vec<u8> = (0..10_000_u32).map(|at| at as u8).collect();
        for content in [&[], &content[..]] {
            let file = nameless_file("mapped", content);
            // SAFETY: nobody else has the file.
            assert_eq!(unsafe { MappedFile::new(&file) }.unwrap().as_ref(), content);
        }
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = File::open(std::env::temp_dir()).unwrap();
        // SAFETY: nothing is mapped.
        assert!(unsafe { MappedFile::new(&folder) }.is_err());
    }
}
