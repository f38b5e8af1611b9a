//! `wasi:cli`.

use crate::guest::{Guest, bytes, list, number, text, u64};
use sarsen_component::Val;
use sarsen_wasi::{Exit, FileInput, MemoryInput, MemoryOutput, OutputStream, WasiCtx, WasiCtxBuilder};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

#[test]
fn arguments_and_variables_are_those_that_were_granted() {
    let mut guest = Guest::new(WasiCtxBuilder::new().args(["program", "a b"]).env("NAME", "ü=1"));
    assert_eq!(guest.get("environment.get-arguments", &[]), Val::List(vec![text("program"), text("a b")]));
    let variable = Val::Tuple(vec![text("NAME"), text("ü=1")]);
    assert_eq!(guest.get("environment.get-environment", &[]), Val::List(vec![variable]));
    assert_eq!(guest.get("environment.initial-cwd", &[]), Val::Option(None));
    let mut guest = Guest::new(&mut WasiCtxBuilder::new());
    assert_eq!(guest.get("environment.get-environment", &[]), Val::List(Vec::new()));
    let mut guest = Guest::new(WasiCtxBuilder::new().initial_dir("/work"));
    assert_eq!(guest.get("environment.initial-cwd", &[]), Val::Option(Some(Box::new(text("/work")))));
}

#[test]
fn grants_are_collected_one_by_one_or_at_once() {
    let mut guest = Guest::new(WasiCtx::builder().inherit_args().envs(&[("A", "1"), ("B", "2"), ("A", "3")]));
    let arguments: Vec<Val> = std::env::args().map(|argument| text(&argument)).collect();
    assert!(!arguments.is_empty());
    assert_eq!(guest.get("environment.get-arguments", &[]), Val::List(arguments));
    let variable = |name, value| Val::Tuple(vec![text(name), text(value)]);
    let variables = vec![variable("B", "2"), variable("A", "3")];
    assert_eq!(guest.get("environment.get-environment", &[]), Val::List(variables));
}

#[test]
fn an_exit_has_a_code() {
    let exits = [
        ("exit.exit", Val::Result(Ok(None)), 0),
        ("exit.exit", Val::Result(Err(None)), 1),
        ("exit.exit-with-code", Val::U8(0), 0),
        ("exit.exit-with-code", Val::U8(42), 42),
    ];
    for (name, status, code) in exits {
        let mut guest = Guest::new(&mut WasiCtxBuilder::new());
        let error = guest.call(name, &[status]).unwrap_err();
        assert_eq!(error.downcast_ref::<Exit>(), Some(&Exit(code)));
    }
}

#[test]
fn standard_streams_are_those_of_the_host() {
    let (stdout, stderr) = (MemoryOutput::new(100), MemoryOutput::new(100));
    let mut guest = Guest::new(
        WasiCtxBuilder::new().stdin(MemoryInput::new("input")).stdout(stdout.clone()).stderr(stderr.clone()),
    );
    let stdin = guest.get("stdin.get-stdin", &[]);
    assert_eq!(bytes(&guest.ok("input-stream.blocking-read", &[stdin.clone(), u64(3)])), b"inp");
    // Another resource, but the same stream.
    let again = guest.get("stdin.get-stdin", &[]);
    assert_eq!(bytes(&guest.ok("input-stream.read", &[again, u64(99)])), b"ut");
    assert_eq!(guest.err("input-stream.blocking-read", &[stdin, u64(3)]), "closed");
    for (name, output) in [("stdout.get-stdout", &stdout), ("stderr.get-stderr", &stderr)] {
        let stream = guest.get(name, &[]);
        guest.ok("output-stream.blocking-write-and-flush", &[stream, list(name.as_bytes())]);
        assert_eq!(output.contents(), name.as_bytes());
    }
}

const TERMINALS: [&str; 3] = [
    "terminal-stdin.get-terminal-stdin",
    "terminal-stdout.get-terminal-stdout",
    "terminal-stderr.get-terminal-stderr",
];

