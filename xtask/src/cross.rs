//! The official suites on other processors, emulated.
//!
//! It owns the names of targets, linkers and emulators. What runs is the same trials as `cargo test` runs here; that they
//! can be built needs the target's standard library and a C compiler for it, which Debian calls `gcc-ARCH-linux-gnu`.

use crate::delegate::{cargo, run};
use std::path::Path;

/// Architectures and their targets.
const TARGETS: [(&str, &str); 2] =
    [("aarch64", "aarch64-unknown-linux-gnu"), ("riscv64", "riscv64gc-unknown-linux-gnu")];

/// Builds the trials for an architecture and runs those that `rest` names; with `--no-run`, only builds them.
pub fn suites(workspace: &Path, rest: &[String]) -> Result<(), String> {
    let names = TARGETS.map(|(arch, _)| arch).join(", ");
    let (arch, rest) = rest.split_first().ok_or_else(|| format!("which architecture? There are {names}"))?;
    let found = TARGETS.iter().find(|(name, _)| name == arch);
    let (_, target) = found.ok_or_else(|| format!("no architecture `{arch}`; there are {names}"))?;
    let variable =
        |what: &str| format!("CARGO_TARGET_{}_{what}", target.to_ascii_uppercase().replace('-', "_"));
    let mut command = cargo(workspace, &["test", "--package", "sarsen-wast", "--test", "suites"]);
    command
        .args(["--target", target])
        .env(variable("LINKER"), format!("{arch}-linux-gnu-gcc"))
        .env(variable("RUNNER"), format!("qemu-{arch}-static"))
        // The emulator finds no libraries of the other processor.
        .env(variable("RUSTFLAGS"), "-C target-feature=+crt-static");
    if rest.iter().any(|argument| argument == "--no-run") {
        return run(command.arg("--no-run"));
    }
    run(command.arg("--").args(rest))
}
