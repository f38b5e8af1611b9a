//! `wasi:filesystem`: what is open. Paths are in `paths`.

use crate::guest::{Guest, bytes, field, flags, list, number, text, u64};
use sarsen_component::Val;
use sarsen_wasi::{DirPerms, FilePerms, WasiCtxBuilder};
use std::fs;
use std::path::Path;

/// A guest with a directory, and the descriptor of that.
pub(crate) fn granted(host: &Path, dir: DirPerms, file: FilePerms) -> (Guest, Val) {
    let mut grants = WasiCtxBuilder::new();
    grants.preopened_dir(host, "/data", (dir, file)).unwrap();
    let mut guest = Guest::new(&mut grants);
    let Val::List(directories) = guest.get("preopens.get-directories", &[]) else { panic!() };
    let [Val::Tuple(directory)] = &*directories else { panic!("{directories:?}") };
    assert_eq!(directory[1], text("/data"));
    (guest, directory[0].clone())
}

/// The same with everything permitted.
pub(crate) fn all(host: &Path) -> (Guest, Val) {
    granted(host, DirPerms::all(), FilePerms::all())
}

/// Arguments of `open-at`.
pub(crate) fn opening(dir: &Val, path: &str, open: &[&str], how: &[&str]) -> [Val; 5] {
    [dir.clone(), flags(&[]), text(path), flags(open), flags(how)]
}

impl Guest {
    /// Opens a file.
    #[track_caller]
    pub(crate) fn open(&mut self, dir: &Val, path: &str, open: &[&str], how: &[&str]) -> Val {
        self.ok("descriptor.open-at", &opening(dir, path, open, how))
    }
}

#[test]
fn files_are_read_and_written_at_offsets() {
    let place = tempfile::tempdir().unwrap();
    let (mut guest, dir) = all(place.path());
    let file = guest.open(&dir, "file", &["create"], &["read", "write"]);
    let write = [file.clone(), list(b"hello"), u64(2)];
    assert_eq!(number(&guest.ok("descriptor.write", &write)), 5);
    assert_eq!(fs::read(place.path().join("file")).unwrap(), b"\0\0hello");
    let read = |guest: &mut Guest, len, offset| {
        let Val::Tuple(read) = guest.ok("descriptor.read", &[file.clone(), u64(len), u64(offset)]) else {
            panic!()
        };
        (bytes(&read[0]), read[1] == Val::Bool(true))
    };
    assert_eq!(read(&mut guest, 3, 2), (b"hel".to_vec(), false));
    assert_eq!(read(&mut guest, u64::MAX, 0), (b"\0\0hello".to_vec(), false));
    assert_eq!(read(&mut guest, 1, 7), (Vec::new(), true));
    assert_eq!(read(&mut guest, 0, 0), (Vec::new(), false));
    assert_eq!(guest.err("descriptor.read", &[file.clone(), u64(1), u64(u64::MAX)]), "invalid");
    guest.ok("descriptor.set-size", &[file.clone(), u64(3)]);
    assert_eq!(fs::read(place.path().join("file")).unwrap(), b"\0\0h");
    guest.ok("descriptor.sync", std::slice::from_ref(&file));
    guest.ok("descriptor.sync-data", std::slice::from_ref(&file));
    for advice in ["normal", "sequential", "random", "will-need", "dont-need", "no-reuse"] {
        let advice = Val::Enum(advice.to_owned());
        guest.ok("descriptor.advise", &[file.clone(), u64(0), u64(10), advice]);
    }
}

#[test]
fn a_read_is_limited() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("large"), vec![1; 1 << 20]).unwrap();
    let (mut guest, dir) = all(place.path());
    let file = guest.open(&dir, "large", &[], &["read"]);
    let Val::Tuple(read) = guest.ok("descriptor.read", &[file.clone(), u64(u64::MAX), u64(0)]) else {
        panic!()
    };
    assert_eq!(bytes(&read[0]).len(), 64 << 10);
    let stream = guest.ok("descriptor.read-via-stream", &[file, u64(0)]);
    let read = guest.ok("input-stream.blocking-read", &[stream.clone(), u64(u64::MAX)]);
    assert_eq!(bytes(&read).len(), 64 << 10);
    assert_eq!(number(&guest.ok("input-stream.skip", &[stream, u64(u64::MAX)])), 64 << 10);
}

