//! The official suites on other processors, emulated.
//!
//! It owns the names of targets, linkers and emulators, and says what is missing of them and where it comes from. It
//! installs nothing. What runs is the same trials as `cargo test` runs here.

use crate::delegate::{cargo, run};
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A processor, and what Rust and Debian call it.
struct Machine {
    arch: &'static str,
    target: &'static str,
    debian: &'static str,
}

const MACHINES: [Machine; 2] = [
    Machine { arch: "aarch64", target: "aarch64-unknown-linux-gnu", debian: "arm64" },
    Machine { arch: "riscv64", target: "riscv64gc-unknown-linux-gnu", debian: "riscv64" },
];

/// The first emulator that will do. Older ones keep a record of each page that a memory reserves, which comes to gigabytes,
/// and do not tell RISC-V programs that there are vectors.
const QEMU: (u32, u32) = (8, 2);

/// Builds the trials for an architecture and runs those that `rest` names; with `--no-run`, only builds them.
pub fn suites(workspace: &Path, rest: &[String]) -> Result<(), String> {
    let (arch, rest) =
        rest.split_first().ok_or_else(|| format!("which architecture? There are {}", archs()))?;
    let machine = MACHINES.iter().find(|machine| machine.arch == arch);
    let machine = machine.ok_or_else(|| format!("no architecture `{arch}`; there are {}", archs()))?;
    let only_build = rest.iter().any(|argument| argument == "--no-run");

    let linker = machine.linker();
    let runner = if only_build { Ok(String::new()) } else { machine.runner() };
    let (linker, runner) = match (linker, machine.std(workspace), runner) {
        (Ok(linker), Ok(()), Ok(runner)) => (linker, runner),
        (linker, std, runner) => {
            let missing: Vec<String> =
                [linker.err(), std.err(), runner.err()].into_iter().flatten().collect();
            return Err(missing.join("\n"));
        }
    };
    // The emulator finds no libraries of the other processor.
    let flags = format!("{} -C target-feature=+crt-static", env::var("RUSTFLAGS").unwrap_or_default());
    let mut command = cargo(workspace, &["test", "--package", "sarsen-wast", "--test", "suites"]);
    command.args(["--target", machine.target]).env("RUSTFLAGS", flags.trim_start());
    command.env(machine.variable("LINKER"), linker);
    if only_build {
        return run(command.arg("--no-run"));
    }
    command.env(machine.variable("RUNNER"), runner);
    if env::var_os("QEMU_CPU").is_none() {
        // All that the emulator has: vectors are not part of its usual RISC-V.
        command.env("QEMU_CPU", "max");
    }
    run(command.arg("--").args(rest))
}

fn archs() -> String {
    MACHINES.map(|machine| machine.arch).join(", ")
}

impl Machine {
    /// Cargo's variable for something of the target.
    fn variable(&self, what: &str) -> String {
        format!("CARGO_TARGET_{}_{what}", self.target.to_ascii_uppercase().replace('-', "_"))
    }

    /// The linker: what cargo's variable says, else Debian's.
    fn linker(&self) -> Result<String, String> {
        let (arch, variable) = (self.arch, self.variable("LINKER"));
        let linker = env::var(&variable).unwrap_or_else(|_| format!("{arch}-linux-gnu-gcc"));
        match found(&linker) {
            Some(_) => Ok(linker),
            None => Err(format!(
                "there is no linker `{linker}`: on Debian it is in `gcc-{arch}-linux-gnu libc6-dev-{}-cross`; \
                 {variable} names another",
                self.debian
            )),
        }
    }

    /// Whether the compiler has the target's standard library.
    fn std(&self, workspace: &Path) -> Result<(), String> {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut command = Command::new(&rustc);
        command.args(["--print", "target-libdir", "--target", self.target]).current_dir(workspace);
        let libdir = output(&mut command)?;
        let is_std = |name: &str| name.starts_with("libstd-") && name.ends_with(".rlib");
        let files = Path::new(libdir.trim()).read_dir().into_iter().flatten().flatten();
        if files.into_iter().any(|file| file.file_name().to_str().is_some_and(is_std)) {
            return Ok(());
        }
        Err(format!(
            "{} has no standard library for {target}: `rustup target add {target}`, or Debian's \
             `libstd-rust-dev:{}` for Debian's compiler",
            rustc.display(),
            self.debian,
            target = self.target,
        ))
    }

    /// What runs programs: what cargo's variable says, else an emulator that is new enough.
    fn runner(&self) -> Result<String, String> {
        let (arch, variable) = (self.arch, self.variable("RUNNER"));
        if let Ok(runner) = env::var(&variable) {
            return Ok(runner);
        }
        let names = [format!("qemu-{arch}"), format!("qemu-{arch}-static")];
        let advice = format!("on Debian it is in `qemu-user`; {variable} names another");
        let Some(emulator) = names.into_iter().find(|name| found(name).is_some()) else {
            return Err(format!("there is no emulator `qemu-{arch}`: {advice}"));
        };
        let text = output(Command::new(&emulator).arg("--version"))?;
        match version(&text) {
            Some(version) if version < QEMU => {
                let ((major, minor), (needed, needed_minor)) = (version, QEMU);
                Err(format!(
                    "`{emulator}` is version {major}.{minor}, and too old before {needed}.{needed_minor}: {advice}"
                ))
            }
            _ => Ok(emulator),
        }
    }
}

/// Where a command is that is called by its name or path.
fn found(command: &str) -> Option<PathBuf> {
    if Path::new(command).components().count() > 1 {
        return Some(PathBuf::from(command)).filter(|path| path.is_file());
    }
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(command)).find(|path| path.is_file())
}

/// What a command prints.
fn output(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?}: {}\n{}", output.status, said.trim_end()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The version that an emulator says it is.
fn version(text: &str) -> Option<(u32, u32)> {
    let (_, behind) = text.split_once(" version ")?;
    let mut numbers = behind.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emulators_say_their_version() {
        assert_eq!(version("qemu-aarch64 version 11.1.2 (Debian 1:11.1.2+ds-3)\nCopyright"), Some((11, 1)));
        assert_eq!(version("qemu-riscv64 version 7.2.22 (Debian 1:7.2+dfsg-7)"), Some((7, 2)));
        assert_eq!(version("something else"), None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let nowhere = Machine { arch: "nowhere", target: "nowhere-unknown-linux-gnu", debian: "none" };
        let linker = nowhere.linker().unwrap_err();
        assert!(linker.contains("there is no linker `nowhere-linux-gnu-gcc`"), "{linker}");
        assert!(linker.contains("CARGO_TARGET_NOWHERE_UNKNOWN_LINUX_GNU_LINKER"), "{linker}");
        let runner = nowhere.runner().unwrap_err();
        assert!(runner.contains("there is no emulator `qemu-nowhere`"), "{runner}");
        assert!(suites(Path::new("."), &["nowhere".to_owned()]).unwrap_err().contains("aarch64, riscv64"));
    }
}
