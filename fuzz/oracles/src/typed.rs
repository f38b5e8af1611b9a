//! Programs that are valid by construction, in the text format: expressions of a type from the rows of the table of operators, and
//! from patterns for operators that have no types there.
//!
//! It owns how programs are put together: functions that call those after them only, loops that count down, addresses that are
//! mostly inside. Programs end, or use up their fuel; they may trap anywhere. A NaN becomes the canonical one before its bits can
//! be seen, so that ways may be compared bit by bit.

mod patterns;

use crate::random::Random;
use crate::value;
use patterns::{EXPRESSIONS, PROLOGUE, STATEMENTS};
use sarsen_isa::{Imm, OPS, OpInfo, Shape, ValKind};
use std::fmt::Write;

/// Functions of a program.
const FUNCTIONS: usize = 4;
/// How deep expressions are nested.
const DEPTH: u32 = 3;
/// How deep blocks are.
const NESTING: u32 = 2;
/// The parameters of every function, which have the names of their types.
const LOCALS: &str =
    "(param $i32 i32) (param $i64 i64) (param $f32 f32) (param $f64 f64) (param $v128 v128) (result i32)";
/// Values of these.
const ARGUMENTS: &str =
    "(i32.const 1) (i64.const -2) (f32.const 3.5) (f64.const -4.5) (v128.const i32x4 5 -6 7 -8)";
const KINDS: [ValKind; 5] = [ValKind::I32, ValKind::I64, ValKind::F32, ValKind::F64, ValKind::V128];

/// How many programs there are of which each is sure to have another operator or pattern.
pub const PROGRAMS: u64 = (OPS.len() + EXPRESSIONS.len() + STATEMENTS.len()) as u64;

/// A module that the seed determines. [`PROGRAMS`] consecutive seeds have everything at least once.
pub fn generate(seed: u64) -> String {
    let mut writer = Writer { random: Random::new(seed), function: 0 };
    let mut text = format!("(module\n{PROLOGUE}");
    for function in 0..FUNCTIONS {
        writer.function = function;
        let first = if function == 0 { writer.required((seed % PROGRAMS) as usize) } else { String::new() };
        let body = writer.statements(NESTING);
        let result = writer.expression(ValKind::I32, DEPTH);
        writeln!(
            text,
            "(func $f{function} (export \"f{function}\") (type $f) {LOCALS}
                (local $n0 i32) (local $n1 i32) (local $n2 i32)
                {first} {body} {result})"
        )
        .expect("strings have room");
    }
    text.push(')');
    text
}

