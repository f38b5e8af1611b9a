//! The sandbox against its guests: one file for each class of attack, and one for arguments at random.
//!
//! Each test has something outside of what was granted, and would notice if it were reached: a host that joins paths and
//! asks the system fails. Programs that behave are the official suite's matter.

mod absolute;
mod arguments;
mod borders;
mod deep;
#[cfg(unix)]
mod devices;
#[cfg(unix)]
mod links;
#[cfg(unix)]
mod links_created;
mod listings;
mod names;
mod parents;
mod poll;
mod puppet;
#[cfg(unix)]
mod races;
mod renumber;
mod rights;
mod slashes;
mod sockets;
mod streams;
mod truncation;
mod unstable;

use puppet::{Puppet, ROOT};
use std::fs;
use std::path::PathBuf;

/// Numbers of errors that tests expect.
mod errno {
    pub(crate) const AGAIN: u16 = 6;
    pub(crate) const BAD_DESCRIPTOR: u16 = 8;
    pub(crate) const EXISTS: u16 = 20;
    pub(crate) const FAULT: u16 = 21;
    pub(crate) const ILLEGAL_SEQUENCE: u16 = 25;
    pub(crate) const INVALID: u16 = 28;
    pub(crate) const LOOP: u16 = 32;
    pub(crate) const TOO_MANY_OPEN: u16 = 33;
    pub(crate) const NAME_TOO_LONG: u16 = 37;
    pub(crate) const NO_ENTRY: u16 = 44;
    pub(crate) const NOT_DIRECTORY: u16 = 54;
    pub(crate) const NOT_SOCKET: u16 = 57;
    pub(crate) const NOT_PERMITTED: u16 = 63;
    pub(crate) const SEEK_PIPE: u16 = 70;
    pub(crate) const NOT_CAPABLE: u16 = 76;
}

/// A directory that is granted, inside one that is not and has a secret.
struct Place {
    _outside: tempfile::TempDir,
    outside: PathBuf,
    granted: PathBuf,
}

const SECRET: &[u8] = b"not for guests";

impl Place {
    fn new() -> Place {
        let dir = tempfile::tempdir().unwrap();
        let outside = dir.path().canonicalize().unwrap();
        let granted = outside.join("granted");
        fs::create_dir(&granted).unwrap();
        fs::write(outside.join("secret"), SECRET).unwrap();
        Place { _outside: dir, outside, granted }
    }

    fn puppet(&self) -> Puppet {
        Puppet::in_dir(&self.granted)
    }

    /// Nothing outside was made, removed or changed.
    fn check(&self) {
        let mut names: Vec<_> =
            fs::read_dir(&self.outside).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["granted", "secret"]);
        assert_eq!(fs::read(self.outside.join("secret")).unwrap(), SECRET);
    }
}

/// Everything that a guest can try with a path that leads out; none of it may work, whichever way it is refused.
fn nothing_works(puppet: &mut Puppet, path: &str) {
    for flags in [0, puppet::CREATE, puppet::DIRECTORY, puppet::TRUNCATE, puppet::CREATE | puppet::EXCLUSIVE]
    {
        for rights in [puppet::READ, puppet::WRITE, puppet::READ | puppet::WRITE, 0] {
            for follow in [true, false] {
                let opened = puppet.open_with(ROOT, path, follow, flags, rights, 0);
                assert!(opened.is_err(), "{path}: opened with flags {flags}, rights {rights}");
            }
        }
    }
    for function in ["path_create_directory", "path_remove_directory", "path_unlink_file"] {
        assert!(puppet.at_path(function, ROOT, path).is_err(), "{path}: {function}");
    }
    assert!(puppet.stat(ROOT, path, true).is_err(), "{path}: path_filestat_get");
    assert!(puppet.symlink("target", ROOT, path).is_err(), "{path}: path_symlink");
    let ordinary = puppet.open(ROOT, "ordinary", puppet::CREATE, puppet::WRITE).unwrap();
    puppet.close(ordinary).unwrap();
    assert!(puppet.rename(ROOT, path, ROOT, "here").is_err(), "{path}: path_rename from");
    assert!(puppet.rename(ROOT, "ordinary", ROOT, path).is_err(), "{path}: path_rename to");
    assert!(puppet.link(ROOT, path, ROOT, "here").is_err(), "{path}: path_link from");
    assert!(puppet.link(ROOT, "ordinary", ROOT, path).is_err(), "{path}: path_link to");
    let [at, len] = puppet.path(0, path.as_bytes());
    let times = [ROOT.into(), 1, at, len, 0, 0, 2];
    assert!(puppet.call("path_filestat_set_times", &times).is_err(), "{path}: path_filestat_set_times");
}
