//! What golden tests cannot say: streams that nobody reads, and files that are not text.
//!
//! It owns no expectation about modules.

use std::io::{self, PipeWriter, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn sarsen(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sarsen"));
    command.env("SARSEN_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    command.args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"));
    command
}

/// A pipe whose reader went away.
fn closed() -> PipeWriter {
    io::pipe().expect("the system has pipes").1
}

/// `sarsen ARGUMENTS /dev/stdin` with these bytes on standard input.
fn with_input(arguments: &[&str], bytes: &[u8]) -> Output {
    let mut command = sarsen(arguments);
    command.arg("/dev/stdin").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(bytes).expect("the command reads everything");
    drop(stdin);
    child.wait_with_output().expect("the command ends")
}

#[test]
fn nobody_reads_the_output() {
    let output = sarsen(&["inspect", "inspect.wat"]).stdout(closed()).output().expect("the command starts");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn nobody_reads_the_errors() {
    let failing = [&["run", "run_trap.wat", "--invoke", "outer"][..], &["wast", "script_fails.wast"]];
    for (arguments, code) in failing.into_iter().zip([134, 1]) {
        let output = sarsen(arguments).stderr(closed()).output().expect("the command starts");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn files_that_are_no_modules() {
    for (bytes, words) in [
        (&b""[..], "the file is empty"),
        (b"\xff\xfe\xfd", "a binary starts with `\\0asm`"),
        (b"\0as", "(at offset 0x0)"),
        (b"\0asm\x01\0\0\0\xff", "(at offset 0x8)"),
        (b"\0asm\x0d\0\x01\0\xff", "(at offset 0x8)"),
    ] {
        for command in ["run", "validate", "inspect"] {
            let output = with_input(&[command], bytes);
            let message = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{message}");
            assert!(message.contains(words), "{command} {bytes:?}: {message}");
        }
    }
    // A component may be empty, but then there is nothing to run.
    let output = with_input(&["run"], b"\0asm\x0d\0\x01\0");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no command"), "{output:?}");
    let output = with_input(&["wast"], b"\xff\xfe\xfd");
    assert!(String::from_utf8_lossy(&output.stderr).contains("utf-8"), "{output:?}");
}
