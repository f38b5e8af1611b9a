//! Slashes at the end of a path: they ask for a directory, and make nothing else of what is not one.

use crate::{Place, ROOT, errno, puppet};
use std::fs;

#[cfg(target_os = "linux")]
const BUSY: u16 = 10;
const IS_DIRECTORY: u16 = 31;

#[test]
fn files_are_no_directories() {
    let place = Place::new();
    fs::write(place.granted.join("file"), "inside").unwrap();
    let mut puppet = place.puppet();
    for path in ["file/", "file//", "file/."] {
        assert_eq!(puppet.stat(ROOT, path, true), Err(errno::NOT_DIRECTORY), "{path}");
        assert_eq!(puppet.stat(ROOT, path, false), Err(errno::NOT_DIRECTORY), "{path}");
        assert_eq!(
            puppet.at_path("path_unlink_file", ROOT, path).unwrap_err(),
            errno::NOT_DIRECTORY,
            "{path}"
        );
        assert_eq!(
            puppet.at_path("path_remove_directory", ROOT, path).unwrap_err(),
            errno::NOT_DIRECTORY,
            "{path}"
        );
        assert!(puppet.open(ROOT, path, 0, puppet::READ).is_err(), "{path}");
    }
    for (from, to) in [("file/", "other"), ("file", "other/"), ("file", "file/")] {
        assert_eq!(puppet.rename(ROOT, from, ROOT, to), Err(errno::NOT_DIRECTORY), "{from} {to}");
        let expected = match (from, to) {
            ("file/", _) => errno::NOT_DIRECTORY,
            (_, "file/") => errno::EXISTS,
            _ => errno::NO_ENTRY,
        };
        assert_eq!(puppet.link(ROOT, from, ROOT, to), Err(expected), "{from} {to}");
    }
    assert_eq!(fs::read(place.granted.join("file")).unwrap(), b"inside");
    assert_eq!(fs::read_dir(&place.granted).unwrap().count(), 1);
}

#[test]
fn directories_are() {
    let place = Place::new();
    let mut puppet = place.puppet();
    puppet.at_path("path_create_directory", ROOT, "dir/").unwrap();
    assert_eq!(puppet.stat(ROOT, "dir/", false), Ok(3));
    puppet.rename(ROOT, "dir/", ROOT, "moved/").unwrap();
    assert_eq!(puppet.at_path("path_unlink_file", ROOT, "moved/"), Err(IS_DIRECTORY));
    puppet.at_path("path_remove_directory", ROOT, "moved/").unwrap();
    assert_eq!(fs::read_dir(&place.granted).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_directory_is_not_removed_as_one() {
    let place = Place::new();
    fs::create_dir(place.granted.join("dir")).unwrap();
    std::os::unix::fs::symlink("dir", place.granted.join("link")).unwrap();
    let mut puppet = place.puppet();
    assert_eq!(puppet.stat(ROOT, "link/", false), Ok(3), "the slash asks for what the link points to");
    assert_eq!(puppet.at_path("path_remove_directory", ROOT, "link/"), Err(errno::NOT_DIRECTORY));
    assert_eq!(puppet.at_path("path_unlink_file", ROOT, "link/"), Err(errno::NOT_DIRECTORY));
    assert!(place.granted.join("link").is_symlink() && place.granted.join("dir").is_dir());
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_slash_or_a_dot_behind_a_link_asks_for_is_a_directory() {
    let place = Place::new();
    fs::create_dir(place.granted.join("dir")).unwrap();
    fs::write(place.granted.join("file"), "inside").unwrap();
    std::os::unix::fs::symlink("dir", place.granted.join("link")).unwrap();
    let mut puppet = place.puppet();
    for path in ["dir/.", "link/.", "link/./"] {
        assert_eq!(puppet.at_path("path_unlink_file", ROOT, path), Err(IS_DIRECTORY), "{path}");
        assert_eq!(puppet.at_path("path_remove_directory", ROOT, path), Err(errno::INVALID), "{path}");
        assert_eq!(puppet.rename(ROOT, path, ROOT, "moved"), Err(BUSY), "{path}");
    }
    for path in ["dir/", "link/", "link/."] {
        assert_eq!(puppet.link(ROOT, path, ROOT, "new"), Err(errno::NOT_PERMITTED), "{path}");
    }
    for path in ["dir/", "link/.", "file/"] {
        assert_eq!(puppet.link(ROOT, "file", ROOT, path), Err(errno::EXISTS), "{path}");
    }
}

#[test]
fn the_flag_asks_for_a_directory_whatever_it_is_opened_for() {
    let place = Place::new();
    fs::create_dir(place.granted.join("dir")).unwrap();
    fs::write(place.granted.join("file"), "inside").unwrap();
    let mut puppet = place.puppet();
    for rights in [puppet::WRITE, puppet::READ | puppet::WRITE] {
        assert_eq!(puppet.open(ROOT, "dir", puppet::DIRECTORY, rights), Err(IS_DIRECTORY), "{rights}");
        assert_eq!(
            puppet.open(ROOT, "file", puppet::DIRECTORY, rights),
            Err(errno::NOT_DIRECTORY),
            "{rights}"
        );
    }
}
