//! Directories in directories in directories: deeper than any path is long.

use crate::{Place, ROOT, puppet};

/// The names of so many directories take more than the longest path.
const DEPTH: usize = 300;

#[test]
fn depth_has_no_end_and_does_no_harm() {
    let place = Place::new();
    let mut puppet = place.puppet();
    let name = "directory".repeat(3);
    let mut dir = ROOT;
    for _ in 0..DEPTH {
        puppet.at_path("path_create_directory", dir, &name).unwrap();
        let inner = puppet.open(dir, &name, puppet::DIRECTORY, puppet::ALL_RIGHTS - puppet::WRITE).unwrap();
        if dir != ROOT {
            puppet.close(dir).unwrap();
        }
        dir = inner;
    }
    let file = puppet.open(dir, "file", puppet::CREATE, puppet::WRITE).unwrap();
    puppet.write(file, b"deep").unwrap();
    assert_eq!(puppet.stat(dir, "file", true), Ok(4));
    // Up again is a way out, also where the path back is too long for the system.
    let up = "../".repeat(DEPTH + 1) + "secret";
    assert!(puppet.open(dir, &up, 0, puppet::READ).is_err());
    place.check();
}

#[test]
fn a_path_of_many_parents_is_walked() {
    let place = Place::new();
    let mut puppet = place.puppet();
    puppet.at_path("path_create_directory", ROOT, "a").unwrap();
    let path = "a/../".repeat(500) + "a";
    assert_eq!(puppet.stat(ROOT, &path, true), Ok(3));
}
