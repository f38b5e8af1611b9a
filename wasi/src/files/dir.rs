//! An open directory: the root of every path that a guest can use.
//!
//! Checks permissions before anything is touched. Does not resolve paths itself.

use super::{DirPerms, File, FileKind, FilePerms, NewTime, Perms, Stat};
use crate::errno::Errno;
use crate::open_files::{OpenFiles, Place};
use crate::sys::StatusFlags;
use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsMaybeDirExt, OpenOptionsSyncExt};
use cap_std::fs::{Metadata, OpenOptions, ReadDir};
use std::sync::Arc;

/// An open directory, with what it may be used for.
#[derive(Debug)]
pub(crate) struct Dir {
    handle: Arc<cap_std::fs::Dir>,
    perms: Perms,
    /// What any grant of the same guest permits: the most that something can gain by being moved.
    widest: Perms,
    open_files: OpenFiles,
    /// What was granted has none.
    _place: Option<Place>,
}

/// A directory whose entries are being read.
pub(crate) struct Entries {
    pub(super) reading: ReadDir,
    _place: Place,
}

/// Whether a symbolic link at the end of a path stands for what it points to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Follow {
    Yes,
    No,
}

/// How to open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open {
    pub(crate) follow: Follow,
    pub(crate) read: bool,
    pub(crate) write: bool,
    pub(crate) append: bool,
    pub(crate) create: bool,
    pub(crate) exclusive: bool,
    pub(crate) truncate: bool,
    /// Nothing but a directory will do.
    pub(crate) directory: bool,
    pub(crate) nonblock: bool,
}

impl Open {
    /// Nothing but reading.
    pub(crate) const READING: Open = Open {
        follow: Follow::Yes,
        read: true,
        write: false,
        append: false,
        create: false,
        exclusive: false,
        truncate: false,
        directory: false,
        nonblock: false,
    };
}

/// What was opened.
#[derive(Debug)]
pub(crate) enum Opened {
    Dir(Dir),
    File(File),
}

type Result<T> = std::result::Result<T, Errno>;

impl Dir {
    /// One that was granted.
    pub(crate) fn new(handle: cap_std::fs::Dir, perms: Perms, widest: Perms, open_files: OpenFiles) -> Dir {
        Dir { handle: Arc::new(handle), perms, widest, open_files, _place: None }
    }

    /// The same grant for another guest.
    pub(crate) fn another(&self, open_files: &OpenFiles) -> Dir {
        let open_files = open_files.clone();
        Dir { handle: Arc::clone(&self.handle), open_files, _place: None, ..*self }
    }

    /// What may be done with its names.
    pub(crate) fn perms(&self) -> DirPerms {
        self.perms.dir
    }

    /// The directory, if its names may be looked up.
    fn lookup(&self) -> Result<&cap_std::fs::Dir> {
        if self.perms.dir.contains(DirPerms::READ) { Ok(&self.handle) } else { Err(Errno::Perm) }
    }

    /// The directory, if its names may be changed.
    fn mutate(&self) -> Result<&cap_std::fs::Dir> {
        if self.perms.dir.contains(DirPerms::MUTATE) { Ok(&self.handle) } else { Err(Errno::Perm) }
    }