#[test]
fn streams_have_positions_of_their_own() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("file"), "0123456789").unwrap();
    let (mut guest, dir) = all(place.path());
    let file = guest.open(&dir, "file", &[], &["read", "write"]);
    let one = guest.ok("descriptor.read-via-stream", &[file.clone(), u64(1)]);
    let two = guest.ok("descriptor.read-via-stream", &[file.clone(), u64(8)]);
    let read =
        |guest: &mut Guest, stream: &Val| bytes(&guest.ok("input-stream.read", &[stream.clone(), u64(3)]));
    assert_eq!(read(&mut guest, &one), b"123");
    assert_eq!(read(&mut guest, &two), b"89");
    assert_eq!(read(&mut guest, &one), b"456");
    assert_eq!(guest.err("input-stream.read", &[two, u64(1)]), "closed");

    let output = guest.ok("descriptor.write-via-stream", &[file.clone(), u64(4)]);
    let end = guest.ok("descriptor.append-via-stream", std::slice::from_ref(&file));
    let ready = guest.get("output-stream.subscribe", std::slice::from_ref(&output));
    assert_eq!(guest.get("pollable.ready", &[ready]), Val::Bool(true));
    for (stream, written) in [(&output, b"ab"), (&end, b"x\n"), (&output, b"cd"), (&end, b"y\n")] {
        assert!(number(&guest.ok("output-stream.check-write", std::slice::from_ref(stream))) > 0);
        guest.ok("output-stream.write", &[stream.clone(), list(written)]);
        guest.ok("output-stream.flush", std::slice::from_ref(stream));
    }
    assert_eq!(fs::read(place.path().join("file")).unwrap(), b"0123abcd89x\ny\n");
    guest.drop(file).unwrap();
    assert_eq!(read(&mut guest, &one), b"d89", "a stream keeps its file");
}

#[test]
fn what_was_not_opened_for_it_is_a_bad_descriptor() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("file"), "0123456789").unwrap();
    let (mut guest, dir) = all(place.path());
    let read = guest.open(&dir, "file", &[], &["read"]);
    let write = guest.open(&dir, "file", &[], &["write"]);
    assert_eq!(guest.err("descriptor.write", &[read.clone(), list(b"x"), u64(0)]), "bad-descriptor");
    assert_eq!(guest.err("descriptor.set-size", &[read.clone(), u64(0)]), "bad-descriptor");
    assert_eq!(guest.err("descriptor.write-via-stream", &[read.clone(), u64(0)]), "bad-descriptor");
    assert_eq!(guest.err("descriptor.append-via-stream", std::slice::from_ref(&read)), "bad-descriptor");
    assert_eq!(guest.err("descriptor.read", &[write.clone(), u64(1), u64(0)]), "bad-descriptor");
    assert_eq!(guest.err("descriptor.read-via-stream", &[write.clone(), u64(0)]), "bad-descriptor");
    guest.ok("descriptor.sync", std::slice::from_ref(&read));
    assert_eq!(guest.ok("descriptor.get-flags", &[read]), flags(&["read"]));
    assert_eq!(guest.ok("descriptor.get-flags", &[write]), flags(&["write"]));
    assert_eq!(
        guest.ok("descriptor.get-flags", std::slice::from_ref(&dir)),
        flags(&["read", "mutate-directory"])
    );
    let synced = guest.open(&dir, "file", &[], &["write", "data-integrity-sync"]);
    guest.ok("descriptor.write", &[synced.clone(), list(b"x"), u64(0)]);
    assert_eq!(guest.ok("descriptor.get-flags", &[synced]), flags(&["write", "data-integrity-sync"]));
    assert_eq!(guest.err("descriptor.read", &[dir.clone(), u64(1), u64(0)]), "is-directory");
    assert_eq!(guest.err("descriptor.set-size", &[dir, u64(1)]), "is-directory");
}

