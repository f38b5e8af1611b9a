//! Result patterns: what `assert_return` accepts.
//!
//! Owns NaN classes (for scalars and per lane), `either`, and reference patterns.
//! It does not execute anything.

use crate::component;
use crate::value::{self, Value};
use sarsen::{AnyRef, Result, Rooted, Store, StoreLimits, Val};
use wast::WastRet;
use wast::core::{NanPattern, V128Pattern, WastRetCore};
use wast::token::{F32, F64};

/// Whether `value` is what the script asks for.
pub(crate) fn matches(store: &mut Store<StoreLimits>, pattern: &WastRet<'_>, value: &Value) -> bool {
    match (pattern, value) {
        (WastRet::Core(pattern), Value::Core(value)) => matches_core(store, pattern, value),
        (WastRet::Component(pattern), Value::Component(value)) => component::matches(pattern, value),
        _ => false,
    }
}

fn matches_core(store: &mut Store<StoreLimits>, pattern: &WastRetCore<'_>, value: &Val) -> bool {
    match (pattern, value) {
        (WastRetCore::Either(patterns), _) => patterns.iter().any(|one| matches_core(store, one, value)),
        (WastRetCore::I32(want), Val::I32(got)) => want == got,
        (WastRetCore::I64(want), Val::I64(got)) => want == got,
        (WastRetCore::F32(want), Val::F32(got)) => matches_f32(want, *got),
        (WastRetCore::F64(want), Val::F64(got)) => matches_f64(want, *got),
        (WastRetCore::V128(want), Val::V128(got)) => matches_v128(want, got.as_u128()),
        (WastRetCore::RefNull(_), value) => is_null(value),
        (WastRetCore::RefFunc(None), Val::FuncRef(got)) => got.is_some(),
        (WastRetCore::RefExtern(None), Val::ExternRef(got)) => got.is_some(),
        (WastRetCore::RefExtern(Some(want)), Val::ExternRef(Some(got))) => {
            value::host_number(store, *got) == Some(*want)
        }
        (pattern, Val::AnyRef(Some(got))) => matches_any(store, pattern, *got),
        _ => false,
    }
}

/// Patterns of non-null references of the `any` hierarchy.
fn matches_any(store: &mut Store<StoreLimits>, pattern: &WastRetCore<'_>, got: Rooted<AnyRef>) -> bool {
    let held: Result<bool> = match pattern {
        WastRetCore::RefHost(want) => Ok(value::host_number_of_any(store, got) == Some(*want)),
        WastRetCore::RefAny => Ok(true),
        WastRetCore::RefEq => got.is_eqref(&*store),
        WastRetCore::RefI31 => got.is_i31(&*store),
        WastRetCore::RefStruct => got.is_struct(&*store),
        WastRetCore::RefArray => got.is_array(&*store),
        _ => Ok(false),
    };
    held.unwrap_or(false)
}

fn is_null(value: &Val) -> bool {
    matches!(value, Val::FuncRef(None) | Val::ExternRef(None) | Val::AnyRef(None) | Val::ExnRef(None))
}

/// A canonical NaN has only the quiet bit in its fraction; an arithmetic NaN has at least that.
const F32_QUIET_NAN: u32 = 0x7fc0_0000;
const F64_QUIET_NAN: u64 = 0x7ff8_0000_0000_0000;

fn matches_f32(pattern: &NanPattern<F32>, got: u32) -> bool {
    match pattern {
        NanPattern::CanonicalNan => got & !(1 << 31) == F32_QUIET_NAN,
        NanPattern::ArithmeticNan => got & F32_QUIET_NAN == F32_QUIET_NAN,
        NanPattern::Value(want) => want.bits == got,
    }
}

fn matches_f64(pattern: &NanPattern<F64>, got: u64) -> bool {
    match pattern {
        NanPattern::CanonicalNan => got & !(1 << 63) == F64_QUIET_NAN,
        NanPattern::ArithmeticNan => got & F64_QUIET_NAN == F64_QUIET_NAN,
        NanPattern::Value(want) => want.bits == got,
    }
}

fn matches_v128(pattern: &V128Pattern, got: u128) -> bool {
    let bytes = got.to_le_bytes();
    let same = |index: usize, lane: &[u8]| bytes[index * lane.len()..][..lane.len()] == *lane;
    match pattern {
        V128Pattern::I8x16(lanes) => (0..).zip(lanes).all(|(i, lane)| same(i, &lane.to_le_bytes())),
        V128Pattern::I16x8(lanes) => (0..).zip(lanes).all(|(i, lane)| same(i, &lane.to_le_bytes())),
        V128Pattern::I32x4(lanes) => (0..).zip(lanes).all(|(i, lane)| same(i, &lane.to_le_bytes())),
        V128Pattern::I64x2(lanes) => (0..).zip(lanes).all(|(i, lane)| same(i, &lane.to_le_bytes())),
        V128Pattern::F32x4(lanes) => {
            (0..).zip(lanes).all(|(i, lane)| matches_f32(lane, (got >> (32 * i)) as u32))
        }
        V128Pattern::F64x2(lanes) => {
            (0..).zip(lanes).all(|(i, lane)| matches_f64(lane, (got >> (64 * i)) as u64))
        }
    }
}

/// The results that a script asks for, as it writes them.
pub(crate) fn describe_all(patterns: &[WastRet<'_>]) -> String {
    if patterns.is_empty() {
        return "no results".to_owned();
    }
    let describe_one = |pattern: &WastRet<'_>| match pattern {
        WastRet::Core(pattern) => describe(pattern),
        WastRet::Component(pattern) => component::describe(&component::value(pattern)),
        _ => "(a value of another kind)".to_owned(),
    };
    patterns.iter().map(describe_one).collect::<Vec<_>>().join(" ")
}

