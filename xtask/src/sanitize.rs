//! The tests of the public API under tools that see undefined behaviour: AddressSanitizer and Miri.
//!
//! It owns which tests these can run: those of the interpreter, because they do not know what machine code does. Both are of
//! nightly toolchains; it installs nothing, and cargo says what is missing.

use crate::delegate::run;
use std::path::Path;
use std::process::Command;

/// What is tested: without a compiler, and with the text format that tests are written in.
const TESTS: [&str; 8] =
    ["--package", "sarsen", "--no-default-features", "--features", "wat", "--test", "api", "--"];

/// Runs the tests that `rest` names with AddressSanitizer.
pub fn address(workspace: &Path, rest: &[String]) -> Result<(), String> {
    let host = host()?;
    let mut command = nightly(workspace, &["test", "--target", &host, "--target-dir", "target/asan"]);
    // Stacks of calls that wait are switched behind its back.
    command.args(TESTS).args(["--skip", "asynchronous"]).args(rest).env("RUSTFLAGS", "-Zsanitizer=address");
    // The collector looks for references on stacks, so that locals must lie on the real one. What lives as long as the process
    // is no leak.
    command.env("ASAN_OPTIONS", "detect_stack_use_after_return=0:detect_leaks=0");
    run(&mut command)
}

/// Runs the tests that `rest` names in Miri.
pub fn miri(workspace: &Path, rest: &[String]) -> Result<(), String> {
    let mut command = nightly(workspace, &["miri", "test", "--target-dir", "target/miri"]);
    command.args(TESTS).args(rest);
    // Handles of the heap are numbers, which become addresses again; tests write files.
    command.env("MIRIFLAGS", "-Zmiri-permissive-provenance -Zmiri-disable-isolation");
    run(&mut command)
}

/// A cargo command of the nightly toolchain, chosen by rustup.
pub(crate) fn nightly(workspace: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.arg("+nightly").args(arguments).current_dir(workspace);
    // What the cargo that runs this task has set is of another toolchain.
    for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    command
}

/// The target that this machine's compiler builds for: sanitizers want it said.
pub(crate) fn host() -> Result<String, String> {
    let output = Command::new("rustc").arg("-vV").output().map_err(|error| format!("rustc: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| format!("rustc does not say its host: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_says_its_host() {
        let host = host().unwrap();
        assert!(host.contains(std::env::consts::ARCH) && host.contains('-'), "{host}");
    }
}
