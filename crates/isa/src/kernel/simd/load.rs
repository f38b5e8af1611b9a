//! What vector loads make of the bytes that they read.
//!
//! It reads no memory: tiers check the bounds and hand over the bytes.

use crate::V128;

/// All sixteen bytes.
#[inline(always)]
pub fn v128_load(bytes: [u8; 16]) -> V128 {
    V128(bytes)
}

/// Defines loads that extend the lanes of half a vector.
macro_rules! extending {
    ($($name:ident = $extend:ident;)*) => {
        $(/// Lanes of twice the width.
        #[inline(always)]
        pub fn $name(bytes: [u8; 8]) -> V128 {
            super::$extend(v128_load64_zero(bytes))
        })*
    };
}

extending! {
    v128_load8x8_s = i16x8_extend_low_i8x16_s;
    v128_load8x8_u = i16x8_extend_low_i8x16_u;
    v128_load16x4_s = i32x4_extend_low_i16x8_s;
    v128_load16x4_u = i32x4_extend_low_i16x8_u;
    v128_load32x2_s = i64x2_extend_low_i32x4_s;
    v128_load32x2_u = i64x2_extend_low_i32x4_u;
}

/// Defines loads into every lane, and into the low one.
macro_rules! lanes {
    ($($name:ident = $ty:ident x $n:literal from $bytes:literal;)*) => {
        $(/// The number in every lane.
        #[inline(always)]
        pub fn $name(bytes: [u8; $bytes]) -> V128 {
            V128::from_lanes::<$ty, $n>([$ty::from_le_bytes(bytes); $n])
        })*
    };
}

lanes! {
    v128_load8_splat = u8 x 16 from 1;
    v128_load16_splat = u16 x 8 from 2;
    v128_load32_splat = u32 x 4 from 4;
    v128_load64_splat = u64 x 2 from 8;
}

/// The number in the low lane, zeros in the others.
#[inline(always)]
pub fn v128_load32_zero(bytes: [u8; 4]) -> V128 {
    V128::from(u128::from(u32::from_le_bytes(bytes)))
}

/// The number in the low lane, zeros in the other.
#[inline(always)]
pub fn v128_load64_zero(bytes: [u8; 8]) -> V128 {
    V128::from(u128::from(u64::from_le_bytes(bytes)))
}
