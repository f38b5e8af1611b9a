//! Symbolic links that lead out, in any position of a path, with and without a slash behind them.

use crate::{Place, ROOT, errno, nothing_works, puppet};
use std::fs;
use std::os::unix::fs::symlink;

/// Links that lead out, made by the host or by a guest with another grant.
fn place_with_links() -> Place {
    let place = Place::new();
    let link = |target: &std::path::Path, name: &str| symlink(target, place.granted.join(name)).unwrap();
    link("../secret".as_ref(), "relative");
    link(&place.outside.join("secret"), "absolute");
    link("..".as_ref(), "parent");
    link(&place.outside, "outside");
    link("parent/secret".as_ref(), "twice");
    link("inner/../../secret".as_ref(), "winding");
    fs::create_dir(place.granted.join("inner")).unwrap();
    link("../..".as_ref(), "inner/up");
    place
}

#[test]
fn links_out_are_not_followed() {
    let place = place_with_links();
    let mut puppet = place.puppet();
    for path in ["relative", "absolute", "twice", "winding"] {
        assert_eq!(puppet.open(ROOT, path, 0, puppet::READ), Err(errno::NOT_PERMITTED), "{path}");
        assert!(puppet.stat(ROOT, path, true).is_err(), "{path}");
    }
    for path in ["parent", "outside", "inner/up"] {
        for suffix in ["", "/", "//", "/.", "/./"] {
            let path = format!("{path}{suffix}");
            let opened = puppet.open(ROOT, &path, puppet::DIRECTORY, puppet::READ);
            assert_eq!(opened, Err(errno::NOT_PERMITTED), "{path}");
        }
    }
    place.check();
}

#[test]
fn links_in_the_middle_lead_nowhere() {
    let place = place_with_links();
    let mut puppet = place.puppet();
    for path in [
        "parent/secret",
        "parent//secret",
        "outside/secret",
        "outside/new",
        "inner/up/secret",
        "inner/up/granted/../new",
    ] {
        nothing_works(&mut puppet, path);
    }
    place.check();
}

#[test]
fn a_slash_behind_a_link_does_not_help() {
    let place = place_with_links();
    let mut puppet = place.puppet();
    for path in ["relative/", "absolute/", "twice/", "parent/", "outside/", "inner/up/"] {
        for follow in [true, false] {
            for flags in [0, puppet::DIRECTORY] {
                let opened = puppet.open_with(ROOT, path, follow, flags, puppet::READ, 0);
                assert!(opened.is_err(), "{path}, following: {follow}");
            }
            assert!(puppet.stat(ROOT, path, follow).is_err(), "{path}, following: {follow}");
        }
        for function in ["path_create_directory", "path_remove_directory", "path_unlink_file"] {
            assert!(puppet.at_path(function, ROOT, path).is_err(), "{path}: {function}");
        }
    }
    place.check();
}

#[test]
fn a_link_is_itself_where_it_is_not_followed() {
    let place = place_with_links();
    let mut puppet = place.puppet();
    assert_eq!(puppet.stat(ROOT, "relative", false), Ok(7));
    assert_eq!(puppet.open_with(ROOT, "relative", false, 0, puppet::READ, 0), Err(errno::LOOP));
    // Removing and moving it touches the link alone.
    puppet.rename(ROOT, "relative", ROOT, "moved").unwrap();
    puppet.at_path("path_unlink_file", ROOT, "moved").unwrap();
    place.check();
}

#[test]
fn where_a_link_leads_is_told_only_inside() {
    let place = place_with_links();
    symlink("inner", place.granted.join("in")).unwrap();
    let mut puppet = place.puppet();
    let mut read = |name: &str| {
        let [at, len] = puppet.path(0, name.as_bytes());
        let arguments = [ROOT.into(), at, len, puppet::DATA.into(), 200, puppet::RESULT.into()];
        puppet.call("path_readlink", &arguments).map(|()| {
            let len = puppet.u32_at(puppet::RESULT) as usize;
            String::from_utf8(puppet.get(puppet::DATA, len)).unwrap()
        })
    };
    assert_eq!(read("in").unwrap(), "inner");
    assert_eq!(read("absolute"), Err(errno::NOT_PERMITTED), "the host's paths are the host's");
}

#[test]
fn guests_make_no_links_to_absolute_places() {
    let place = Place::new();
    let mut puppet = place.puppet();
    for target in ["/etc/passwd", place.outside.join("secret").to_str().unwrap()] {
        assert_eq!(puppet.symlink(target, ROOT, "link"), Err(errno::NOT_PERMITTED), "{target}");
    }
    // One that leads out by `..` may exist, but leads nowhere.
    puppet.symlink("../secret", ROOT, "link").unwrap();
    assert_eq!(puppet.open(ROOT, "link", 0, puppet::READ), Err(errno::NOT_PERMITTED));
}

#[test]
fn links_in_a_circle_end() {
    let place = Place::new();
    let mut puppet = place.puppet();
    puppet.symlink("b", ROOT, "a").unwrap();
    puppet.symlink("a", ROOT, "b").unwrap();
    assert_eq!(puppet.open(ROOT, "a", 0, puppet::READ), Err(errno::LOOP));
    assert_eq!(puppet.open(ROOT, "a/x", puppet::CREATE, puppet::WRITE), Err(errno::LOOP));
}
