//! 128-bit arithmetic on pairs of 64-bit integers, the low half first.
//!
//! Everything up to 64 bits is in `int.rs`.

/// The number in two halves.
#[inline(always)]
fn join(low: i64, high: i64) -> u128 {
    u128::from(low as u64) | u128::from(high as u64) << 64
}

/// Its halves.
#[inline(always)]
fn split(value: u128) -> (i64, i64) {
    (value as i64, (value >> 64) as i64)
}

/// Sum.
#[inline(always)]
pub fn i64_add128(a_low: i64, a_high: i64, b_low: i64, b_high: i64) -> (i64, i64) {
    split(join(a_low, a_high).wrapping_add(join(b_low, b_high)))
}

/// Difference.
#[inline(always)]
pub fn i64_sub128(a_low: i64, a_high: i64, b_low: i64, b_high: i64) -> (i64, i64) {
    split(join(a_low, a_high).wrapping_sub(join(b_low, b_high)))
}

/// Product of signed integers.
#[inline(always)]
pub fn i64_mul_wide_s(a: i64, b: i64) -> (i64, i64) {
    split(i128::from(a).wrapping_mul(i128::from(b)) as u128)
}

/// Product of unsigned integers.
#[inline(always)]
pub fn i64_mul_wide_u(a: i64, b: i64) -> (i64, i64) {
    split(u128::from(a as u64).wrapping_mul(u128::from(b as u64)))
}
