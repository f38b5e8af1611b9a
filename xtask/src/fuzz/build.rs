//! How fuzz targets are built: by a nightly toolchain, with coverage where it tells something.
//!
//! It owns the compiler's flags and the packages that get them. It installs nothing, and says what is missing.

use crate::delegate::run;
use crate::sanitize::{ADDRESS_FLAGS, host, nightly};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What makes the compiler count edges and comparisons, as libFuzzer wants to see them.
const COVERAGE: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];
/// The packages in which they are not counted: the interpreter's handlers, which end in tail calls and would take the compiler
/// minutes, with their kernels; and Cranelift, whose many edges make everything slower and say little about Sarsen.
const QUIET: [&str; 6] = [
    "cranelift-assembler-x64",
    "cranelift-codegen",
    "cranelift-frontend",
    "regalloc2",
    "sarsen-interp",
    "sarsen-isa",
];
/// What is the same for all packages: fuzzers look for broken assertions, and for sums that are too large. Macros run in the
/// compiler, where nobody counts; profiles of packages would reach what macros are built of as well, so that packages are left
/// out instead of named.
const ALL: [&str; 3] = [
    "profile.release.build-override.rustflags=[]",
    "profile.release.debug-assertions=true",
    "profile.release.overflow-checks=true",
];
/// The interpreter's handlers are only handlers without.
const INTERPRETER: [&str; 2] = [
    "profile.release.package.sarsen-interp.debug-assertions=false",
    "profile.release.package.sarsen-interp.overflow-checks=false",
];

/// Builds a target, with AddressSanitizer or without; the program.
pub(super) fn build(workspace: &Path, target: &str, sanitize: bool) -> Result<PathBuf, String> {
    expect_nightly()?;
    let host = host()?;
    let (folder, flags) = flags(sanitize);
    let mut command = nightly(workspace, &["build", "-Zprofile-rustflags", "--release", "--target", &host]);
    command.args(["--manifest-path", "fuzz/Cargo.toml", "--target-dir", folder, "--bin", target]);
    for setting in settings() {
        command.arg("--config").arg(setting);
    }
    run(command.env("RUSTFLAGS", flags))?;
    Ok(workspace.join(folder).join(host).join("release").join(target))
}

/// Where targets are built, and what the compiler is told for all packages: one that is not sanitized hides what it does from all
/// others.
fn flags(sanitize: bool) -> (&'static str, String) {
    let fuzzing = "--cfg fuzzing";
    match sanitize {
        true => ("target/fuzz-address", format!("{fuzzing} {ADDRESS_FLAGS}")),
        false => ("target/fuzz", fuzzing.to_owned()),
    }
}

/// The profile, as cargo's command line takes it.
fn settings() -> impl Iterator<Item = String> {
    let quiet = QUIET.map(|package| format!("profile.release.package.{package}.rustflags=[]"));
    let fixed = ALL.into_iter().chain(INTERPRETER).map(str::to_owned);
    fixed.chain(quiet).chain([format!("profile.release.rustflags={COVERAGE:?}")])
}

/// Fails unless rustup has a nightly toolchain, whose compiler alone takes the flags.
fn expect_nightly() -> Result<(), String> {
    let missing = "fuzzing needs a nightly toolchain: rustup toolchain install nightly";
    let output = Command::new("rustup").args(["toolchain", "list"]).output();
    let output = output.map_err(|error| format!("{missing} (rustup: {error})"))?;
    let list = String::from_utf8_lossy(&output.stdout);
    if list.lines().any(|line| line.starts_with("nightly")) { Ok(()) } else { Err(missing.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sanitized_targets_are_beside_the_others() {
        let ((plain, without), (sanitized, with)) = (flags(false), flags(true));
        assert_ne!(plain, sanitized);
        assert!(with.starts_with(&without) && with.contains("sanitizer=address"), "{with}");
        assert!(!without.contains("sanitizer"), "{without}");
    }

    #[test]
    fn settings_name_packages_that_there_are() {
        let lock =
            std::fs::read_to_string(crate::workspace().join("Cargo.lock")).expect("the lock is committed");
        for package in QUIET {
            assert!(lock.contains(&format!("name = {package:?}\n")), "{package}");
        }
        let all: Vec<String> = settings().collect();
        assert!(all.contains(&"profile.release.package.sarsen-interp.rustflags=[]".to_owned()), "{all:?}");
        assert!(
            all.iter().any(|setting| setting.starts_with("profile.release.rustflags=[\"-Cpasses=")),
            "{all:?}"
        );
    }
}
