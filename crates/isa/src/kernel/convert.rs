//! Conversions between integers and floats.
//!
//! Conversions of lanes are in `simd/widen.rs`; sign extension within one type is in `int.rs`.

use crate::Trap;

/// The low 32 bits.
#[inline(always)]
pub fn i32_wrap_i64(a: i64) -> i32 {
    a as i32
}

/// Sign-extended.
#[inline(always)]
pub fn i64_extend_i32_s(a: i32) -> i64 {
    i64::from(a)
}

/// Zero-extended.
#[inline(always)]
pub fn i64_extend_i32_u(a: i32) -> i64 {
    i64::from(a as u32)
}

/// Rounded to single precision.
#[inline(always)]
pub fn f32_demote_f64(a: f64) -> f32 {
    a as f32
}

/// The same number.
#[inline(always)]
pub fn f64_promote_f32(a: f32) -> f64 {
    f64::from(a)
}

/// The same bits.
#[inline(always)]
pub fn i32_reinterpret_f32(a: f32) -> i32 {
    a.to_bits() as i32
}

/// The same bits.
#[inline(always)]
pub fn i64_reinterpret_f64(a: f64) -> i64 {
    a.to_bits() as i64
}

/// The same bits.
#[inline(always)]
pub fn f32_reinterpret_i32(a: i32) -> f32 {
    f32::from_bits(a as u32)
}

/// The same bits.
#[inline(always)]
pub fn f64_reinterpret_i64(a: i64) -> f64 {
    f64::from_bits(a as u64)
}

/// The nearest float of a signed integer.
#[inline(always)]
pub fn f32_convert_i32_s(a: i32) -> f32 {
    a as f32
}

/// The nearest float of an unsigned integer.
#[inline(always)]
pub fn f32_convert_i32_u(a: i32) -> f32 {
    a as u32 as f32
}

/// The nearest float of a signed integer.
#[inline(always)]
pub fn f32_convert_i64_s(a: i64) -> f32 {
    a as f32
}

/// The nearest float of an unsigned integer.
#[inline(always)]
pub fn f32_convert_i64_u(a: i64) -> f32 {
    a as u64 as f32
}

/// The nearest float of a signed integer.
#[inline(always)]
pub fn f64_convert_i32_s(a: i32) -> f64 {
    a as f64
}

/// The nearest float of an unsigned integer.
#[inline(always)]
pub fn f64_convert_i32_u(a: i32) -> f64 {
    a as u32 as f64
}

/// The nearest float of a signed integer.
#[inline(always)]
pub fn f64_convert_i64_s(a: i64) -> f64 {
    a as f64
}

/// The nearest float of an unsigned integer.
#[inline(always)]
pub fn f64_convert_i64_u(a: i64) -> f64 {
    a as u64 as f64
}

/// Truncated to a signed integer, saturating.
#[inline(always)]
pub fn i32_trunc_sat_f32_s(a: f32) -> i32 {
    a as i32
}

/// Truncated to an unsigned integer, saturating.
#[inline(always)]
pub fn i32_trunc_sat_f32_u(a: f32) -> i32 {
    a as u32 as i32
}

/// Truncated to a signed integer, saturating.
#[inline(always)]
pub fn i32_trunc_sat_f64_s(a: f64) -> i32 {
    a as i32
}

/// Truncated to an unsigned integer, saturating.
#[inline(always)]
pub fn i32_trunc_sat_f64_u(a: f64) -> i32 {
    a as u32 as i32
}

/// Truncated to a signed integer, saturating.
#[inline(always)]
pub fn i64_trunc_sat_f32_s(a: f32) -> i64 {
    a as i64
}

/// Truncated to an unsigned integer, saturating.
#[inline(always)]
pub fn i64_trunc_sat_f32_u(a: f32) -> i64 {
    a as u64 as i64
}

/// Truncated to a signed integer, saturating.
#[inline(always)]
pub fn i64_trunc_sat_f64_s(a: f64) -> i64 {
    a as i64
}

/// Truncated to an unsigned integer, saturating.
#[inline(always)]
pub fn i64_trunc_sat_f64_u(a: f64) -> i64 {
    a as u64 as i64
}

/// Defines truncations that trap: name, float type, integer type, the bounds that the operand must lie strictly between.
macro_rules! trapping {
    ($($(#[$doc:meta])* $name:ident($f:ident) -> $i:ident as $target:ident, $low:literal, $high:literal;)*) => {
        $($(#[$doc])*
        #[inline(always)]
        pub fn $name(a: $f) -> Result<$i, Trap> {
            if a > $low && a < $high {
                return Ok(a as $target as $i);
            }
            Err(if a.is_nan() { Trap::BadConversionToInteger } else { Trap::IntegerOverflow })
        })*
    };
}

trapping! {
    /// Truncated to a signed integer.
    i32_trunc_f32_s(f32) -> i32 as i32, -2147483904.0, 2147483648.0;
    /// Truncated to an unsigned integer.
    i32_trunc_f32_u(f32) -> i32 as u32, -1.0, 4294967296.0;
    /// Truncated to a signed integer.
    i32_trunc_f64_s(f64) -> i32 as i32, -2147483649.0, 2147483648.0;
    /// Truncated to an unsigned integer.
    i32_trunc_f64_u(f64) -> i32 as u32, -1.0, 4294967296.0;
    /// Truncated to a signed integer.
    i64_trunc_f32_s(f32) -> i64 as i64, -9223373136366403584.0, 9223372036854775808.0;
    /// Truncated to an unsigned integer.
    i64_trunc_f32_u(f32) -> i64 as u64, -1.0, 18446744073709551616.0;
    /// Truncated to a signed integer.
    i64_trunc_f64_s(f64) -> i64 as i64, -9223372036854777856.0, 9223372036854775808.0;
    /// Truncated to an unsigned integer.
    i64_trunc_f64_u(f64) -> i64 as u64, -1.0, 18446744073709551616.0;
}
