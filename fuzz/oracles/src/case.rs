//! Inputs of fuzz targets, what they stand for, and their form as golden tests.
//!
//! It owns the names of the targets and how bytes become a case of each. What must hold for a case is said in `oracle.rs`; a case
//! that was written as a golden test and read again is checked as before.

use crate::{aot, component, crossing, oracle, program, typed};
use std::fmt::Write;

/// The fuzz targets: how each makes cases of bytes.
const TARGETS: [(&str, Cases); 7] = [
    ("artifact", of_artifact),
    ("component", of_component),
    ("module", |bytes| vec![Case::Module(bytes.to_vec())]),
    ("script", |bytes| {
        std::str::from_utf8(bytes).map(|text| Case::Script(text.to_owned())).into_iter().collect()
    }),
    ("tiers", |bytes| program::generate(bytes).map(Case::Tiers).into_iter().collect()),
    ("typed", of_typed),
    ("ways", of_ways),
];

type Cases = fn(&[u8]) -> Vec<Case>;

/// Something that must hold for an input.
#[derive(Clone, Debug, PartialEq)]
pub enum Case {
    /// Bytes or text as a module.
    Module(Vec<u8>),
    /// A module in every way there is.
    Tiers(Vec<u8>),
    /// A module in ways and with values that the seed determines.
    Ways(Vec<u8>, u64),
    /// Text as a script.
    Script(String),
    /// The compiled module of a program, damaged: by the seeds of both.
    Artifact(u64, u64),
    /// Bytes or text as a component, with values that the seed determines.
    Component(Vec<u8>, u64),
}

/// The names of the targets.
pub fn targets() -> impl Iterator<Item = &'static str> {
    TARGETS.iter().map(|(name, _)| *name)
}

/// What a target makes of its input: nothing if there are too few bytes.
///
/// # Panics
/// If no target is called so.
pub fn of(target: &str, input: &[u8]) -> Vec<Case> {
    let found = TARGETS.iter().find(|(name, _)| *name == target);
    let Some((_, cases)) = found else { panic!("no target is called {target:?}") };
    cases(input)
}

fn of_artifact(bytes: &[u8]) -> Vec<Case> {
    let (program, rest) = seed(bytes);
    vec![Case::Artifact(program, seed(rest).0)]
}

fn of_component(bytes: &[u8]) -> Vec<Case> {
    // What starts as a component starts as all of them do.
    let seed = bytes.iter().fold(0, |seed: u64, byte| seed.rotate_left(7) ^ u64::from(*byte));
    let crossing = crossing::generate(seed).into_bytes();
    let all = [Some(bytes.to_vec()), component::generate(bytes), Some(crossing)];
    all.into_iter().flatten().map(|component| Case::Component(component, seed)).collect()
}

fn of_typed(bytes: &[u8]) -> Vec<Case> {
    let (program, rest) = seed(bytes);
    let (ways, _) = seed(rest);
    vec![Case::Ways(typed::generate(program).into_bytes(), ways)]
}

fn of_ways(bytes: &[u8]) -> Vec<Case> {
    let (seed, rest) = seed(bytes);
    program::generate_open(rest).map(|module| Case::Ways(module, seed)).into_iter().collect()
}

/// The number that an input starts with, and the rest.
fn seed(bytes: &[u8]) -> (u64, &[u8]) {
    match bytes.split_first_chunk() {
        Some((number, rest)) => (u64::from_le_bytes(*number), rest),
        None => (bytes.iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte)), &[]),
    }
}

impl Case {
    /// Panics if what must hold does not.
    pub fn check(&self) {
        match self {
            Case::Module(bytes) => _ = oracle::module(bytes),
            Case::Tiers(bytes) => _ = oracle::tiers(bytes),
            Case::Ways(bytes, seed) => _ = oracle::ways(bytes, *seed),
            Case::Script(source) => _ = oracle::script(source),
            Case::Artifact(program, damage) => aot::damaged(*program, *damage),
            Case::Component(bytes, seed) => _ = component::component(bytes, *seed),
        }
    }

