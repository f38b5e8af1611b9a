//! Paths: what is at their end is looked up, made, moved, removed or opened.
//!
//! Checks rights; permissions and the way through the file system are the sandbox's matter.

use super::abi::{FdFlags, LookupFlags, OpenFlags, Rights};
use super::descriptors::{Descriptor, Resource};
use super::fd::new_times;
use super::memory::Ptr;
use super::{Call, Step};
use crate::errno::Errno;
use crate::files::{Dir, Follow, Open, Opened, check_path};
use std::sync::{Arc, Mutex};

fn follow(lookup: u32) -> Result<Follow, Errno> {
    let follows = LookupFlags::parse(lookup)?.contains(LookupFlags::SYMLINK_FOLLOW);
    Ok(if follows { Follow::Yes } else { Follow::No })
}

impl Call<'_> {
    /// The directory with a number, if the guest has a right to use it that way.
    fn dir(&self, fd: u32, right: Rights) -> Result<Arc<Dir>, Errno> {
        // What is no directory says so, whatever its rights.
        let descriptor = self.descriptor(fd, Rights::empty())?;
        let dir = Arc::clone(descriptor.dir()?);
        descriptor.require(right)?;
        Ok(dir)
    }

    /// A path in the guest's memory.
    fn path(&self, at: Ptr, len: u32) -> Result<String, Errno> {
        self.memory.check(at, len as usize)?;
        // Bytes beyond any path's length need no copy to be refused.
        Ok(check_path(&self.memory.bytes(at, len.min(1 << 16))?)?.to_owned())
    }

    pub(super) fn path_create_directory(&mut self, fd: u32, path: Ptr, len: u32) -> Step {
        let dir = self.dir(fd, Rights::PATH_CREATE_DIRECTORY)?;
        Ok(dir.create_dir(&self.path(path, len)?)?)
    }

    pub(super) fn path_filestat_get(
        &mut self,
        fd: u32,
        lookup: u32,
        path: Ptr,
        len: u32,
        result: Ptr,
    ) -> Step {
        let dir = self.dir(fd, Rights::PATH_FILESTAT_GET)?;
        let stat = dir.stat_at(&self.path(path, len)?, follow(lookup)?)?;
        Ok(self.memory.write(result, &self.abi.filestat(&stat))?)
    }

    #[expect(clippy::too_many_arguments, reason = "the interface's")]
    pub(super) fn path_filestat_set_times(
        &mut self,
        fd: u32,
        lookup: u32,
        path: Ptr,
        len: u32,
        accessed: u64,
        modified: u64,
        flags: u32,
    ) -> Step {
        let dir = self.dir(fd, Rights::PATH_FILESTAT_SET_TIMES)?;
        let (accessed, modified) = new_times(accessed, modified, flags)?;
        Ok(dir.set_times_at(&self.path(path, len)?, follow(lookup)?, accessed, modified)?)
    }

    #[expect(clippy::too_many_arguments, reason = "the interface's")]
    pub(super) fn path_link(
        &mut self,
        fd: u32,
        lookup: u32,
        path: Ptr,
        len: u32,
        new_fd: u32,
        new_path: Ptr,
        new_len: u32,
    ) -> Step {
        let dir = self.dir(fd, Rights::PATH_LINK_SOURCE)?;
        let new_dir = self.dir(new_fd, Rights::PATH_LINK_TARGET)?;
        // Links to what a link points to are not made: the two could differ by the time it is.
        if follow(lookup)? == Follow::Yes {
            return Err(Errno::Inval.into());
        }
        Ok(dir.link(&self.path(path, len)?, &new_dir, &self.path(new_path, new_len)?)?)
    }

    #[expect(clippy::too_many_arguments, reason = "the interface's")]
    pub(super) fn path_open(
        &mut self,
        fd: u32,
        lookup: u32,
        path: Ptr,
        len: u32,
        open: u32,
        rights: u64,
        inheriting: u64,
        flags: u32,
        result: Ptr,
    ) -> Step {
        let (open, flags) = (OpenFlags::parse(open)?, FdFlags::parse(flags)?);
        let (rights, inheriting) =
            (Rights::from_bits_truncate(rights), Rights::from_bits_truncate(inheriting));
        let mut needed = Rights::PATH_OPEN;
        needed.set(Rights::PATH_CREATE_FILE, open.contains(OpenFlags::CREAT));
        needed.set(Rights::PATH_FILESTAT_SET_SIZE, open.contains(OpenFlags::TRUNC));
        let descriptor = self.descriptor(fd, Rights::empty())?;
        let dir = descriptor.dir()?;
        descriptor.require(needed)?;
        let allowed = descriptor.state().inheriting;
        let used = rights & (Rights::FD_READ | Rights::FD_WRITE | Rights::FD_READDIR);
        if !allowed.contains(used) {
            return Err(Errno::NotCapable.into());
        }
        let opened = dir.open(
            &self.path(path, len)?,
            &Open {
                follow: follow(lookup)?,
                read: rights.contains(Rights::FD_READ),
                write: rights.contains(Rights::FD_WRITE),
                append: flags.contains(FdFlags::APPEND),
                create: open.contains(OpenFlags::CREAT),
                exclusive: open.contains(OpenFlags::EXCL),
                truncate: open.contains(OpenFlags::TRUNC),
                directory: open.contains(OpenFlags::DIRECTORY),
                nonblock: flags.contains(FdFlags::NONBLOCK),
            },
        )?;
        let descriptor = Descriptor::new(match opened {
            Opened::Dir(dir) => Resource::Dir(Arc::new(dir), Mutex::default()),
            Opened::File(file) => Resource::File(file),
        });
        let mut state = *descriptor.state();
        state.rights &= rights & allowed;
        state.inheriting &= inheriting & allowed;
        state.flags = flags;
        *descriptor.state() = state;
        // The result's place is looked at first: a number that the guest never learns would stay open.
        self.memory.check(result, 4)?;
        let number = self.ctx.descriptors().push(descriptor)?;
        Ok(self.memory.write_u32(result, number)?)
    }

    pub(super) fn path_readlink(
        &mut self,
        fd: u32,
        path: Ptr,
        len: u32,
        buffer: Ptr,
        buffer_len: u32,
        result: Ptr,
    ) -> Step {
        let dir = self.dir(fd, Rights::PATH_READLINK)?;
        let target = dir.read_link(&self.path(path, len)?)?;
        let fitting = target.len().min(buffer_len as usize);
        self.memory.write(buffer, &target.as_bytes()[..fitting])?;
        Ok(self.memory.write_u32(result, fitting as u32)?)
    }

    pub(super) fn path_remove_directory(&mut self, fd: u32, path: Ptr, len: u32) -> Step {
        let dir = self.dir(fd, Rights::PATH_REMOVE_DIRECTORY)?;
        Ok(dir.remove_dir(&self.path(path, len)?)?)
    }

    pub(super) fn path_rename(
        &mut self,
        fd: u32,
        path: Ptr,
        len: u32,
        new_fd: u32,
        new_path: Ptr,
        new_len: u32,
    ) -> Step {
        let dir = self.dir(fd, Rights::PATH_RENAME_SOURCE)?;
        let new_dir = self.dir(new_fd, Rights::PATH_RENAME_TARGET)?;
        Ok(dir.rename(&self.path(path, len)?, &new_dir, &self.path(new_path, new_len)?)?)
    }

    pub(super) fn path_symlink(
        &mut self,
        target: Ptr,
        target_len: u32,
        fd: u32,
        path: Ptr,
        len: u32,
    ) -> Step {
        let dir = self.dir(fd, Rights::PATH_SYMLINK)?;
        Ok(dir.symlink(&self.path(target, target_len)?, &self.path(path, len)?)?)
    }

    pub(super) fn path_unlink_file(&mut self, fd: u32, path: Ptr, len: u32) -> Step {
        let dir = self.dir(fd, Rights::PATH_UNLINK_FILE)?;
        Ok(dir.remove_file(&self.path(path, len)?)?)
    }
}
