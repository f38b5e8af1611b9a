//! Words of guests on somebody's terminal.
//!
//! Owns what happens to names and messages before they are printed: control characters are spelled out, so that no module steers
//! the terminal, and what is too long to read is cut. Colours are for terminals, unless `NO_COLOR` is set.
//! It does not choose the words.

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};

/// Longer lines help nobody.
const LINE: usize = 1000;

/// Longer names are not compared: the time that takes grows with the square.
const NAME: usize = 64;

/// The text without control characters other than ends of lines.
pub(crate) fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\n' {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// A message on the error stream; if nobody can read that, there is nobody to tell.
pub(crate) fn complain(message: &str) {
    let _ = io::stderr().write_all(worded(message).as_bytes());
}

/// A message as it stands on the error stream.
pub(crate) fn worded(message: &str) -> String {
    let mut text = String::new();
    for line in message.lines() {
        match line.char_indices().nth(LINE) {
            Some((end, _)) => text += &format!("{} ..\n", safe(&line[..end])),
            None => text += &format!("{}\n", safe(line)),
        }
    }
    if let Some(rest) = text.strip_prefix(MARK)
        && wants_colour(io::stderr().is_terminal(), |name| std::env::var_os(name))
    {
        text = format!("\u{1b}[1;31m{MARK}\u{1b}[0m{rest}");
    }
    text
}

/// How errors start.
const MARK: &str = "error:";

/// Whether somebody will see colours, and wants to.
fn wants_colour<S: AsRef<OsStr>>(is_terminal: bool, variable: impl Fn(&str) -> Option<S>) -> bool {
    let is_set = |name| variable(name).is_some_and(|value| !value.as_ref().is_empty());
    let is_dumb = variable("TERM").is_some_and(|term| term.as_ref() == "dumb");
    is_terminal && !is_set("NO_COLOR") && !is_dumb
}

/// The name that somebody may have meant by `wanted`, if one looks like it.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if wanted.len() > NAME {
        return None;
    }
    let near = names.filter(|name| name.len() <= NAME).map(|name| (strsim::osa_distance(wanted, name), name));
    near.filter(|(edits, _)| *edits <= 1 + wanted.len() / 4).min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_spelled_out() {
        assert_eq!(safe("a\u{1b}[31m\tb\nc é"), "a\\u{1b}[31m\\tb\nc é");
    }

    #[test]
    fn colours_are_for_terminals() {
        let with = |variables: &'static [(&str, &'static str)]| {
            move |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| *value)
        };
        assert!(wants_colour(true, with(&[("TERM", "xterm"), ("NO_COLOR", "")])));
        assert!(!wants_colour(false, with(&[("TERM", "xterm")])));
        assert!(!wants_colour(true, with(&[("TERM", "xterm"), ("NO_COLOR", "1")])));
        assert!(!wants_colour(true, with(&[("TERM", "dumb")])));
    }

    #[test]
    fn names_that_look_alike() {
        let find = |wanted| nearest(wanted, ["double", "quadruple", "f"].into_iter());
        assert_eq!(find("duoble"), Some("double"));
        assert_eq!(find("g"), Some("f"));
        assert_eq!(find("triple"), None);
        assert_eq!(find(&"x".repeat(100_000)), None);
    }
}