#[test]
fn what_is_no_terminal_is_none() {
    let mut guest = Guest::new(&mut WasiCtxBuilder::new());
    for name in TERMINALS {
        let terminal = guest.get(name, &[]);
        assert_eq!(terminal, Val::Option(None));
    }
}

/// Says that it is a terminal.
struct Terminal;

impl OutputStream for Terminal {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn is_terminal(&self) -> bool {
        true
    }
}

impl sarsen_wasi::InputStream for Terminal {
    fn read(&self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }

    fn is_terminal(&self) -> bool {
        true
    }
}

#[test]
fn a_terminal_is_one() {
    let mut guest = Guest::new(WasiCtxBuilder::new().stdin(Terminal).stdout(Terminal).stderr(Terminal));
    for name in TERMINALS {
        let terminal = guest.get(name, &[]);
        let Val::Option(Some(terminal)) = terminal else { panic!("{terminal:?}") };
        guest.drop(*terminal).unwrap();
    }
}

/// Keeps back what is written until it is flushed.
#[derive(Clone, Default)]
struct Lazy(Arc<Mutex<(Vec<u8>, Vec<u8>)>>);

impl OutputStream for Lazy {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&self) -> io::Result<()> {
        let (kept, arrived) = &mut *self.0.lock().unwrap();
        arrived.append(kept);
        Ok(())
    }
}

#[test]
fn output_arrives_before_complaints_waits_and_ends() {
    let lazy = Lazy::default();
    let arrived = || String::from_utf8(lazy.0.lock().unwrap().1.clone()).unwrap();
    let mut guest = Guest::new(WasiCtxBuilder::new().stdout(lazy.clone()));
    let stdout = guest.get("stdout.get-stdout", &[]);
    let write = |guest: &mut Guest, text: &str| {
        guest.ok("output-stream.blocking-write-and-flush", &[stdout.clone(), list(text.as_bytes())]);
    };
    write(&mut guest, "a");
    assert_eq!(arrived(), "", "small pieces are collected");
    let stderr = guest.get("stderr.get-stderr", &[]);
    guest.ok("output-stream.blocking-write-and-flush", &[stderr, list(b"!")]);
    assert_eq!(arrived(), "a");
    write(&mut guest, "b");
    let timer = guest.get("monotonic-clock.subscribe-duration", &[u64(5_000_000)]);
    guest.get("pollable.block", &[timer]);
    assert_eq!(arrived(), "ab");
    write(&mut guest, "c");
    guest.ok("output-stream.blocking-flush", std::slice::from_ref(&stdout));
    assert_eq!(arrived(), "abc");
    guest.ok("output-stream.blocking-write-and-flush", &[stdout, list(b"d")]);
    guest.store.data().ctx.flush().unwrap();
    assert_eq!(arrived(), "abcd");
}

#[cfg(unix)]
#[test]
fn input_that_has_not_come_is_waited_for_together_with_time() {
    let (reader, mut writer) = io::pipe().unwrap();
    let file = std::fs::File::from(std::os::fd::OwnedFd::from(reader));
    let mut guest = Guest::new(WasiCtxBuilder::new().stdin(FileInput::new(file)));
    let stdin = guest.get("stdin.get-stdin", &[]);
    assert_eq!(bytes(&guest.ok("input-stream.read", &[stdin.clone(), u64(10)])), b"");
    let ready = guest.get("input-stream.subscribe", std::slice::from_ref(&stdin));
    assert_eq!(guest.get("pollable.ready", std::slice::from_ref(&ready)), Val::Bool(false));
    let timer = guest.get("monotonic-clock.subscribe-duration", &[u64(5_000_000)]);
    let both = [Val::List(vec![ready.clone(), timer])];
    assert_eq!(guest.get("poll.poll", &both), Val::List(vec![Val::U32(1)]), "time is over");
    writer.write_all(b"line\n").unwrap();
    assert_eq!(guest.get("poll.poll", &both), Val::List(vec![Val::U32(0), Val::U32(1)]));
    assert_eq!(bytes(&guest.ok("input-stream.blocking-read", &[stdin.clone(), u64(10)])), b"line\n");
    std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(10));
        drop(writer);
    });
    assert_eq!(guest.err("input-stream.blocking-read", &[stdin, u64(10)]), "closed");
}

