//! A program of WASI 0.2 that uses files, time and standard streams makes the host start nothing. In a process of its own, where
//! nobody else does.

#[path = "p2/forward.rs"]
mod forward;
#[expect(dead_code, reason = "what other tests need")]
#[path = "p2/guest.rs"]
mod guest;
#[path = "p2/interfaces.rs"]
mod interfaces;
#[path = "p2/network.rs"]
mod network;

use guest::{Guest, list, text, u64};
use sarsen_component::Val;
use sarsen_wasi::{Buffered, FileInput, FsPerms, MemoryOutput, WasiCtxBuilder};

/// Names of the threads that were started by the host layer.
#[cfg(target_os = "linux")]
fn started() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names =
        tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).unwrap_or_default());
    names.filter(|name| name.starts_with("sarsen-io") || name.starts_with("sarsen-flush")).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_started_for_files_time_and_standard_streams() {
    let place = tempfile::tempdir().unwrap();
    let (reader, _writer) = std::io::pipe().unwrap();
    let mut grants = WasiCtxBuilder::new();
    grants.preopened_dir(place.path(), "/", FsPerms::ReadWrite).unwrap();
    grants.stdin(FileInput::new(std::os::fd::OwnedFd::from(reader).into()));
    grants.stdout(Buffered::new(MemoryOutput::new(100)));
    let mut guest = Guest::new(&mut grants);

    let stdout = guest.get("stdout.get-stdout", &[]);
    guest.ok("output-stream.blocking-write-and-flush", &[stdout, list(b"hello\n")]);
    let Val::List(directories) = guest.get("preopens.get-directories", &[]) else { panic!() };
    let Val::Tuple(directory) = &directories[0] else { panic!() };
    let flags = |name: &str| Val::Flags(vec![name.to_owned()]);
    let open = [directory[0].clone(), Val::Flags(Vec::new()), text("file"), flags("create"), flags("write")];
    let file = guest.ok("descriptor.open-at", &open);
    let output = guest.ok("descriptor.append-via-stream", &[file]);
    guest.ok("output-stream.blocking-write-and-flush", &[output, list(b"text")]);
    let stdin = guest.get("stdin.get-stdin", &[]);
    let input = guest.get("input-stream.subscribe", &[stdin]);
    let timer = guest.get("monotonic-clock.subscribe-duration", &[u64(1_000_000)]);
    assert_eq!(guest.get("poll.poll", &[Val::List(vec![input, timer])]), Val::List(vec![Val::U32(1)]));
    assert_eq!(started(), Vec::<String>::new());
}