    /// Opens a file or directory, perhaps a new one.
    pub(crate) fn open(&self, path: &str, open: &Open) -> Result<Opened> {
        let dir = self.lookup()?;
        let directory = open.directory || asks_for_directory(path);
        if open.directory && (open.create || open.truncate || open.exclusive) {
            return Err(Errno::Inval);
        }
        let changes_names = open.create && !self.perms.dir.contains(DirPerms::MUTATE);
        let writes = open.write || open.truncate;
        if changes_names || writes && !self.perms.file.contains(FilePerms::WRITE) {
            return Err(Errno::Perm);
        }
        let place = self.open_files.place()?;
        let handle = open_handle(dir, path, open)?;
        let metadata = handle.metadata()?;
        let handle = handle.into_std();
        if metadata.is_dir() {
            if open.write {
                return Err(Errno::IsDir);
            }
            let handle = Arc::new(cap_std::fs::Dir::from_std_file(handle));
            let (perms, widest, open_files) = (self.perms, self.widest, self.open_files.clone());
            return Ok(Opened::Dir(Dir { handle, perms, widest, open_files, _place: Some(place) }));
        }
        if directory {
            return Err(Errno::NotDir);
        }
        if open.read && !self.perms.file.contains(FilePerms::READ) {
            return Err(Errno::Perm);
        }
        let mut perms = FilePerms::empty();
        perms.set(FilePerms::READ, open.read);
        perms.set(FilePerms::WRITE, open.write);
        let file = File::new(handle, place, metadata.is_file(), self.perms.file, perms);
        // Set here, because together with truncation it cannot be asked for above.
        if open.append {
            file.set_status(StatusFlags { append: true, nonblock: open.nonblock })?;
        }
        Ok(Opened::File(file))
    }

    pub(crate) fn entries(&self) -> Result<Entries> {
        let (dir, place) = (self.lookup()?, self.open_files.place()?);
        Ok(Entries { reading: dir.entries()?, _place: place })
    }

    /// Attributes of the directory itself.
    pub(crate) fn stat(&self) -> Result<Stat> {
        Ok(Stat::of(&self.handle.dir_metadata()?))
    }

    pub(crate) fn stat_at(&self, path: &str, follow: Follow) -> Result<Stat> {
        let dir = self.lookup()?;
        // What must be a directory is not a link to one.
        let directory = asks_for_directory(path);
        let metadata = match follow {
            Follow::No if !directory => dir.symlink_metadata(path)?,
            _ => dir.metadata(path)?,
        };
        if directory && !metadata.is_dir() {
            return Err(Errno::NotDir);
        }
        Ok(Stat::of(&metadata))
    }

    pub(crate) fn set_times(&self, accessed: Option<NewTime>, modified: Option<NewTime>) -> Result<()> {
        let (accessed, modified) = (accessed.map(NewTime::spec), modified.map(NewTime::spec));
        Ok(self.mutate()?.set_times(".", accessed, modified)?)
    }

    /// Sets times: those of a file are its contents' matter, those of directories and links their names'.
    pub(crate) fn set_times_at(
        &self,
        path: &str,
        follow: Follow,
        accessed: Option<NewTime>,
        modified: Option<NewTime>,
    ) -> Result<()> {
        let kind = self.stat_at(path, follow)?.kind;
        if kind == FileKind::Link {
            let (accessed, modified) = (accessed.map(NewTime::spec), modified.map(NewTime::spec));
            return Ok(self.mutate()?.set_symlink_times(path, accessed, modified)?);
        }
        let find = Open { follow, directory: kind == FileKind::Directory, ..Open::READING };
        let opened = match self.open(path, &find) {
            // Who may not read may write, or may not set times either.
            Err(Errno::Access | Errno::Perm) => self.open(path, &Open { read: false, write: true, ..find }),
            opened => opened,
        };
        match opened? {
            Opened::Dir(dir) => dir.set_times(accessed, modified),
            Opened::File(file) => file.set_times(accessed, modified),
        }
    }

    pub(crate) fn create_dir(&self, path: &str) -> Result<()> {
        Ok(self.mutate()?.create_dir(path)?)
    }

    pub(crate) fn remove_dir(&self, path: &str) -> Result<()> {
        let dir = self.mutate()?;
        let name = without_slashes(path);
        if name != path && !name_metadata(dir, name)?.is_dir() {
            return Err(Errno::NotDir);
        }
        Ok(dir.remove_dir(name)?)
    }

    pub(crate) fn remove_file(&self, path: &str) -> Result<()> {
        let dir = self.mutate()?;
        if asks_for_directory(path) {
            let is_dir = name_metadata(dir, without_slashes(path))?.is_dir();
            return Err(if is_dir { Errno::IsDir } else { Errno::NotDir });
        }
        Ok(dir.remove_file_or_symlink(path)?)
    }

