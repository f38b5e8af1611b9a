//! Golden tests: each `tests/golden/*.wa{t,st}` starts with its command and ends with what the command prints.
//!
//! The first line is `;; $ sarsen ARGUMENTS`, where `%` stands for the file. The environment is empty but for lines
//! `;; env NAME=VALUE` after it, and standard input for lines `;; stdin TEXT`.
//! The last lines, from `;; exit CODE` on, are the exit code and the output; `BLESS=1` rewrites them.
//! What modules do is the same when they are compiled: commands that run one are tried so too.
//! It owns no expectation of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

const PROMPT: &str = ";; $ sarsen ";
const ENV: &str = ";; env ";
const STDIN: &str = ";; stdin ";
const EXIT: &str = ";; exit ";

/// Words of commands that run nothing, say how, or are stopped somewhere.
const OTHER: [&str; 12] = [
    "compile ",
    "inspect ",
    "validate ",
    "vaildate ",
    "wast ",
    "completions ",
    "cache ",
    "--help",
    "--version",
    "-V",
    "--strategy",
    "--timeout 50ms",
];

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut trials = Vec::new();
    for file in files(&folder) {
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        for (way, code) in [("", Code::AsSaid), ("jit/", Code::Compiled)] {
            let file = file.clone();
            trials.push(libtest_mimic::Trial::test(format!("{way}{name}"), move || Ok(check(&file, code)?)));
        }
    }
    libtest_mimic::run(&libtest_mimic::Arguments::from_args(), trials).exit_code()
}

/// How the module of a command is run.
#[derive(Clone, Copy, PartialEq)]
enum Code {
    /// As the command says.
    AsSaid,
    /// Compiled, if the command runs it and does not say how.
    Compiled,
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of golden files is part of the source");
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// Runs the file's command and compares, or blesses.
fn check(file: &Path, code: Code) -> Result<(), String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let command = text.lines().next().and_then(|line| line.strip_prefix(PROMPT));
    let mut command = command.ok_or_else(|| format!("the first line is not `{PROMPT}..`"))?.to_owned();
    if code == Code::Compiled {
        if OTHER.iter().any(|word| command.contains(word)) {
            return Ok(());
        }
        command = format!("run --strategy jit {}", command.strip_prefix("run ").unwrap_or(&command));
    }
    let source = text.find(EXIT).map_or(&text[..], |end| &text[..end]);
    let actual = format!("{source}{}", run(&command, source, file)?);
    if actual == text {
        return Ok(());
    }
    if code == Code::AsSaid && env::var_os("BLESS").is_some() {
        return fs::write(file, actual).map_err(|error| error.to_string());
    }
    Err(format!("expected:\n{}\ngot:\n{}", &text[source.len()..], &actual[source.len()..]))
}

/// The exit code and output of `sarsen command`, as comments.
fn run(command: &str, source: &str, file: &Path) -> Result<String, String> {
    let name = file.file_name().and_then(|name| name.to_str()).ok_or("the file's name is not text")?;
    // A file is named without its folder, so that messages are the same on every machine.
    let mut child = Command::new(env!("CARGO_BIN_EXE_sarsen"))
        .args(words(command).iter().map(|word| if word == "%" { name } else { word }))
        .env_clear()
        .envs(lines(source, ENV).filter_map(|line| line.split_once('=')))
        .current_dir(file.parent().unwrap_or(file))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        for line in lines(source, STDIN) {
            // Not everybody reads it.
            let _ = writeln!(stdin, "{line}");
        }
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let code = output.status.code().map_or("by a signal".to_owned(), |code| code.to_string());
    let mut actual = format!("{EXIT}{code}\n");
    for (mark, stream) in [(">", &output.stdout), ("!", &output.stderr)] {
        for line in String::from_utf8_lossy(stream).lines() {
            actual += format!(";; {mark} {line}").trim_end();
            actual.push('\n');
        }
    }
    Ok(actual)
}

/// What follows `mark` in the lines after the command.
fn lines<'a>(source: &'a str, mark: &str) -> impl Iterator<Item = &'a str> {
    let header = source.lines().skip(1).take_while(|line| line.starts_with(";; "));
    header.filter_map(move |line| line.strip_prefix(mark))
}

/// Splits at spaces, except between double quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in command.split('"').enumerate() {
        match index % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}
