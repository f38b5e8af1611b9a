//! Rights: only given up, never regained, and missing ones are missed.

use crate::{Place, ROOT, errno, puppet};
use std::fs;

fn rights(puppet: &mut puppet::Puppet, fd: u32) -> (u64, u64) {
    puppet.call("fd_fdstat_get", &[fd.into(), puppet::RESULT.into()]).unwrap();
    (puppet.u64_at(puppet::RESULT + 8), puppet.u64_at(puppet::RESULT + 16))
}

#[test]
fn rights_do_not_come_back() {
    let place = Place::new();
    fs::write(place.granted.join("file"), "inside").unwrap();
    let mut puppet = place.puppet();
    let fd = puppet.open(ROOT, "file", 0, puppet::READ | puppet::WRITE).unwrap();
    let (before, _) = rights(&mut puppet, fd);
    puppet.call("fd_fdstat_set_rights", &[fd.into(), before & !puppet::WRITE, 0]).unwrap();
    assert_eq!(puppet.write(fd, b"x"), Err(errno::NOT_CAPABLE));
    assert_eq!(puppet.call("fd_fdstat_set_rights", &[fd.into(), before, 0]), Err(errno::NOT_CAPABLE));
    assert_eq!(puppet.read(fd, 10).unwrap(), b"inside");
}

#[test]
fn what_a_directory_does_not_pass_on_is_not_had_below() {
    let place = Place::new();
    fs::write(place.granted.join("file"), "inside").unwrap();
    let mut puppet = place.puppet();
    let (own, inheriting) = rights(&mut puppet, ROOT);
    puppet.call("fd_fdstat_set_rights", &[ROOT.into(), own, inheriting & !puppet::WRITE]).unwrap();
    assert_eq!(puppet.open(ROOT, "file", 0, puppet::WRITE), Err(errno::NOT_CAPABLE));
    let fd = puppet.open(ROOT, "file", 0, puppet::READ).unwrap();
    assert_eq!(puppet.write(fd, b"x"), Err(errno::NOT_CAPABLE));
}

#[test]
fn nor_what_nothing_is_opened_for() {
    const FD_ALLOCATE: u64 = 1 << 8;
    const FD_FILESTAT_SET_SIZE: u64 = 1 << 22;
    let place = Place::new();
    fs::write(place.granted.join("file"), "inside").unwrap();
    fs::create_dir(place.granted.join("dir")).unwrap();
    let mut puppet = place.puppet();
    let (own, inheriting) = rights(&mut puppet, ROOT);
    let fewer = inheriting & !(FD_ALLOCATE | FD_FILESTAT_SET_SIZE);
    puppet.call("fd_fdstat_set_rights", &[ROOT.into(), own, fewer]).unwrap();
    let dir = puppet.open(ROOT, "dir/..", puppet::DIRECTORY, puppet::ALL_RIGHTS - puppet::WRITE).unwrap();
    // Below a directory that was opened there is no more than below the first one.
    for fd in [ROOT, dir] {
        let fd = puppet.open(fd, "file", 0, puppet::ALL_RIGHTS).unwrap();
        assert_eq!(rights(&mut puppet, fd).0 & !fewer, 0);
        assert_eq!(puppet.call("fd_filestat_set_size", &[fd.into(), 0]), Err(errno::NOT_CAPABLE));
        assert_eq!(puppet.call("fd_allocate", &[fd.into(), 0, 100]), Err(errno::NOT_CAPABLE));
    }
    assert_eq!(fs::read(place.granted.join("file")).unwrap(), b"inside");
}

#[test]
fn a_right_to_write_is_no_permission() {
    let place = Place::new();
    fs::write(place.granted.join("file"), "inside").unwrap();
    let mut puppet = place.puppet();
    let fd = puppet.open(ROOT, "file", 0, puppet::READ).unwrap();
    assert!(puppet.write(fd, b"x").is_err());
    puppet.buffers(&[(puppet::DATA, 1)]);
    let at_start = [fd.into(), puppet::LIST.into(), 1, 0, puppet::RESULT.into()];
    assert!(puppet.call("fd_pwrite", &at_start).is_err());
    assert!(puppet.call("fd_filestat_set_size", &[fd.into(), 0]).is_err());
    assert_eq!(fs::read(place.granted.join("file")).unwrap(), b"inside");
}

#[test]
fn descriptors_that_are_not_open_are_bad() {
    let place = Place::new();
    let mut puppet = place.puppet();
    for fd in [4, 99, 0x7fff_ffff, u32::MAX] {
        assert_eq!(puppet.close(fd), Err(errno::BAD_DESCRIPTOR), "{fd}");
        assert_eq!(puppet.read(fd, 1), Err(errno::BAD_DESCRIPTOR), "{fd}");
        assert_eq!(puppet.open(fd, "x", 0, puppet::READ), Err(errno::BAD_DESCRIPTOR), "{fd}");
    }
    puppet.close(ROOT).unwrap();
    assert_eq!(puppet.close(ROOT), Err(errno::BAD_DESCRIPTOR));
}
