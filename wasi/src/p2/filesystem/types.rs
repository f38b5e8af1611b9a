//! The types of `wasi:filesystem/types`, and what they are on the host.

use crate::errno::Errno;
use crate::files::{FileKind, Follow, NewTime, Stat};
use crate::p2::clocks::Datetime;
use crate::sys;
use sarsen_component::{ComponentType, Lift, Lower, flags};
use std::time::{Duration, UNIX_EPOCH};

#[derive(Clone, Copy, PartialEq, Eq, Debug, ComponentType, Lift, Lower)]
#[component(enum)]
#[repr(u8)]
pub(super) enum DescriptorType {
    #[component(name = "unknown")]
    Unknown,
    #[component(name = "block-device")]
    BlockDevice,
    #[component(name = "character-device")]
    CharacterDevice,
    #[component(name = "directory")]
    Directory,
    #[component(name = "fifo")]
    Fifo,
    #[component(name = "symbolic-link")]
    SymbolicLink,
    #[component(name = "regular-file")]
    RegularFile,
    #[component(name = "socket")]
    Socket,
}

impl From<FileKind> for DescriptorType {
    fn from(kind: FileKind) -> DescriptorType {
        match kind {
            FileKind::Unknown => DescriptorType::Unknown,
            FileKind::BlockDevice => DescriptorType::BlockDevice,
            FileKind::CharacterDevice => DescriptorType::CharacterDevice,
            FileKind::Directory => DescriptorType::Directory,
            FileKind::Fifo => DescriptorType::Fifo,
            FileKind::Link => DescriptorType::SymbolicLink,
            FileKind::Regular => DescriptorType::RegularFile,
            FileKind::Socket => DescriptorType::Socket,
        }
    }
}

flags! {
    pub(in crate::p2) DescriptorFlags {
        #[component(name = "read")]
        const READ;
        #[component(name = "write")]
        const WRITE;
        #[component(name = "file-integrity-sync")]
        const FILE_INTEGRITY_SYNC;
        #[component(name = "data-integrity-sync")]
        const DATA_INTEGRITY_SYNC;
        #[component(name = "requested-write-sync")]
        const REQUESTED_WRITE_SYNC;
        #[component(name = "mutate-directory")]
        const MUTATE_DIRECTORY;
    }
}

flags! {
    pub(in crate::p2) PathFlags {
        #[component(name = "symlink-follow")]
        const SYMLINK_FOLLOW;
    }
}

flags! {
    pub(in crate::p2) OpenFlags {
        #[component(name = "create")]
        const CREATE;
        #[component(name = "directory")]
        const DIRECTORY;
        #[component(name = "exclusive")]
        const EXCLUSIVE;
        #[component(name = "truncate")]
        const TRUNCATE;
    }
}

impl PathFlags {
    pub(super) fn follow(self) -> Follow {
        if self.contains(PathFlags::SYMLINK_FOLLOW) { Follow::Yes } else { Follow::No }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ComponentType, Lift, Lower)]
#[component(record)]
pub(super) struct DescriptorStat {
    #[component(name = "type")]
    kind: DescriptorType,
    #[component(name = "link-count")]
    link_count: u64,
    size: u64,
    #[component(name = "data-access-timestamp")]
    accessed: Option<Datetime>,
    #[component(name = "data-modification-timestamp")]
    modified: Option<Datetime>,
    #[component(name = "status-change-timestamp")]
    changed: Option<Datetime>,
}

impl From<Stat> for DescriptorStat {
    fn from(stat: Stat) -> DescriptorStat {
        DescriptorStat {
            kind: stat.kind.into(),
            link_count: stat.links,
            size: stat.size,
            accessed: Some(stat.accessed.into()),
            modified: Some(stat.modified.into()),
            changed: Some(stat.changed.into()),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ComponentType, Lift, Lower)]
#[component(variant)]
pub(super) enum NewTimestamp {
    #[component(name = "no-change")]
    NoChange,
    #[component(name = "now")]
    Now,
    #[component(name = "timestamp")]
    Timestamp(Datetime),
}

impl NewTimestamp {
    /// The time to set, if one is to be set.
    pub(super) fn time(self) -> Result<Option<NewTime>, Errno> {
        match self {
            NewTimestamp::NoChange => Ok(None),
            NewTimestamp::Now => Ok(Some(NewTime::Now)),
            NewTimestamp::Timestamp(Datetime { nanoseconds: 1_000_000_000.., .. }) => Err(Errno::Inval),
            NewTimestamp::Timestamp(Datetime { seconds, nanoseconds }) => {
                let time = Duration::new(seconds, nanoseconds);
                // Guests can name times that systems cannot.
                UNIX_EPOCH.checked_add(time).ok_or(Errno::Overflow)?;
                Ok(Some(NewTime::At(time)))
            }
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, ComponentType, Lift, Lower)]
#[component(record)]
pub(super) struct DirectoryEntry {
    #[component(name = "type")]
    pub(super) kind: DescriptorType,
    pub(super) name: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ComponentType, Lift, Lower)]
#[component(record)]
pub(super) struct MetadataHashValue {
    pub(super) lower: u64,
    pub(super) upper: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ComponentType, Lift, Lower)]
#[component(enum)]
#[repr(u8)]
pub(super) enum Advice {
    #[component(name = "normal")]
    Normal,
    #[component(name = "sequential")]
    Sequential,
    #[component(name = "random")]
    Random,
    #[component(name = "will-need")]
    WillNeed,
    #[component(name = "dont-need")]
    DontNeed,
    #[component(name = "no-reuse")]
    NoReuse,
}

impl From<Advice> for sys::Advice {
    fn from(advice: Advice) -> sys::Advice {
        match advice {
            Advice::Normal => sys::Advice::Normal,
            Advice::Sequential => sys::Advice::Sequential,
            Advice::Random => sys::Advice::Random,
            Advice::WillNeed => sys::Advice::WillNeed,
            Advice::DontNeed => sys::Advice::DontNeed,
            Advice::NoReuse => sys::Advice::NoReuse,
        }
    }
}
