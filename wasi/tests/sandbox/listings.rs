//! Reading directories: in pieces, from any place, and while they change.

use crate::{Place, ROOT, errno, puppet};
use std::collections::BTreeSet;
use std::fs;

fn place_with(files: usize) -> Place {
    let place = Place::new();
    for number in 0..files {
        fs::write(place.granted.join(format!("file-{number:04}")), "").unwrap();
    }
    place
}

/// All names, read with a buffer of that size.
fn names(puppet: &mut puppet::Puppet, fd: u32, len: u32) -> Vec<String> {
    let (mut names, mut place) = (Vec::new(), 0);
    loop {
        let piece = puppet.list(fd, place, len).unwrap();
        let Some(last) = piece.last() else { return names };
        place = last.1;
        names.extend(piece.into_iter().map(|(name, _)| name));
    }
}

#[test]
fn pieces_of_any_size_make_the_same_whole() {
    let place = place_with(100);
    let mut puppet = place.puppet();
    let whole: BTreeSet<String> = names(&mut puppet, ROOT, 60_000).into_iter().collect();
    assert_eq!(whole.len(), 102, "with the directory itself and its parent");
    assert!(whole.contains("file-0099"));
    for len in [33, 40, 64, 100, 1000] {
        let pieces = names(&mut puppet, ROOT, len);
        assert_eq!(pieces.len(), 102, "{len}");
        assert_eq!(pieces.into_iter().collect::<BTreeSet<_>>(), whole, "{len}");
    }
}

#[test]
fn a_place_that_was_seen_can_be_returned_to() {
    let place = place_with(50);
    let mut puppet = place.puppet();
    let all = puppet.list(ROOT, 0, 60_000).unwrap();
    for (number, (_, behind)) in all.iter().enumerate() {
        let rest = puppet.list(ROOT, *behind, 60_000).unwrap();
        assert_eq!(rest, all[number + 1..], "from place {behind}");
    }
    // Backwards, too; and places that never were are the end.
    assert_eq!(puppet.list(ROOT, all[3].1, 100).unwrap()[0], all[4]);
    assert_eq!(puppet.list(ROOT, all[1].1, 100).unwrap()[0], all[2]);
    for place in [1000, u64::MAX] {
        assert_eq!(puppet.list(ROOT, place, 1000).unwrap(), []);
    }
}

#[test]
fn a_directory_that_changes_ends_all_the_same() {
    let place = place_with(200);
    let mut puppet = place.puppet();
    let (mut seen, mut at, mut rounds) = (BTreeSet::new(), 0, 0);
    loop {
        let piece = puppet.list(ROOT, at, 200).unwrap();
        let Some(last) = piece.last() else { break };
        at = last.1;
        for (name, _) in piece {
            assert!(seen.insert(name.clone()), "{name} twice");
        }
        // Others remove, add and rename meanwhile.
        let _ = fs::remove_file(place.granted.join(format!("file-{rounds:04}")));
        fs::write(place.granted.join(format!("new-{rounds:04}")), "").unwrap();
        let _ = fs::rename(
            place.granted.join(format!("file-{:04}", 199 - rounds)),
            place.granted.join(format!("moved-{rounds:04}")),
        );
        rounds += 1;
        assert!(rounds < 1000, "a directory of some hundred names does not take {rounds} pieces");
    }
    assert!(seen.contains("file-0100"), "what was there all the time is seen");
}

#[test]
fn a_removed_directory_is_empty() {
    let place = Place::new();
    fs::create_dir(place.granted.join("dir")).unwrap();
    let mut puppet = place.puppet();
    let dir = puppet.open(ROOT, "dir", puppet::DIRECTORY, puppet::ALL_RIGHTS - puppet::WRITE).unwrap();
    puppet.at_path("path_remove_directory", ROOT, "dir").unwrap();
    let found = puppet.list(dir, 0, 1000);
    assert!(
        matches!(found, Err(errno::NO_ENTRY)) || found.unwrap().iter().all(|(name, _)| name.starts_with('.'))
    );
    assert!(puppet.open(dir, "new", puppet::CREATE, puppet::WRITE).is_err());
}

#[test]
fn a_buffer_must_be_there() {
    let place = place_with(3);
    let mut puppet = place.puppet();
    let outside = [ROOT.into(), u64::from(u32::MAX - 100), 1000, 0, puppet::RESULT.into()];
    assert_eq!(puppet.call("fd_readdir", &outside), Err(errno::FAULT));
    assert_eq!(puppet.list(ROOT, 0, 0).unwrap(), []);
    let file = puppet.open(ROOT, "file-0000", 0, puppet::READ).unwrap();
    let on_a_file = puppet.list(file, 0, 100);
    assert!(matches!(on_a_file, Err(errno::NOT_CAPABLE | errno::NOT_DIRECTORY)), "{on_a_file:?}");
}
