//! Rules of Rust sources.
//!
//! It looks at lines, not at syntax: rules that need more are left to clippy.

use super::tree::File;

/// How many lines above an `unsafe` block its argument may stand.
const SAFETY_REACH: usize = 12;

/// Checks one file.
pub(super) fn check(file: &File, complain: &mut impl FnMut(usize, &str)) {
    let lines: Vec<&str> = file.text.lines().collect();
    if !lines.first().is_some_and(|line| line.starts_with("//! ")) {
        complain(1, "does not open with `//!`: what it owns, what it does not, its invariant");
    }
    for (index, line) in lines.iter().enumerate() {
        let code = code_of(line);
        let number = index + 1;
        // Spelled in two halves, or this file would break its own rules.
        if code.contains(concat!("#[al", "low(")) || code.contains(concat!("#![al", "low(")) {
            complain(number, "a bare allow; use `#[expect(.., reason = \"..\")]`");
        }
        if code.contains(concat!("#[ex", "pect(")) || code.contains(concat!("#![ex", "pect(")) {
            let attribute = lines[index..].iter().take(6).take_while_inclusive(|line| !line.contains(")]"));
            if !attribute.into_iter().any(|line| line.contains("reason =")) {
                complain(number, "an expect without a reason");
            }
        }
        let announces = code.contains(concat!("#[ex", "pect(unsafe_code"));
        if announces && !file.path.ends_with("lib.rs") && !file.path.ends_with("main.rs") && !file.is_test() {
            complain(number, "unsafe code is announced in `lib.rs` or `main.rs`, which are the map of it");
        }
        for macro_name in [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("#[ig", "nore")] {
            if code.contains(macro_name) {
                complain(number, "unfinished or ignored code");
            }
        }
        if is_unsafe_block(code) && !file.is_test() {
            let above = &lines[index.saturating_sub(SAFETY_REACH)..=index];
            if !above.iter().any(|line| line.contains("SAFETY:")) {
                complain(number, "an unsafe block without `// SAFETY:`");
            }
        }
    }
}

/// The line without a comment; strings that contain `//` lose their rest, which no rule minds.
fn code_of(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

fn is_unsafe_block(code: &str) -> bool {
    let block = concat!("uns", "afe {");
    code.contains(block) || code.contains(concat!("uns", "afe impl"))
}

/// Iterators that stop after, not before, the first item that fails.
trait TakeWhileInclusive: Iterator + Sized {
    fn take_while_inclusive(self, mut holds: impl FnMut(&Self::Item) -> bool) -> Vec<Self::Item> {
        let mut items = Vec::new();
        for item in self {
            let last = !holds(&item);
            items.push(item);
            if last {
                break;
            }
        }
        items
    }
}

impl<I: Iterator> TakeWhileInclusive for I {}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<usize> {
        let file = File { path: "src/a.rs".to_owned(), text: text.to_owned() };
        let mut lines = Vec::new();
        check(&file, &mut |line, _| lines.push(line));
        lines
    }

    #[test]
    fn the_first_line_says_what_the_file_owns() {
        assert!(problems("//! Owns nothing.\n").is_empty());
        assert_eq!(problems("use std::fmt;\n"), [1]);
    }

    #[test]
    fn expectations_have_reasons() {
        let with = concat!("//! A.\n#[ex", "pect(\n    dead_code,\n    reason = \"b\"\n)]\n");
        assert!(problems(with).is_empty());
        assert_eq!(problems(concat!("//! A.\n#[ex", "pect(dead_code)]\n")), [2]);
        assert_eq!(problems(concat!("//! A.\n#[al", "low(dead_code)]\n")), [2]);
    }

    #[test]
    fn unsafe_blocks_are_argued() {
        let block = concat!("uns", "afe { f() }\n");
        assert!(problems(&format!("//! A.\n// SAFETY: `f` is fine.\n{block}")).is_empty());
        assert_eq!(problems(&format!("//! A.\n{block}")), [2]);
        assert!(problems(&format!("//! A.\n// {block}")).is_empty());
    }
}
