//! Builds the example guests with whatever compilers for WASI there are.
//!
//! Owns the table of sources and how each language is compiled. It installs nothing: a missing compiler leaves its guests
//! out, by name. Nothing that `cargo test` needs is built here.

use crate::delegate;
use std::path::Path;
use std::process::{Command, Stdio};

/// Where the guests go, relative to the workspace.
const TARGET: &str = "target/guests";

/// Where their sources are.
const SOURCES: &str = "examples/guests";

/// A compiler for WASI preview 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Language {
    C,
    Rust,
    Go,
}

/// Each guest: its source and what it is called when built.
const GUESTS: &[(Language, &str, &str)] = &[
    (Language::C, "hello.c", "hello-c"),
    (Language::C, "cat.c", "cat"),
    (Language::C, "trap.c", "trap"),
    (Language::Rust, "hello.rs", "hello-rs"),
    (Language::Rust, "tree.rs", "tree"),
    (Language::Rust, "sort.rs", "sort"),
    (Language::Rust, "echo.rs", "echo"),
    (Language::Go, "hello.go", "hello-go"),
];

impl Language {
    /// The command that turns `source` into `target`.
    fn compile(self, source: &Path, target: &Path) -> Command {
        let mut command = Command::new(self.compiler());
        match self {
            Language::C => command.args(["--target=wasm32-wasi", "-O1", "-g", "-o"]).arg(target).arg(source),
            Language::Rust => command
                .args(["--edition=2024", "--target=wasm32-wasip1", "-O", "-C", "strip=debuginfo", "-o"])
                .arg(target)
                .arg(source),
            Language::Go => {
                command.env("GOOS", "wasip1").env("GOARCH", "wasm");
                command.args(["build", "-o"]).arg(target).arg(source)
            }
        };
        command
    }

    fn compiler(self) -> &'static str {
        match self {
            Language::C => "clang",
            Language::Rust => "rustc",
            Language::Go => "go",
        }
    }

    /// Whether the compiler is there, and knows WASI.
    fn is_available(self) -> bool {
        let probe = |arguments: &[&str]| {
            let mut command = Command::new(self.compiler());
            let output = command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output();
            output.ok().filter(|output| output.status.success())
        };
        match self {
            Language::Go => probe(&["version"]).is_some(),
            Language::C => probe(&["--target=wasm32-wasi", "-print-file-name=crt1-command.o"])
                .is_some_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).exists()),
            Language::Rust => probe(&["--print", "target-libdir", "--target", "wasm32-wasip1"])
                .is_some_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()),
        }
    }
}

/// Builds all guests for which there is a compiler.
pub fn run(workspace: &Path) -> Result<(), String> {
    let target = workspace.join(TARGET);
    std::fs::create_dir_all(&target).map_err(|error| format!("{}: {error}", target.display()))?;
    for language in [Language::C, Language::Rust, Language::Go] {
        let available = language.is_available();
        for (_, source, name) in GUESTS.iter().filter(|guest| guest.0 == language) {
            if !available {
                println!("{name}: skipped, no {} for WASI", language.compiler());
                continue;
            }
            let built = target.join(format!("{name}.wasm"));
            delegate::run(&mut language.compile(&workspace.join(SOURCES).join(source), &built))?;
            println!("{name}: {}", built.display());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_in_the_table() {
        let sources = crate::workspace().join(SOURCES);
        let mut found: Vec<String> = std::fs::read_dir(sources)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with(".wat") && !name.ends_with(".md"))
            .collect();
        found.sort();
        let mut listed: Vec<&str> = GUESTS.iter().map(|guest| guest.1).collect();
        listed.sort_unstable();
        assert_eq!(found, listed);
    }
}
