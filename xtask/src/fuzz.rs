//! Fuzz targets, with nothing but a nightly toolchain: `libfuzzer-sys` has the fuzzer, the compiler the coverage.
//!
//! It owns the command line and where inputs lie; `build` owns the compiler's flags. What targets do is said in `fuzz/`.

mod build;

use crate::delegate::{cargo, run};
use crate::sanitize::ADDRESS_OPTIONS;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Minutes that a target runs unless told.
const MINUTES: u64 = 10;
/// Seconds that an input may take, megabytes that the process may have, and bytes of an input: generators make of these all that
/// they would of more.
const LIMITS: [&str; 3] = ["-timeout=60", "-rss_limit_mb=4096", "-max_len=4096"];
/// Seconds of fresh seeds.
const SMOKE: &str = "60";
/// Where crashes go that became tests.
const REGRESSIONS: &str = "fuzz/oracles/tests/regressions";

const USAGE: &str = "usage: cargo xtask fuzz TARGET [--sanitize] [--minutes N] [--minimize] [FILE]
       cargo xtask fuzz TARGET --golden FILE NAME
       cargo xtask fuzz --smoke";

/// What is asked for of a target.
#[derive(Debug, PartialEq)]
enum Request<'a> {
    /// Inputs are looked for, for so many minutes.
    Run(u64),
    /// The corpus is reduced to what adds coverage.
    Minimize,
    /// An input is run once.
    Once(&'a str),
    /// An input becomes a test of this name.
    Golden(&'a str, &'a str),
}

/// Builds a target and runs it, or does what needs no fuzzer.
pub fn fuzz(workspace: &Path, rest: &[String]) -> Result<(), String> {
    let (target, rest) = rest.split_first().ok_or(USAGE)?;
    if target == "--smoke" && rest.is_empty() {
        let artifacts = workspace.join("fuzz/artifacts");
        return run(cases(workspace, &["smoke", SMOKE]).arg(&artifacts))
            .map_err(|error| format!("{error}\nwhat was tried last is below {}", artifacts.display()));
    }
    let (sanitize, rest) = match rest.split_first() {
        Some((first, rest)) if first == "--sanitize" => (true, rest),
        _ => (false, rest),
    };
    let request = parse(rest)?;
    let targets = targets(workspace)?;
    if !targets.contains(target) {
        return Err(format!("no target is called {target:?}; there are {}", targets.join(", ")));
    }
    match request {
        Request::Golden(..) if sanitize => Err(format!("--golden runs nothing\n{USAGE}")),
        Request::Golden(file, name) => golden(workspace, target, &absolute(file)?, name),
        Request::Once(file) => run(fuzzer(workspace, target, sanitize)?.arg(absolute(file)?)),
        Request::Minimize => minimize(workspace, target, sanitize),
        Request::Run(0) => Err("--minutes is at least 1".to_owned()),
        Request::Run(minutes) => {
            let corpus = folder(workspace, "corpus", target)?;
            if fs::read_dir(&corpus).is_ok_and(|mut inputs| inputs.next().is_none()) {
                run(cases(workspace, &["seeds", target]).arg(&corpus))?;
            }
            let mut fuzzer = fuzzer(workspace, target, sanitize)?;
            run(fuzzer.arg(format!("-max_total_time={}", minutes * 60)).arg(corpus))
        }
    }
}

/// A file that there is, from wherever one looks: programs are run in the workspace.
fn absolute(file: &str) -> Result<PathBuf, String> {
    fs::canonicalize(file).map_err(|error| format!("{file}: {error}"))
}

/// A target, built, with its limits.
fn fuzzer(workspace: &Path, target: &str, sanitize: bool) -> Result<Command, String> {
    let artifacts = folder(workspace, "artifacts", target)?;
    let mut command = Command::new(build::build(workspace, target, sanitize)?);
    if sanitize {
        command.env("ASAN_OPTIONS", ADDRESS_OPTIONS);
    }
    command.current_dir(workspace).args(LIMITS).arg(format!("-artifact_prefix={}/", artifacts.display()));
    Ok(command)
}

/// A folder of inputs of a target, which is there afterwards.
fn folder(workspace: &Path, kind: &str, target: &str) -> Result<PathBuf, String> {
    let folder = workspace.join("fuzz").join(kind).join(target);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// The program for what needs no fuzzer, and is built as tests are.
fn cases(workspace: &Path, arguments: &[&str]) -> Command {
    // Without a package, it is built of what the tests are built of.
    let program = ["run", "--quiet", "--example", "cases", "--"];
    let mut command = cargo(workspace, &program);
    command.args(arguments);
    command
}

/// Reduces a corpus: beside it, so that it is lost by no interrupt.
fn minimize(workspace: &Path, target: &str, sanitize: bool) -> Result<(), String> {
    let corpus = workspace.join("fuzz/corpus").join(target);
    let old = corpus.with_extension("old");
    // Left by somebody who was interrupted between the two names below.
    if old.is_dir() && !corpus.is_dir() {
        fs::rename(&old, &corpus).map_err(|error| format!("{}: {error}", old.display()))?;
    }
    let (corpus, new) = (folder(workspace, "corpus", target)?, folder(workspace, "minimal", target)?);
    run(fuzzer(workspace, target, sanitize)?.arg("-merge=1").args([&new, &corpus]))?;
    let renamed = fs::rename(&corpus, &old).and_then(|()| fs::rename(&new, &corpus));
    renamed.and_then(|()| fs::remove_dir_all(&old)).map_err(|error| format!("{}: {error}", corpus.display()))
}

/// Writes an input as text among the tests of what was found.
fn golden(workspace: &Path, target: &str, file: &Path, name: &str) -> Result<(), String> {
    let mut command = cases(workspace, &["golden", target]);
    command.arg(file);
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let path = workspace.join(REGRESSIONS).join(format!("{name}.wast"));
    let mut test = File::create_new(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    test.write_all(&output.stdout).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("{}", path.display());
    Ok(())
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

/// What the words after a target ask for.
fn parse(rest: &[String]) -> Result<Request<'_>, String> {
    let words: Vec<&str> = rest.iter().map(String::as_str).collect();
    match words[..] {
        [] => Ok(Request::Run(MINUTES)),
        ["--minutes", number] => {
            number.parse().map(Request::Run).map_err(|error| format!("--minutes {number}: {error}"))
        }
        ["--minimize"] => Ok(Request::Minimize),
        ["--golden", file, name] => Ok(Request::Golden(file, name)),
        [file] if !file.starts_with('-') => Ok(Request::Once(file)),
        _ => Err(format!("{words:?} is not understood\n{USAGE}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_understood() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        for (text, request) in [
            ("", Request::Run(MINUTES)),
            ("--minutes 3", Request::Run(3)),
            ("--minimize", Request::Minimize),
            ("crash-1", Request::Once("crash-1")),
            ("--golden crash-1 a_name", Request::Golden("crash-1", "a_name")),
        ] {
            assert_eq!(parse(&words(text)), Ok(request), "{text}");
        }
        for wrong in ["--minutes", "--minutes x", "--fast", "--golden crash-1", "crash-1 crash-2"] {
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
