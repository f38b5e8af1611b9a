//! What is known about a file besides its contents. Asking and setting is done in `dir` and `file`.

use cap_fs_ext::{FileTypeExt, MetadataExt, SystemTimeSpec};
use cap_std::fs::{FileType, Metadata};
use cap_std::time::{SystemClock, SystemTime};
use std::time::Duration;

/// What a name or a descriptor stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FileKind {
    /// None of the others.
    Unknown,
    BlockDevice,
    CharacterDevice,
    Directory,
    Fifo,
    Regular,
    Socket,
    Link,
}

impl From<FileType> for FileKind {
    fn from(ty: FileType) -> FileKind {
        match ty {
            ty if ty.is_dir() => FileKind::Directory,
            ty if ty.is_file() => FileKind::Regular,
            ty if ty.is_symlink() => FileKind::Link,
            ty if ty.is_char_device() => FileKind::CharacterDevice,
            ty if ty.is_block_device() => FileKind::BlockDevice,
            ty if ty.is_fifo() => FileKind::Fifo,
            ty if ty.is_socket() => FileKind::Socket,
            _ => FileKind::Unknown,
        }
    }
}

/// A file's attributes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stat {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) kind: FileKind,
    pub(crate) links: u64,
    pub(crate) size: u64,
    /// Times since 1970; earlier ones are 0.
    pub(crate) accessed: Duration,
    pub(crate) modified: Duration,
    pub(crate) changed: Duration,
}

impl Stat {
    /// The attributes of what has none.
    pub(crate) fn nothing() -> Stat {
        let never = Duration::ZERO;
        let kind = FileKind::Unknown;
        Stat {
            device: 0,
            inode: 0,
            kind,
            links: 0,
            size: 0,
            accessed: never,
            modified: never,
            changed: never,
        }
    }

    pub(crate) fn of(metadata: &Metadata) -> Stat {
        let since_1970 = |time: std::io::Result<SystemTime>| {
            let time = time.ok().and_then(|time| time.duration_since(SystemClock::UNIX_EPOCH).ok());
            time.unwrap_or_default()
        };
        let modified = since_1970(metadata.modified());
        Stat {
            device: metadata.dev(),
            inode: metadata.ino(),
            kind: metadata.file_type().into(),
            links: metadata.nlink(),
            size: metadata.len(),
            accessed: since_1970(metadata.accessed()),
            modified,
            changed: crate::sys::changed(metadata).unwrap_or(modified),
        }
    }
}

/// A time to set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NewTime {
    /// The moment of setting it.
    Now,
    /// So long after 1970.
    At(Duration),
}

impl NewTime {
    pub(crate) fn spec(self) -> SystemTimeSpec {
        match self {
            NewTime::Now => SystemTimeSpec::SymbolicNow,
            NewTime::At(time) => SystemTimeSpec::Absolute(SystemClock::UNIX_EPOCH + time),
        }
    }

    pub(crate) fn std(self) -> std::time::SystemTime {
        match self {
            NewTime::Now => std::time::SystemTime::now(),
            NewTime::At(time) => std::time::UNIX_EPOCH + time,
        }
    }
}
