//! What is open: reading, writing, attributes, and what is in a directory.

use super::errors::{Fail, Step};
use super::open_file::{OpenFile, uninterrupted};
use super::streams::{FileInput, FileOutput};
use super::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, MetadataHashValue, NewTimestamp,
};
use super::{Descriptor, Lent};
use crate::errno::Errno;
use crate::files::{Dir, DirPerms, Entries, FileKind, Stat, next_entry};
use crate::p2::WasiCtxView;
use crate::p2::io::{DynInputStream, DynOutputStream};
use crate::p2::limits::MAX_READ;
use sarsen::Result;
use sarsen_component::Resource;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A directory that is being read: the resource `directory-entry-stream`. It is read as the guest goes on.
pub(super) struct DirectoryEntryStream(Entries);

impl Descriptor {
    pub(super) fn stat(&self) -> Step<Stat> {
        Ok(match self {
            Descriptor::File(open) => open.file.stat()?,
            Descriptor::Dir(dir) => dir.stat()?,
        })
    }
}

/// Reading and writing.
impl WasiCtxView<'_> {
    fn file(&self, this: &Lent) -> Step<Arc<OpenFile>> {
        match self.descriptor(this)? {
            Descriptor::File(open) => Ok(open),
            Descriptor::Dir(_) => Err(Errno::IsDir.into()),
        }
    }

    fn readable(&self, this: &Lent) -> Step<Arc<OpenFile>> {
        let open = self.file(this)?;
        if open.is_readable() { Ok(open) } else { Err(Errno::BadF.into()) }
    }

    fn writable(&self, this: &Lent) -> Step<Arc<OpenFile>> {
        let open = self.file(this)?;
        if open.is_writable() { Ok(open) } else { Err(Errno::BadF.into()) }
    }

    pub(super) fn read_via_stream(&mut self, this: Lent, offset: u64) -> Step<Resource<DynInputStream>> {
        let stream = FileInput { file: self.readable(&this)?, position: offset };
        Ok(self.table.push(DynInputStream::new(stream))?)
    }

    pub(super) fn write_via_stream(&mut self, this: Lent, offset: u64) -> Step<Resource<DynOutputStream>> {
        let stream = FileOutput { file: self.writable(&this)?, position: Some(offset) };
        Ok(self.table.push(DynOutputStream::new(stream))?)
    }

    pub(super) fn append_via_stream(&mut self, this: Lent) -> Step<Resource<DynOutputStream>> {
        let stream = FileOutput { file: self.writable(&this)?, position: None };
        Ok(self.table.push(DynOutputStream::new(stream))?)
    }

    pub(super) fn read(&mut self, this: Lent, len: u64, offset: u64) -> Step<(Vec<u8>, bool)> {
        let open = self.readable(&this)?;
        let len = usize::try_from(len).map_or(MAX_READ, |len| len.min(MAX_READ));
        let mut buffer = vec![0; len];
        let read = uninterrupted(|| open.file.read_at(&mut buffer, offset))?;
        buffer.truncate(read);
        Ok((buffer, read == 0 && len > 0))
    }

    pub(super) fn write(&mut self, this: Lent, buffer: Vec<u8>, offset: u64) -> Step<u64> {
        let open = self.writable(&this)?;
        let written = uninterrupted(|| open.file.write_at(&buffer, offset))?;
        open.sync_if_asked()?;
        Ok(written as u64)
    }

    pub(super) fn advise(&mut self, this: Lent, offset: u64, len: u64, advice: Advice) -> Step {
        match self.descriptor(&this)? {
            Descriptor::File(open) => Ok(open.file.advise(offset, len, advice.into())?),
            Descriptor::Dir(_) => Err(Errno::BadF.into()),
        }
    }

    pub(super) fn set_size(&mut self, this: Lent, size: u64) -> Step {
        Ok(self.writable(&this)?.file.set_len(size)?)
    }

    pub(super) fn sync(&mut self, this: Lent) -> Step {
        self.to_disk(&this, |open| open.file.sync_all())
    }

    pub(super) fn sync_data(&mut self, this: Lent) -> Step {
        self.to_disk(&this, |open| open.file.sync_data())
    }

    /// What cannot have been written through it is left alone.
    fn to_disk(&self, this: &Lent, sync: fn(&OpenFile) -> std::result::Result<(), Errno>) -> Step {
        match self.descriptor(this)? {
            Descriptor::File(open) if open.is_writable() => Ok(sync(&open)?),
            _ => Ok(()),
        }
    }
}

