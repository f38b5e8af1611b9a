//! Arithmetic on lanes.
//!
//! Results with lanes of another size are in `widen.rs`.

use super::lanewise;
use crate::V128;
use crate::kernel;

lanewise! {
    /// Absolute values, wrapping.
    i8x16_abs(a: i8 x 16) = a.wrapping_abs();
    /// Negations, wrapping.
    i8x16_neg(a: i8 x 16) = a.wrapping_neg();
    /// Absolute values, wrapping.
    i16x8_abs(a: i16 x 8) = a.wrapping_abs();
    /// Negations, wrapping.
    i16x8_neg(a: i16 x 8) = a.wrapping_neg();
    /// Absolute values, wrapping.
    i32x4_abs(a: i32 x 4) = a.wrapping_abs();
    /// Negations, wrapping.
    i32x4_neg(a: i32 x 4) = a.wrapping_neg();
    /// Absolute values, wrapping.
    i64x2_abs(a: i64 x 2) = a.wrapping_abs();
    /// Negations, wrapping.
    i64x2_neg(a: i64 x 2) = a.wrapping_neg();
    /// Magnitudes.
    f32x4_abs(a: f32 x 4) = kernel::f32_abs(a);
    /// Negations.
    f32x4_neg(a: f32 x 4) = kernel::f32_neg(a);
    /// Square roots.
    f32x4_sqrt(a: f32 x 4) = kernel::f32_sqrt(a);
    /// Rounded up.
    f32x4_ceil(a: f32 x 4) = kernel::f32_ceil(a);
    /// Rounded down.
    f32x4_floor(a: f32 x 4) = kernel::f32_floor(a);
    /// Rounded towards zero.
    f32x4_trunc(a: f32 x 4) = kernel::f32_trunc(a);
    /// Rounded to nearest, ties to even.
    f32x4_nearest(a: f32 x 4) = kernel::f32_nearest(a);
    /// Magnitudes.
    f64x2_abs(a: f64 x 2) = kernel::f64_abs(a);
    /// Negations.
    f64x2_neg(a: f64 x 2) = kernel::f64_neg(a);
    /// Square roots.
    f64x2_sqrt(a: f64 x 2) = kernel::f64_sqrt(a);
    /// Rounded up.
    f64x2_ceil(a: f64 x 2) = kernel::f64_ceil(a);
    /// Rounded down.
    f64x2_floor(a: f64 x 2) = kernel::f64_floor(a);
    /// Rounded towards zero.
    f64x2_trunc(a: f64 x 2) = kernel::f64_trunc(a);
    /// Rounded to nearest, ties to even.
    f64x2_nearest(a: f64 x 2) = kernel::f64_nearest(a);
}

