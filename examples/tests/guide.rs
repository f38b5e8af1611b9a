//! That the guide says what is: its code is compiled, stands in a file of the project, or is run.
//!
//! Blocks of Rust are documentation of this crate, which `cargo test` compiles and runs. Others are excerpts of a file to which the
//! page links; and of those that show a terminal, the commands are run, and their output is compared.
//!
//! `cargo test -p sarsen-examples` builds the examples before it runs this; `--test guide` alone takes what was built before.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const GUIDE: &str = "../docs/guide";

/// What an example may take, none of which takes more than a second or two.
const PATIENCE: Duration = Duration::from_secs(60);

/// A block of a page.
struct Block {
    language: String,
    lines: Vec<String>,
    /// The line of the page where it begins.
    line: usize,
}

struct Page {
    name: String,
    text: String,
}

fn pages() -> Vec<Page> {
    let files = fs::read_dir(GUIDE).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<Page> = files
        .map(|file| Page {
            name: file.file_name().unwrap().to_str().unwrap().to_owned(),
            text: fs::read_to_string(&file).unwrap(),
        })
        .collect();
    pages.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(pages.len() > 5, "the guide is there");
    pages
}

impl Page {
    fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut is_open = false;
        for (line, text) in (1..).zip(self.text.lines()) {
            match text.strip_prefix("```") {
                Some(_) if is_open => is_open = false,
                Some(language) => {
                    is_open = true;
                    blocks.push(Block { language: language.to_owned(), lines: Vec::new(), line });
                }
                None if is_open => blocks.last_mut().unwrap().lines.push(text.to_owned()),
                None => {}
            }
        }
        blocks
    }

    /// The files to which it links.
    fn links(&self) -> impl Iterator<Item = PathBuf> {
        let targets = self.text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap_or_default());
        let files = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
        files.map(|target| Path::new(GUIDE).join(target.split('#').next().unwrap_or_default()))
    }
}

/// Text whose lines begin where they begin, whatever they are inside of.
fn without_indentation<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.map(|line| line.trim_start().to_owned() + "\n").collect()
}

#[test]
fn links_lead_somewhere() {
    for page in pages() {
        for file in page.links() {
            assert!(file.exists(), "{}: {} does not exist", page.name, file.display());
        }
    }
}

#[test]
fn rust_is_tested_as_documentation() {
    let tested = fs::read_to_string("src/lib.rs").unwrap();
    for page in pages() {
        if page.blocks().iter().any(|block| block.language == "rust") {
            assert!(tested.contains(&format!("docs/guide/{}\")", page.name)), "{} is not tested", page.name);
        }
    }
}

#[test]
fn the_rest_is_excerpts() {
    let known = ["c", "rs", "sh", "toml", "wit"];
    for page in pages() {
        let files = page.links().filter_map(|file| fs::read_to_string(file).ok());
        let files: Vec<String> = files.map(|text| without_indentation(text.lines())).collect();
        for block in page.blocks() {
            let Block { language, lines, line } = &block;
            if language == "rust" || language == "console" {
                continue;
            }
            assert!(known.contains(&language.as_str()), "{}:{line}: a block of `{language}`", page.name);
            let excerpt = without_indentation(lines.iter().map(String::as_str));
            let is_found = files.iter().any(|file| file.contains(&excerpt));
            assert!(is_found, "{}:{line}: in no file to which the page links:\n{excerpt}", page.name);
        }
    }
}

/// Whether a line is as it was said to be, where `…` stands for anything.
fn matches(said: &str, line: &str) -> bool {
    match said.split_once('…') {
        Some((before, after)) => {
            line.len() >= before.len() + after.len() && line.starts_with(before) && line.ends_with(after)
        }
        None => said == line,
    }
}

/// The sources of crates that a program embeds.
fn sources() -> String {
    fn collect(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, text);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut text = String::new();
    for folder in ["../crates/sarsen/src", "../crates/isa/src", "../crates/component/src", "../wasi/src"] {
        collect(Path::new(folder), &mut text);
    }
    text
}

#[test]
fn names_of_sarsen_exist() {
    let (pages, sources) = (pages(), sources());
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let known: HashSet<&str> = sources.split(|c| !is_part(c)).collect();
    let page = pages.iter().find(|page| page.name == "wasmtime.md").unwrap();
    let mut count = 0;
    for row in page.text.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').collect();
        // What for, the same, in Wasmtime, in Sarsen; or in Wasmtime, in Sarsen.
        let ours = if cells.len() == 6 { [cells[2], cells[4]] } else { [cells[2], ""] };
        for code in ours.iter().flat_map(|cell| cell.split('`').skip(1).step_by(2)) {
            let names = code.split(|c| !is_part(c)).filter(|name| !name.is_empty() && !name.ends_with('_'));
            for name in names.filter(|name| !name.starts_with("sarsen")) {
                assert!(known.contains(name), "`{name}` of `{code}` does not exist");
                count += 1;
            }
        }
    }
    assert!(count > 150, "{count} names");
}

/// The program of an example.
fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.parent().and_then(|folder| folder.parent()).unwrap();
    profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// What an example prints, given arguments and an input, in the folder of the workspace. It is no more than a pipe holds.
fn output(name: &str, arguments: &[&str], input: &str) -> String {
    let mut command = Command::new(program(name));
    command.args(arguments).current_dir("..").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
    // One that reads nothing may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let end = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            child.kill().unwrap();
            panic!("{name} does not end");
        }
        thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{name}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// A command of a terminal: `[echo "INPUT" | ]cargo run --release -p sarsen-examples --example NAME[ -- ARGUMENTS]`.
struct Shown<'a> {
    input: String,
    example: &'a str,
    arguments: Vec<&'a str>,
}

fn shown(command: &str) -> Shown<'_> {
    let (input, command) = match command.strip_prefix("echo \"").and_then(|rest| rest.split_once("\" | ")) {
        Some((input, command)) => (format!("{input}\n"), command),
        None => (String::new(), command),
    };
    let example = command.strip_prefix("cargo run --release -p sarsen-examples --example ");
    let example = example.unwrap_or_else(|| panic!("nobody knows how to run `{command}`"));
    let (example, arguments) = example.split_once(" -- ").unwrap_or((example, ""));
    Shown { input, example, arguments: arguments.split_whitespace().collect() }
}

#[test]
fn terminals_show_what_happens() {
    for page in pages() {
        for block in page.blocks().iter().filter(|block| block.language == "console") {
            let mut lines = block.lines.iter().peekable();
            while let Some(line) = lines.next() {
                let place = format!("{}:{}", page.name, block.line);
                let command =
                    line.strip_prefix("$ ").unwrap_or_else(|| panic!("{place}: {line:?} is left over"));
                let Shown { input, example, arguments } = shown(command);
                for line in output(example, &arguments, &input).lines() {
                    let said = lines.next_if(|said| !said.starts_with("$ "));
                    assert!(said.is_some_and(|said| matches(said, line)), "{place}: {said:?} is {line:?}");
                }
            }
        }
    }
}

#[test]
fn every_example_is_shown() {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let examples = manifest.split("[[example]]\nname = \"").skip(1);
    let mut missing: Vec<&str> = examples.map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(missing.contains(&"filters"), "{missing:?}");
    for page in pages() {
        for block in page.blocks().iter().filter(|block| block.language == "console") {
            let commands = block.lines.iter().filter_map(|line| line.strip_prefix("$ "));
            let commands: Vec<Shown<'_>> = commands.map(shown).collect();
            missing.retain(|example| commands.iter().all(|command| command.example != *example));
        }
    }
    assert!(missing.is_empty(), "no page shows {missing:?}");
}
