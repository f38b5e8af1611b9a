//! The file sandbox: directories that were granted, and what can be reached through them.
//!
//! # Invariants
//!
//! - Every path is resolved by `cap-std` below the directory that it is relative to: no `..`, absolute path or symbolic
//!   link leads out.
//! - What is opened through a directory has at most the directory's permissions, and so has everything opened through
//!   that; a file does not get more by being linked or moved, into another granted directory or one inside of its own.
//!
//! Knows no descriptor numbers, no rights and no guest memory: those are the faces'.

mod dir;
mod file;
mod listing;
mod path;
mod perms;
mod stat;

pub use perms::{DirPerms, FilePerms, FsPerms, Perms};

pub(crate) use dir::{Dir, Entries, Follow, Open, Opened};
pub(crate) use file::File;
pub(crate) use listing::{Listing, next_entry};
pub(crate) use path::check as check_path;
pub(crate) use stat::{FileKind, NewTime, Stat};
