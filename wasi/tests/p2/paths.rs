//! `wasi:filesystem`: paths, permissions, and that nothing leads out.

use crate::filesystem::{all, granted, opening};
use crate::guest::{Guest, field, flags, number, text};
use sarsen_component::Val;
use sarsen_wasi::{DirPerms, FilePerms};
use std::fs;

#[test]
fn names_are_made_moved_and_removed() {
    let place = tempfile::tempdir().unwrap();
    let (mut guest, dir) = all(place.path());
    let at = |path: &str| [dir.clone(), text(path)];
    guest.ok("descriptor.create-directory-at", &at("sub"));
    assert_eq!(guest.err("descriptor.create-directory-at", &at("sub")), "exist");
    let file = guest.open(&dir, "sub/file", &["create", "exclusive"], &["write"]);
    guest.drop(file).unwrap();
    let again = opening(&dir, "sub/file", &["create", "exclusive"], &["write"]);
    assert_eq!(guest.err("descriptor.open-at", &again), "exist");
    let sub = guest.open(&dir, "sub", &["directory"], &["read"]);

    let link = [sub.clone(), flags(&[]), text("file"), dir.clone(), text("link")];
    guest.ok("descriptor.link-at", &link);
    assert_eq!(guest.err("descriptor.link-at", &link), "exist");
    let follow = [sub.clone(), flags(&["symlink-follow"]), text("file"), dir.clone(), text("link2")];
    assert_eq!(guest.err("descriptor.link-at", &follow), "invalid");
    let directory = [dir.clone(), flags(&[]), text("sub"), dir.clone(), text("sub2")];
    assert_eq!(guest.err("descriptor.link-at", &directory), "not-permitted");
    assert_eq!(fs::metadata(place.path().join("link")).unwrap().len(), 0);
    guest.ok("descriptor.rename-at", &[dir.clone(), text("link"), sub.clone(), text("moved")]);
    assert!(place.path().join("sub/moved").exists());

    assert_eq!(guest.err("descriptor.remove-directory-at", &at("sub")), "not-empty");
    assert_eq!(guest.err("descriptor.remove-directory-at", &at("sub/file")), "not-directory");
    assert_eq!(guest.err("descriptor.unlink-file-at", &at("sub")), "is-directory");
    guest.ok("descriptor.unlink-file-at", &at("sub/file"));
    guest.ok("descriptor.unlink-file-at", &at("sub/moved"));
    assert_eq!(guest.err("descriptor.unlink-file-at", &at("sub/moved")), "no-entry");
    guest.ok("descriptor.remove-directory-at", &at("sub"));
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_followed_as_asked() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("file"), "12345").unwrap();
    let (mut guest, dir) = all(place.path());
    guest.ok("descriptor.symlink-at", &[dir.clone(), text("file"), text("link")]);
    assert_eq!(guest.ok("descriptor.readlink-at", &[dir.clone(), text("link")]), text("file"));
    let stat = |guest: &mut Guest, how: &[&str]| {
        let stat = guest.ok("descriptor.stat-at", &[dir.clone(), flags(how), text("link")]);
        (field(&stat, "type"), number(&field(&stat, "size")))
    };
    assert_eq!(stat(&mut guest, &["symlink-follow"]), (Val::Enum("regular-file".to_owned()), 5));
    assert_eq!(stat(&mut guest, &[]).0, Val::Enum("symbolic-link".to_owned()));
    assert_eq!(guest.err("descriptor.open-at", &opening(&dir, "link", &[], &["read"])), "loop");
    let followed = [dir.clone(), flags(&["symlink-follow"]), text("link"), flags(&[]), flags(&["read"])];
    guest.ok("descriptor.open-at", &followed);
    let now = Val::Variant("now".to_owned(), None);
    for how in [&[][..], &["symlink-follow"]] {
        let times = [dir.clone(), flags(how), text("link"), now.clone(), now.clone()];
        guest.ok("descriptor.set-times-at", &times);
    }
    let one = guest.ok("descriptor.metadata-hash-at", &[dir.clone(), flags(&[]), text("link")]);
    let two =
        guest.ok("descriptor.metadata-hash-at", &[dir.clone(), flags(&["symlink-follow"]), text("link")]);
    assert_ne!(one, two);
    assert_eq!(guest.err("descriptor.readlink-at", &[dir.clone(), text("file")]), "invalid");
    assert_eq!(guest.err("descriptor.symlink-at", &[dir, text("/etc"), text("out")]), "not-permitted");
}

#[test]
fn opening_follows_its_flags() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("file"), "12345").unwrap();
    let (mut guest, dir) = all(place.path());
    let err = |guest: &mut Guest, path: &str, open: &[&str], how: &[&str]| {
        guest.err("descriptor.open-at", &opening(&dir, path, open, how))
    };
    assert_eq!(err(&mut guest, "none", &[], &["read"]), "no-entry");
    assert_eq!(err(&mut guest, "file", &["directory"], &["read"]), "not-directory");
    assert_eq!(err(&mut guest, "file/", &[], &["read"]), "not-directory");
    assert_eq!(err(&mut guest, ".", &[], &["write"]), "is-directory");
    assert_eq!(err(&mut guest, "new", &["create", "directory"], &["read"]), "invalid");
    guest.open(&dir, "file", &["truncate"], &["write"]);
    assert_eq!(fs::read(place.path().join("file")).unwrap(), b"");
    let file = guest.open(&dir, "file", &[], &[]);
    assert_eq!(guest.ok("descriptor.get-flags", std::slice::from_ref(&file)), flags(&[]));
    assert_eq!(guest.err("descriptor.open-at", &opening(&file, "x", &[], &["read"])), "not-directory");
}