#[test]
fn attributes_say_what_there_is() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("file"), "0123456789").unwrap();
    let (mut guest, dir) = all(place.path());
    let file = guest.open(&dir, "file", &[], &["read", "write"]);
    let kind = |name: &str| Val::Enum(name.to_owned());
    assert_eq!(guest.ok("descriptor.get-type", std::slice::from_ref(&file)), kind("regular-file"));
    assert_eq!(guest.ok("descriptor.get-type", std::slice::from_ref(&dir)), kind("directory"));
    let stat = guest.ok("descriptor.stat", std::slice::from_ref(&file));
    assert_eq!(field(&stat, "type"), kind("regular-file"));
    assert_eq!(number(&field(&stat, "size")), 10);
    assert_eq!(number(&field(&stat, "link-count")), 1);
    let stat = guest.ok("descriptor.stat", std::slice::from_ref(&dir));
    assert_eq!(field(&stat, "type"), kind("directory"));

    let time = |seconds, nanoseconds| {
        let fields = [("seconds", Val::U64(seconds)), ("nanoseconds", Val::U32(nanoseconds))];
        Val::Record(fields.map(|(name, value)| (name.to_owned(), value)).into())
    };
    let at = |time: Val| Val::Variant("timestamp".to_owned(), Some(Box::new(time)));
    let keep = Val::Variant("no-change".to_owned(), None);
    let now = Val::Variant("now".to_owned(), None);
    for descriptor in [&file, &dir] {
        guest.ok("descriptor.set-times", &[descriptor.clone(), at(time(5, 7)), at(time(9, 0))]);
        guest.ok("descriptor.set-times", &[descriptor.clone(), keep.clone(), now.clone()]);
        let stat = guest.ok("descriptor.stat", std::slice::from_ref(descriptor));
        assert_eq!(field(&stat, "data-access-timestamp"), Val::Option(Some(Box::new(time(5, 7)))));
        let Val::Option(Some(modified)) = field(&stat, "data-modification-timestamp") else { panic!() };
        assert!(number(&field(&modified, "seconds")) > 1_000_000_000);
        assert!(matches!(field(&stat, "status-change-timestamp"), Val::Option(Some(_))));
    }
    let wrong = [file.clone(), at(time(0, 1_000_000_000)), keep.clone()];
    assert_eq!(guest.err("descriptor.set-times", &wrong), "invalid");
    assert_eq!(guest.err("descriptor.set-times", &[file, at(time(u64::MAX, 0)), keep]), "overflow");
}

#[test]
fn sameness_and_hashes_follow_the_object() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("file"), "0123456789").unwrap();
    fs::write(place.path().join("other"), "0123456789").unwrap();
    let (mut guest, dir) = all(place.path());
    let file = guest.open(&dir, "file", &[], &["read", "write"]);
    let again = guest.open(&dir, "./file", &[], &["read"]);
    let other = guest.open(&dir, "other", &[], &["read"]);
    let mut same =
        |a: &Val, b: &Val| guest.get("descriptor.is-same-object", &[a.clone(), b.clone()]) == Val::Bool(true);
    assert!(same(&file, &again) && same(&file, &file) && same(&dir, &dir));
    assert!(!same(&file, &other) && !same(&file, &dir));
    let hash =
        |guest: &mut Guest, file: &Val| guest.ok("descriptor.metadata-hash", std::slice::from_ref(file));
    let before = hash(&mut guest, &file);
    assert_eq!(before, hash(&mut guest, &again));
    assert_ne!(before, hash(&mut guest, &other));
    let at = guest.ok("descriptor.metadata-hash-at", &[dir.clone(), flags(&[]), text("file")]);
    assert_eq!(before, at);
    guest.ok("descriptor.set-size", &[file.clone(), u64(5)]);
    assert_ne!(before, hash(&mut guest, &file));
    let (mut stranger, _) = all(place.path());
    let _ = stranger.get("preopens.get-directories", &[]);
}

