//! Operators between shapes: widening, narrowing, conversions, pairwise sums.
//!
//! Arithmetic within one shape is in `arithmetic.rs`.

use crate::V128;

/// Defines, for one pair of shapes: extension of a half, products of extended halves, and their inputs' types.
macro_rules! widen {
    ($($narrow:ident x $n:literal to $wide:ident x $m:literal: $low:ident $high:ident $mul_low:ident $mul_high:ident;)*) => {
        $(/// The low half of the lanes, extended.
        #[inline(always)]
        pub fn $low(a: V128) -> V128 {
            let a = a.lanes::<$narrow, $n>();
            super::by_number::<$wide, $m>(|at| $wide::from(a[at]))
        }
        /// The high half of the lanes, extended.
        #[inline(always)]
        pub fn $high(a: V128) -> V128 {
            let a = a.lanes::<$narrow, $n>();
            super::by_number::<$wide, $m>(|at| $wide::from(a[at + $m]))
        }
        /// Products of the low halves.
        #[inline(always)]
        pub fn $mul_low(a: V128, b: V128) -> V128 {
            super::zip::<$wide, $wide, $m>($low(a), $low(b), |a, b| a.wrapping_mul(b))
        }
        /// Products of the high halves.
        #[inline(always)]
        pub fn $mul_high(a: V128, b: V128) -> V128 {
            super::zip::<$wide, $wide, $m>($high(a), $high(b), |a, b| a.wrapping_mul(b))
        })*
    };
}

widen! {
    i8 x 16 to i16 x 8: i16x8_extend_low_i8x16_s i16x8_extend_high_i8x16_s i16x8_extmul_low_i8x16_s i16x8_extmul_high_i8x16_s;
    u8 x 16 to u16 x 8: i16x8_extend_low_i8x16_u i16x8_extend_high_i8x16_u i16x8_extmul_low_i8x16_u i16x8_extmul_high_i8x16_u;
    i16 x 8 to i32 x 4: i32x4_extend_low_i16x8_s i32x4_extend_high_i16x8_s i32x4_extmul_low_i16x8_s i32x4_extmul_high_i16x8_s;
    u16 x 8 to u32 x 4: i32x4_extend_low_i16x8_u i32x4_extend_high_i16x8_u i32x4_extmul_low_i16x8_u i32x4_extmul_high_i16x8_u;
    i32 x 4 to i64 x 2: i64x2_extend_low_i32x4_s i64x2_extend_high_i32x4_s i64x2_extmul_low_i32x4_s i64x2_extmul_high_i32x4_s;
    u32 x 4 to u64 x 2: i64x2_extend_low_i32x4_u i64x2_extend_high_i32x4_u i64x2_extmul_low_i32x4_u i64x2_extmul_high_i32x4_u;
}

/// Defines sums of neighbouring lanes after extension: a pair of narrow lanes is one wide lane's two halves.
macro_rules! pairwise {
    ($($name:ident = $narrow:ident to $wide:ident x $m:literal;)*) => {
        $(/// Sums of neighbours.
        #[inline(always)]
        pub fn $name(a: V128) -> V128 {
            super::map::<$wide, $wide, $m>(a, |pair| $wide::from(pair as $narrow) + (pair >> $narrow::BITS))
        })*
    };
}

pairwise! {
    i16x8_extadd_pairwise_i8x16_s = i8 to i16 x 8;
    i16x8_extadd_pairwise_i8x16_u = u8 to u16 x 8;
    i32x4_extadd_pairwise_i16x8_s = i16 to i32 x 4;
    i32x4_extadd_pairwise_i16x8_u = u16 to u32 x 4;
}

/// Defines saturating narrowing of two vectors into one.
macro_rules! narrow {
    ($($name:ident = $wide:ident x $m:literal to $narrow:ident x $n:literal;)*) => {
        $(/// The lanes of both operands, saturated.
        #[inline(always)]
        pub fn $name(a: V128, b: V128) -> V128 {
            let (a, b) = (a.lanes::<$wide, $m>(), b.lanes::<$wide, $m>());
            let clamp = |lane: $wide| lane.clamp($wide::from($narrow::MIN), $wide::from($narrow::MAX)) as $narrow;
            super::by_number::<$narrow, $n>(|at| clamp(if at < $m { a[at] } else { b[at - $m] }))
        })*
    };
}

narrow! {
    i8x16_narrow_i16x8_s = i16 x 8 to i8 x 16;
    i8x16_narrow_i16x8_u = i16 x 8 to u8 x 16;
    i16x8_narrow_i32x4_s = i32 x 4 to i16 x 8;
    i16x8_narrow_i32x4_u = i32 x 4 to u16 x 8;
}

/// Sums of neighbouring products of signed lanes.
#[inline(always)]
pub fn i32x4_dot_i16x8_s(a: V128, b: V128) -> V128 {
    super::zip::<i32, i32, 4>(a, b, |a, b| {
        (i32::from(a as i16) * i32::from(b as i16)).wrapping_add((a >> 16) * (b >> 16))
    })
}

/// Defines conversions lane by lane between types of one width.
macro_rules! convert {
    ($($name:ident = $from:ident x $n:literal as $to:ident;)*) => {
        $(/// Every lane, converted.
        #[inline(always)]
        pub fn $name(a: V128) -> V128 {
            super::map::<$from, $to, $n>(a, |lane| lane as $to)
        })*
    };
}

convert! {
    i32x4_trunc_sat_f32x4_s = f32 x 4 as i32;
    i32x4_trunc_sat_f32x4_u = f32 x 4 as u32;
    f32x4_convert_i32x4_s = i32 x 4 as f32;
    f32x4_convert_i32x4_u = u32 x 4 as f32;
}

/// Both lanes truncated to signed integers, then zeros.
#[inline(always)]
pub fn i32x4_trunc_sat_f64x2_s_zero(a: V128) -> V128 {
    let [a, b] = a.lanes::<f64, 2>();
    V128::from_lanes::<i32, 4>([a as i32, b as i32, 0, 0])
}

/// Both lanes truncated to unsigned integers, then zeros.
#[inline(always)]
pub fn i32x4_trunc_sat_f64x2_u_zero(a: V128) -> V128 {
    let [a, b] = a.lanes::<f64, 2>();
    V128::from_lanes::<u32, 4>([a as u32, b as u32, 0, 0])
}

/// The two low signed lanes as floats.
#[inline(always)]
pub fn f64x2_convert_low_i32x4_s(a: V128) -> V128 {
    let [a, b, _, _] = a.lanes::<i32, 4>();
    V128::from_lanes::<f64, 2>([f64::from(a), f64::from(b)])
}

/// The two low unsigned lanes as floats.
#[inline(always)]
pub fn f64x2_convert_low_i32x4_u(a: V128) -> V128 {
    let [a, b, _, _] = a.lanes::<u32, 4>();
    V128::from_lanes::<f64, 2>([f64::from(a), f64::from(b)])
}

/// Both lanes in single precision, then zeros.
#[inline(always)]
pub fn f32x4_demote_f64x2_zero(a: V128) -> V128 {
    let [a, b] = a.lanes::<f64, 2>();
    V128::from_lanes::<f32, 4>([a as f32, b as f32, 0.0, 0.0])
}

/// The two low lanes in double precision.
#[inline(always)]
pub fn f64x2_promote_low_f32x4(a: V128) -> V128 {
    let [a, b, _, _] = a.lanes::<f32, 4>();
    V128::from_lanes::<f64, 2>([f64::from(a), f64::from(b)])
}
