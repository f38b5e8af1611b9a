//! Comparisons of lanes: all ones where true.
//!
//! Tests of a whole vector are in `bits.rs`.

use super::lanewise;
use crate::V128;

lanewise! {
    /// Where equal.
    i8x16_eq(a, b: i8 x 16) = -i8::from(a == b);
    /// Where not equal.
    i8x16_ne(a, b: i8 x 16) = -i8::from(a != b);
    /// Where less, signed.
    i8x16_lt_s(a, b: i8 x 16) = -i8::from(a < b);
    /// Where less, unsigned.
    i8x16_lt_u(a, b: u8 x 16) = -i8::from(a < b);
    /// Where greater, signed.
    i8x16_gt_s(a, b: i8 x 16) = -i8::from(a > b);
    /// Where greater, unsigned.
    i8x16_gt_u(a, b: u8 x 16) = -i8::from(a > b);
    /// Where less or equal, signed.
    i8x16_le_s(a, b: i8 x 16) = -i8::from(a <= b);
    /// Where less or equal, unsigned.
    i8x16_le_u(a, b: u8 x 16) = -i8::from(a <= b);
    /// Where greater or equal, signed.
    i8x16_ge_s(a, b: i8 x 16) = -i8::from(a >= b);
    /// Where greater or equal, unsigned.
    i8x16_ge_u(a, b: u8 x 16) = -i8::from(a >= b);
    /// Where equal.
    i16x8_eq(a, b: i16 x 8) = -i16::from(a == b);
    /// Where not equal.
    i16x8_ne(a, b: i16 x 8) = -i16::from(a != b);
    /// Where less, signed.
    i16x8_lt_s(a, b: i16 x 8) = -i16::from(a < b);
    /// Where less, unsigned.
    i16x8_lt_u(a, b: u16 x 8) = -i16::from(a < b);
    /// Where greater, signed.
    i16x8_gt_s(a, b: i16 x 8) = -i16::from(a > b);
    /// Where greater, unsigned.
    i16x8_gt_u(a, b: u16 x 8) = -i16::from(a > b);
    /// Where less or equal, signed.
    i16x8_le_s(a, b: i16 x 8) = -i16::from(a <= b);
    /// Where less or equal, unsigned.
    i16x8_le_u(a, b: u16 x 8) = -i16::from(a <= b);
    /// Where greater or equal, signed.
    i16x8_ge_s(a, b: i16 x 8) = -i16::from(a >= b);
    /// Where greater or equal, unsigned.
    i16x8_ge_u(a, b: u16 x 8) = -i16::from(a >= b);
    /// Where equal.
    i32x4_eq(a, b: i32 x 4) = -i32::from(a == b);
    /// Where not equal.
    i32x4_ne(a, b: i32 x 4) = -i32::from(a != b);
    /// Where less, signed.
    i32x4_lt_s(a, b: i32 x 4) = -i32::from(a < b);
    /// Where less, unsigned.
    i32x4_lt_u(a, b: u32 x 4) = -i32::from(a < b);
    /// Where greater, signed.
    i32x4_gt_s(a, b: i32 x 4) = -i32::from(a > b);
    /// Where greater, unsigned.
    i32x4_gt_u(a, b: u32 x 4) = -i32::from(a > b);
    /// Where less or equal, signed.
    i32x4_le_s(a, b: i32 x 4) = -i32::from(a <= b);
    /// Where less or equal, unsigned.
    i32x4_le_u(a, b: u32 x 4) = -i32::from(a <= b);
    /// Where greater or equal, signed.
    i32x4_ge_s(a, b: i32 x 4) = -i32::from(a >= b);
    /// Where greater or equal, unsigned.
    i32x4_ge_u(a, b: u32 x 4) = -i32::from(a >= b);
    /// Where equal.
    i64x2_eq(a, b: i64 x 2) = -i64::from(a == b);
    /// Where not equal.
    i64x2_ne(a, b: i64 x 2) = -i64::from(a != b);
    /// Where less, signed.
    i64x2_lt_s(a, b: i64 x 2) = -i64::from(a < b);
    /// Where greater, signed.
    i64x2_gt_s(a, b: i64 x 2) = -i64::from(a > b);
    /// Where less or equal, signed.
    i64x2_le_s(a, b: i64 x 2) = -i64::from(a <= b);
    /// Where greater or equal, signed.
    i64x2_ge_s(a, b: i64 x 2) = -i64::from(a >= b);
    /// Where equal.
    f32x4_eq(a, b: f32 x 4) = -i32::from(a == b);
    /// Where not equal.
    f32x4_ne(a, b: f32 x 4) = -i32::from(a != b);
    /// Where less.
    f32x4_lt(a, b: f32 x 4) = -i32::from(a < b);
    /// Where greater.
    f32x4_gt(a, b: f32 x 4) = -i32::from(a > b);
    /// Where less or equal.
    f32x4_le(a, b: f32 x 4) = -i32::from(a <= b);
    /// Where greater or equal.
    f32x4_ge(a, b: f32 x 4) = -i32::from(a >= b);
    /// Where equal.
    f64x2_eq(a, b: f64 x 2) = -i64::from(a == b);
    /// Where not equal.
    f64x2_ne(a, b: f64 x 2) = -i64::from(a != b);
    /// Where less.
    f64x2_lt(a, b: f64 x 2) = -i64::from(a < b);
    /// Where greater.
    f64x2_gt(a, b: f64 x 2) = -i64::from(a > b);
    /// Where less or equal.
    f64x2_le(a, b: f64 x 2) = -i64::from(a <= b);
    /// Where greater or equal.
    f64x2_ge(a, b: f64 x 2) = -i64::from(a >= b);
}
