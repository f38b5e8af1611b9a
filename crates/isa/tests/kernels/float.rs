//! What floating-point operators mean, for both widths. Bits are in the low part of a word.
//!
//! Single precision is computed in double precision and rounded, which for sums, products, quotients and square roots gives
//! the correctly rounded result. Which NaNs may come out is that of the specification's "NaN propagation".

use crate::integer::{signed, unsigned};
use sarsen_isa::Trap;

/// What an operator may return.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Expected {
    /// Exactly these bits.
    Bits(u64),
    /// A quiet NaN; one without payload if no operand has any.
    Nan,
    /// Any quiet NaN.
    Quiet,
}

/// The number that these bits mean.
pub(crate) fn number(width: u32, bits: u64) -> f64 {
    if width == 32 { f64::from(f32::from_bits(bits as u32)) } else { f64::from_bits(bits) }
}

/// A number in a width, rounded to nearest.
pub(crate) fn rounded(width: u32, number: f64) -> Expected {
    match number {
        _ if number.is_nan() => Expected::Nan,
        _ if width == 32 => Expected::Bits(u64::from((number as f32).to_bits())),
        _ => Expected::Bits(number.to_bits()),
    }
}

impl Expected {
    /// Whether a result on these operands is as expected.
    pub(crate) fn admits(self, width: u32, result: u64, operands: &[u64]) -> bool {
        // The quiet bit, and with it the exponent: what canonical NaNs have, besides any sign.
        let canonical = if width == 32 { 0x7FC0_0000 } else { 0x7FF8 << 48 };
        let magnitude = |bits: u64| bits & !(1 << (width - 1));
        let plain =
            operands.iter().all(|&bits| !number(width, bits).is_nan() || magnitude(bits) == canonical);
        match self {
            Expected::Bits(bits) => result == bits,
            Expected::Nan if plain => magnitude(result) == canonical,
            Expected::Nan | Expected::Quiet => result & canonical == canonical,
        }
    }
}

/// The result of an operator on floats of a width, if it is one.
pub(crate) fn float(name: &str, width: u32, a: u64, b: u64) -> Option<Expected> {
    let sign = 1 << (width - 1);
    let (x, y) = (number(width, a), number(width, b));
    let exact = match name {
        "abs" => a & !sign,
        "neg" => a ^ sign,
        "copysign" => a & !sign | b & sign,
        "pmin" => {
            if y < x {
                b
            } else {
                a
            }
        }
        "pmax" => {
            if x < y {
                b
            } else {
                a
            }
        }
        "min" | "max" if x == y && (a ^ b) == sign => {
            if name == "min" {
                sign
            } else {
                0
            }
        }
        _ => {
            let result = match name {
                "add" => x + y,
                "sub" => x - y,
                "mul" => x * y,
                "div" => x / y,
                "sqrt" => x.sqrt(),
                "ceil" => x.ceil(),
                "floor" => x.floor(),
                "trunc" => x.trunc(),
                "nearest" => x.round_ties_even(),
                "min" | "max" if x.is_nan() || y.is_nan() => f64::NAN,
                "min" => x.min(y),
                "max" => x.max(y),
                "reinterpret_i32" | "reinterpret_i64" => return Some(Expected::Bits(a)),
                _ => return None,
            };
            return Some(rounded(width, result));
        }
    };
    Some(Expected::Bits(exact))
}

/// The result of a comparison of floats, if it is one.
pub(crate) fn float_test(name: &str, width: u32, a: u64, b: u64) -> Option<bool> {
    let (a, b) = (number(width, a), number(width, b));
    Some(match name {
        "eq" => a == b,
        "ne" => a != b,
        "lt" => a < b,
        "gt" => a > b,
        "le" => a <= b,
        "ge" => a >= b,
        _ => return None,
    })
}

/// A number truncated to an integer of a width.
pub(crate) fn truncated(number: f64, width: u32, is_signed: bool) -> Result<i128, Trap> {
    let (least, limit) = if is_signed {
        (-(2f64.powi(width as i32 - 1)), 2f64.powi(width as i32 - 1))
    } else {
        (0.0, 2f64.powi(width as i32))
    };
    match number.trunc() {
        whole if whole.is_nan() => Err(Trap::BadConversionToInteger),
        whole if whole < least || whole >= limit => Err(Trap::IntegerOverflow),
        whole => Ok(whole as i128),
    }
}

/// The same, with the nearest bound for what does not fit and zero for NaN.
pub(crate) fn saturated(number: f64, width: u32, is_signed: bool) -> i128 {
    let all = (1 << width) - 1;
    let (least, greatest) = if is_signed { (-(1 << (width - 1)), all >> 1) } else { (0, all) };
    match truncated(number, width, is_signed) {
        Ok(whole) => whole,
        Err(Trap::IntegerOverflow) => {
            if number < 0.0 {
                least
            } else {
                greatest
            }
        }
        Err(_) => 0,
    }
}

/// An integer of width `from` as a float, rounded to nearest, ties to even.
pub(crate) fn converted(integer: i128, from: u32, is_signed: bool, width: u32) -> Expected {
    let integer = if is_signed { signed(integer, from) } else { unsigned(integer, from) };
    let precision = if width == 32 { 24 } else { 53 };
    let magnitude = integer.unsigned_abs();
    let excess = (128 - magnitude.leading_zeros()).saturating_sub(precision);
    let (kept, lost) = (magnitude >> excess, magnitude & ((1 << excess) - 1));
    let half = (1u128 << excess) / 2;
    let up = excess > 0 && (lost > half || lost == half && kept % 2 == 1);
    // What is left has no more bits than a double holds.
    let rounded_magnitude = (kept + u128::from(up)) as f64 * 2f64.powi(excess as i32);
    rounded(width, if integer < 0 { -rounded_magnitude } else { rounded_magnitude })
}
