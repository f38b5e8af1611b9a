//! Fuzz targets, with nothing but a nightly toolchain: `libfuzzer-sys` has the fuzzer, the compiler the coverage.
//!
//! It owns the compiler's flags and where inputs lie. What targets do is said in `fuzz/`; it installs nothing, and says what is
//! missing.

use crate::delegate::run;
use crate::sanitize::{host, nightly};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What makes the compiler count edges and comparisons, as libFuzzer wants to see them.
const FLAGS: &str = "--cfg fuzzing -Cdebug-assertions -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";
/// Minutes that a target runs unless told.
const MINUTES: u64 = 10;
/// Seconds that an input may take, and megabytes that the process may have.
const LIMITS: [&str; 2] = ["-timeout=60", "-rss_limit_mb=4096"];

const USAGE: &str = "usage: cargo xtask fuzz TARGET [--minutes N] [--minimize] [FILE]";

/// What is asked for.
#[derive(Debug, PartialEq)]
struct Request<'a> {
    target: &'a str,
    minutes: u64,
    /// Whether the corpus is reduced to what adds coverage, instead of growing.
    minimize: bool,
    /// An input that is run once.
    file: Option<&'a str>,
}

/// Builds a target and runs it.
pub fn fuzz(workspace: &Path, rest: &[String]) -> Result<(), String> {
    let targets = targets(workspace)?;
    let request = parse(rest)?;
    if !targets.iter().any(|target| target == request.target) {
        return Err(format!("no target is called {:?}; there are {}", request.target, targets.join(", ")));
    }
    expect_nightly()?;
    let host = host()?;
    let manifest = ["--manifest-path", "fuzz/Cargo.toml", "--target-dir", "target/fuzz"];
    let mut build = nightly(workspace, &["build", "--release", "--target", &host, "--bin", request.target]);
    run(build.args(manifest).env("RUSTFLAGS", FLAGS))?;
    let program = workspace.join("target/fuzz").join(host).join("release").join(request.target);
    let make = |folder: &str| {
        let folder = workspace.join("fuzz").join(folder).join(request.target);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok::<_, String>(folder)
    };
    let (corpus, artifacts) = (make("corpus")?, make("artifacts")?);
    let mut command = Command::new(program);
    command.current_dir(workspace).args(LIMITS).arg(format!("-artifact_prefix={}/", artifacts.display()));
    if let Some(file) = request.file {
        return run(command.arg(file));
    }
    if !request.minimize {
        return run(command.arg(format!("-max_total_time={}", request.minutes * 60)).arg(corpus));
    }
    let (old, new) = (corpus.with_extension("old"), make("corpus/minimal")?);
    run(command.arg("-merge=1").args([&new, &corpus]))?;
    let renamed = fs::rename(&corpus, &old).and_then(|()| fs::rename(&new, &corpus));
    renamed.and_then(|()| fs::remove_dir_all(&old)).map_err(|error| format!("{}: {error}", corpus.display()))
}

/// The names of the targets: those of their files.
fn targets(workspace: &Path) -> Result<Vec<String>, String> {
    let folder = workspace.join("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let stems = entries.flatten().filter_map(|entry| Some(entry.path().file_stem()?.to_str()?.to_owned()));
    let mut targets: Vec<String> = stems.collect();
    targets.sort();
    Ok(targets)
}

fn parse(rest: &[String]) -> Result<Request<'_>, String> {
    let (target, mut rest) = rest.split_first().ok_or(USAGE)?;
    let mut request = Request { target, minutes: MINUTES, minimize: false, file: None };
    while let Some((word, others)) = rest.split_first() {
        rest = others;
        match word.as_str() {
            "--minutes" => {
                let (number, others) = rest.split_first().ok_or(USAGE)?;
                request.minutes = number.parse().map_err(|error| format!("--minutes {number}: {error}"))?;
                rest = others;
            }
            "--minimize" => request.minimize = true,
            file if !file.starts_with('-') => request.file = Some(file),
            _ => return Err(format!("{word:?} is unknown\n{USAGE}")),
        }
    }
    Ok(request)
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
    fn words_are_understood() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let plain = Request { target: "tiers", minutes: MINUTES, minimize: false, file: None };
        assert_eq!(parse(&words("tiers")), Ok(plain));
        let timed = Request { target: "tiers", minutes: 3, minimize: true, file: None };
        assert_eq!(parse(&words("tiers --minutes 3 --minimize")), Ok(timed));
        assert_eq!(parse(&words("tiers crash-1")).map(|request| request.file), Ok(Some("crash-1")));
        for wrong in ["tiers --minutes", "tiers --minutes x", "tiers --fast"] {
            assert!(parse(&words(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn targets_are_files_that_the_manifest_names() {
        let workspace = crate::workspace();
        let manifest = fs::read_to_string(workspace.join("fuzz/Cargo.toml")).expect("there are targets");
        let targets = targets(&workspace).expect("there are targets");
        assert_eq!(manifest.matches("[[bin]]").count(), targets.len());
        for target in targets {
            assert!(manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")), "{target}");
        }
    }
}
