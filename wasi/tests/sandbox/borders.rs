//! Hard links and renames across borders: a file must not gain permissions by getting a name elsewhere.

use crate::puppet::{self, Puppet};
use crate::{Place, errno};
use sarsen_wasi::{DirPerms, FilePerms, FsPerms, WasiCtxBuilder};
use std::fs;

const READABLE: u32 = 3;
const WRITABLE: u32 = 4;

/// Two grants: files that may only be read, in a directory whose names may be changed, and one without restrictions.
fn two_grants(place: &Place) -> Puppet {
    for name in ["readable", "writable"] {
        fs::create_dir(place.granted.join(name)).unwrap();
    }
    fs::write(place.granted.join("readable/file"), "unchanged").unwrap();
    fs::create_dir(place.granted.join("readable/dir")).unwrap();
    fs::write(place.granted.join("readable/dir/file"), "unchanged").unwrap();
    let mut grants = WasiCtxBuilder::new();
    grants
        .preopened_dir(place.granted.join("readable"), "/readable", (DirPerms::all(), FilePerms::READ))
        .unwrap()
        .preopened_dir(place.granted.join("writable"), "/writable", FsPerms::ReadWrite)
        .unwrap();
    Puppet::new(&mut grants)
}

#[test]
fn a_link_elsewhere_gives_no_permission() {
    let place = Place::new();
    let mut puppet = two_grants(&place);
    assert_eq!(puppet.link(READABLE, "file", WRITABLE, "file"), Err(errno::NOT_PERMITTED));
    assert_eq!(puppet.rename(READABLE, "file", WRITABLE, "file"), Err(errno::NOT_PERMITTED));
    assert_eq!(puppet.rename(READABLE, "dir", WRITABLE, "dir"), Err(errno::NOT_PERMITTED));
    assert!(puppet.open(WRITABLE, "file", 0, puppet::WRITE).is_err());
    assert_eq!(fs::read(place.granted.join("readable/file")).unwrap(), b"unchanged");
}

#[test]
fn directories_below_are_no_way_around() {
    let place = Place::new();
    let mut puppet = two_grants(&place);
    let dir = puppet.open(READABLE, "dir", puppet::DIRECTORY, puppet::ALL_RIGHTS - puppet::WRITE).unwrap();
    assert_eq!(puppet.link(dir, "file", WRITABLE, "file"), Err(errno::NOT_PERMITTED));
    assert_eq!(puppet.rename(dir, "file", WRITABLE, "file"), Err(errno::NOT_PERMITTED));
}

#[test]
fn the_other_way_is_open() {
    let place = Place::new();
    let mut puppet = two_grants(&place);
    let fd = puppet.open(WRITABLE, "new", puppet::CREATE, puppet::WRITE).unwrap();
    puppet.write(fd, b"written before").unwrap();
    puppet.rename(WRITABLE, "new", READABLE, "moved").unwrap();
    assert!(puppet.open(READABLE, "moved", 0, puppet::WRITE).is_err());
    let fd = puppet.open(READABLE, "moved", 0, puppet::READ).unwrap();
    assert_eq!(puppet.read(fd, 100).unwrap(), b"written before");
}

