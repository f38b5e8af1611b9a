//! Holds the interpreter's handlers to what makes them fast, in the machine code of a release build.
//!
//! A handler has no frame: it pushes nothing, keeps nothing on the stack, calls nothing, and leaves by an indirect jump to
//! the next handler or by a jump to one of the slow functions. Compilers do not promise that; this does. No function of
//! the interpreter may return to whoever jumped to it, or the host's stack would grow with every instruction.
//!
//! In a build without optimization across units, handlers may have frames, but must not return either: whoever embeds the
//! interpreter chooses the profile.
//!
//! `binary` finds the functions, `frame` judges one, `exceptions` lists what is excused.
//! It looks at no source.

mod binary;
mod exceptions;
mod frame;

use crate::delegate::cargo;
use binary::{Binary, Function, Role};
use exceptions::{EXCEPTIONS, Exception, covering};
use frame::{Fault, faults};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The argument for a build of its own.
const PLAIN: &str = "--plain";

/// What is asked of handlers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rules {
    /// No frame, but where the list of exceptions says so.
    Fast,
    /// No growth of the stack.
    Right,
}

/// Checks every handler of the program at `path`, or of the workspace's release build, and prints a summary; with `--plain`
/// those of a build that is as little optimized as a release build can be.
pub fn run(workspace: &Path, path: Option<&str>) -> Result<(), String> {
    if path == Some(PLAIN) {
        return check(&plain_binary(workspace)?, Rules::Right);
    }
    check(&path.map_or_else(|| default_binary(workspace), PathBuf::from), Rules::Fast)
}

fn check(path: &Path, rules: Rules) -> Result<(), String> {
    let data = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let binary = match Binary::parse(&data)? {
        Ok(binary) => binary,
        Err(what) => {
            println!(
                "handlers: skipped, {} is {what}, and only ELF for x86_64 is understood",
                path.display()
            );
            return Ok(());
        }
    };
    let report = Report::new(&binary, rules, EXCEPTIONS);
    println!("{}", report.summary());
    if report.problems.is_empty() { Ok(()) } else { Err(report.problems.join("\n")) }
}

/// The command as `cargo build --release` leaves it.
fn default_binary(workspace: &Path) -> PathBuf {
    target(workspace).join("release/sarsen")
}

/// The interpreter's unit tests, built without link-time optimization and in many units.
fn plain_binary(workspace: &Path) -> Result<PathBuf, String> {
    let target = target(workspace).join("plain");
    let build = ["test", "--release", "--no-run", "--package", "sarsen-interp", "--lib"];
    let mut command = cargo(workspace, &build);
    command.arg("--target-dir").arg(&target);
    for (setting, value) in [("LTO", "off"), ("CODEGEN_UNITS", "256"), ("DEBUG", "line-tables-only")] {
        command.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
    }
    // Where it is, only messages for programs say.
    executable(command.args(["--message-format", "json-render-diagnostics"]).stderr(Stdio::inherit()))
}

/// The program that cargo says it has built.
fn executable(command: &mut Command) -> Result<PathBuf, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", output.status));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let named = text.split("\"executable\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    named.last().map(PathBuf::from).ok_or_else(|| format!("{command:?} has built no program"))
}

fn target(workspace: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), PathBuf::from)
}

/// What the check found.
struct Report {
    rules: Rules,
    instructions: usize,
    handlers: usize,
    fast: usize,
    slow: usize,
    /// The listed exceptions that were needed, and by how many handlers.
    excused: BTreeMap<&'static str, usize>,
    problems: Vec<String>,
}

impl Report {
    fn new(binary: &Binary<'_>, rules: Rules, exceptions: &[Exception]) -> Report {
        let mut report = Report {
            rules,
            instructions: binary.table.len(),
            handlers: 0,
            fast: 0,
            slow: 0,
            excused: BTreeMap::new(),
            problems: Vec::new(),
        };
        report.completeness(binary);
        for function in &binary.functions {
            match function.role {
                Role::Handler => report.handler(binary, function, exceptions),
                Role::Slow | Role::Stop => report.slow(binary, function),
            }
        }
        for exception in exceptions.iter().filter(|_| rules == Rules::Fast) {
            for name in exception.instructions.iter().filter(|name| !report.excused.contains_key(*name)) {
                report
                    .problems
                    .push(format!("{name}: needs no exception any more (\"{}\")", exception.reason));
            }
        }
        report
    }

    /// Every instruction must have a handler that is checked, and every handler must be an instruction's.
    fn completeness(&mut self, binary: &Binary<'_>) {
        let handlers: BTreeSet<u64> =
            binary.functions.iter().filter(|f| f.role == Role::Handler).map(|f| f.address).collect();
        let table: BTreeSet<u64> = binary.table.iter().copied().collect();
        for (number, address) in binary.table.iter().enumerate() {
            if !handlers.contains(address) {
                self.problems.push(format!("instruction {number}: no handler is at {address:#x}"));
            }
        }
        for address in handlers.difference(&table) {
            self.problems.push(format!("the handler at {address:#x} is no instruction's"));
        }
    }

    fn handler(&mut self, binary: &Binary<'_>, function: &Function<'_>, exceptions: &[Exception]) {
        self.handlers += 1;
        let exception = covering(exceptions, &function.name);
        let (excusable, fatal): (Vec<_>, Vec<_>) =
            faults(binary, function).into_iter().partition(Fault::is_excusable);
        let mut complain = |fault: &Fault| {
            let sharing = binary.table.iter().filter(|&&address| address == function.address).count();
            let others = if sharing > 1 { format!(" and {} more", sharing - 1) } else { String::new() };
            self.problems.push(format!("{}{others}: {fault}", function.name));
        };
        fatal.iter().for_each(&mut complain);
        match (excusable.first(), exception) {
            (None, _) => self.fast += usize::from(fatal.is_empty()),
            (Some(_), Some(exception)) => *self.excused.entry(exception).or_default() += 1,
            (Some(_), None) if self.rules == Rules::Right => *self.excused.entry("a frame").or_default() += 1,
            (Some(fault), None) => complain(fault),
        }
    }

    fn slow(&mut self, binary: &Binary<'_>, function: &Function<'_>) {
        self.slow += 1;
        for fault in faults(binary, function).iter().filter(|fault| !fault.is_excusable()) {
            // The end of an activation is the one place that returns.
            if !(function.role == Role::Stop && matches!(fault, Fault::Return { .. })) {
                self.problems.push(format!("{}: {fault}", function.name));
            }
        }
    }

    fn summary(&self) -> String {
        format!(
            "handlers: {} instructions have {} different handlers, {} fast and {} exceptions; {} slow functions",
            self.instructions,
            self.handlers,
            self.fast,
            self.excused.values().sum::<usize>(),
            self.slow
        )
    }
}
