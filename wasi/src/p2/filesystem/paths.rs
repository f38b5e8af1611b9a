//! Paths: what is at their end is looked up, made, moved, removed or opened.

use super::descriptor::mutable;
use super::errors::Step;
use super::open_file::OpenFile;
use super::types::{DescriptorFlags, DescriptorStat, MetadataHashValue, NewTimestamp, OpenFlags, PathFlags};
use super::{Descriptor, Lent};
use crate::errno::Errno;
use crate::files::{Dir, Follow, Open, Opened, check_path};
use crate::p2::WasiCtxView;
use std::sync::Arc;

/// The path, if it is one.
fn checked(path: &str) -> Result<&str, Errno> {
    check_path(path.as_bytes())
}

impl WasiCtxView<'_> {
    /// The directory, if its names may be changed.
    fn mutable_dir(&self, this: &Lent) -> Step<Arc<Dir>> {
        let dir = self.dir(this)?;
        mutable(&dir)?;
        Ok(dir)
    }

    pub(super) fn open_at(
        &mut self,
        this: Lent,
        follow: PathFlags,
        path: String,
        open: OpenFlags,
        flags: DescriptorFlags,
    ) -> Step<Lent> {
        let dir = self.dir(&this)?;
        if flags.intersects(DescriptorFlags::WRITE | DescriptorFlags::MUTATE_DIRECTORY)
            || open.intersects(OpenFlags::CREATE | OpenFlags::TRUNCATE)
        {
            mutable(&dir)?;
        }
        let opened = dir.open(
            checked(&path)?,
            &Open {
                follow: follow.follow(),
                read: flags.contains(DescriptorFlags::READ),
                write: flags.contains(DescriptorFlags::WRITE),
                append: false,
                create: open.contains(OpenFlags::CREATE),
                exclusive: open.contains(OpenFlags::EXCLUSIVE),
                truncate: open.contains(OpenFlags::TRUNCATE),
                directory: open.contains(OpenFlags::DIRECTORY),
                nonblock: true,
            },
        )?;
        let descriptor = match opened {
            Opened::Dir(dir) => Descriptor::Dir(Arc::new(dir)),
            Opened::File(file) => Descriptor::File(Arc::new(OpenFile::new(file, flags))),
        };
        Ok(self.table.push(descriptor)?)
    }

    pub(super) fn create_directory_at(&mut self, this: Lent, path: String) -> Step {
        Ok(self.mutable_dir(&this)?.create_dir(checked(&path)?)?)
    }

    pub(super) fn remove_directory_at(&mut self, this: Lent, path: String) -> Step {
        Ok(self.mutable_dir(&this)?.remove_dir(checked(&path)?)?)
    }

    pub(super) fn unlink_file_at(&mut self, this: Lent, path: String) -> Step {
        Ok(self.mutable_dir(&this)?.remove_file(checked(&path)?)?)
    }

    pub(super) fn stat_at(&mut self, this: Lent, flags: PathFlags, path: String) -> Step<DescriptorStat> {
        Ok(self.dir(&this)?.stat_at(checked(&path)?, flags.follow())?.into())
    }

    pub(super) fn metadata_hash_at(
        &mut self,
        this: Lent,
        flags: PathFlags,
        path: String,
    ) -> Step<MetadataHashValue> {
        let stat = self.dir(&this)?.stat_at(checked(&path)?, flags.follow())?;
        self.hash(&stat)
    }

    pub(super) fn set_times_at(
        &mut self,
        this: Lent,
        flags: PathFlags,
        path: String,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> Step {
        let (accessed, modified) = (accessed.time()?, modified.time()?);
        let dir = self.mutable_dir(&this)?;
        Ok(dir.set_times_at(checked(&path)?, flags.follow(), accessed, modified)?)
    }

    pub(super) fn link_at(
        &mut self,
        this: Lent,
        flags: PathFlags,
        path: String,
        new: Lent,
        new_path: String,
    ) -> Step {
        let (dir, new) = (self.mutable_dir(&this)?, self.mutable_dir(&new)?);
        // Links to what a link points to are not made: the two could differ by the time it is.
        if flags.follow() == Follow::Yes {
            return Err(Errno::Inval.into());
        }
        Ok(dir.link(checked(&path)?, &new, checked(&new_path)?)?)
    }

    pub(super) fn rename_at(&mut self, this: Lent, path: String, new: Lent, new_path: String) -> Step {
        let (dir, new) = (self.mutable_dir(&this)?, self.mutable_dir(&new)?);
        Ok(dir.rename(checked(&path)?, &new, checked(&new_path)?)?)
    }

    pub(super) fn symlink_at(&mut self, this: Lent, target: String, path: String) -> Step {
        let dir = self.mutable_dir(&this)?;
        if target.starts_with('/') {
            return Err(Errno::Perm.into());
        }
        Ok(dir.symlink(checked(&target)?, checked(&path)?)?)
    }

    pub(super) fn readlink_at(&mut self, this: Lent, path: String) -> Step<String> {
        Ok(self.dir(&this)?.read_link(checked(&path)?)?)
    }
}
