//! Tests under tools that see undefined behaviour and races: `cargo xtask sanitize address|thread|miri [FILTER]`.
//!
//! It owns which tests each of them runs, and how they are built. All are of nightly toolchains; it installs nothing, and says
//! what is missing. What they cannot see is said in SECURITY.md.

use crate::delegate::run;
use std::path::Path;
use std::process::Command;

const USAGE: &str = "usage: cargo xtask sanitize address|thread|miri [FILTER]";

/// The public API in every tier, calls that wait too, and the official suites; known attacks, and what crosses borders of components.
const ADDRESS: &[&str] = &[
    "--package=sarsen",
    "--package=sarsen-wast",
    "--package=sarsen-component",
    "--test=api",
    "--test=api_jit",
    "--test=api_tiered",
    "--test=suites",
    "--test=attacks",
    "--test=bounds",
    "--test=destructors",
    "--test=handles",
    "--test=lies",
    "--test=memory",
    "--test=owners",
    "--test=reentrance",
    "--test=strings",
    "--no-fail-fast",
];

/// Code that several threads run while others compile it. What ThreadSanitizer does when a function ends keeps handlers of the
/// interpreter from jumping to each other: with checks on, it is the loop.
const THREAD: &[&str] = &[
    "--package=sarsen",
    "--test=tier_up",
    "--no-fail-fast",
    "--config=profile.dev.package.sarsen-interp.debug-assertions=true",
];

/// The crates below the compiler; then the public API without one, and with the text format that its tests are written in.
const MIRI: [&[&str]; 2] = [
    &["--package=sarsen-isa", "--package=sarsen-module", "--package=sarsen-vm", "--package=sarsen-interp"],
    &["--package=sarsen", "--no-default-features", "--features=wat", "--test=api"],
];

/// What the compiler is told for AddressSanitizer, and the sources.
pub(crate) const ADDRESS_FLAGS: &str = "-Zsanitizer=address --cfg address_sanitizer";

/// The collector looks for references on stacks, so that locals must lie on the real one. What lives as long as the process is no
/// leak. Faults and the stacks on which they are handled are the runtime's.
pub(crate) const ADDRESS_OPTIONS: &str =
    "detect_stack_use_after_return=0:detect_leaks=0:handle_segv=0:handle_sigbus=0:use_sigaltstack=0";

/// Runs the tests of a tool that the rest of the arguments names.
pub fn sanitize(workspace: &Path, rest: &[String]) -> Result<(), String> {
    let (tool, filter) = rest.split_first().ok_or(USAGE)?;
    match tool.as_str() {
        "address" => address(workspace, filter),
        "thread" => thread(workspace, filter),
        "miri" => miri(workspace, filter),
        _ => Err(format!("there is no tool `{tool}`\n{USAGE}")),
    }
}

fn address(workspace: &Path, filter: &[String]) -> Result<(), String> {
    let mut command = sanitized(workspace, "address", ADDRESS_FLAGS)?;
    command.args(ADDRESS).arg("--").args(filter);
    run(command.env("ASAN_OPTIONS", ADDRESS_OPTIONS))
}

fn thread(workspace: &Path, filter: &[String]) -> Result<(), String> {
    let (flags, library) = if has_sources(Command::new("rustc").args(["+nightly", "--print", "sysroot"])) {
        ("-Zsanitizer=thread", Some("-Zbuild-std"))
    } else {
        // No suppressions: each stack of a thread goes through that library, so that what names it hides every race.
        eprintln!(
            "Rust's library is not built with ThreadSanitizer, which does not see what it synchronizes: a report may be wrong.\n\
             It would be with its sources: rustup component add --toolchain nightly rust-src"
        );
        ("-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer", None)
    };
    let mut command = sanitized(workspace, "thread", flags)?;
    run(command.args(library).args(THREAD).arg("--").args(filter))
}

/// Whether the compiler whose folder the command prints has the sources of Rust's library.
fn has_sources(sysroot: &mut Command) -> bool {
    let Ok(output) = sysroot.output() else { return false };
    let folder = String::from_utf8_lossy(&output.stdout);
    Path::new(folder.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").is_file()
}

fn miri(workspace: &Path, filter: &[String]) -> Result<(), String> {
    expect_miri(&mut nightly(workspace, &["miri", "--version"]))?;
    for tests in MIRI {
        let mut command = nightly(workspace, &["miri", "test", "--target-dir", "target/sanitize-miri"]);
        command.args(tests).arg("--").args(filter);
        // Handles of the heap are numbers, which become addresses again; tests write files.
        run(command.env("MIRIFLAGS", "-Zmiri-permissive-provenance -Zmiri-disable-isolation"))?;
    }
    Ok(())
}

/// Fails unless the command, which asks for Miri's version, succeeds.
fn expect_miri(version: &mut Command) -> Result<(), String> {
    let missing = "Miri is missing: rustup component add --toolchain nightly miri rust-src";
    let output = version.output().map_err(|error| format!("{missing} (cargo: {error})"))?;
    if output.status.success() { Ok(()) } else { Err(missing.to_owned()) }
}

/// Tests built with a sanitizer, in a folder of their own. Debug information would be most of it, and reports have names without.
fn sanitized(workspace: &Path, tool: &str, flags: &str) -> Result<Command, String> {
    let folder = format!("target/sanitize-{tool}");
    let mut command = nightly(workspace, &["test", "--target", &host()?, "--target-dir", &folder]);
    command.env("RUSTFLAGS", flags).env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
    Ok(command)
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
    use crate::workspace;

    #[test]
    fn the_compiler_says_its_host() {
        let host = host().unwrap();
        assert!(host.contains(std::env::consts::ARCH) && host.contains('-'), "{host}");
    }

    #[test]
    fn tools_are_named_if_there_is_no_such() {
        let error = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            sanitize(&workspace(), &words).unwrap_err()
        };
        assert_eq!(error(&[]), USAGE);
        assert!(error(&["memory"]).starts_with("there is no tool `memory`\nusage: "));
    }

    #[test]
    fn a_miri_that_is_missing_is_said_to_be() {
        let missing = expect_miri(&mut Command::new("cargo-that-does-not-exist")).unwrap_err();
        assert!(missing.contains("rustup component add --toolchain nightly miri"), "{missing}");
        assert_eq!(expect_miri(Command::new("rustc").arg("--version")), Ok(()));
    }
}
