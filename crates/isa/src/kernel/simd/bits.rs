//! Bitwise operators, tests and masks.
//!
//! Shifts of lanes are in `arithmetic.rs`.

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
    ($($name:ident = $ty:ident x $n:literal;)*) => {
        $(/// Whether all lanes are non-zero.
        #[inline(always)]
        pub fn $name(a: V128) -> i32 {
            i32::from(a.lanes::<$ty, $n>().iter().all(|&lane| lane != 0))
        })*
    };
}

tests! {
    i8x16_all_true = i8 x 16;
    i16x8_all_true = i16 x 8;
    i32x4_all_true = i32 x 4;
    i64x2_all_true = i64 x 2;
}

/// Defines gathering of sign bits: lanes in half a vector, ones in the lanes' low bits, and a factor that takes the low
/// bit of lane `i` to the `i`th bit above `64 - lanes`. Its other products fall elsewhere, no two of them on one bit.
macro_rules! bitmasks {
    ($($name:ident = $lanes:literal, $ones:literal, $factor:literal;)*) => {
        $(/// The sign bits of the lanes.
        #[inline(always)]
        pub fn $name(a: V128) -> i32 {
            let gathered = |half: u64| {
                let signs = half >> (64 / $lanes - 1) & $ones;
                signs.wrapping_mul($factor) >> (64 - $lanes)
            };
            let [low, high] = a.to_slots();
            (gathered(low) | gathered(high) << $lanes) as i32
        })*
    };
}

bitmasks! {
    i8x16_bitmask = 8, 0x0101_0101_0101_0101, 0x0102_0408_1020_4080;
    i16x8_bitmask = 4, 0x0001_0001_0001_0001, 0x1000_2000_4000_8000;
    i32x4_bitmask = 2, 0x0000_0001_0000_0001, 0x4000_0000_8000_0000;
    i64x2_bitmask = 1, 1, 0x8000_0000_0000_0000;
}
