//! Lanes by number: splats, reads, replacements, permutations.
//!
//! Loads that fill lanes are in `load.rs`.

use crate::V128;

/// The bytes of `a` that the lanes of `b` name; zero where they name none.
#[inline(always)]
pub fn i8x16_swizzle(a: V128, b: V128) -> V128 {
    let lanes = super::i8x16_min_u(b, i8x16_splat(16));
    i8x16_shuffle(a, V128::default(), lanes.0)
}

/// The bytes of `a` and `b`, taken as one list, that `lanes` names. Validation keeps the numbers below 32.
#[inline(always)]
pub fn i8x16_shuffle(a: V128, b: V128, lanes: [u8; 16]) -> V128 {
    let mut both = [0; 32];
    let (halves, _) = both.as_chunks_mut::<16>();
    (halves[0], halves[1]) = (a.0, b.0);
    super::by_number::<u8, 16>(|at| both[usize::from(lanes[at] & 31)])
}

/// Defines splat and replacement for one shape: lane type, count, type on the stack.
macro_rules! lanes {
    ($($ty:ident x $n:literal as $stack:ident, $splat:ident, $replace:ident;)*) => {
        $(/// Every lane is `a`.
        #[inline(always)]
        pub fn $splat(a: $stack) -> V128 {
            V128::from_lanes::<$ty, $n>([a as $ty; $n])
        }
        /// `a` with another value in a lane. Validation bounds the number.
        #[inline(always)]
        pub fn $replace(a: V128, lane: u8, value: $stack) -> V128 {
            let mut lanes = a.lanes::<$ty, $n>();
            lanes[usize::from(lane) % $n] = value as $ty;
            V128::from_lanes(lanes)
        })*
    };
}

/// Defines reads of a lane: lane type, count, type on the stack.
macro_rules! extracts {
    ($($ty:ident x $n:literal as $stack:ident, $extract:ident;)*) => {
        $(/// A lane. Validation bounds the number.
        #[inline(always)]
        pub fn $extract(a: V128, lane: u8) -> $stack {
            a.lanes::<$ty, $n>()[usize::from(lane) % $n] as $stack
        })*
    };
}

lanes! {
    i8 x 16 as i32, i8x16_splat, i8x16_replace_lane;
    i16 x 8 as i32, i16x8_splat, i16x8_replace_lane;
    i32 x 4 as i32, i32x4_splat, i32x4_replace_lane;
    i64 x 2 as i64, i64x2_splat, i64x2_replace_lane;
    f32 x 4 as f32, f32x4_splat, f32x4_replace_lane;
    f64 x 2 as f64, f64x2_splat, f64x2_replace_lane;
}

extracts! {
    i8 x 16 as i32, i8x16_extract_lane_s;
    u8 x 16 as i32, i8x16_extract_lane_u;
    i16 x 8 as i32, i16x8_extract_lane_s;
    u16 x 8 as i32, i16x8_extract_lane_u;
    i32 x 4 as i32, i32x4_extract_lane;
    i64 x 2 as i64, i64x2_extract_lane;
    f32 x 4 as f32, f32x4_extract_lane;
    f64 x 2 as f64, f64x2_extract_lane;
}