#[cfg(unix)]
#[test]
fn input_is_waited_for_in_a_runtime() {
    let (reader, mut writer) = io::pipe().unwrap();
    let file = std::fs::File::from(std::os::fd::OwnedFd::from(reader));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut guest = Guest::new(WasiCtxBuilder::new().stdin(FileInput::new(file)));
        let stdin = guest.get("stdin.get-stdin", &[]);
        let ready = guest.get("input-stream.subscribe", std::slice::from_ref(&stdin));
        let timer = guest.get("monotonic-clock.subscribe-duration", &[u64(5_000_000)]);
        let both = [Val::List(vec![ready.clone(), timer])];
        assert_eq!(guest.get("poll.poll", &both), Val::List(vec![Val::U32(1)]), "time is over");
        std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(10));
            writer.write_all(b"line\n").unwrap();
        });
        guest.get("pollable.block", &[ready]);
        assert_eq!(bytes(&guest.ok("input-stream.read", &[stdin, u64(10)])), b"line\n");
    });
    let null = std::fs::File::open("/dev/null").unwrap();
    runtime.block_on(async {
        let mut guest = Guest::new(WasiCtxBuilder::new().stdin(FileInput::new(null)));
        let stdin = guest.get("stdin.get-stdin", &[]);
        assert_eq!(guest.err("input-stream.blocking-read", &[stdin, u64(10)]), "closed");
    });
}

#[test]
fn output_that_is_full_fails_once_and_is_closed() {
    let mut guest = Guest::new(WasiCtxBuilder::new().stdout(MemoryOutput::new(3)));
    let stdout = guest.get("stdout.get-stdout", &[]);
    let args = [stdout, list(b"abcd")];
    let Val::Result(Err(Some(error))) = guest.get("output-stream.blocking-write-and-flush", &args) else {
        panic!()
    };
    let Val::Variant(_, Some(error)) = *error else { panic!("{error:?}") };
    let code = guest.get("types.filesystem-error-code", &[*error]);
    assert_eq!(code, Val::Option(Some(Box::new(Val::Enum("insufficient-space".to_owned())))));
    assert_eq!(guest.err("output-stream.blocking-write-and-flush", &args), "closed");
}

#[cfg(unix)]
#[test]
fn output_that_nobody_reads_does_not_block_what_must_not() {
    use std::io::Read;
    let (mut reader, writer) = io::pipe().unwrap();
    let file = std::fs::File::from(std::os::fd::OwnedFd::from(writer));
    let mut guest = Guest::new(WasiCtxBuilder::new().stdout(sarsen_wasi::FileOutput::new(file)));
    let stdout = guest.get("stdout.get-stdout", &[]);
    let ready = guest.get("output-stream.subscribe", std::slice::from_ref(&stdout));
    let mut written = 0;
    loop {
        let permit = number(&guest.ok("output-stream.check-write", std::slice::from_ref(&stdout)));
        assert_eq!(guest.get("pollable.ready", std::slice::from_ref(&ready)), Val::Bool(permit > 0));
        if permit == 0 {
            break;
        }
        guest.ok("output-stream.write", &[stdout.clone(), list(&vec![b'x'; permit as usize])]);
        written += permit as usize;
    }
    let other = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(10));
        let mut read = vec![0; written];
        reader.read_exact(&mut read).unwrap();
        reader
    });
    guest.get("pollable.block", std::slice::from_ref(&ready));
    guest.ok("output-stream.blocking-write-zeroes-and-flush", &[stdout.clone(), u64(4096)]);
    drop(other.join().unwrap());
    assert_eq!(guest.err("output-stream.blocking-write-and-flush", &[stdout, list(b"x")]), "closed");
}