    /// A golden test: what must hold in its first line, then the input as text.
    pub fn golden(&self) -> String {
        let (command, text) = match self {
            Case::Module(bytes) => ("module".to_owned(), text(bytes, "module")),
            Case::Tiers(bytes) => ("tiers".to_owned(), text(bytes, "module")),
            Case::Ways(bytes, seed) => (format!("ways {seed}"), text(bytes, "module")),
            Case::Script(source) => ("script".to_owned(), source.clone()),
            Case::Artifact(program, damage) => (format!("artifact {program} {damage}"), String::new()),
            Case::Component(bytes, seed) => (format!("component {seed}"), text(bytes, "component")),
        };
        format!(";; {command}\n{text}")
    }

    /// The case of a golden test. The error says what is wrong with its first line.
    pub fn parse(golden: &str) -> Result<Case, String> {
        let (line, text) = golden.split_once('\n').unwrap_or((golden, ""));
        let bytes = text.as_bytes().to_vec();
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            [";;", "module"] => Ok(Case::Module(bytes)),
            [";;", "tiers"] => Ok(Case::Tiers(bytes)),
            [";;", "ways", seed] => Ok(Case::Ways(bytes, number(seed)?)),
            [";;", "script"] => Ok(Case::Script(text.to_owned())),
            [";;", "artifact", program, damage] => Ok(Case::Artifact(number(program)?, number(damage)?)),
            [";;", "component", seed] => Ok(Case::Component(bytes, number(seed)?)),
            _ => Err(format!("the first line says nothing that can be checked: {line:?}")),
        }
    }
}

fn number(seed: &str) -> Result<u64, String> {
    seed.parse().map_err(|error| format!("the seed {seed:?}: {error}"))
}

/// What is text already, the text of what is the same bytes again, or else the bytes in text.
fn text(bytes: &[u8], what: &str) -> String {
    if let (false, Ok(text)) = (bytes.starts_with(b"\0asm"), std::str::from_utf8(bytes)) {
        return text.to_owned();
    }
    let printed = wasmprinter::print_bytes(bytes);
    match printed {
        Ok(text) if wat::parse_str(&text).is_ok_and(|again| again == bytes) => text,
        _ => {
            let mut escaped = String::new();
            for line in bytes.chunks(32) {
                escaped += "\n    \"";
                for byte in line {
                    write!(escaped, "\\{byte:02x}").expect("strings have room");
                }
                escaped.push('"');
            }
            format!("({what} binary{escaped})\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use std::borrow::Cow;

    #[test]
    fn golden_tests_are_the_cases_that_they_were_made_of() {
        let mut kinds = 0;
        for target in targets() {
            for seed in 0..20 {
                let input = Random::new(seed).bytes(1000);
                for case in of(target, &input) {
                    let golden = case.golden();
                    let read = Case::parse(&golden).unwrap();
                    assert_eq!(read.golden(), golden);
                    assert_eq!(as_binary(&read), as_binary(&case), "{golden}");
                    kinds += 1;
                }
            }
        }
        assert!(kinds > 60, "{kinds} cases");
        let malformed = Case::Module(b"\0asm\x01\0\0\0\xff".to_vec());
        assert!(malformed.golden().contains("binary"), "{}", malformed.golden());
        assert!(Case::parse(";; ways x\n").is_err() && Case::parse("(module)").is_err());
    }

    /// A case with its module as bytes.
    fn as_binary(case: &Case) -> (String, Vec<u8>) {
        let golden = case.golden();
        let command = golden.lines().next().unwrap_or_default().to_owned();
        let bytes: &[u8] = match case {
            Case::Module(bytes) | Case::Tiers(bytes) | Case::Ways(bytes, _) | Case::Component(bytes, _) => {
                bytes
            }
            Case::Script(source) => source.as_bytes(),
            Case::Artifact(..) => &[],
        };
        let binary = wat::parse_bytes(bytes).map_or_else(|_| bytes.to_vec(), Cow::into_owned);
        (command, binary)
    }
}
