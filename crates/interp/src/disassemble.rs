//! Tier 0's code as text, for people: one line an instruction, with the operator that it came from.
//!
//! Does not look at running code: it translates the function again, with numbers in place of handlers' addresses.

use crate::code::{CodeOptions, FuncCode};
use crate::dispatch::Dispatch;
use crate::inst::{self, Family};
use crate::payload::TARGET;
use crate::translate::{TranslateError, translate};
use sarsen_module::Module;
use std::fmt::Write;

/// One instruction as text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Module offset of the operator that it came from.
    pub offset: u32,
    /// Its first word in the function's code.
    pub word: u32,
    /// Name and payload.
    pub text: String,
}

/// The instructions of defined function `index`.
pub fn disassemble(module: &Module, index: u32, fuel: bool) -> Result<Vec<Line>, TranslateError> {
    let code =
        translate(module, index, &CodeOptions { fuel, dispatch: Dispatch::Match, ..CodeOptions::default() })?;
    let starts: Vec<(u32, u32)> = code.instructions().collect();
    let lines = starts.iter().enumerate().map(|(number, &(word, offset))| {
        let end = starts.get(number + 1).map_or(code.words().len() as u32, |next| next.0);
        Line { offset, word, text: instruction(&code, word, end) }
    });
    Ok(lines.collect())
}

/// The instruction in words `start..end`.
fn instruction(code: &FuncCode, start: u32, end: u32) -> String {
    let words = &code.words()[start as usize..end as usize];
    let Some((family, row, variant)) = inst::describe(words[0] as u16) else {
        return "unknown".to_owned();
    };
    let mut text = match row {
        Some(op) => format!("{}.{variant} {}", family.name(), op.info().mnemonic),
        None if family.variants() > 1 => format!("{}.{variant}", family.name()),
        None => family.name().to_owned(),
    };
    let target = branch_target(family, words, start);
    for (number, &word) in words[1..].iter().enumerate() {
        // A branch's distance is shown as the word that it leads to.
        let distance = number == 0 && target.is_some();
        // Writing to a string cannot fail.
        let _ = write!(text, " {}", payload(if distance { word & 0xffff_ffff } else { word }));
    }
    if let Some(target) = target {
        let _ = write!(text, " -> {target}");
    }
    text
}

/// A payload word: as slots where all its parts are small, with a signed number behind two slots or alone, or as it is.
fn payload(word: u64) -> String {
    let parts = [word as u16, (word >> 16) as u16, (word >> 32) as u16, (word >> 48) as u16];
    let are_slots = |parts: &[u16]| parts.iter().all(|&part| part < 0x4000);
    if are_slots(&parts) {
        let used = 4 - parts.iter().rev().take_while(|&&part| part == 0).count();
        let parts: Vec<String> = parts[..used.max(1)].iter().map(u16::to_string).collect();
        return parts.join(",");
    }
    if are_slots(&parts[..2]) {
        return format!("{},{},{}", parts[0], parts[1], (word >> 32) as i32);
    }
    u32::try_from(word).map_or_else(|_| format!("{word:#x}"), |word| (word as i32).to_string())
}

/// The word that a branch goes to.
fn branch_target(family: Family, words: &[u64], start: u32) -> Option<u32> {
    let branches = matches!(
        family,
        Family::Branch | Family::BranchTest | Family::BranchMask | Family::Jump | Family::AddBranch
    );
    let (word, shift) = (TARGET / size_of::<u64>(), TARGET % size_of::<u64>() * 8);
    let distance = (*words.get(word)? >> shift) as i32 / 8;
    branches.then(|| start.wrapping_add_signed(distance))
}
