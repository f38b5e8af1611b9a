//! Scalar kernels against the references, and against what their rows say about each other.

use crate::float::{Expected, converted, float, float_test, number, rounded, saturated, truncated};
use crate::integer::{integer, unsigned};
use crate::rows::{Row, row, rows};
use crate::values::{Value, combinations, edges, random};
use sarsen_isa::{Shape, Trap, ValKind, kernel};

/// Bits of a scalar type.
pub(crate) fn width(kind: ValKind) -> u32 {
    match kind {
        ValKind::I32 | ValKind::F32 => 32,
        ValKind::I64 | ValKind::F64 => 64,
        ValKind::V128 => 128,
    }
}

/// The rows without vectors.
fn scalar_rows() -> impl Iterator<Item = Row> {
    let scalar = [Shape::Unary, Shape::UnaryTrapping, Shape::Binary, Shape::BinaryTrapping, Shape::Compare];
    rows().into_iter().filter(move |row| scalar.contains(&row.info.shape))
}

/// A conversion's result, if `name` is one: `trunc_sat_f32_u`, `convert_i64_s`, `demote_f64`, ...
fn conversion(name: &str, result: ValKind, a: u64) -> Option<Result<Expected, Trap>> {
    let target = width(result);
    let (rest, is_signed) = match (name.strip_suffix("_s"), name.strip_suffix("_u")) {
        (Some(rest), _) => (rest, true),
        (_, Some(rest)) => (rest, false),
        _ => (name, false),
    };
    let integer = |value| Expected::Bits(unsigned(value, target) as u64);
    Some(Ok(match rest {
        "trunc_f32" => return Some(truncated(number(32, a), target, is_signed).map(integer)),
        "trunc_f64" => return Some(truncated(number(64, a), target, is_signed).map(integer)),
        "trunc_sat_f32" => integer(saturated(number(32, a), target, is_signed)),
        "trunc_sat_f64" => integer(saturated(number(64, a), target, is_signed)),
        "convert_i32" => converted(i128::from(a), 32, is_signed, target),
        "convert_i64" => converted(i128::from(a), 64, is_signed, target),
        "demote_f64" => rounded(32, number(64, a)),
        "promote_f32" => rounded(64, number(32, a)),
        _ => return None,
    }))
}

/// What a row returns on these operands.
fn expected(row: &Row, operands: &[Value]) -> Result<Expected, Trap> {
    let (_, name) = row.names();
    let (param, result) = (row.info.params[0], row.info.results[0]);
    let (a, b) = (operands[0].bits as u64, operands.get(1).map_or(0, |b| b.bits as u64));
    let is_float = |kind| matches!(kind, ValKind::F32 | ValKind::F64);
    if let Some(outcome) = conversion(name, result, a) {
        return outcome;
    }
    let outcome = match (is_float(param), is_float(result)) {
        (true, false) => {
            float_test(name, width(param), a, b).map(|truth| Ok(Expected::Bits(u64::from(truth))))
        }
        (_, true) => float(name, width(result), a, b).map(Ok),
        (false, false) => None,
    };
    let integer = || {
        let outcome = integer(name, width(param).max(width(result)), i128::from(a), i128::from(b))?;
        Some(outcome.map(|value| Expected::Bits(unsigned(value, width(result)) as u64)))
    };
    outcome.or_else(integer).unwrap_or_else(|| panic!("no reference for {}", row.info.mnemonic))
}

#[test]
fn kernels_agree_with_the_references() {
    for row in scalar_rows() {
        combinations(row.info.params, |operands| {
            let (expected, result) = (expected(&row, operands), (row.apply)(operands, 0));
            let agree = match (expected, result) {
                (Ok(expected), Ok(result)) => {
                    // Operands of another width have no payload that the result could share.
                    let same = operands.iter().filter(|operand| operand.kind == result.kind);
                    let bits: Vec<u64> = same.map(|operand| operand.bits as u64).collect();
                    let bits = if bits.is_empty() { vec![signaling(result.kind)] } else { bits };
                    expected.admits(width(result.kind), result.bits as u64, &bits)
                }
                (Err(expected), Err(trap)) => expected == trap,
                _ => false,
            };
            assert!(agree, "{} {operands:x?}: {result:x?}, not {expected:x?}", row.info.mnemonic);
        });
    }
}

