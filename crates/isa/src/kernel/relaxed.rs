//! The relaxed operators. The specification leaves their results open in part; here each has one, the same in every
//! tier and on every processor: that of the strict operator, products and sums rounded separately.
//!
//! The strict operators are in `simd/`.

use super::simd;
use crate::V128;

/// Defines relaxed operators that are strict ones.
macro_rules! as_strict {
    ($($relaxed:ident($($operand:ident),*) = $strict:ident;)*) => {
        $(/// The strict operator.
        #[inline(always)]
        pub fn $relaxed($($operand: V128),*) -> V128 {
            simd::$strict($($operand),*)
        })*
    };
}

as_strict! {
    i8x16_relaxed_swizzle(a, b) = i8x16_swizzle;
    i32x4_relaxed_trunc_f32x4_s(a) = i32x4_trunc_sat_f32x4_s;
    i32x4_relaxed_trunc_f32x4_u(a) = i32x4_trunc_sat_f32x4_u;
    i32x4_relaxed_trunc_f64x2_s_zero(a) = i32x4_trunc_sat_f64x2_s_zero;
    i32x4_relaxed_trunc_f64x2_u_zero(a) = i32x4_trunc_sat_f64x2_u_zero;
    i8x16_relaxed_laneselect(a, b, c) = v128_bitselect;
    i16x8_relaxed_laneselect(a, b, c) = v128_bitselect;
    i32x4_relaxed_laneselect(a, b, c) = v128_bitselect;
    i64x2_relaxed_laneselect(a, b, c) = v128_bitselect;
    f32x4_relaxed_min(a, b) = f32x4_min;
    f32x4_relaxed_max(a, b) = f32x4_max;
    f64x2_relaxed_min(a, b) = f64x2_min;
    f64x2_relaxed_max(a, b) = f64x2_max;
    i16x8_relaxed_q15mulr_s(a, b) = i16x8_q15mulr_sat_s;
}

/// `a * b + c`, rounded twice.
#[inline(always)]
pub fn f32x4_relaxed_madd(a: V128, b: V128, c: V128) -> V128 {
    simd::f32x4_add(simd::f32x4_mul(a, b), c)
}

/// `c - a * b`, rounded twice.
#[inline(always)]
pub fn f32x4_relaxed_nmadd(a: V128, b: V128, c: V128) -> V128 {
    simd::f32x4_sub(c, simd::f32x4_mul(a, b))
}

/// `a * b + c`, rounded twice.
#[inline(always)]
pub fn f64x2_relaxed_madd(a: V128, b: V128, c: V128) -> V128 {
    simd::f64x2_add(simd::f64x2_mul(a, b), c)
}

/// `c - a * b`, rounded twice.
#[inline(always)]
pub fn f64x2_relaxed_nmadd(a: V128, b: V128, c: V128) -> V128 {
    simd::f64x2_sub(c, simd::f64x2_mul(a, b))
}

/// Sums of neighbouring products of signed bytes, wrapping.
#[inline(always)]
pub fn i16x8_relaxed_dot_i8x16_i7x16_s(a: V128, b: V128) -> V128 {
    simd::zip::<i16, i16, 8>(a, b, |a, b| {
        (i16::from(a as i8) * i16::from(b as i8)).wrapping_add((a >> 8) * (b >> 8))
    })
}

/// Sums of four neighbouring products of signed bytes and the lane of `c`.
#[inline(always)]
pub fn i32x4_relaxed_dot_i8x16_i7x16_add_s(a: V128, b: V128, c: V128) -> V128 {
    let pairs = i16x8_relaxed_dot_i8x16_i7x16_s(a, b);
    simd::i32x4_add(simd::i32x4_extadd_pairwise_i16x8_s(pairs), c)
}
