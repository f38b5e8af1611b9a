//! `..`: above what was granted there is nothing.

use crate::{Place, ROOT, errno, nothing_works, puppet};
use std::fs;

#[test]
fn parents_end_at_the_root() {
    let place = Place::new();
    fs::create_dir(place.granted.join("inner")).unwrap();
    let mut puppet = place.puppet();
    for path in [
        "../secret",
        "inner/../../secret",
        "./../secret",
        "inner/../inner/../../secret",
        "..//secret",
        "../granted/../secret",
        "inner/./../.././secret",
    ] {
        assert_eq!(puppet.open(ROOT, path, 0, puppet::READ), Err(errno::NOT_PERMITTED), "{path}");
        nothing_works(&mut puppet, path);
    }
    place.check();
}

#[test]
fn parents_inside_are_parents() {
    let place = Place::new();
    fs::create_dir(place.granted.join("inner")).unwrap();
    fs::write(place.granted.join("file"), "inside").unwrap();
    let mut puppet = place.puppet();
    let fd = puppet.open(ROOT, "inner/../file", 0, puppet::READ).unwrap();
    assert_eq!(puppet.read(fd, 100).unwrap(), b"inside");
}

#[test]
fn a_directory_that_was_opened_is_no_way_up() {
    let place = Place::new();
    fs::create_dir(place.granted.join("inner")).unwrap();
    fs::write(place.granted.join("sibling"), "inside, but above").unwrap();
    let mut puppet = place.puppet();
    let inner = puppet.open(ROOT, "inner", puppet::DIRECTORY, puppet::ALL_RIGHTS - puppet::WRITE).unwrap();
    for path in ["..", "../sibling", "../../secret", "./.."] {
        assert_eq!(puppet.open(inner, path, 0, puppet::READ), Err(errno::NOT_PERMITTED), "{path}");
    }
}
