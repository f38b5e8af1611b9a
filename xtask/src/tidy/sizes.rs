//! Functions and files that are longer than the style wishes.
//!
//! It reports, because a long table or test is fine.

use super::tree::File;

const FUNCTION_LINES: usize = 70;
const FILE_LINES: usize = 500;

/// Prints what is long, and the median of the rest.
pub(super) fn report(files: &[File]) {
    let sources: Vec<&File> = files.iter().filter(|file| file.extension() == "rs").collect();
    let mut lengths: Vec<usize> = sources.iter().map(|file| file.text.lines().count()).collect();
    lengths.sort_unstable();
    for file in &sources {
        let length = file.text.lines().count();
        if length > FILE_LINES {
            println!("{}: {length} lines", file.path);
        }
        for (line, name, length) in functions(&file.text) {
            if length > FUNCTION_LINES {
                println!("{}:{line}: fn {name}: {length} lines", file.path);
            }
        }
    }
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or(0);
    println!("{} files, {} lines, median {median}", sources.len(), lengths.iter().sum::<usize>());
}

/// Line, name and length of every function: from `fn` to the brace of the same indentation, as rustfmt places it.
fn functions(text: &str) -> Vec<(usize, &str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut functions = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let closes = |line: &&str| line.trim_end().len() == indent + 1 && line.ends_with('}');
        if let Some(length) = lines[index..].iter().position(closes) {
            functions.push((index + 1, name, length + 1));
        }
    }
    functions
}

fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let modifiers = ["pub", "const", "unsafe", "extern", "async"];
    let declares = before.split_whitespace().all(|word| {
        modifiers.iter().any(|modifier| word.starts_with(modifier))
            || word.starts_with('"')
            || word.starts_with("in ")
    });
    let opens = !line.trim_end().ends_with(['}', ';']);
    let name =
        after.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())?;
    (declares && opens).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::functions;

    #[test]
    fn from_fn_to_brace() {
        let text = "impl A {\n    pub(crate) unsafe fn f(\n        x: u32,\n    ) {\n        if x {\n        }\n    }\n    fn g() {}\n    pub fn $name() {\n    }\n}\n";
        assert_eq!(functions(text), [(2, "f", 6)]);
    }
}
