//! Names that are none: with NUL inside, too long, empty, or no text.

use crate::{Place, ROOT, errno, nothing_works, puppet};
use std::fs;

#[test]
fn a_name_does_not_end_at_nul() {
    let place = Place::new();
    fs::write(place.granted.join("file"), "inside").unwrap();
    let mut puppet = place.puppet();
    for path in ["file\0", "file\0.txt", "\0", "../secret\0"] {
        assert_eq!(puppet.open(ROOT, path, 0, puppet::READ), Err(errno::INVALID), "{path:?}");
        nothing_works(&mut puppet, path);
    }
    place.check();
}

#[test]
fn names_have_a_length() {
    let place = Place::new();
    let mut puppet = place.puppet();
    let component = "n".repeat(256);
    assert_eq!(puppet.open(ROOT, &component, puppet::CREATE, puppet::WRITE), Err(errno::NAME_TOO_LONG));
    let path = "a/".repeat(3000);
    assert_eq!(puppet.open(ROOT, &path, 0, puppet::READ), Err(errno::NAME_TOO_LONG));
    // As long as the memory, and longer.
    let whole = [ROOT.into(), puppet::DATA.into(), 7 * (64 << 10)];
    assert_eq!(puppet.call("path_create_directory", &whole), Err(errno::NAME_TOO_LONG));
    let beyond = [ROOT.into(), puppet::DATA.into(), u64::from(u32::MAX)];
    assert_eq!(puppet.call("path_create_directory", &beyond), Err(errno::FAULT));
}

#[test]
fn what_is_no_name_is_an_error() {
    let place = Place::new();
    let mut puppet = place.puppet();
    nothing_works(&mut puppet, "");
    let [at, len] = puppet.path(0, b"caf\xe9");
    let created = puppet.call("path_create_directory", &[ROOT.into(), at, len]);
    assert_eq!(created, Err(errno::ILLEGAL_SEQUENCE));
    assert_eq!(fs::read_dir(&place.granted).unwrap().count(), 1, "only what the attempts left: `ordinary`");
}

#[test]
fn names_of_devices_elsewhere_are_names_here() {
    let place = Place::new();
    let mut puppet = place.puppet();
    if cfg!(windows) {
        for name in ["CON", "NUL", "COM1", "LPT1.txt", "aux "] {
            assert!(puppet.open(ROOT, name, puppet::CREATE, puppet::WRITE).is_err(), "{name}");
        }
        return;
    }
    for name in ["CON", "NUL", "C:", "back\\slash", "..\\secret"] {
        let fd = puppet.open(ROOT, name, puppet::CREATE, puppet::WRITE).unwrap();
        puppet.write(fd, b"inside").unwrap();
        assert_eq!(fs::read(place.granted.join(name)).unwrap(), b"inside", "{name}");
    }
    place.check();
}
