//! Renumbering: what a number stood for is closed, and nothing else is.

use crate::puppet::{self, Puppet};
use crate::{Place, ROOT, errno};
use sarsen_wasi::{FsPerms, WasiCtxBuilder};
use std::fs;

#[test]
fn what_is_replaced_is_closed() {
    let place = Place::new();
    fs::write(place.granted.join("a"), "a").unwrap();
    fs::write(place.granted.join("b"), "b").unwrap();
    let mut puppet = place.puppet();
    let open_files = || {
        fs::read_dir("/proc/self/fd").map(|files| {
            files
                .filter(|file| {
                    let link = file.as_ref().ok().and_then(|file| fs::read_link(file.path()).ok());
                    link.is_some_and(|link| link.starts_with(&place.granted) && link != place.granted)
                })
                .count()
        })
    };
    let a = puppet.open(ROOT, "a", 0, puppet::READ).unwrap();
    let b = puppet.open(ROOT, "b", 0, puppet::READ).unwrap();
    puppet.call("fd_renumber", &[a.into(), b.into()]).unwrap();
    assert_eq!(puppet.read(b, 10).unwrap(), b"a");
    assert_eq!(puppet.read(a, 10), Err(errno::BAD_DESCRIPTOR));
    if let Ok(open) = open_files() {
        assert_eq!(open, 1, "the file that the number stood for has been closed");
    }
    // Onto itself is nothing; onto nothing is an error, as is nothing onto something.
    puppet.call("fd_renumber", &[b.into(), b.into()]).unwrap();
    assert_eq!(puppet.read(b, 10).unwrap(), b"");
    assert_eq!(puppet.call("fd_renumber", &[b.into(), 99]), Err(errno::BAD_DESCRIPTOR));
    assert_eq!(puppet.call("fd_renumber", &[99, b.into()]), Err(errno::BAD_DESCRIPTOR));
    assert_eq!(puppet.call("fd_renumber", &[b.into(), u32::MAX.into()]), Err(errno::BAD_DESCRIPTOR));
}

#[test]
fn many_descriptors_end_in_an_error() {
    let place = Place::new();
    fs::write(place.granted.join("a"), "a").unwrap();
    let mut grants = WasiCtxBuilder::new();
    grants.preopened_dir(&place.granted, "/", FsPerms::ReadWrite).unwrap().max_open_files(20);
    let mut puppet = Puppet::new(&mut grants);
    let open = |puppet: &mut Puppet| puppet.open(ROOT, "a", 0, puppet::READ);
    let opened: Vec<u32> = (0..20).map(|_| open(&mut puppet).unwrap()).collect();
    assert_eq!(open(&mut puppet), Err(errno::TOO_MANY_OPEN));
    assert_eq!(puppet.open(ROOT, "a", puppet::DIRECTORY, puppet::READ), Err(errno::TOO_MANY_OPEN));
    // A listing is a file of the system's as well.
    let list = [ROOT.into(), puppet::DATA.into(), 100, 0, puppet::RESULT.into()];
    assert_eq!(puppet.call("fd_readdir", &list), Err(errno::TOO_MANY_OPEN));
    puppet.close(opened[0]).unwrap();
    puppet.call("fd_readdir", &list).unwrap();
    assert_eq!(open(&mut puppet), Err(errno::TOO_MANY_OPEN));
    // What is closed, or replaced, makes room.
    puppet.call("fd_renumber", &[opened[1].into(), opened[2].into()]).unwrap();
    assert_eq!(open(&mut puppet), Ok(opened[0]), "the lowest free number");
    assert_eq!(open(&mut puppet), Err(errno::TOO_MANY_OPEN));
}

#[test]
fn few_files_are_open_unless_the_embedder_says_more() {
    let place = Place::new();
    fs::write(place.granted.join("a"), "a").unwrap();
    let mut puppet = place.puppet();
    let mut opened = 0;
    let refused = loop {
        match puppet.open(ROOT, "a", 0, puppet::READ) {
            Ok(_) => opened += 1,
            Err(errno) => break errno,
        }
    };
    assert_eq!((opened, refused), (240, errno::TOO_MANY_OPEN));
}