#[test]
fn what_is_no_path_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let (mut guest, dir) = all(place.path());
    let long = "a".repeat(5000);
    for (path, error) in [("", "no-entry"), ("a\0b", "invalid"), (&*long, "name-too-long")] {
        assert_eq!(guest.err("descriptor.open-at", &opening(&dir, path, &[], &["read"])), error);
        let at = [dir.clone(), text(path)];
        for name in ["create-directory-at", "remove-directory-at", "unlink-file-at", "readlink-at"] {
            assert_eq!(guest.err(&format!("descriptor.{name}"), &at), error, "{name}");
        }
        assert_eq!(guest.err("descriptor.stat-at", &[dir.clone(), flags(&[]), text(path)]), error);
    }
}

#[test]
fn nothing_leads_out_of_what_was_granted() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "secret").unwrap();
    let inside = outside.path().join("inside");
    fs::create_dir(&inside).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("../secret", inside.join("link")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc", inside.join("absolute")).unwrap();
    let (mut guest, dir) = all(&inside);
    for path in ["../secret", "/etc/passwd", "../inside/../secret", "a/../../secret", "..", "/"] {
        let error = guest.err("descriptor.open-at", &opening(&dir, path, &[], &["read"]));
        assert!(matches!(&*error, "not-permitted" | "no-entry"), "{path}: {error}");
        let error = guest.err("descriptor.stat-at", &[dir.clone(), flags(&[]), text(path)]);
        assert!(matches!(&*error, "not-permitted" | "no-entry"), "{path}: {error}");
    }
    if cfg!(unix) {
        let link = [dir.clone(), flags(&["symlink-follow"]), text("link"), flags(&[]), flags(&["read"])];
        assert_eq!(guest.err("descriptor.open-at", &link), "not-permitted");
        assert_eq!(guest.err("descriptor.readlink-at", &[dir.clone(), text("absolute")]), "not-permitted");
    }
    for path in ["../new", "/new"] {
        assert_eq!(guest.err("descriptor.create-directory-at", &[dir.clone(), text(path)]), "not-permitted");
        let args = [dir.clone(), text("../secret"), dir.clone(), text("mine")];
        assert_eq!(guest.err("descriptor.rename-at", &args), "not-permitted");
    }
    assert!(outside.path().join("secret").exists());
}

#[test]
fn what_can_only_be_read_is_a_read_only_file_system() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("file"), "12345").unwrap();
    let (mut guest, dir) = granted(place.path(), DirPerms::READ, FilePerms::READ);
    assert_eq!(guest.ok("descriptor.get-flags", std::slice::from_ref(&dir)), flags(&["read"]));
    let at = [dir.clone(), text("file")];
    for name in ["create-directory-at", "remove-directory-at", "unlink-file-at"] {
        assert_eq!(guest.err(&format!("descriptor.{name}"), &at), "read-only");
    }
    let other = [dir.clone(), text("file"), dir.clone(), text("new")];
    assert_eq!(guest.err("descriptor.rename-at", &other), "read-only");
    let link = [dir.clone(), flags(&[]), text("file"), dir.clone(), text("new")];
    assert_eq!(guest.err("descriptor.link-at", &link), "read-only");
    assert_eq!(guest.err("descriptor.symlink-at", &[dir.clone(), text("file"), text("new")]), "read-only");
    let now = Val::Variant("now".to_owned(), None);
    let times = [dir.clone(), flags(&[]), text("file"), now.clone(), now.clone()];
    assert_eq!(guest.err("descriptor.set-times-at", &times), "read-only");
    assert_eq!(guest.err("descriptor.set-times", &[dir.clone(), now.clone(), now]), "read-only");
    for (open, how) in [
        (&["create"][..], &["read"][..]),
        (&["truncate"], &["read"]),
        (&[], &["write"]),
        (&[], &["read", "mutate-directory"]),
    ] {
        assert_eq!(guest.err("descriptor.open-at", &opening(&dir, "file", open, how)), "read-only");
    }
    guest.open(&dir, "file", &[], &["read"]);
    let (mut guest, dir) = granted(place.path(), DirPerms::all(), FilePerms::WRITE);
    assert_eq!(guest.err("descriptor.open-at", &opening(&dir, "file", &[], &["read"])), "not-permitted");
    let (mut guest, dir) = granted(place.path(), DirPerms::MUTATE, FilePerms::all());
    assert_eq!(guest.err("descriptor.open-at", &opening(&dir, "file", &[], &["read"])), "not-permitted");
    assert_eq!(guest.err("descriptor.read-directory", &[dir]), "not-permitted");
}