lanewise! {
    /// Sums.
    i8x16_add(a, b: i8 x 16) = a.wrapping_add(b);
    /// Differences.
    i8x16_sub(a, b: i8 x 16) = a.wrapping_sub(b);
    /// Sums of signed lanes, saturating.
    i8x16_add_sat_s(a, b: i8 x 16) = a.saturating_add(b);
    /// Sums of unsigned lanes, saturating.
    i8x16_add_sat_u(a, b: u8 x 16) = a.saturating_add(b);
    /// Differences of signed lanes, saturating.
    i8x16_sub_sat_s(a, b: i8 x 16) = a.saturating_sub(b);
    /// Differences of unsigned lanes, saturating.
    i8x16_sub_sat_u(a, b: u8 x 16) = a.saturating_sub(b);
    /// Averages of unsigned lanes, rounded up.
    i8x16_avgr_u(a, b: u8 x 16) = (u16::from(a) + u16::from(b)).div_ceil(2) as u8;
    /// The smaller of signed lanes.
    i8x16_min_s(a, b: i8 x 16) = a.min(b);
    /// The smaller of unsigned lanes.
    i8x16_min_u(a, b: u8 x 16) = a.min(b);
    /// The larger of signed lanes.
    i8x16_max_s(a, b: i8 x 16) = a.max(b);
    /// The larger of unsigned lanes.
    i8x16_max_u(a, b: u8 x 16) = a.max(b);
    /// Sums.
    i16x8_add(a, b: i16 x 8) = a.wrapping_add(b);
    /// Differences.
    i16x8_sub(a, b: i16 x 8) = a.wrapping_sub(b);
    /// Products.
    i16x8_mul(a, b: i16 x 8) = a.wrapping_mul(b);
    /// Sums of signed lanes, saturating.
    i16x8_add_sat_s(a, b: i16 x 8) = a.saturating_add(b);
    /// Sums of unsigned lanes, saturating.
    i16x8_add_sat_u(a, b: u16 x 8) = a.saturating_add(b);
    /// Differences of signed lanes, saturating.
    i16x8_sub_sat_s(a, b: i16 x 8) = a.saturating_sub(b);
    /// Differences of unsigned lanes, saturating.
    i16x8_sub_sat_u(a, b: u16 x 8) = a.saturating_sub(b);
    /// Averages of unsigned lanes, rounded up.
    i16x8_avgr_u(a, b: u16 x 8) = (u32::from(a) + u32::from(b)).div_ceil(2) as u16;
    /// The smaller of signed lanes.
    i16x8_min_s(a, b: i16 x 8) = a.min(b);
    /// The smaller of unsigned lanes.
    i16x8_min_u(a, b: u16 x 8) = a.min(b);
    /// The larger of signed lanes.
    i16x8_max_s(a, b: i16 x 8) = a.max(b);
    /// The larger of unsigned lanes.
    i16x8_max_u(a, b: u16 x 8) = a.max(b);
    /// Sums.
    i32x4_add(a, b: i32 x 4) = a.wrapping_add(b);
    /// Differences.
    i32x4_sub(a, b: i32 x 4) = a.wrapping_sub(b);
    /// Products.
    i32x4_mul(a, b: i32 x 4) = a.wrapping_mul(b);
    /// The smaller of signed lanes.
    i32x4_min_s(a, b: i32 x 4) = a.min(b);
    /// The smaller of unsigned lanes.
    i32x4_min_u(a, b: u32 x 4) = a.min(b);
    /// The larger of signed lanes.
    i32x4_max_s(a, b: i32 x 4) = a.max(b);
    /// The larger of unsigned lanes.
    i32x4_max_u(a, b: u32 x 4) = a.max(b);
    /// Sums.
    i64x2_add(a, b: i64 x 2) = a.wrapping_add(b);
    /// Differences.
    i64x2_sub(a, b: i64 x 2) = a.wrapping_sub(b);
    /// Products.
    i64x2_mul(a, b: i64 x 2) = a.wrapping_mul(b);
    /// Sums.
    f32x4_add(a, b: f32 x 4) = kernel::f32_add(a, b);
    /// Differences.
    f32x4_sub(a, b: f32 x 4) = kernel::f32_sub(a, b);
    /// Products.
    f32x4_mul(a, b: f32 x 4) = kernel::f32_mul(a, b);
    /// Quotients.
    f32x4_div(a, b: f32 x 4) = kernel::f32_div(a, b);
    /// The smaller; NaN if either is.
    f32x4_min(a, b: f32 x 4) = kernel::f32_min(a, b);
    /// The larger; NaN if either is.
    f32x4_max(a, b: f32 x 4) = kernel::f32_max(a, b);
    /// The second where it is less, else the first.
    f32x4_pmin(a, b: f32 x 4) = if b < a { b } else { a };
    /// The second where the first is less, else the first.
    f32x4_pmax(a, b: f32 x 4) = if a < b { b } else { a };
    /// Sums.
    f64x2_add(a, b: f64 x 2) = kernel::f64_add(a, b);
    /// Differences.
    f64x2_sub(a, b: f64 x 2) = kernel::f64_sub(a, b);
    /// Products.
    f64x2_mul(a, b: f64 x 2) = kernel::f64_mul(a, b);
    /// Quotients.
    f64x2_div(a, b: f64 x 2) = kernel::f64_div(a, b);
    /// The smaller; NaN if either is.
    f64x2_min(a, b: f64 x 2) = kernel::f64_min(a, b);
    /// The larger; NaN if either is.
    f64x2_max(a, b: f64 x 2) = kernel::f64_max(a, b);
    /// The second where it is less, else the first.
    f64x2_pmin(a, b: f64 x 2) = if b < a { b } else { a };
    /// The second where the first is less, else the first.
    f64x2_pmax(a, b: f64 x 2) = if a < b { b } else { a };
    /// Fixed-point products, rounded, saturating.
    i16x8_q15mulr_sat_s(a, b: i16 x 8) = q15mulr(a, b);
}

/// A fixed-point product. Only -1 times -1 does not fit.
#[inline(always)]
fn q15mulr(a: i16, b: i16) -> i16 {
    let rounded = (i32::from(a) * i32::from(b) + (1 << 14)) >> 15;
    rounded.min(i32::from(i16::MAX)) as i16
}

/// Defines shifts of all lanes by one count.
macro_rules! shifts {
    ($($(#[$doc:meta])* $name:ident($a:ident: $ty:ident x $n:literal, $count:ident) = $value:expr;)*) => {
        $($(#[$doc])*
        #[inline(always)]
        pub fn $name(a: V128, count: i32) -> V128 {
            let $count = count as u32 & ($ty::BITS - 1);
            super::map::<$ty, _, $n>(a, |$a| $value)
        })*
    };
}

shifts! {
    /// Shifted left.
    i8x16_shl(a: i8 x 16, count) = a << count;
    /// Shifted right, keeping the sign.
    i8x16_shr_s(a: i8 x 16, count) = a >> count;
    /// Shifted right, filling with zeros.
    i8x16_shr_u(a: u8 x 16, count) = a >> count;
    /// Shifted left.
    i16x8_shl(a: i16 x 8, count) = a << count;
    /// Shifted right, keeping the sign.
    i16x8_shr_s(a: i16 x 8, count) = a >> count;
    /// Shifted right, filling with zeros.
    i16x8_shr_u(a: u16 x 8, count) = a >> count;
    /// Shifted left.
    i32x4_shl(a: i32 x 4, count) = a << count;
    /// Shifted right, keeping the sign.
    i32x4_shr_s(a: i32 x 4, count) = a >> count;
    /// Shifted right, filling with zeros.
    i32x4_shr_u(a: u32 x 4, count) = a >> count;
    /// Shifted left.
    i64x2_shl(a: i64 x 2, count) = a << count;
    /// Shifted right, keeping the sign.
    i64x2_shr_s(a: i64 x 2, count) = a >> count;
    /// Shifted right, filling with zeros.
    i64x2_shr_u(a: u64 x 2, count) = a >> count;
}
