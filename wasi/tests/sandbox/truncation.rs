//! Truncating: emptying a file is writing to it.

use crate::puppet::{self, Puppet, ROOT};
use crate::{Place, errno};
use sarsen_wasi::{DirPerms, FilePerms, WasiCtxBuilder};
use std::fs;

#[test]
fn a_file_that_may_only_be_read_is_not_emptied() {
    let place = Place::new();
    fs::write(place.granted.join("file"), "unchanged").unwrap();
    let mut grants = WasiCtxBuilder::new();
    grants.preopened_dir(&place.granted, "/", (DirPerms::all(), FilePerms::READ)).unwrap();
    let mut puppet = Puppet::new(&mut grants);
    for rights in [puppet::READ, puppet::WRITE, 0, puppet::ALL_RIGHTS] {
        for flags in [puppet::TRUNCATE, puppet::TRUNCATE | puppet::CREATE] {
            let opened = puppet.open(ROOT, "file", flags, rights);
            assert_eq!(opened, Err(errno::NOT_PERMITTED), "rights {rights:#x}, flags {flags}");
        }
    }
    assert_eq!(fs::read(place.granted.join("file")).unwrap(), b"unchanged");
}

#[test]
fn nor_without_the_right_to_change_sizes() {
    let place = Place::new();
    fs::write(place.granted.join("file"), "unchanged").unwrap();
    let mut puppet = place.puppet();
    const PATH_FILESTAT_SET_SIZE: u64 = 1 << 19;
    puppet.call("fd_fdstat_get", &[ROOT.into(), puppet::RESULT.into()]).unwrap();
    let (rights, inheriting) = (puppet.u64_at(puppet::RESULT + 8), puppet.u64_at(puppet::RESULT + 16));
    let fewer = [ROOT.into(), rights & !PATH_FILESTAT_SET_SIZE, inheriting];
    puppet.call("fd_fdstat_set_rights", &fewer).unwrap();
    assert_eq!(puppet.open(ROOT, "file", puppet::TRUNCATE, puppet::WRITE), Err(errno::NOT_CAPABLE));
    assert_eq!(fs::read(place.granted.join("file")).unwrap(), b"unchanged");
}
