//! Pages with code: written before they can be executed, and never again. What the code is, nobody here knows.
//!
//! # Invariants
//!
//! The pages are mapped until they are dropped, and are writable and executable at no time together.

use super::machine::synchronize;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap, mmap_anonymous, mprotect, munmap};
use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::ptr;

/// Executable pages.
#[derive(Debug)]
pub(crate) struct CodePages {
    base: *mut c_void,
    len: usize,
}

// SAFETY: the pages do not change, and belong to their owner alone.
unsafe impl Send for CodePages {}
// SAFETY: as above.
unsafe impl Sync for CodePages {}

impl CodePages {
    /// Pages with a copy of `text`.
    pub(crate) fn copy(text: &[u8]) -> io::Result<CodePages> {
        let len = text.len().max(1);
        // SAFETY: a fresh private mapping at an address of the system's choice affects nothing else.
        let base = unsafe {
            mmap_anonymous(ptr::null_mut(), len, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE)
        }?;
        let pages = CodePages { base, len };
        // SAFETY: the pages are writable, and not shared yet.
        unsafe {
            base.cast::<u8>().copy_from_nonoverlapping(text.as_ptr(), text.len());
            mprotect(base, len, MprotectFlags::READ | MprotectFlags::EXEC)?;
        }
        synchronize(pages.base(), len)?;
        Ok(pages)
    }

    /// Pages with `len` bytes of a file from `offset` on.
    ///
    /// # Safety
    /// The file must not change while somebody reads or executes the pages.
    pub(crate) unsafe fn map(file: &File, offset: u64, len: usize) -> io::Result<CodePages> {
        let len = len.max(1);
        if offset.checked_add(len as u64).is_none_or(|end| file.metadata().is_ok_and(|file| file.len() < end))
        {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // SAFETY: a fresh private mapping at an address of the system's choice affects nothing else.
        let base = unsafe {
            mmap(ptr::null_mut(), len, ProtFlags::READ | ProtFlags::EXEC, MapFlags::PRIVATE, file, offset)
        }?;
        // The system has caches agree when it puts a page of a file where it can be executed, as it does for programs.
        Ok(CodePages { base, len })
    }

    /// Address of the first byte.
    pub(crate) fn base(&self) -> *const u8 {
        self.base.cast_const().cast()
    }
}

impl Drop for CodePages {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and nothing runs in it any more.
        // A failure would leak addresses and could not be helped.
        let _ = unsafe { munmap(self.base, self.len) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::nameless_file;

    #[test]
    fn pages_hold_what_was_copied_or_mapped() {
        let text: Vec<u8> = (0..10_000_u32).map(|at| at as u8).collect();
        let copied = CodePages::copy(&text).unwrap();
        // SAFETY: the pages can be read.
        assert_eq!(unsafe { std::slice::from_raw_parts(copied.base(), text.len()) }, text);
        CodePages::copy(&[]).unwrap();

        let file = nameless_file("pages", &[&[0; 64 << 10][..], &text].concat());
        // SAFETY: nobody else has the file.
        let mapped = unsafe { CodePages::map(&file, 64 << 10, text.len()) }.unwrap();
        // SAFETY: the pages can be read.
        assert_eq!(unsafe { std::slice::from_raw_parts(mapped.base(), text.len()) }, text);
        // SAFETY: as above.
        unsafe {
            assert!(CodePages::map(&file, 64 << 10, text.len() + 1).is_err(), "behind the end of the file");
            assert!(CodePages::map(&file, 1, 16).is_err(), "not at a page");
            assert!(CodePages::map(&file, u64::MAX, 16).is_err());
        }
    }
}
