//! The numbers and layouts of preview 1, and where its predecessor differs.
//!
//! Nothing here touches a guest's memory: `memory` reads and writes what this describes.

use crate::errno::Errno;
use crate::files::{FileKind, Stat};
use std::io::SeekFrom;
use std::time::Duration;

/// Which interface a guest was compiled for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Abi {
    /// `wasi_unstable`, sometimes called preview 0.
    Unstable,
    /// `wasi_snapshot_preview1`.
    Preview1,
}

impl Abi {
    /// The module that its functions are imported from.
    pub(super) fn module(self) -> &'static str {
        match self {
            Abi::Unstable => "wasi_unstable",
            Abi::Preview1 => "wasi_snapshot_preview1",
        }
    }

    /// Where a `seek` goes.
    pub(super) fn seek_from(self, offset: i64, whence: u32) -> Result<SeekFrom, Errno> {
        let whence = match (self, whence) {
            (Abi::Preview1, _) => whence,
            (Abi::Unstable, 0) => 1,
            (Abi::Unstable, 1) => 2,
            (Abi::Unstable, 2) => 0,
            _ => return Err(Errno::Inval),
        };
        match whence {
            0 => Ok(SeekFrom::Start(u64::try_from(offset).map_err(|_| Errno::Inval)?)),
            1 => Ok(SeekFrom::Current(offset)),
            2 => Ok(SeekFrom::End(offset)),
            _ => Err(Errno::Inval),
        }
    }

    /// A `filestat`.
    pub(super) fn filestat(self, stat: &Stat) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend(stat.device.to_le_bytes());
        bytes.extend(stat.inode.to_le_bytes());
        match self {
            Abi::Preview1 => {
                bytes.extend(u64::from(file_type(stat.kind)).to_le_bytes());
                bytes.extend(stat.links.to_le_bytes());
            }
            Abi::Unstable => {
                bytes.extend(u32::from(file_type(stat.kind)).to_le_bytes());
                bytes.extend(u32::try_from(stat.links).unwrap_or(u32::MAX).to_le_bytes());
            }
        }
        bytes.extend(stat.size.to_le_bytes());
        for time in [stat.accessed, stat.modified, stat.changed] {
            bytes.extend(timestamp(time).to_le_bytes());
        }
        bytes
    }

    /// Bytes of a `subscription`, and where the parts of one about a clock are: its number, timeout and flags.
    pub(super) fn subscription(self) -> (u32, [usize; 3]) {
        match self {
            Abi::Preview1 => (48, [16, 24, 40]),
            Abi::Unstable => (56, [24, 32, 48]),
        }
    }
}

/// Nanoseconds; times that do not fit are the last that does.
pub(super) fn timestamp(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// A `filetype`.
pub(super) fn file_type(kind: FileKind) -> u8 {
    match kind {
        // Preview 1 has no number for pipes.
        FileKind::Unknown | FileKind::Fifo => 0,
        FileKind::BlockDevice => 1,
        FileKind::CharacterDevice => 2,
        FileKind::Directory => 3,
        FileKind::Regular => 4,
        FileKind::Socket => 6,
        FileKind::Link => 7,
    }
}

bitflags::bitflags! {
    /// What may be done with a descriptor.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub(super) struct Rights: u64 {
        const FD_DATASYNC = 1 << 0;
        const FD_READ = 1 << 1;
        const FD_SEEK = 1 << 2;
        const FD_FDSTAT_SET_FLAGS = 1 << 3;
        const FD_SYNC = 1 << 4;
        const FD_TELL = 1 << 5;
        const FD_WRITE = 1 << 6;
        const FD_ADVISE = 1 << 7;
        const FD_ALLOCATE = 1 << 8;
        const PATH_CREATE_DIRECTORY = 1 << 9;
        const PATH_CREATE_FILE = 1 << 10;
        const PATH_LINK_SOURCE = 1 << 11;
        const PATH_LINK_TARGET = 1 << 12;
        const PATH_OPEN = 1 << 13;
        const FD_READDIR = 1 << 14;
        const PATH_READLINK = 1 << 15;
        const PATH_RENAME_SOURCE = 1 << 16;
        const PATH_RENAME_TARGET = 1 << 17;
        const PATH_FILESTAT_GET = 1 << 18;
        const PATH_FILESTAT_SET_SIZE = 1 << 19;
        const PATH_FILESTAT_SET_TIMES = 1 << 20;
        const FD_FILESTAT_GET = 1 << 21;
        const FD_FILESTAT_SET_SIZE = 1 << 22;
        const FD_FILESTAT_SET_TIMES = 1 << 23;
        const PATH_SYMLINK = 1 << 24;
        const PATH_REMOVE_DIRECTORY = 1 << 25;
        const PATH_UNLINK_FILE = 1 << 26;
        const POLL_FD_READWRITE = 1 << 27;
        const SOCK_SHUTDOWN = 1 << 28;
        const SOCK_ACCEPT = 1 << 29;
    }
}

impl Rights {
    /// What makes sense for a stream.
    pub(super) fn stream() -> Rights {
        Rights::FD_READ
            | Rights::FD_WRITE
            | Rights::FD_SYNC
            | Rights::FD_DATASYNC
            | Rights::FD_FDSTAT_SET_FLAGS
            | Rights::FD_FILESTAT_GET
            | Rights::POLL_FD_READWRITE
    }

