//! C programs against the library: each of `c/*.c` asserts what it does. It is compiled as C and as C++, and run as it is
//! and under valgrind.
//!
//! What is missing on this machine is skipped by name; with `CI` set, it fails.

use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A way of compiling and running.
#[derive(Clone, Copy)]
struct Way {
    name: &'static str,
    compiler: &'static str,
    options: &'static [&'static str],
    runner: &'static [&'static str],
    /// Whether the library becomes a part of the program.
    is_static: bool,
}

const C: &[&str] = &["-x", "c", "-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic"];
const CPP: &[&str] = &["-x", "c++", "-std=c++17", "-Wall", "-Wextra", "-Werror"];

const WAYS: [Way; 3] = [
    Way { name: "c", compiler: "gcc", options: C, runner: &[], is_static: true },
    Way { name: "c++", compiler: "g++", options: CPP, runner: &[], is_static: false },
    Way {
        name: "valgrind",
        compiler: "gcc",
        options: C,
        runner: &[
            "valgrind",
            "--quiet",
            "--error-exitcode=9",
            "--leak-check=full",
            "--show-leak-kinds=definite,indirect",
            "--errors-for-leak-kinds=definite,indirect",
        ],
        is_static: false,
    },
];

/// What the library needs of the system when it is linked statically.
const SYSTEM: &[&str] = &["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"];

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        trial("exports", &["gcc", "nm"], everything_declared_is_exported),
        trial("docs", &["gcc"], the_example_of_the_page_runs),
    ];
    for way in WAYS {
        for (name, path) in programs() {
            let needed: Vec<&str> =
                std::iter::once(way.compiler).chain(way.runner.first().copied()).collect();
            trials.push(trial(&format!("{}/{name}", way.name), &needed, move || run(way, &name, &path)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// A trial that needs commands: without them, it is skipped, or fails where everything has to be there.
fn trial(
    name: &str,
    needed: &[&'static str],
    test: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    match needed.iter().find(|command| !has(command)) {
        None => Trial::test(name, test),
        Some(missing) if std::env::var_os("CI").is_some() => {
            let message = format!("{missing} is not installed");
            Trial::test(name, move || Err(Failed::from(message)))
        }
        Some(missing) => {
            Trial::test(format!("{name} (skipped: no {missing})"), || Ok(())).with_ignored_flag(true)
        }
    }
}

fn has(command: &str) -> bool {
    Command::new(command).arg("--version").output().is_ok_and(|output| output.status.success())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The programs, by name.
fn programs() -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(root().join("tests/c")).expect("a folder with programs");
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut programs: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
        .filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path)))
        .collect();
    programs.sort();
    assert!(!programs.is_empty(), "there are no programs");
    programs
}

/// The newest library with this extension: cargo puts it beside the tests, or one folder up, depending on what else is built.
fn library(extension: &str) -> Result<PathBuf, Failed> {
    let test = std::env::current_exe()?;
    let folders = test.ancestors().skip(1).take(2);
    let mut found = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(folder)?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("libsarsen_capi") && name.ends_with(extension) {
                found.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
    }
    let newest = found.into_iter().max();
    newest.map(|(_, path)| path).ok_or_else(|| format!("there is no libsarsen_capi{extension}").into())
}

/// Runs a command; its output, if it has succeeded.
fn output(command: &mut Command) -> Result<String, Failed> {
    let output = command.output()?;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() {
        return Ok(out.into_owned());
    }
    Err(format!("{command:?}: {}\n{out}{err}", output.status).into())
}

fn compile(way: Way, source: &Path, program: &Path) -> Result<(), Failed> {
    let mut command = Command::new(way.compiler);
    command.args(way.options).arg("-g").arg("-I").arg(root().join("include")).arg(source);
    let library = library(if way.is_static { ".a" } else { std::env::consts::DLL_SUFFIX })?;
    // What follows is no source.
    command.args(["-x", "none"]).arg(library).args(SYSTEM).arg("-o").arg(program);
    output(&mut command).map(|_| ())
}

fn run(way: Way, name: &str, source: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let program = folder.path().join(name);
    compile(way, source, &program)?;
    let mut command = match way.runner {
        [] => Command::new(&program),
        [runner, options @ ..] => {
            let mut command = Command::new(runner);
            command.args(options).arg(&program);
            command
        }
    };
    if !way.is_static {
        // It is looked for by the name that it is installed with.
        let (library, named) = (library(std::env::consts::DLL_SUFFIX)?, folder.path().join("libsarsen.so.0"));
        fs::hard_link(&library, &named).or_else(|_| fs::copy(&library, &named).map(|_| ()))?;
        command.env("LD_LIBRARY_PATH", folder.path());
    }
    // A place for files, too.
    output(command.current_dir(folder.path())).map(|_| ())
}

/// Names of functions that a header declares and does not define.
fn declared(header: &str) -> Result<BTreeSet<String>, Failed> {
    let mut command = Command::new("gcc");
    command.args(["-E", "-P", "-x", "c"]).arg(root().join("include").join(header));
    let text = output(&mut command)?;
    let mut names = BTreeSet::new();
    let (mut depth, mut statement) = (0, String::new());
    for character in text.chars() {
        match character {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                // A function that is defined; types end with a semicolon, too, and have no parenthesis.
                if depth == 0 && statement.contains("inline") {
                    statement.clear();
                }
            }
            ';' if depth == 0 => {
                names.extend(function(&std::mem::take(&mut statement)));
            }
            other if depth == 0 => statement.push(other),
            _ => {}
        }
    }
    Ok(names)
}

/// The name of the function that a declaration declares, if it is one of ours.
fn function(statement: &str) -> Option<String> {
    let (before, _) = statement.split_once('(')?;
    let name =
        before.split(|character: char| !character.is_alphanumeric() && character != '_').next_back()?;
    let ours = name.starts_with("wasm_") || name.starts_with("sarsen_");
    (ours && !statement.contains("typedef")).then(|| name.to_owned())
}

/// How many functions the standard has.
const STANDARD: usize = 280;

fn everything_declared_is_exported() -> Result<(), Failed> {
    let all = declared("sarsen.h")?;
    let standard = declared("wasm.h")?;
    // The one includes the other.
    if !all.is_superset(&standard) || standard.len() != STANDARD {
        return Err(
            format!("wasm.h declares {} functions, and the standard has {STANDARD}", standard.len()).into()
        );
    }
    let mut command = Command::new("nm");
    command.args(["-D", "--defined-only"]).arg(library(std::env::consts::DLL_SUFFIX)?);
    let symbols = output(&mut command)?;
    let exported = symbols.lines().filter_map(|line| line.rsplit(' ').next());
    let exported: BTreeSet<String> = exported
        .filter(|name| name.starts_with("wasm_") || name.starts_with("sarsen_"))
        .map(str::to_owned)
        .collect();
    let missing: Vec<_> = all.difference(&exported).collect();
    let unknown: Vec<_> = exported.difference(&all).collect();
    if missing.is_empty() && unknown.is_empty() {
        return Ok(());
    }
    Err(format!("declared, not exported: {missing:?}; exported, not declared: {unknown:?}").into())
}

/// Compiles and runs the first C program of the page.
fn the_example_of_the_page_runs() -> Result<(), Failed> {
    let page = fs::read_to_string(root().join("../../docs/c.md"))?;
    let program = page.split("```c\n").nth(1).and_then(|rest| rest.split("```").next());
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("example.c");
    fs::write(&source, program.ok_or("docs/c.md has no program")?)?;
    run(WAYS[0], "example", &source)
}
