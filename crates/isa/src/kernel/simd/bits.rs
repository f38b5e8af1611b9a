//! Bitwise operators, tests and masks.

use super::map;
use crate::V128;

/// Complement.
#[inline(always)]
pub fn v128_not(a: V128) -> V128 {
    V128::from(!u128::from(a))
}

/// Bitwise and.
#[inline(always)]
pub fn v128_and(a: V128, b: V128) -> V128 {
    V128::from(u128::from(a) & u128::from(b))
}

/// Bitwise and with the complement of `b`.
#[inline(always)]
pub fn v128_andnot(a: V128, b: V128) -> V128 {
    V128::from(u128::from(a) & !u128::from(b))
}

/// Bitwise or.
#[inline(always)]
pub fn v128_or(a: V128, b: V128) -> V128 {
    V128::from(u128::from(a) | u128::from(b))
}

/// Bitwise exclusive or.
#[inline(always)]
pub fn v128_xor(a: V128, b: V128) -> V128 {
    V128::from(u128::from(a) ^ u128::from(b))
}

/// Bits of `a` where `c` has ones, else of `b`.
#[inline(always)]
pub fn v128_bitselect(a: V128, b: V128, c: V128) -> V128 {
    let (a, b, c) = (u128::from(a), u128::from(b), u128::from(c));
    V128::from(a & c | b & !c)
}

/// Whether any bit is set.
#[inline(always)]
pub fn v128_any_true(a: V128) -> i32 {
    i32::from(u128::from(a) != 0)
}

/// One bits of every lane.
#[inline(always)]
pub fn i8x16_popcnt(a: V128) -> V128 {
    map::<u8, u8, 16>(a, |lane| lane.count_ones() as u8)
}

/// Defines the tests of one shape.
macro_rules! tests {
    ($($ty:ident x $n:literal, $all_true:ident, $bitmask:ident;)*) => {
        $(/// Whether all lanes are non-zero.
        #[inline(always)]
        pub fn $all_true(a: V128) -> i32 {
            i32::from(a.lanes::<$ty, $n>().iter().all(|&lane| lane != 0))
        }
        /// The sign bits of the lanes.
        #[inline(always)]
        pub fn $bitmask(a: V128) -> i32 {
            a.lanes::<$ty, $n>().iter().rev().fold(0, |mask, &lane| mask << 1 | i32::from(lane < 0))
        })*
    };
}

tests! {
    i8 x 16, i8x16_all_true, i8x16_bitmask;
    i16 x 8, i16x8_all_true, i16x8_bitmask;
    i32 x 4, i32x4_all_true, i32x4_bitmask;
    i64 x 2, i64x2_all_true, i64x2_bitmask;
}
