//! An open file with what was asked for when it was opened: that writes reach the disk before they are done.

use super::types::DescriptorFlags;
use crate::errno::Errno;
use crate::files::{File, FilePerms};

/// An open file.
pub(in crate::p2) struct OpenFile {
    pub(super) file: File,
    /// How writes are done.
    syncs: DescriptorFlags,
}

type Result<T> = std::result::Result<T, Errno>;

impl OpenFile {
    pub(super) fn new(file: File, flags: DescriptorFlags) -> OpenFile {
        let syncs = DescriptorFlags::FILE_INTEGRITY_SYNC
            | DescriptorFlags::DATA_INTEGRITY_SYNC
            | DescriptorFlags::REQUESTED_WRITE_SYNC;
        OpenFile { file, syncs: flags & syncs }
    }

    /// What it was opened for.
    pub(super) fn flags(&self) -> DescriptorFlags {
        let mut flags = self.syncs;
        if self.is_readable() {
            flags |= DescriptorFlags::READ;
        }
        if self.is_writable() {
            flags |= DescriptorFlags::WRITE;
        }
        flags
    }

    pub(super) fn is_readable(&self) -> bool {
        self.file.perms().contains(FilePerms::READ)
    }

    pub(super) fn is_writable(&self) -> bool {
        self.file.perms().contains(FilePerms::WRITE)
    }

    /// Writes all bytes, with a function that writes some of them at a distance from where they begin.
    pub(super) fn write_all(&self, bytes: &[u8], write: impl Fn(&[u8], u64) -> Result<usize>) -> Result<()> {
        let mut done = 0;
        while done < bytes.len() {
            match write(&bytes[done..], done as u64) {
                Ok(0) => return Err(Errno::Io),
                Ok(written) => done += written,
                Err(Errno::Intr) => {}
                Err(error) => return Err(error),
            }
        }
        self.sync_if_asked()
    }

    /// Lets what was written reach the disk, if the file was opened for that.
    pub(super) fn sync_if_asked(&self) -> Result<()> {
        if self.syncs.contains(DescriptorFlags::FILE_INTEGRITY_SYNC) {
            self.file.sync_all()
        } else if self.syncs.contains(DescriptorFlags::DATA_INTEGRITY_SYNC) {
            self.file.sync_data()
        } else {
            Ok(())
        }
    }
}

/// Does something again as long as the system is interrupted at it.
pub(super) fn uninterrupted<R>(mut operation: impl FnMut() -> Result<R>) -> Result<R> {
    loop {
        match operation() {
            Err(Errno::Intr) => {}
            outcome => return outcome,
        }
    }
}
