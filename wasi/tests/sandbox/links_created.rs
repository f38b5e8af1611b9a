//! Creating through a link: a file must not appear where a link points to outside.

use crate::{Place, ROOT, errno, puppet};
use std::os::unix::fs::symlink;

#[test]
fn creating_through_a_dangling_link_creates_nothing_outside() {
    let place = Place::new();
    symlink("../created", place.granted.join("relative")).unwrap();
    symlink(place.outside.join("created"), place.granted.join("absolute")).unwrap();
    symlink("..", place.granted.join("up")).unwrap();
    let mut puppet = place.puppet();
    for path in ["relative", "absolute", "up/created", "relative/", "up/created/"] {
        for flags in [puppet::CREATE, puppet::CREATE | puppet::TRUNCATE, puppet::CREATE | puppet::EXCLUSIVE] {
            for follow in [true, false] {
                let opened = puppet.open_with(ROOT, path, follow, flags, puppet::READ | puppet::WRITE, 0);
                assert!(opened.is_err(), "{path}, flags {flags}, following: {follow}");
            }
        }
        assert!(puppet.at_path("path_create_directory", ROOT, path).is_err(), "{path}");
        assert!(puppet.symlink("x", ROOT, path).is_err(), "{path}");
    }
    place.check();
}

#[test]
fn creating_through_a_link_inside_works() {
    let place = Place::new();
    symlink("target", place.granted.join("link")).unwrap();
    let mut puppet = place.puppet();
    let exclusively = puppet::CREATE | puppet::EXCLUSIVE;
    assert_eq!(puppet.open(ROOT, "link", exclusively, puppet::WRITE), Err(errno::EXISTS));
    let fd = puppet.open(ROOT, "link", puppet::CREATE, puppet::WRITE).unwrap();
    puppet.write(fd, b"through").unwrap();
    assert_eq!(std::fs::read(place.granted.join("target")).unwrap(), b"through");
}
