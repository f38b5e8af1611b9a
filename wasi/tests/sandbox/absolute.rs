//! Absolute paths: a guest has no root but those it was granted.

use crate::{Place, ROOT, errno, nothing_works, puppet};

#[test]
fn absolute_paths_lead_nowhere() {
    let place = Place::new();
    let mut puppet = place.puppet();
    let secret = place.outside.join("secret");
    for path in [secret.to_str().unwrap(), "/etc/passwd", "//etc/passwd", "/", "/../secret"] {
        assert_eq!(puppet.open(ROOT, path, 0, puppet::READ), Err(errno::NOT_PERMITTED), "{path}");
        nothing_works(&mut puppet, path);
    }
    place.check();
}

#[test]
fn even_to_what_was_granted() {
    let place = Place::new();
    let mut puppet = place.puppet();
    let inside = place.granted.join("file");
    let created = puppet.open(ROOT, inside.to_str().unwrap(), puppet::CREATE, puppet::WRITE);
    assert_eq!(created, Err(errno::NOT_PERMITTED));
}
