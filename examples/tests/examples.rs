//! Runs every example as a program of its own, and compares what it prints.
//!
//! `cargo test -p sarsen-examples` builds them before it runs this; `--test examples` alone takes what was built before.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The program of an example.
fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.parent().and_then(|folder| folder.parent()).unwrap();
    profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// What an example prints, given arguments and an input, in the folder of the workspace.
fn output(name: &str, arguments: &[&str], input: &str) -> String {
    let mut command = Command::new(program(name));
    command.args(arguments).current_dir("..").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{name}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn hello() {
    let said = "sarsen: somebody knocks, and will 2 more times\n\
                sarsen: somebody knocks, and will 1 more times\n\
                sarsen: somebody knocks, and will 0 more times\n\
                3 visits\n";
    assert_eq!(output("hello", &[], ""), said);
}

#[test]
fn linking() {
    assert_eq!(output("linking", &[], ""), "row 1: 1\nrow 2: 2\nrow 3: 3\nrow 4: 4\nsum: 10\n5 lines\n");
}

#[test]
fn memory() {
    assert_eq!(output("memory", &[], ""), "the guest has stone\nand now sARsen.\n2 pages, and no more\n");
}

#[test]
fn fuel() {
    let said = "6: 8 steps for 154 fuel\n\
                7: 16 steps for 304 fuel\n\
                9: 19 steps for 360 fuel\n\
                27: more than 2000 fuel\n";
    assert_eq!(output("fuel", &[], ""), said);
}

#[test]
fn limiter() {
    let said = "fixed: 4 pages, 20 elements, 2 instances\nledger: refused [196608, 720896] bytes\n";
    assert_eq!(output("limiter", &[], ""), said);
}

#[test]
fn udf() {
    let said = output("udf", &["1000"], "");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "1000 values, 143 of them NULL");
    assert!(lines[1].ends_with(" million rows per second"), "{said}");
    assert_eq!(lines[2..], ["no discount for nothing: row 0: unreachable"]);
}
