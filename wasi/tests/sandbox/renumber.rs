//! Renumbering: what a number stood for is closed, and nothing else is.

use crate::puppet;
use crate::{Place, ROOT, errno};
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
    let mut puppet = place.puppet();
    // The system's limit, or the host's: whichever is lower is an error for the guest, and no more than that.
    let mut opened = Vec::new();
    let refused = loop {
        match puppet.open(ROOT, "a", 0, puppet::READ) {
            Ok(fd) => opened.push(fd),
            Err(errno) => break errno,
        }
        assert!(opened.len() <= 1 << 16);
        if opened.len() == 300 {
            break 0;
        }
    };
    assert!([0, 33, 41].contains(&refused), "{refused}");
    for fd in opened {
        puppet.close(fd).unwrap();
    }
    assert_eq!(puppet.open(ROOT, "a", 0, puppet::READ), Ok(4), "the lowest free number");
}