/// Attributes.
impl WasiCtxView<'_> {
    pub(super) fn get_flags(&mut self, this: Lent) -> Step<DescriptorFlags> {
        Ok(match self.descriptor(&this)? {
            Descriptor::File(open) => open.flags(),
            Descriptor::Dir(dir) => {
                let mut flags = DescriptorFlags::empty();
                if dir.perms().contains(DirPerms::READ) {
                    flags |= DescriptorFlags::READ;
                }
                if dir.perms().contains(DirPerms::MUTATE) {
                    flags |= DescriptorFlags::MUTATE_DIRECTORY;
                }
                flags
            }
        })
    }

    pub(super) fn get_type(&mut self, this: Lent) -> Step<DescriptorType> {
        match self.descriptor(&this)? {
            Descriptor::File(open) => Ok(open.file.stat()?.kind.into()),
            Descriptor::Dir(_) => Ok(FileKind::Directory.into()),
        }
    }

    pub(super) fn stat(&mut self, this: Lent) -> Step<DescriptorStat> {
        Ok(self.descriptor(&this)?.stat()?.into())
    }

    pub(super) fn set_times(&mut self, this: Lent, accessed: NewTimestamp, modified: NewTimestamp) -> Step {
        let (accessed, modified) = (accessed.time()?, modified.time()?);
        match self.descriptor(&this)? {
            Descriptor::File(open) => Ok(open.file.set_times(accessed, modified)?),
            Descriptor::Dir(dir) => Ok(mutable(&dir)?.set_times(accessed, modified)?),
        }
    }

    pub(super) fn is_same_object(&mut self, this: Lent, other: Lent) -> Result<bool> {
        let (this, other) = (self.table.get(&this)?.stat(), self.table.get(&other)?.stat());
        // What tells nothing about itself is not known to be the same as anything.
        let (Ok(this), Ok(other)) = (this, other) else { return Ok(false) };
        Ok((this.device, this.inode) == (other.device, other.inode))
    }

    pub(super) fn metadata_hash(&mut self, this: Lent) -> Step<MetadataHashValue> {
        let stat = self.descriptor(&this)?.stat()?;
        self.hash(&stat)
    }

    /// Something that stays the same as long as a file does, and that does not tell the guest its number on the host: a
    /// secret goes in.
    pub(super) fn hash(&self, stat: &Stat) -> Step<MetadataHashValue> {
        let secret = self.ctx.host.secret().map_err(Errno::from)?;
        let half = |which: u8| {
            let mut hasher = DefaultHasher::new();
            (which, secret, stat.device, stat.inode, stat.size, stat.modified).hash(&mut hasher);
            hasher.finish()
        };
        Ok(MetadataHashValue { lower: half(0), upper: half(1) })
    }
}

/// What is in a directory.
impl WasiCtxView<'_> {
    pub(super) fn read_directory(&mut self, this: Lent) -> Step<Resource<DirectoryEntryStream>> {
        let entries = self.dir(&this)?.entries()?;
        Ok(self.table.push(DirectoryEntryStream(entries))?)
    }

    pub(super) fn read_directory_entry(
        &mut self,
        stream: Resource<DirectoryEntryStream>,
    ) -> Step<Option<DirectoryEntry>> {
        let entry = next_entry(&mut self.table.get_mut(&stream)?.0)?;
        Ok(entry.map(|entry| DirectoryEntry { kind: entry.kind.into(), name: entry.name }))
    }

    pub(super) fn dir(&self, this: &Lent) -> Step<Arc<Dir>> {
        match self.descriptor(this)? {
            Descriptor::Dir(dir) => Ok(dir),
            Descriptor::File(_) => Err(Errno::NotDir.into()),
        }
    }
}

/// The directory, if its names may be changed: the error is the interface's.
pub(super) fn mutable(dir: &Arc<Dir>) -> std::result::Result<&Arc<Dir>, Fail> {
    if dir.perms().contains(DirPerms::MUTATE) { Ok(dir) } else { Err(Errno::RoFs.into()) }
}
