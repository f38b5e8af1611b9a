//! The rights of preview 1, by their numbers, and which make sense for what.

use crate::puppet;

pub(crate) const FD_READ: u64 = puppet::READ;
pub(crate) const FD_SEEK: u64 = 1 << 2;
pub(crate) const FD_SET_FLAGS: u64 = 1 << 3;
pub(crate) const FD_TELL: u64 = 1 << 5;
pub(crate) const FD_WRITE: u64 = puppet::WRITE;
pub(crate) const FD_ADVISE: u64 = 1 << 7;
pub(crate) const FD_ALLOCATE: u64 = 1 << 8;
pub(crate) const CREATE_DIRECTORY: u64 = 1 << 9;
pub(crate) const CREATE_FILE: u64 = 1 << 10;
pub(crate) const LINK_SOURCE: u64 = 1 << 11;
pub(crate) const LINK_TARGET: u64 = 1 << 12;
pub(crate) const OPEN: u64 = 1 << 13;
pub(crate) const READDIR: u64 = 1 << 14;
pub(crate) const READLINK: u64 = 1 << 15;
pub(crate) const RENAME_SOURCE: u64 = 1 << 16;
pub(crate) const RENAME_TARGET: u64 = 1 << 17;
pub(crate) const PATH_STAT: u64 = 1 << 18;
pub(crate) const PATH_SET_SIZE: u64 = 1 << 19;
pub(crate) const PATH_SET_TIMES: u64 = 1 << 20;
pub(crate) const FD_STAT: u64 = 1 << 21;
pub(crate) const FD_SET_SIZE: u64 = 1 << 22;
pub(crate) const FD_SET_TIMES: u64 = 1 << 23;
pub(crate) const SYMLINK: u64 = 1 << 24;
pub(crate) const REMOVE_DIRECTORY: u64 = 1 << 25;
pub(crate) const UNLINK_FILE: u64 = 1 << 26;
/// Synchronizing, and being polled.
const OTHERS: u64 = 1 << 0 | 1 << 4 | 1 << 27;

/// What makes sense for streams, files and directories.
pub(crate) const OF_STREAMS: u64 = FD_READ | FD_WRITE | FD_SET_FLAGS | FD_STAT | OTHERS;
pub(crate) const OF_FILES: u64 =
    OF_STREAMS | FD_SEEK | FD_TELL | FD_ADVISE | FD_ALLOCATE | FD_SET_SIZE | FD_SET_TIMES;
pub(crate) const OF_DIRS: u64 = FD_SET_FLAGS
    | FD_ADVISE
    | CREATE_DIRECTORY
    | CREATE_FILE
    | LINK_SOURCE
    | LINK_TARGET
    | OPEN
    | READDIR
    | READLINK
    | RENAME_SOURCE
    | RENAME_TARGET
    | PATH_STAT
    | PATH_SET_SIZE
    | PATH_SET_TIMES
    | FD_STAT
    | FD_SET_TIMES
    | SYMLINK
    | REMOVE_DIRECTORY
    | UNLINK_FILE
    | OTHERS;
