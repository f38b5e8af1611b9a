//! What vector loads make of the bytes that they read.

use crate::V128;

/// All sixteen bytes.
#[inline(always)]
pub fn v128_load(bytes: [u8; 16]) -> V128 {
    V128(bytes)
}

/// Defines loads that extend the lanes of half a vector: narrow type, wide type, count.
macro_rules! extending {
    ($($name:ident = $narrow:ident to $wide:ident x $n:literal;)*) => {
        $(/// Lanes of twice the width.
        #[inline(always)]
        pub fn $name(bytes: [u8; 8]) -> V128 {
            const SIZE: usize = 8 / $n;
            let mut lanes = [0; $n];
            for at in 0..$n {
                let mut lane = [0; SIZE];
                lane.copy_from_slice(&bytes[at * SIZE..(at + 1) * SIZE]);
                lanes[at] = $wide::from($narrow::from_le_bytes(lane));
            }
            V128::from_lanes::<$wide, $n>(lanes)
        })*
    };
}

extending! {
    v128_load8x8_s = i8 to i16 x 8;
    v128_load8x8_u = u8 to u16 x 8;
    v128_load16x4_s = i16 to i32 x 4;
    v128_load16x4_u = u16 to u32 x 4;
    v128_load32x2_s = i32 to i64 x 2;
    v128_load32x2_u = u32 to u64 x 2;
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
