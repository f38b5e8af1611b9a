//! An open directory: the root of every path that a guest can use.
//!
//! Checks permissions before anything is touched. Does not resolve paths itself.

use super::{DirPerms, File, FilePerms, NewTime, Stat};
use crate::errno::Errno;
use crate::sys::StatusFlags;
use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsMaybeDirExt, OpenOptionsSyncExt};
use cap_std::fs::{OpenOptions, ReadDir};

/// An open directory, with what it may be used for.
#[derive(Debug)]
pub(crate) struct Dir {
    handle: cap_std::fs::Dir,
    dir_perms: DirPerms,
    file_perms: FilePerms,
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

/// What was opened.
#[derive(Debug)]
pub(crate) enum Opened {
    Dir(Dir),
    File(File),
}

type Result<T> = std::result::Result<T, Errno>;

impl Dir {
    pub(crate) fn new(handle: cap_std::fs::Dir, dir_perms: DirPerms, file_perms: FilePerms) -> Dir {
        Dir { handle, dir_perms, file_perms }
    }

    /// The directory, if its names may be looked up.
    fn lookup(&self) -> Result<&cap_std::fs::Dir> {
        if self.dir_perms.contains(DirPerms::READ) { Ok(&self.handle) } else { Err(Errno::Perm) }
    }

    /// The directory, if its names may be changed.
    fn mutate(&self) -> Result<&cap_std::fs::Dir> {
        if self.dir_perms.contains(DirPerms::MUTATE) { Ok(&self.handle) } else { Err(Errno::Perm) }
    }

    /// Opens a file or directory, perhaps a new one.
    pub(crate) fn open(&self, path: &str, open: &Open) -> Result<Opened> {
        let dir = self.lookup()?;
        let directory = open.directory || path.ends_with('/');
        if open.directory && (open.create || open.truncate || open.exclusive) {
            return Err(Errno::Inval);
        }
        let changes_names = open.create && !self.dir_perms.contains(DirPerms::MUTATE);
        let writes = open.write || open.truncate;
        if changes_names || writes && !self.file_perms.contains(FilePerms::WRITE) {
            return Err(Errno::Perm);
        }
        let handle = dir.open_with(path, &self.options(open))?;
        let metadata = handle.metadata()?;
        let handle = handle.into_std();
        if metadata.is_dir() {
            if open.write {
                return Err(Errno::IsDir);
            }
            let handle = cap_std::fs::Dir::from_std_file(handle);
            return Ok(Opened::Dir(Dir { handle, ..*self }));
        }
        if directory {
            return Err(Errno::NotDir);
        }
        if open.read && !self.file_perms.contains(FilePerms::READ) {
            return Err(Errno::Perm);
        }
        let mut perms = FilePerms::empty();
        perms.set(FilePerms::READ, open.read);
        perms.set(FilePerms::WRITE, open.write);
        let file = File::new(handle, metadata.is_file(), self.file_perms, perms);
        // Files do not wait anyway. Appending is set here because together with truncation it cannot be asked for above.
        if !metadata.is_file() && !open.nonblock || open.append {
            file.set_status(StatusFlags { append: open.append, nonblock: open.nonblock })?;
        }
        Ok(Opened::File(file))
    }

    fn options(&self, open: &Open) -> OpenOptions {
        let mut options = OpenOptions::new();
        let write = open.write || open.truncate || open.create;
        options.read(open.read || !write).write(write && !open.directory);
        options.create(open.create).create_new(open.create && open.exclusive).truncate(open.truncate);
        options.follow(follow_symlinks(open.follow)).maybe_dir(true);
        // Opening a pipe without another end must not wait: whether the guest wants to wait is set afterwards.
        options.nonblock(true);
        options
    }

    pub(crate) fn entries(&self) -> Result<ReadDir> {
        Ok(self.lookup()?.entries()?)
    }

    /// Attributes of the directory itself.
    pub(crate) fn stat(&self) -> Result<Stat> {
        Ok(Stat::of(&self.handle.dir_metadata()?))
    }

    pub(crate) fn stat_at(&self, path: &str, follow: Follow) -> Result<Stat> {
        let dir = self.lookup()?;
        // A slash at the end asks for a directory, and not for a link to one.
        let directory = path.ends_with('/');
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

    pub(crate) fn set_times_at(
        &self,
        path: &str,
        follow: Follow,
        accessed: Option<NewTime>,
        modified: Option<NewTime>,
    ) -> Result<()> {
        let dir = self.mutate()?;
        let (accessed, modified) = (accessed.map(NewTime::spec), modified.map(NewTime::spec));
        match follow {
            Follow::Yes => dir.set_times(path, accessed, modified)?,
            Follow::No => dir.set_symlink_times(path, accessed, modified)?,
        }
        Ok(())
    }

    pub(crate) fn create_dir(&self, path: &str) -> Result<()> {
        Ok(self.mutate()?.create_dir(path)?)
    }

    pub(crate) fn remove_dir(&self, path: &str) -> Result<()> {
        Ok(self.mutate()?.remove_dir(path)?)
    }

    pub(crate) fn remove_file(&self, path: &str) -> Result<()> {
        Ok(self.mutate()?.remove_file_or_symlink(path)?)
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
        to.must_not_grant_more_than(self)?;
        Ok(self.mutate()?.hard_link(path, to.mutate()?, new_path)?)
    }

    /// Moves a name to another directory, or within this one.
    pub(crate) fn rename(&self, path: &str, to: &Dir, new_path: &str) -> Result<()> {
        to.must_not_grant_more_than(self)?;
        Ok(self.mutate()?.rename(path, to.mutate()?, new_path)?)
    }

    /// A name that comes here from another directory must not gain permissions on the way.
    fn must_not_grant_more_than(&self, from: &Dir) -> Result<()> {
        let contained = from.dir_perms.contains(self.dir_perms) && from.file_perms.contains(self.file_perms);
        if contained { Ok(()) } else { Err(Errno::Perm) }
    }
}

fn follow_symlinks(follow: Follow) -> FollowSymlinks {
    match follow {
        Follow::Yes => FollowSymlinks::Yes,
        Follow::No => FollowSymlinks::No,
    }
}
