//! Rules of the source tree that compilers do not check.
//!
//! `tree` lists files, `source` looks at Rust, `prose` at Markdown, `layers` at who depends on whom, `sizes`
//! measures.
//! It owns the list of rules; it fixes nothing.

mod layers;
mod prose;
mod sizes;
mod source;
mod tree;

use std::fmt;
use std::path::Path;
use tree::File;

/// A broken rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The file, relative to the workspace.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.problem)
    }
}

/// Every broken rule in the workspace.
pub fn complaints(workspace: &Path) -> Result<Vec<Complaint>, String> {
    let files = tree::files(workspace).map_err(|error| error.to_string())?;
    let mut complaints = Vec::new();
    for file in &files {
        let mut complain = |line: usize, problem: &str| {
            complaints.push(Complaint { path: file.path.clone(), line, problem: problem.to_owned() });
        };
        machine_paths(file, &mut complain);
        match file.extension() {
            "rs" => source::check(file, &mut complain),
            "md" => prose::check(file, &files, &mut complain),
            "toml" => layers::check(file, &mut complain),
            _ => {}
        }
    }
    Ok(complaints)
}

/// Prints every broken rule; an error if there is one.
pub fn run(workspace: &Path) -> Result<(), String> {
    let complaints = complaints(workspace)?;
    if complaints.is_empty() {
        return Ok(());
    }
    Err(complaints.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

/// Prints functions and files that are longer than the style wishes.
pub fn print_sizes(workspace: &Path) -> Result<(), String> {
    let files = tree::files(workspace).map_err(|error| error.to_string())?;
    sizes::report(&files);
    Ok(())
}

/// Nobody else has the folders of the machine that a file was written on.
fn machine_paths(file: &File, complain: &mut impl FnMut(usize, &str)) {
    // Spelled in two halves, or this file would break the rule.
    let roots = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/tm", "p/")];
    for (number, line) in (1..).zip(file.text.lines()) {
        if roots.iter().any(|root| line.contains(root)) {
            complain(number, "names a folder of somebody's machine");
        }
    }
}
