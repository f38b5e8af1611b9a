//! An open file.
//!
//! Knows what it was opened for; where positions and flags are kept between calls is the operating system's matter.

use super::{FilePerms, NewTime, Stat};
use crate::errno::Errno;
use crate::open_files::Place;
use crate::sys::{self, Advice, StatusFlags};
use cap_std::fs::Metadata;
use std::fs::FileTimes;
use std::io::{Read, Seek, SeekFrom, Write};

/// An open file, with what it may be used for.
#[derive(Debug)]
pub(crate) struct File {
    handle: std::fs::File,
    regular: bool,
    /// What the directory that it was opened through permits.
    granted: FilePerms,
    /// What it was opened for, which is not more.
    opened: FilePerms,
    _place: Place,
}

type Result<T> = std::result::Result<T, Errno>;

impl File {
    pub(super) fn new(
        handle: std::fs::File,
        place: Place,
        regular: bool,
        granted: FilePerms,
        opened: FilePerms,
    ) -> File {
        File { handle, regular, granted, opened: opened & granted, _place: place }
    }

    /// Whether it is no pipe, device or the like: reading does not wait.
    pub(crate) fn is_regular(&self) -> bool {
        self.regular
    }

    /// What it can be used for.
    pub(crate) fn perms(&self) -> FilePerms {
        self.opened
    }

    fn readable(&self) -> Result<&std::fs::File> {
        if self.opened.contains(FilePerms::READ) { Ok(&self.handle) } else { Err(Errno::BadF) }
    }

    fn writable(&self) -> Result<&std::fs::File> {
        if self.opened.contains(FilePerms::WRITE) { Ok(&self.handle) } else { Err(Errno::BadF) }
    }

    /// Reads at the position.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> Result<usize> {
        Ok(self.readable()?.read(buffer)?)
    }

    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        Ok(sys::read_at(self.readable()?, buffer, file_offset(offset)?)?)
    }

    /// Writes at the position, or at the end if the file was opened to be appended to.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<usize> {
        Ok(self.writable()?.write(bytes)?)
    }

    pub(crate) fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize> {
        Ok(sys::write_at(self.writable()?, bytes, file_offset(offset)?)?)
    }

    /// Writes at the end.
    pub(crate) fn append(&self, bytes: &[u8]) -> Result<usize> {
        Ok(sys::append(self.writable()?, bytes)?)
    }

    pub(crate) fn seek(&self, to: SeekFrom) -> Result<u64> {
        if let SeekFrom::Start(offset) = to {
            file_offset(offset)?;
        }
        Ok((&self.handle).seek(to)?)
    }

    pub(crate) fn stat(&self) -> Result<Stat> {
        Ok(Stat::of(&Metadata::from_file(&self.handle)?))
    }

    pub(crate) fn set_len(&self, size: u64) -> Result<()> {
        Ok(self.writable()?.set_len(file_offset(size)?)?)
    }

    /// Makes the file long enough for a range. What is new reads as zero.
    pub(crate) fn allocate(&self, offset: u64, len: u64) -> Result<()> {
        let file = self.writable()?;
        if len == 0 {
            return Err(Errno::Inval);
        }
        let end = file_offset(offset.checked_add(len).ok_or(Errno::FBig)?).map_err(|_| Errno::FBig)?;
        // Where the system has no call for it, another writer's end of the file could be cut off: two calls are needed.
        if !sys::allocate(file, offset, len)? && file.metadata()?.len() < end {
            file.set_len(end)?;
        }
        Ok(())
    }

    pub(crate) fn advise(&self, offset: u64, len: u64, advice: Advice) -> Result<()> {
        file_offset(offset.checked_add(len).ok_or(Errno::Inval)?)?;
        match sys::advise(&self.handle, offset, len, advice).map_err(Errno::from) {
            // Pipes and devices take no advice; it is only advice.
            Ok(()) | Err(Errno::SPipe) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn sync_all(&self) -> Result<()> {
        Ok(self.handle.sync_all()?)
    }

    pub(crate) fn sync_data(&self) -> Result<()> {
        Ok(self.handle.sync_data()?)
    }

    /// Sets times, also of a file that was not opened for writing, as far as the directory permits changing files.
    pub(crate) fn set_times(&self, accessed: Option<NewTime>, modified: Option<NewTime>) -> Result<()> {
        if !self.granted.contains(FilePerms::WRITE) {
            return Err(Errno::Perm);
        }
        let mut times = FileTimes::new();
        if let Some(time) = accessed {
            times = times.set_accessed(time.std());
        }
        if let Some(time) = modified {
            times = times.set_modified(time.std());
        }
        Ok(self.handle.set_times(times)?)
    }

    pub(crate) fn set_status(&self, flags: StatusFlags) -> Result<()> {
        Ok(sys::set_status(&self.handle, flags)?)
    }

    /// What can be waited for.
    pub(crate) fn handle(&self) -> &std::fs::File {
        &self.handle
    }
}

/// Offsets of files are signed for operating systems.
fn file_offset(offset: u64) -> Result<u64> {
    if i64::try_from(offset).is_ok() { Ok(offset) } else { Err(Errno::Inval) }
}
