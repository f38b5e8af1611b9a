//! Descriptors: what they are, what they may be used for, where they stand, and their end.
//!
//! Reading and writing is in `io`.

use super::abi::{FdFlags, Rights, TimeFlags, file_type};
use super::descriptors::{Descriptor, Resource};
use super::memory::Ptr;
use super::{Call, Step, io};
use crate::errno::Errno;
use crate::files::NewTime;
use crate::price;
use crate::sys::{Advice, StatusFlags};
use std::io::SeekFrom;
use std::sync::PoisonError;
use std::time::Duration;

impl Call<'_> {
    pub(super) fn fd_advise(&mut self, fd: u32, offset: u64, len: u64, advice: u32) -> Step {
        let descriptor = self.descriptor(fd, Rights::FD_ADVISE)?;
        let advice = match advice {
            0 => Advice::Normal,
            1 => Advice::Sequential,
            2 => Advice::Random,
            3 => Advice::WillNeed,
            4 => Advice::DontNeed,
            5 => Advice::NoReuse,
            _ => return Err(Errno::Inval.into()),
        };
        if let Resource::Dir(..) = descriptor.resource {
            return Err(Errno::BadF.into());
        }
        Ok(descriptor.file()?.advise(offset, len, advice)?)
    }

    pub(super) fn fd_allocate(&mut self, fd: u32, offset: u64, len: u64) -> Step {
        Ok(self.descriptor(fd, Rights::FD_ALLOCATE)?.file()?.allocate(offset, len)?)
    }

    pub(super) fn fd_close(&mut self, fd: u32) -> Step {
        let closed = self.ctx.descriptors().remove(fd)?;
        if let Resource::Output(stream) = &closed.resource {
            io::flush(stream)?;
        }
        Ok(())
    }

    pub(super) fn fd_renumber(&mut self, from: u32, to: u32) -> Step {
        // What the number stood for ends after the lock: its end may take a while.
        let replaced = self.ctx.descriptors().renumber(from, to)?;
        if let Some(Resource::Output(stream)) = replaced.as_deref().map(|replaced| &replaced.resource) {
            io::flush(stream)?;
        }
        Ok(())
    }

    pub(super) fn fd_datasync(&mut self, fd: u32) -> Step {
        self.sync(fd, Rights::FD_DATASYNC)
    }

    pub(super) fn fd_sync(&mut self, fd: u32) -> Step {
        self.sync(fd, Rights::FD_SYNC)
    }

    /// Whoever reads may want to read what will still be there: libraries leave the rights to sync out of such descriptors.
    fn sync(&mut self, fd: u32, right: Rights) -> Step {
        let descriptor = self.descriptor(fd, Rights::empty())?;
        if !descriptor.state().rights.intersects(right | Rights::FD_READ) {
            return Err(Errno::NotCapable.into());
        }
        match &descriptor.resource {
            Resource::File(file) if right == Rights::FD_SYNC => file.sync_all()?,
            Resource::File(file) => file.sync_data()?,
            Resource::Output(stream) => io::flush(stream)?,
            Resource::Dir(..) => {}
            _ => return Err(Errno::Inval.into()),
        }
        Ok(())
    }

    pub(super) fn fd_fdstat_get(&mut self, fd: u32, result: Ptr) -> Step {
        let descriptor = self.descriptor(fd, Rights::empty())?;
        let kind = descriptor.stat()?.kind;
        let state = *descriptor.state();
        let mut bytes = [0; 24];
        bytes[0] = file_type(kind);
        bytes[2..4].copy_from_slice(&state.flags.bits().to_le_bytes());
        bytes[8..16].copy_from_slice(&state.rights.bits().to_le_bytes());
        bytes[16..].copy_from_slice(&state.inheriting.bits().to_le_bytes());
        Ok(self.memory.write(result, &bytes)?)
    }

    pub(super) fn fd_fdstat_set_flags(&mut self, fd: u32, flags: u32) -> Step {
        let flags = FdFlags::parse(flags)?;
        let descriptor = self.descriptor(fd, Rights::FD_FDSTAT_SET_FLAGS)?;
        if let Resource::File(file) = &descriptor.resource {
            file.set_status(StatusFlags {
                append: flags.contains(FdFlags::APPEND),
                // What could wait never does, for the system: the waiting is done where it can be ended.
                nonblock: flags.contains(FdFlags::NONBLOCK) || !file.is_regular(),
            })?;
        }
        descriptor.state().flags = flags;
        Ok(())
    }

    pub(super) fn fd_fdstat_set_rights(&mut self, fd: u32, rights: u64, inheriting: u64) -> Step {
        let descriptor = self.descriptor(fd, Rights::empty())?;
        let (rights, inheriting) = (Rights::from_bits_retain(rights), Rights::from_bits_retain(inheriting));
        let mut state = descriptor.state();
        // Rights can only be given up.
        if !state.rights.contains(rights) || !state.inheriting.contains(inheriting) {
            return Err(Errno::NotCapable.into());
        }
        (state.rights, state.inheriting) = (rights, inheriting);
        Ok(())
    }

    pub(super) fn fd_filestat_get(&mut self, fd: u32, result: Ptr) -> Step {
        let stat = self.descriptor(fd, Rights::FD_FILESTAT_GET)?.stat()?;
        Ok(self.memory.write(result, &self.abi.filestat(&stat))?)
    }

    pub(super) fn fd_filestat_set_size(&mut self, fd: u32, size: u64) -> Step {
        Ok(self.descriptor(fd, Rights::FD_FILESTAT_SET_SIZE)?.file()?.set_len(size)?)
    }

    pub(super) fn fd_filestat_set_times(
        &mut self,
        fd: u32,
        accessed: u64,
        modified: u64,
        flags: u32,
    ) -> Step {
        let (accessed, modified) = new_times(accessed, modified, flags)?;
        let descriptor = self.descriptor(fd, Rights::FD_FILESTAT_SET_TIMES)?;
        match &descriptor.resource {
            Resource::File(file) => file.set_times(accessed, modified)?,
            Resource::Dir(dir, _) => dir.set_times(accessed, modified)?,
            _ => return Err(Errno::Inval.into()),
        }
        Ok(())
    }

    pub(super) fn fd_prestat_get(&mut self, fd: u32, result: Ptr) -> Step {
        let descriptor = self.descriptor(fd, Rights::empty())?;
        let len = preopen(&descriptor)?.len() as u32;
        Ok(self.memory.write_u64(result, u64::from(len) << 32)?)
    }

    pub(super) fn fd_prestat_dir_name(&mut self, fd: u32, buffer: Ptr, len: u32) -> Step {
        let descriptor = self.descriptor(fd, Rights::empty())?;
        let name = preopen(&descriptor)?;
        if name.len() > len as usize {
            return Err(Errno::NameTooLong.into());
        }
        Ok(self.memory.write(buffer, name.as_bytes())?)
    }

    /// Writes directory entries as far as they fit; the last one may be cut off, and then comes again.
    pub(super) fn fd_readdir(&mut self, fd: u32, buffer: Ptr, len: u32, cookie: u64, result: Ptr) -> Step {
        let descriptor = self.descriptor(fd, Rights::FD_READDIR)?;
        let Resource::Dir(dir, listing) = &descriptor.resource else { return Err(Errno::NotDir.into()) };
        self.memory.check(buffer, len as usize)?;
        let mut listing = listing.lock().unwrap_or_else(PoisonError::into_inner);
        let stop = self.ctx.stop_handle();
        let pass = |entries| {
            self.memory.charge(entries * price::ENTRY);
            !stop.is_stopped()
        };
        let mut piece = match listing.from(dir, cookie, &pass) {
            Err(Errno::Canceled) => return self.check_stop(),
            piece => piece?,
        };
        let mut used = 0;
        while used < len {
            self.check_stop()?;
            self.memory.charge(price::ENTRY);
            let Some((entry, next)) = piece.next()? else { break };
            let mut bytes = Vec::with_capacity(24 + entry.name.len());
            bytes.extend(next.to_le_bytes());
            bytes.extend(entry.inode.to_le_bytes());
            bytes.extend((entry.name.len() as u32).to_le_bytes());
            bytes.extend(u32::from(file_type(entry.kind)).to_le_bytes());
            bytes.extend(entry.name.as_bytes());
            bytes.truncate((len - used) as usize);
            self.memory.write(buffer + used, &bytes)?;
            used += bytes.len() as u32;
        }
        Ok(self.memory.write_u32(result, used)?)
    }

    pub(super) fn fd_seek(&mut self, fd: u32, offset: i64, whence: u32, result: Ptr) -> Step {
        let to = self.abi.seek_from(offset, whence)?;
        let position = self.seek(fd, to, Rights::FD_SEEK)?;
        Ok(self.memory.write_u64(result, position)?)
    }

    pub(super) fn fd_tell(&mut self, fd: u32, result: Ptr) -> Step {
        let position = self.seek(fd, SeekFrom::Current(0), Rights::FD_TELL)?;
        Ok(self.memory.write_u64(result, position)?)
    }

    fn seek(&mut self, fd: u32, to: SeekFrom, right: Rights) -> Step<u64> {
        let descriptor = self.descriptor(fd, Rights::empty())?;
        match &descriptor.resource {
            Resource::File(file) => {
                descriptor.require(right)?;
                Ok(file.seek(to)?)
            }
            Resource::Dir(..) => Err(Errno::BadF.into()),
            _ => Err(Errno::SPipe.into()),
        }
    }
}

/// The guest's name of a granted directory.
fn preopen(descriptor: &Descriptor) -> Result<&str, Errno> {
    descriptor.preopen.as_deref().ok_or(Errno::BadF)
}

/// The times that a guest wants to set.
pub(super) fn new_times(
    accessed: u64,
    modified: u64,
    flags: u32,
) -> Result<(Option<NewTime>, Option<NewTime>), Errno> {
    let flags = TimeFlags::parse(flags)?;
    let one = |at, now, time| match (flags.contains(at), flags.contains(now)) {
        (true, true) => Err(Errno::Inval),
        (true, false) => Ok(Some(NewTime::At(Duration::from_nanos(time)))),
        (false, true) => Ok(Some(NewTime::Now)),
        (false, false) => Ok(None),
    };
    Ok((
        one(TimeFlags::ATIM, TimeFlags::ATIM_NOW, accessed)?,
        one(TimeFlags::MTIM, TimeFlags::MTIM_NOW, modified)?,
    ))
}
