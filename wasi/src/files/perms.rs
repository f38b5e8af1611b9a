//! What may be done in directories that are granted. Whether something is done is decided where it is: in `dir`.

bitflags::bitflags! {
    /// What may be done with the names in a directory and in those below.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct DirPerms: u8 {
        /// List them, and open what they name.
        const READ = 1;
        /// Create, remove, rename and link them, and set times.
        const MUTATE = 2;
    }
}

bitflags::bitflags! {
    /// What may be done with the contents of files in a directory and in those below.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct FilePerms: u8 {
        /// Read them.
        const READ = 1;
        /// Write and truncate them, and set times.
        const WRITE = 2;
    }
}

/// What may be done in a directory: with names, and with contents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Perms {
    /// With names.
    pub dir: DirPerms,
    /// With contents.
    pub file: FilePerms,
}

impl Perms {
    pub(super) fn contains(self, other: Perms) -> bool {
        self.dir.contains(other.dir) && self.file.contains(other.file)
    }

    pub(crate) fn union(self, other: Perms) -> Perms {
        Perms { dir: self.dir | other.dir, file: self.file | other.file }
    }
}

/// What may be done in a directory: the two kinds that are granted most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FsPerms {
    /// Read names and contents, and change nothing.
    ReadOnly,
    /// All.
    ReadWrite,
}

impl From<FsPerms> for Perms {
    fn from(perms: FsPerms) -> Perms {
        match perms {
            FsPerms::ReadOnly => Perms { dir: DirPerms::READ, file: FilePerms::READ },
            FsPerms::ReadWrite => Perms { dir: DirPerms::all(), file: FilePerms::all() },
        }
    }
}

impl From<(DirPerms, FilePerms)> for Perms {
    fn from((dir, file): (DirPerms, FilePerms)) -> Perms {
        Perms { dir, file }
    }
}