/// A NaN with a payload.
fn signaling(kind: ValKind) -> u64 {
    if width(kind) == 32 { 0x7F80_0001 } else { (0x7FF0 << 48) + 1 }
}

#[test]
fn results_have_the_types_of_the_rows() {
    for row in rows() {
        let operands: Vec<Value> = row.info.params.iter().map(|&kind| edges(kind)[1]).collect();
        let vector = edges(ValKind::V128)[1];
        let operands = if row.info.shape == Shape::VectorLoad { vec![vector] } else { operands };
        let result = (row.apply)(&operands, 0).expect("nothing traps on ones");
        assert_eq!(row.info.results, [result.kind], "{}", row.info.mnemonic);
    }
}

#[test]
fn comparisons_agree_with_the_swapped_and_the_negated() {
    let truth =
        |row: &Row, operands: &[Value]| (row.apply)(operands, 0).expect("comparisons do not trap").bits;
    for this in rows().into_iter().filter(|row| row.info.shape == Shape::Compare) {
        let swapped = row(this.info.swapped().expect("every comparison can be swapped"));
        let negated = this.info.negated().map(row);
        let is_integer = matches!(this.info.params[0], ValKind::I32 | ValKind::I64);
        assert!(negated.is_some() || !is_integer, "{} has no negation", this.info.mnemonic);
        combinations(this.info.params, |operands| {
            let result = truth(&this, operands);
            assert_eq!(result, truth(&swapped, &[operands[1], operands[0]]), "{}", this.info.mnemonic);
            if let Some(negated) = &negated {
                assert_eq!(result, 1 - truth(negated, operands), "{}", this.info.mnemonic);
            }
        });
    }
}

#[test]
fn operators_commute_exactly_if_their_rows_say_so() {
    for row in
        rows().into_iter().filter(|row| matches!(row.info.shape, Shape::Binary | Shape::BinaryTrapping))
    {
        let mut commutes = true;
        combinations(row.info.params, |operands| {
            let (one, other) = ((row.apply)(operands, 0), (row.apply)(&[operands[1], operands[0]], 0));
            let nan = |result: &Result<Value, Trap>| match result {
                Ok(Value { kind: ValKind::F32, bits }) => number(32, *bits as u64).is_nan(),
                Ok(Value { kind: ValKind::F64, bits }) => number(64, *bits as u64).is_nan(),
                _ => false,
            };
            // Which of two NaNs comes out is open.
            commutes &= one == other || nan(&one) && nan(&other);
        });
        assert_eq!(row.commutes, commutes, "{}", row.info.mnemonic);
    }
}

#[test]
fn wide_arithmetic_is_that_of_128_bits() {
    let words: Vec<i64> = edges(ValKind::I64).iter().map(|edge| edge.bits as i64).collect();
    let join = |(low, high): (i64, i64)| u128::from(low as u64) | u128::from(high as u64) << 64;
    for &a in &words {
        for &b in &words {
            assert_eq!(join(kernel::i64_mul_wide_s(a, b)), (i128::from(a) * i128::from(b)) as u128);
            assert_eq!(join(kernel::i64_mul_wide_u(a, b)), u128::from(a as u64) * u128::from(b as u64));
            for (c, d) in words.iter().copied().zip(random().map(|word| word as i64)) {
                let (left, right) = (join((a, b)), join((c, d)));
                assert_eq!(join(kernel::i64_add128(a, b, c, d)), left.wrapping_add(right));
                assert_eq!(join(kernel::i64_sub128(a, b, c, d)), left.wrapping_sub(right));
            }
        }
    }
}