/// A script that calls every function of such a module.
pub fn script(seed: u64) -> String {
    let calls = (0..FUNCTIONS).map(|function| format!("\n(invoke \"f{function}\" {ARGUMENTS})"));
    let host = "(module (func (export \"note\") (param i32 i64 f32 f64 v128) (result i32) (local.get 0)))
        (register \"host\")\n";
    calls.fold(format!("{host}{}", generate(seed)), |script, call| script + &call)
}

struct Writer {
    random: Random,
    /// The function that is being written.
    function: usize,
}

impl Writer {
    /// A statement with the operator or pattern of this number.
    fn required(&mut self, number: usize) -> String {
        if let Some(info) = OPS.get(number) {
            let Some(text) = self.operator(info, DEPTH) else { return String::new() };
            return if info.results.is_empty() { text } else { format!("(drop {text})") };
        }
        let number = number - OPS.len();
        match EXPRESSIONS.get(number) {
            Some((_, pattern)) => format!("(drop {})", self.fill(pattern, DEPTH, NESTING)),
            None => self.fill(STATEMENTS[number - EXPRESSIONS.len()], DEPTH, NESTING),
        }
    }

    fn statements(&mut self, nesting: u32) -> String {
        let count = 1 + self.random.below(4);
        (0..count).map(|_| self.statement(nesting)).collect::<Vec<_>>().join("\n    ")
    }

    fn statement(&mut self, nesting: u32) -> String {
        let kind = KINDS[self.random.below(KINDS.len())];
        match self.random.below(8) {
            0 | 1 => format!("(local.set ${} {})", name(kind), self.expression(kind, DEPTH)),
            2 | 3 => {
                let stores: Vec<_> =
                    OPS.iter().filter(|info| info.results.is_empty() && info.shape != Shape::Hand).collect();
                let info = stores[self.random.below(stores.len())];
                self.operator(info, DEPTH).expect("stores are in the table with their types")
            }
            4 if nesting > 0 => {
                let counter = format!("$n{nesting}");
                let (count, body) = (1 + self.random.below(20), self.statements(nesting - 1));
                format!(
                    "(local.set {counter} (i32.const {count})) (loop $again {body}
                        (br_if $again (local.tee {counter} (i32.sub (local.get {counter}) (i32.const 1)))))"
                )
            }
            5 if nesting > 0 => {
                let condition = self.expression(ValKind::I32, 1);
                let (then, otherwise) = (self.statements(nesting - 1), self.statements(nesting - 1));
                format!("(if {condition} (then {then}) (else {otherwise}))")
            }
            _ => {
                let pattern = STATEMENTS[self.random.below(STATEMENTS.len())];
                self.fill(pattern, 1, nesting.saturating_sub(1))
            }
        }
    }

    /// An expression with one result of this type.
    fn expression(&mut self, kind: ValKind, depth: u32) -> String {
        if depth == 0 || self.random.below(5) == 0 {
            return self.leaf(kind);
        }
        if self.random.below(4) == 0 {
            let fitting: Vec<_> = EXPRESSIONS.iter().filter(|(of, _)| *of == kind).collect();
            let (_, pattern) = fitting[self.random.below(fitting.len())];
            return self.fill(pattern, depth - 1, 0);
        }
        let fitting: Vec<_> = OPS.iter().filter(|info| info.results == [kind]).collect();
        let info = fitting[self.random.below(fitting.len())];
        let traps = matches!(info.shape, Shape::UnaryTrapping | Shape::BinaryTrapping);
        if traps && self.random.below(4) != 0 {
            return self.leaf(kind);
        }
        self.operator(info, depth - 1).expect("its result is in the table")
    }

    fn leaf(&mut self, kind: ValKind) -> String {
        if self.random.flip() {
            return format!("(local.get ${})", name(kind));
        }
        let random = &mut self.random;
        match kind {
            ValKind::I32 => format!("(i32.const {})", value::integer(random) as i32),
            ValKind::I64 => format!("(i64.const {})", value::integer(random) as i64),
            ValKind::F32 => format!("(f32.const {})", float(f64::from(f32::from_bits(value::f32(random))))),
            ValKind::F64 => format!("(f64.const {})", float(f64::from_bits(value::f64(random)))),
            ValKind::V128 => {
                format!("(v128.const i64x2 {} {})", value::integer(random), value::integer(random))
            }
        }
    }

    /// A use of an operator that has types in the table.
    fn operator(&mut self, info: &OpInfo, depth: u32) -> Option<String> {
        if info.shape == Shape::Hand {
            return None;
        }
        let mut text = format!("({}", info.mnemonic);
        let mut params = info.params;
        if info.imms.contains(&Imm::Memarg) {
            text += &self.place(depth);
            params = &params[1..];
        }
        if info.imms.contains(&Imm::Lane) {
            // What names no memory has the lane first, and every vector has two of them.
            let lane = self.random.below(2);
            let at = text.find(" offset").map_or(text.len(), |at| at + text[at..].find(" (").unwrap_or(0));
            text.insert_str(at, &format!(" {lane}"));
        }
        for &kind in params {
            let operand = self.expression(kind, depth);
            let is_seen = info.results != [kind] || info.mnemonic.ends_with("copysign");
            text += " ";
            text += &if is_seen { canonical(kind, operand) } else { operand };
        }
        text.push(')');
        let is_float = info.mnemonic.starts_with("f32x4") || info.mnemonic.starts_with("f64x2");
        Some(match is_float && info.results == [ValKind::V128] {
            true => format!(
                "(call ${} {text})",
                if info.mnemonic.starts_with("f32x4") { "f32x4" } else { "f64x2" }
            ),
            false => text,
        })
    }

    /// A memory, an offset and an address in it.
    fn place(&mut self, depth: u32) -> String {
        let offset = [0, 0, 8, 64, 4096, 65_536][self.random.below(6)];
        let (memory, kind, mask) = match self.random.below(3) {
            0 => ("$small", ValKind::I64, "(i64.and (i64.const 0x7ff0)"),
            1 => ("$long", ValKind::I64, "(i64.and (i64.const 0x7ff0)"),
            _ => ("$first", ValKind::I32, "(i32.and (i32.const 0x7ff0)"),
        };
        let address = self.expression(kind, depth);
        let address = if self.random.below(16) == 0 { address } else { format!("{mask} {address})") };
        format!(" {memory} offset={offset} {address}")
    }

    /// A pattern with expressions in its gaps.
    fn fill(&mut self, pattern: &str, depth: u32, nesting: u32) -> String {
        let mut text = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            let (gap, after) = after.split_once('}').expect("a gap ends");
            text += before;
            text += &match gap {
                "statements" => self.statements(nesting),
                "callee" => self.callee(),
                _ => {
                    let kind = KINDS.into_iter().find(|&kind| name(kind) == gap).expect("a gap has a type");
                    canonical(kind, self.expression(kind, depth))
                }
            };
            rest = after;
        }
        text + rest
    }

    /// A function that does not call this one.
    fn callee(&mut self) -> String {
        let later = FUNCTIONS - self.function - 1;
        match later {
            0 => "$leaf".to_owned(),
            _ => format!("$f{}", self.function + 1 + self.random.below(later)),
        }
    }
}

/// An expression whose value has bits that anybody may look at.
fn canonical(kind: ValKind, text: String) -> String {
    match kind {
        ValKind::F32 | ValKind::F64 => format!("(call ${}_canonical {text})", name(kind)),
        ValKind::I32 | ValKind::I64 | ValKind::V128 => text,
    }
}

fn float(value: f64) -> String {
    if value.is_nan() {
        "nan".to_owned()
    } else if value.is_infinite() {
        format!("{value}")
    } else {
        format!("{value:e}")
    }
}

fn name(kind: ValKind) -> &'static str {
    match kind {
        ValKind::I32 => "i32",
        ValKind::I64 => "i64",
        ValKind::F32 => "f32",
        ValKind::F64 => "f64",
        ValKind::V128 => "v128",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_operator_is_touched() {
        let mut words = HashSet::new();
        for seed in 0..PROGRAMS {
            let text = generate(seed);
            words.extend(text.split([' ', '\n', '(', ')']).map(str::to_owned));
        }
        let untouched: Vec<_> =
            OPS.iter().map(|info| info.mnemonic).filter(|mnemonic| !words.contains(*mnemonic)).collect();
        assert!(untouched.is_empty(), "{untouched:?}");
    }
}