#[test]
fn names_of_a_grant_that_is_only_read_stay() {
    let place = Place::new();
    fs::write(place.granted.join("file"), "unchanged").unwrap();
    fs::create_dir(place.granted.join("dir")).unwrap();
    let mut grants = WasiCtxBuilder::new();
    grants.preopened_dir(&place.granted, "/", FsPerms::ReadOnly).unwrap();
    let mut puppet = Puppet::new(&mut grants);
    let root = READABLE;
    assert_eq!(puppet.open(root, "new", puppet::CREATE, puppet::READ), Err(errno::NOT_PERMITTED));
    assert_eq!(puppet.at_path("path_create_directory", root, "new"), Err(errno::NOT_PERMITTED));
    assert_eq!(puppet.at_path("path_unlink_file", root, "file"), Err(errno::NOT_PERMITTED));
    assert_eq!(puppet.at_path("path_remove_directory", root, "dir"), Err(errno::NOT_PERMITTED));
    assert_eq!(puppet.symlink("file", root, "new"), Err(errno::NOT_PERMITTED));
    assert_eq!(puppet.link(root, "file", root, "new"), Err(errno::NOT_PERMITTED));
    assert_eq!(puppet.rename(root, "file", root, "new"), Err(errno::NOT_PERMITTED));
    let [at, len] = puppet.path(0, b"file");
    let set_times = puppet.call("path_filestat_set_times", &[root.into(), 1, at, len, 0, 0, 2]);
    assert_eq!(set_times, Err(errno::NOT_PERMITTED));
    let fd = puppet.open(root, "file", 0, puppet::ALL_RIGHTS - puppet::WRITE).unwrap();
    assert_eq!(puppet.call("fd_filestat_set_times", &[fd.into(), 0, 0, 2]), Err(errno::NOT_PERMITTED));
    assert!(puppet.call("fd_filestat_set_size", &[fd.into(), 0]).is_err());
    assert!(puppet.call("fd_allocate", &[fd.into(), 0, 100]).is_err());
    assert_eq!(fs::read(place.granted.join("file")).unwrap(), b"unchanged");
}

#[test]
fn grants_inside_of_grants_are_no_way_around() {
    let place = Place::new();
    fs::create_dir(place.granted.join("writable")).unwrap();
    fs::write(place.granted.join("file"), "unchanged").unwrap();
    let mut grants = WasiCtxBuilder::new();
    grants
        .preopened_dir(&place.granted, "/", (DirPerms::all(), FilePerms::READ))
        .unwrap()
        .preopened_dir(place.granted.join("writable"), "/writable", FsPerms::ReadWrite)
        .unwrap();
    let mut puppet = Puppet::new(&mut grants);
    // One descriptor, whose permissions say nothing about where the path ends.
    assert_eq!(puppet.rename(READABLE, "file", READABLE, "writable/file"), Err(errno::NOT_PERMITTED));
    assert_eq!(puppet.link(READABLE, "file", READABLE, "writable/file"), Err(errno::NOT_PERMITTED));
    assert_eq!(
        puppet.rename(READABLE, "writable/../file", READABLE, "writable/file"),
        Err(errno::NOT_PERMITTED)
    );
    assert!(puppet.open(WRITABLE, "file", 0, puppet::WRITE).is_err());
    // Within a directory, names may change.
    puppet.rename(READABLE, "file", READABLE, "renamed").unwrap();
    assert_eq!(fs::read(place.granted.join("renamed")).unwrap(), b"unchanged");
}

#[test]
fn times_follow_one_rule_whichever_way_they_are_set() {
    for (dirs, files) in [(DirPerms::all(), FilePerms::READ), (DirPerms::READ, FilePerms::all())] {
        let place = Place::new();
        fs::write(place.granted.join("file"), "").unwrap();
        fs::create_dir(place.granted.join("dir")).unwrap();
        let mut grants = WasiCtxBuilder::new();
        let mut puppet = Puppet::new(grants.preopened_dir(&place.granted, "/", (dirs, files)).unwrap());
        let root = READABLE;
        for (name, permitted) in
            [("file", files.contains(FilePerms::WRITE)), ("dir", dirs.contains(DirPerms::MUTATE))]
        {
            let expected = if permitted { Ok(()) } else { Err(errno::NOT_PERMITTED) };
            for follow in [0, 1] {
                let [at, len] = puppet.path(0, name.as_bytes());
                let by_path =
                    puppet.call("path_filestat_set_times", &[root.into(), follow, at, len, 0, 0, 2]);
                assert_eq!(by_path, expected, "{name}");
            }
            let fd = puppet.open(root, name, 0, puppet::ALL_RIGHTS - puppet::WRITE).unwrap();
            assert_eq!(puppet.call("fd_filestat_set_times", &[fd.into(), 0, 0, 2]), expected, "{name}");
        }
    }
}