#[test]
fn directories_are_read_entry_by_entry() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("dir")).unwrap();
    for number in 0..300 {
        fs::write(place.path().join(format!("file{number}")), "").unwrap();
    }
    let (mut guest, dir) = all(place.path());
    let one = guest.ok("descriptor.read-directory", std::slice::from_ref(&dir));
    let two = guest.ok("descriptor.read-directory", std::slice::from_ref(&dir));
    let next = |guest: &mut Guest, stream: &Val| match guest
        .ok("directory-entry-stream.read-directory-entry", std::slice::from_ref(stream))
    {
        Val::Option(Some(entry)) => {
            let (Val::Enum(kind), Val::String(name)) = (field(&entry, "type"), field(&entry, "name")) else {
                panic!("{entry:?}")
            };
            Some((kind, name))
        }
        _ => None,
    };
    let mut entries: Vec<_> = std::iter::from_fn(|| next(&mut guest, &one)).collect();
    assert_eq!(next(&mut guest, &one), None);
    assert!(next(&mut guest, &two).is_some());
    entries.sort();
    assert_eq!(entries.len(), 301);
    assert_eq!(entries[0], ("directory".to_owned(), "dir".to_owned()));
    assert!(entries[1..].iter().all(|(kind, name)| kind == "regular-file" && name.starts_with("file")));
    let file = guest.open(&dir, "file1", &[], &["read"]);
    assert_eq!(guest.err("descriptor.read-directory", &[file]), "not-directory");
}

#[cfg(unix)]
#[test]
fn errors_of_streams_have_codes() {
    let (reader, _writer) = std::io::pipe().unwrap();
    // A directory cannot be read as a file: the error is the system's.
    drop(reader);
    let directory = fs::File::open("/").unwrap();
    let mut guest = Guest::new(WasiCtxBuilder::new().stdin(sarsen_wasi::FileInput::new(directory)));
    let stdin = guest.get("stdin.get-stdin", &[]);
    let Val::Result(Err(Some(error))) = guest.get("input-stream.blocking-read", &[stdin, u64(1)]) else {
        panic!()
    };
    let Val::Variant(_, Some(error)) = *error else { panic!("{error:?}") };
    let code = guest.get("types.filesystem-error-code", &[*error]);
    assert_eq!(code, Val::Option(Some(Box::new(Val::Enum("is-directory".to_owned())))));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_waited_for() {
    use std::io::Write;
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
        .unwrap();
    let (mut guest, dir) = all(place.path());
    let pipe = guest.open(&dir, "pipe", &[], &["read"]);
    assert_eq!(guest.ok("descriptor.get-type", std::slice::from_ref(&pipe)), Val::Enum("fifo".to_owned()));
    let mut writer = fs::OpenOptions::new().write(true).open(&path).unwrap();
    let stream = guest.ok("descriptor.read-via-stream", &[pipe, u64(0)]);
    assert_eq!(bytes(&guest.ok("input-stream.read", &[stream.clone(), u64(10)])), b"");
    std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(20));
        writer.write_all(b"through").unwrap();
    });
    assert_eq!(bytes(&guest.ok("input-stream.blocking-read", &[stream.clone(), u64(10)])), b"through");
    assert_eq!(guest.err("input-stream.blocking-read", &[stream, u64(10)]), "closed");
}

#[test]
fn open_files_are_counted() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("file"), "12345").unwrap();
    let mut grants = WasiCtxBuilder::new();
    grants
        .preopened_dir(place.path(), "/data", (DirPerms::all(), FilePerms::all()))
        .unwrap()
        .max_open_files(3);
    let mut guest = Guest::new(&mut grants);
    let Val::List(directories) = guest.get("preopens.get-directories", &[]) else { panic!() };
    let Val::Tuple(directory) = &directories[0] else { panic!("{directories:?}") };
    let dir = &directory[0];
    let file = guest.open(dir, "file", &[], &["read"]);
    let sub = guest.open(dir, ".", &["directory"], &["read"]);
    let listing = guest.ok("descriptor.read-directory", std::slice::from_ref(&sub));
    // The interface has no word for it that is closer.
    let another = opening(dir, "file", &[], &["read"]);
    assert_eq!(guest.err("descriptor.open-at", &another), "insufficient-memory");
    assert_eq!(guest.err("descriptor.read-directory", std::slice::from_ref(&sub)), "insufficient-memory");
    // A stream keeps its file open.
    let stream = guest.ok("descriptor.read-via-stream", &[file.clone(), u64(0)]);
    guest.drop(file).unwrap();
    assert_eq!(guest.err("descriptor.open-at", &another), "insufficient-memory");
    guest.drop(stream).unwrap();
    guest.ok("descriptor.open-at", &another);
    assert_eq!(guest.err("descriptor.open-at", &another), "insufficient-memory");
    guest.drop(listing).unwrap();
    guest.ok("descriptor.read-directory", &[sub]);
}
