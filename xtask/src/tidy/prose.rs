//! Rules of Markdown: one sentence per line, paths that exist, a short architecture.
//!
//! It does not judge the prose.

use super::tree::File;

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const ARCHITECTURE_LINES: usize = 300;

/// Checks one file; `files` are all that a path may name.
pub(super) fn check(file: &File, files: &[File], complain: &mut impl FnMut(usize, &str)) {
    if file.path == ARCHITECTURE && file.text.lines().count() > ARCHITECTURE_LINES {
        complain(ARCHITECTURE_LINES, "is longer than 300 lines");
    }
    let mut in_code = false;
    for (number, line) in (1..).zip(file.text.lines()) {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            continue;
        }
        if in_code {
            continue;
        }
        // Only the project's own map promises that its paths exist; other documents may name what is elsewhere.
        if file.path == ARCHITECTURE {
            for path in quoted(line).filter(|text| is_path(text)) {
                if !exists(path, files) {
                    complain(number, &format!("names {path}, which does not exist"));
                }
            }
        }
        if !line.trim_start().starts_with('|') && has_two_sentences(line) {
            complain(number, "has more than one sentence");
        }
    }
}

/// The texts between backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

fn is_path(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    let file = [".md", ".toml"].iter().any(|extension| text.ends_with(extension));
    plain && !text.starts_with('/') && !text.starts_with("..") && (text.contains('/') || file)
}

fn exists(path: &str, files: &[File]) -> bool {
    let folder = format!("{}/", path.trim_end_matches('/'));
    files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
}

/// A full stop, a space and a capital in the middle of a line.
fn has_two_sentences(line: &str) -> bool {
    // Code in backticks may contain anything.
    let prose: String = line.split('`').step_by(2).collect();
    prose.match_indices(". ").any(|(at, _)| {
        let before = prose[..at].chars().next_back();
        let after = prose[at + 2..].chars().next();
        // "1. Item" and "e.g. This" are not ends of sentences.
        before.is_some_and(|c| {
            c.is_alphabetic() && !prose[..at].ends_with("e.g") && !prose[..at].ends_with("i.e")
        }) && after.is_some_and(char::is_uppercase)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        assert!(has_two_sentences("It runs. It stops."));
        assert!(!has_two_sentences("1. Item one."));
        assert!(!has_two_sentences("Call `a. B` of 1.0 only."));
    }

    #[test]
    fn paths() {
        assert!(is_path("crates/isa/src/op.rs"));
        assert!(is_path("deny.toml"));
        assert!(!is_path("Module::new"));
        assert!(!is_path("i32.add"));
    }
}