    pub(crate) fn read_link(&self, path: &str) -> Result<String> {
        let target = self.lookup()?.read_link(path)?;
        target.into_os_string().into_string().map_err(|_| Errno::IlSeq)
    }

    pub(crate) fn symlink(&self, target: &str, path: &str) -> Result<()> {
        Ok(self.mutate()?.symlink(target, path)?)
    }

    /// Gives a file a second name, in another directory or this one.
    pub(crate) fn link(&self, path: &str, to: &Dir, new_path: &str) -> Result<()> {
        self.must_not_gain(path, to, new_path)?;
        let (dir, to) = (self.mutate()?, to.mutate()?);
        if asks_for_directory(path) {
            let is_dir = dir.metadata(path)?.is_dir();
            return Err(if is_dir { Errno::Perm } else { Errno::NotDir });
        }
        if asks_for_directory(new_path) {
            let is_dir = dir.symlink_metadata(path)?.is_dir();
            name_metadata(to, without_slashes(new_path))?;
            return Err(if is_dir { Errno::Perm } else { Errno::Exist });
        }
        Ok(dir.hard_link(path, to, new_path)?)
    }

    /// Moves a name to another directory, or within this one.
    pub(crate) fn rename(&self, path: &str, to: &Dir, new_path: &str) -> Result<()> {
        self.must_not_gain(path, to, new_path)?;
        let (dir, to) = (self.mutate()?, to.mutate()?);
        let (name, new_name) = (without_slashes(path), without_slashes(new_path));
        if (name != path || new_name != new_path) && !name_metadata(dir, name)?.is_dir() {
            return Err(Errno::NotDir);
        }
        Ok(dir.rename(name, to, new_name)?)
    }

    /// A file must not gain permissions by getting a name elsewhere. Grants may lie inside one another, so that a path does
    /// not tell in which of them it ends: what is not permitted everywhere anyway stays in its directory.
    fn must_not_gain(&self, path: &str, to: &Dir, new_path: &str) -> Result<()> {
        let stays = std::ptr::eq(self, to) && !path.contains('/') && !new_path.contains('/');
        if stays || self.perms.contains(self.widest) { Ok(()) } else { Err(Errno::Perm) }
    }
}

/// Opens a file or directory, whatever it is.
fn open_handle(dir: &cap_std::fs::Dir, path: &str, open: &Open) -> Result<cap_std::fs::File> {
    if open.create && !open.exclusive && !open.write && !open.truncate {
        // Systems create only what is opened for writing, but a file that is there may be one that can only be read.
        match open_handle(dir, path, &Open { create: false, ..*open }) {
            Err(Errno::NoEnt) => {}
            opened => return opened,
        }
    }
    let mut options = OpenOptions::new();
    // A directory is not opened for writing, whatever is asked for: what is found tells why that is refused.
    let write = (open.write || open.truncate || open.create) && !open.directory;
    options.read(open.read || !write).write(write);
    options.create(open.create).create_new(open.create && open.exclusive).truncate(open.truncate);
    options.follow(follow_symlinks(open.follow)).maybe_dir(true);
    // Neither opening a pipe nor using it must wait where nobody can end it: whoever uses it waits before.
    options.nonblock(true);
    Ok(dir.open_with(path, &options)?)
}

/// Attributes of what a name stands for, which may be a link. A dot at the end is no name of a link, but of what that points to.
fn name_metadata(dir: &cap_std::fs::Dir, path: &str) -> Result<Metadata> {
    Ok(if asks_for_directory(path) { dir.metadata(path)? } else { dir.symlink_metadata(path)? })
}

/// Whether nothing but a directory can be meant.
fn asks_for_directory(path: &str) -> bool {
    path.ends_with('/') || path.ends_with("/.")
}

/// The path without slashes at its end, unless it has nothing else.
fn without_slashes(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() { path } else { trimmed }
}

fn follow_symlinks(follow: Follow) -> FollowSymlinks {
    match follow {
        Follow::Yes => FollowSymlinks::Yes,
        Follow::No => FollowSymlinks::No,
    }
}
