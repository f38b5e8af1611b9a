//! Builds the example guests with whatever compilers for WASI there are.
//!
//! Owns the tables of sources and of packages, and how each language is compiled. It installs nothing: a missing compiler
//! leaves its guests out, by name. Nothing that `cargo test` needs is built here.

use crate::delegate;
use std::path::{Path, PathBuf};
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

/// The guests that are components: packages of their own, each of which has the name of its folder.
const COMPONENTS: &[&str] = &["calculator", "http-hello", "http-proxy", "keyvalue", "plugin", "tcp-echo"];

/// What they are compiled for.
const COMPONENT_TARGET: &str = "wasm32-wasip2";

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
            Language::Rust => rust_has("wasm32-wasip1"),
        }
    }
}

/// Whether the Rust compiler is there with its library for a target.
fn rust_has(target: &str) -> bool {
    let mut command = Command::new("rustc");
    command.args(["--print", "target-libdir", "--target", target]).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success());
    output.is_some_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
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
    for name in COMPONENTS {
        if !rust_has(COMPONENT_TARGET) {
            println!("{name}: skipped, no rustc for {COMPONENT_TARGET}");
            continue;
        }
        println!("{name}: {}", component(workspace, name)?.display());
    }
    Ok(())
}

/// Builds the package of one component, and says where the component is.
fn component(workspace: &Path, name: &str) -> Result<PathBuf, String> {
    let target = workspace.join(TARGET);
    let manifest = workspace.join(SOURCES).join(name).join("Cargo.toml");
    let mut cargo =
        delegate::cargo(workspace, &["build", "--release", "--locked", "--target", COMPONENT_TARGET]);
    delegate::run(cargo.arg("--manifest-path").arg(&manifest).arg("--target-dir").arg(&target))?;
    let folder = target.join(COMPONENT_TARGET).join("release");
    // Programs keep the name of their package, libraries that of their crate.
    let names = [name.to_owned(), name.replace('-', "_")];
    let mut files = names.iter().map(|name| folder.join(format!("{name}.wasm")));
    let file =
        files.find(|file| file.exists()).ok_or_else(|| format!("{name}: cargo has built no component"))?;
    let built = target.join(format!("{name}.wasm"));
    std::fs::copy(file, &built).map_err(|error| format!("{}: {error}", built.display()))?;
    Ok(built)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names in the folder of sources, of folders or of files.
    fn found(folders: bool) -> Vec<String> {
        let entries =
            std::fs::read_dir(crate::workspace().join(SOURCES)).unwrap().map(|entry| entry.unwrap());
        let entries = entries.filter(|entry| entry.file_type().unwrap().is_dir() == folders);
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn every_source_is_in_the_table() {
        let mut found = found(false);
        found.retain(|name| !name.ends_with(".wat") && !name.ends_with(".md"));
        let mut listed: Vec<&str> = GUESTS.iter().map(|guest| guest.1).collect();
        listed.sort_unstable();
        assert_eq!(found, listed);
    }

    #[test]
    fn every_package_is_in_the_table() {
        assert_eq!(found(true), COMPONENTS);
    }
}
