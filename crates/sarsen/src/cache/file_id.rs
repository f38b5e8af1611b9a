//! Which file it is, and in which state, without reading it.

use std::fs::Metadata;
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

/// A file in a state: another file, or the same after a change, has another one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
    len: u64,
    /// When its content was changed, in nanoseconds, and when anything of it was, which nobody can set.
    times: [i128; 2],
}

/// How long after a change another one looks different, whatever the file system.
const SETTLED: Duration = Duration::from_secs(3);

impl FileId {
    /// None if it is not a file, or the system does not tell files apart.
    #[cfg(unix)]
    pub(crate) fn of(file: &Metadata) -> Option<FileId> {
        let time = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        file.is_file().then(|| FileId {
            device: file.dev(),
            inode: file.ino(),
            len: file.len(),
            times: [time(file.mtime(), file.mtime_nsec()), time(file.ctime(), file.ctime_nsec())],
        })
    }

    /// None if it is not a file, or the system does not tell files apart.
    #[cfg(not(unix))]
    pub(crate) fn of(_: &Metadata) -> Option<FileId> {
        None
    }

    /// As a part of a name, with an end.
    pub(crate) fn name(&self, end: &str) -> String {
        let FileId { device, inode, len, times: [content, all] } = self;
        format!("{device:x}-{inode:x}-{len:x}-{content:x}-{all:x}-{end}")
    }

    /// Whether its last change was so long ago that one more would be seen.
    pub(crate) fn is_settled(&self) -> bool {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let settled = now.saturating_sub(SETTLED).as_nanos() as i128;
        self.times.iter().all(|&time| time < settled)
    }
}
