//! `expect.toml`: the trials that are known to fail, each with its reason.
//!
//! Owns the format, one `"tier/suite/file" = "reason"` per line (a subset of TOML).
//! It does not know which trials exist.

use std::collections::BTreeMap;

/// Reads the list: trial to reason.
///
/// An error names the line.
pub fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut expected = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let entry = line.split_once('=').and_then(|(trial, reason)| Some((quoted(trial)?, quoted(reason)?)));
        let Some((trial, reason)) = entry else {
            return Err(format!("line {number}: not of the form \"tier/suite/file\" = \"reason\""));
        };
        if expected.insert(trial.to_owned(), reason.to_owned()).is_some() {
            return Err(format!("line {number}: {trial} is listed twice"));
        }
    }
    Ok(expected)
}

/// The text between the quotes, which may not be empty.
fn quoted(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    (!inner.trim().is_empty()).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn one_trial_per_line() {
        let expected = parse("# known\n\n\"jit/core/i32\" = \"needs = signs\"\n").unwrap();
        assert_eq!(expected["jit/core/i32"], "needs = signs");
        assert_eq!(expected.len(), 1);
    }

    #[test]
    fn a_reason_is_required() {
        assert!(parse("\"jit/core/i32\" = \"\"").unwrap_err().starts_with("line 1:"));
        assert!(parse("\n\"jit/core/i32\"").unwrap_err().starts_with("line 2:"));
        assert!(parse("\"a\" = \"b\"\n\"a\" = \"c\"").unwrap_err().ends_with("twice"));
    }
}