fn describe(pattern: &WastRetCore<'_>) -> String {
    match pattern {
        WastRetCore::I32(value) => format!("(i32.const {value})"),
        WastRetCore::I64(value) => format!("(i64.const {value})"),
        WastRetCore::F32(pattern) => format!("(f32.const {})", describe_f32(pattern)),
        WastRetCore::F64(pattern) => format!("(f64.const {})", describe_f64(pattern)),
        WastRetCore::V128(pattern) => format!("(v128.const {})", describe_v128(pattern)),
        WastRetCore::RefNull(_) => "(ref.null)".to_owned(),
        WastRetCore::RefExtern(Some(number)) => format!("(ref.extern {number})"),
        WastRetCore::RefExtern(None) => "(ref.extern)".to_owned(),
        WastRetCore::RefHost(number) => format!("(ref.host {number})"),
        WastRetCore::RefFunc(_) => "(ref.func)".to_owned(),
        WastRetCore::RefAny => "(ref.any)".to_owned(),
        WastRetCore::RefEq => "(ref.eq)".to_owned(),
        WastRetCore::RefArray => "(ref.array)".to_owned(),
        WastRetCore::RefStruct => "(ref.struct)".to_owned(),
        WastRetCore::RefI31 => "(ref.i31)".to_owned(),
        WastRetCore::RefI31Shared => "(ref.i31_shared)".to_owned(),
        WastRetCore::Either(patterns) => {
            format!("(either {})", patterns.iter().map(describe).collect::<Vec<_>>().join(" "))
        }
    }
}

fn describe_f32(pattern: &NanPattern<F32>) -> String {
    match pattern {
        NanPattern::CanonicalNan => "nan:canonical".to_owned(),
        NanPattern::ArithmeticNan => "nan:arithmetic".to_owned(),
        NanPattern::Value(value) => value::f32_text(value.bits),
    }
}

fn describe_f64(pattern: &NanPattern<F64>) -> String {
    match pattern {
        NanPattern::CanonicalNan => "nan:canonical".to_owned(),
        NanPattern::ArithmeticNan => "nan:arithmetic".to_owned(),
        NanPattern::Value(value) => value::f64_text(value.bits),
    }
}

fn describe_v128(pattern: &V128Pattern) -> String {
    let join = |lanes: Vec<String>| lanes.join(" ");
    match pattern {
        V128Pattern::I8x16(lanes) => format!("i8x16 {}", join(lanes.iter().map(i8::to_string).collect())),
        V128Pattern::I16x8(lanes) => format!("i16x8 {}", join(lanes.iter().map(i16::to_string).collect())),
        V128Pattern::I32x4(lanes) => format!("i32x4 {}", join(lanes.iter().map(i32::to_string).collect())),
        V128Pattern::I64x2(lanes) => format!("i64x2 {}", join(lanes.iter().map(i64::to_string).collect())),
        V128Pattern::F32x4(lanes) => format!("f32x4 {}", join(lanes.iter().map(describe_f32).collect())),
        V128Pattern::F64x2(lanes) => format!("f64x2 {}", join(lanes.iter().map(describe_f64).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_classes() {
        let (canonical, payload, signaling) = (0xffc0_0000, 0x7fc0_0001, 0x7f80_0001);
        assert!(matches_f32(&NanPattern::CanonicalNan, canonical));
        assert!(!matches_f32(&NanPattern::CanonicalNan, payload));
        assert!(matches_f32(&NanPattern::ArithmeticNan, payload));
        assert!(!matches_f32(&NanPattern::ArithmeticNan, signaling));
        assert!(!matches_f32(&NanPattern::ArithmeticNan, 1.0f32.to_bits()));
        assert!(matches_f64(&NanPattern::CanonicalNan, F64_QUIET_NAN | 1 << 63));
        assert!(!matches_f64(&NanPattern::ArithmeticNan, 0x7ff0_0000_0000_0001));
    }

    #[test]
    fn lanes_are_compared_one_by_one() {
        let one = F32 { bits: 1.0f32.to_bits() };
        let pattern = V128Pattern::F32x4([
            NanPattern::Value(one),
            NanPattern::CanonicalNan,
            NanPattern::Value(one),
            NanPattern::ArithmeticNan,
        ]);
        let vector = |lanes: [u32; 4]| (0..4).map(|i| u128::from(lanes[i]) << (32 * i)).sum();
        assert!(matches_v128(&pattern, vector([one.bits, 0x7fc0_0000, one.bits, 0x7fc0_0001])));
        assert!(!matches_v128(&pattern, vector([one.bits, 0x7fc0_0001, one.bits, 0x7fc0_0001])));
    }

    #[test]
    fn integer_lanes_of_every_width() {
        let bytes: [u8; 16] = core::array::from_fn(|i| i as u8);
        let got = u128::from_le_bytes(bytes);
        assert!(matches_v128(&V128Pattern::I8x16(core::array::from_fn(|i| i as i8)), got));
        assert!(matches_v128(
            &V128Pattern::I16x8(core::array::from_fn(|i| (i as i16 * 2) | (i as i16 * 2 + 1) << 8)),
            got
        ));
        assert!(matches_v128(&V128Pattern::I64x2([0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908]), got));
        assert!(!matches_v128(&V128Pattern::I32x4([0; 4]), got));
    }
}