    /// What makes sense for a file.
    pub(super) fn file() -> Rights {
        Rights::stream()
            | Rights::FD_SEEK
            | Rights::FD_TELL
            | Rights::FD_ADVISE
            | Rights::FD_ALLOCATE
            | Rights::FD_FILESTAT_SET_SIZE
            | Rights::FD_FILESTAT_SET_TIMES
    }

    /// What makes sense for a directory.
    pub(super) fn dir() -> Rights {
        Rights::FD_FDSTAT_SET_FLAGS
            | Rights::FD_SYNC
            | Rights::FD_DATASYNC
            | Rights::FD_ADVISE
            | Rights::PATH_CREATE_DIRECTORY
            | Rights::PATH_CREATE_FILE
            | Rights::PATH_LINK_SOURCE
            | Rights::PATH_LINK_TARGET
            | Rights::PATH_OPEN
            | Rights::FD_READDIR
            | Rights::PATH_READLINK
            | Rights::PATH_RENAME_SOURCE
            | Rights::PATH_RENAME_TARGET
            | Rights::PATH_FILESTAT_GET
            | Rights::PATH_FILESTAT_SET_SIZE
            | Rights::PATH_FILESTAT_SET_TIMES
            | Rights::FD_FILESTAT_GET
            | Rights::FD_FILESTAT_SET_TIMES
            | Rights::PATH_SYMLINK
            | Rights::PATH_REMOVE_DIRECTORY
            | Rights::PATH_UNLINK_FILE
            | Rights::POLL_FD_READWRITE
    }

    /// What makes sense for a socket.
    pub(super) fn socket() -> Rights {
        Rights::stream() | Rights::SOCK_SHUTDOWN | Rights::SOCK_ACCEPT
    }
}

/// Declares sets of flags that a guest passes; bits outside of them are invalid.
macro_rules! flags {
    ($($(#[doc = $doc:literal])* $name:ident($repr:ty) { $($flag:ident = $value:expr;)* })*) => {$(
        bitflags::bitflags! {
            $(#[doc = $doc])*
            #[derive(Clone, Copy, PartialEq, Eq, Debug)]
            pub(super) struct $name: $repr { $(const $flag = $value;)* }
        }

        impl $name {
            /// The flags that a guest passed.
            pub(super) fn parse(bits: u32) -> Result<$name, Errno> {
                <$repr>::try_from(bits).ok().and_then($name::from_bits).ok_or(Errno::Inval)
            }
        }
    )*};
}

flags! {
    /// Flags of a descriptor.
    FdFlags(u16) {
        APPEND = 1;
        DSYNC = 2;
        NONBLOCK = 4;
        RSYNC = 8;
        SYNC = 16;
    }
    /// How a path is resolved.
    LookupFlags(u32) {
        SYMLINK_FOLLOW = 1;
    }
    /// How a path is opened.
    OpenFlags(u16) {
        CREAT = 1;
        DIRECTORY = 2;
        EXCL = 4;
        TRUNC = 8;
    }
    /// Which times are set, and to what.
    TimeFlags(u16) {
        ATIM = 1;
        ATIM_NOW = 2;
        MTIM = 4;
        MTIM_NOW = 8;
    }
    /// How bytes are received.
    ReceiveFlags(u16) {
        PEEK = 1;
        WAITALL = 2;
    }
    /// Which directions of a connection are shut down.
    ShutdownFlags(u8) {
        RD = 1;
        WR = 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stats_have_the_layouts_of_their_interfaces() {
        let second = Duration::from_secs(1);
        let stat = Stat {
            device: 1,
            inode: 2,
            kind: FileKind::Regular,
            links: 1 << 40,
            size: 5,
            accessed: second,
            modified: second * 2,
            changed: Duration::MAX,
        };
        let words = |bytes: Vec<u8>| -> Vec<u64> {
            bytes.chunks(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect()
        };
        let times = [1_000_000_000, 2_000_000_000, u64::MAX];
        let preview1 = words(Abi::Preview1.filestat(&stat));
        assert_eq!(preview1, [&[1, 2, 4, 1 << 40, 5][..], &times].concat());
        let unstable = words(Abi::Unstable.filestat(&stat));
        assert_eq!(unstable, [&[1, 2, 0xffff_ffff_0000_0004, 5][..], &times].concat());
    }

    #[test]
    fn whence_was_numbered_differently() {
        for (abi, numbers) in [(Abi::Preview1, [0, 1, 2]), (Abi::Unstable, [2, 0, 1])] {
            let [start, current, end] = numbers.map(|whence| abi.seek_from(7, whence));
            assert_eq!(start, Ok(SeekFrom::Start(7)));
            assert_eq!(current, Ok(SeekFrom::Current(7)));
            assert_eq!(end, Ok(SeekFrom::End(7)));
            assert_eq!(abi.seek_from(7, 3), Err(Errno::Inval));
        }
        assert_eq!(Abi::Preview1.seek_from(-1, 0), Err(Errno::Inval));
    }

    #[test]
    fn unknown_flags_are_invalid() {
        assert_eq!(FdFlags::parse(5), Ok(FdFlags::APPEND | FdFlags::NONBLOCK));
        assert_eq!(FdFlags::parse(32), Err(Errno::Inval));
        assert_eq!(FdFlags::parse(1 << 16 | 1), Err(Errno::Inval));
    }
}
