//! Values for calls, and values as text for comparison.
//!
//! It owns which numbers are edges. References have no identity that two stores share: of them, only null is compared.

use crate::random::Random;
use sarsen::{Ref, Val, ValType};

/// Integers at which something changes: signs, widths, ends of pages and of memories.
pub const INTEGERS: [u64; 24] = [
    0,
    1,
    2,
    3,
    7,
    8,
    31,
    32,
    63,
    64,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xfffc,
    0xffff,
    0x1_0000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
];
/// Bits of floats likewise: zeros, ones, the smallest, bounds of integers, infinities, a NaN.
pub const F32S: [u32; 12] = [
    0,
    0x8000_0000,
    0x3f80_0000,
    0xbf80_0000,
    1,
    0x0080_0000,
    0x4f00_0000,
    0xcf00_0000,
    0x5f00_0000,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
];
/// The same with double precision.
pub const F64S: [u64; 13] = [
    0,
    1 << 63,
    0x3ff0_0000_0000_0000,
    0xbff0_0000_0000_0000,
    1,
    0x0010_0000_0000_0000,
    0x41df_ffff_ffc0_0000,
    0x41e0_0000_0000_0000,
    0xc1e0_0000_0020_0000,
    0x43e0_0000_0000_0000,
    0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000,
    0x7ff8_0000_0000_0000,
];

/// An integer at an edge, beside one, or any.
pub fn integer(random: &mut Random) -> u64 {
    let edge = INTEGERS[random.below(INTEGERS.len())];
    match random.below(4) {
        0 => edge,
        1 => edge.wrapping_neg(),
        2 => edge.wrapping_sub(1),
        _ => random.next_u64() >> random.below(64),
    }
}

/// Bits of a float at an edge, or of an integer.
pub fn f32(random: &mut Random) -> u32 {
    if random.flip() { F32S[random.below(F32S.len())] } else { (integer(random) as f32).to_bits() }
}

/// Bits of a float at an edge, or of an integer.
pub fn f64(random: &mut Random) -> u64 {
    if random.flip() { F64S[random.below(F64S.len())] } else { (integer(random) as f64).to_bits() }
}

/// A vector whose halves are integers or floats.
pub fn v128(random: &mut Random) -> u128 {
    let mut half = || u128::from(if random.flip() { integer(random) } else { f64(random) });
    half() << 64 | half()
}

/// A value of this type; null for references, and none if there is no null.
pub fn of_type(ty: &ValType, random: &mut Random) -> Option<Val> {
    Some(match Val::default_for_ty(ty)? {
        Val::I32(_) => Val::I32(integer(random) as i32),
        Val::I64(_) => Val::I64(integer(random) as i64),
        Val::F32(_) => Val::F32(f32(random)),
        Val::F64(_) => Val::F64(f64(random)),
        Val::V128(_) => Val::V128(v128(random).into()),
        null => null,
    })
}

/// A value for comparison: NaNs may be any.
pub fn printed(value: &Val) -> String {
    match value {
        Val::F32(bits) if f32::from_bits(*bits).is_nan() => "f32 nan".to_owned(),
        Val::F64(bits) if f64::from_bits(*bits).is_nan() => "f64 nan".to_owned(),
        Val::V128(value) if may_be_nan(value.as_u128()) => "v128 with a nan".to_owned(),
        Val::I32(value) => format!("i32 {value}"),
        Val::I64(value) => format!("i64 {value}"),
        Val::F32(bits) => format!("f32 {bits:#x}"),
        Val::F64(bits) => format!("f64 {bits:#x}"),
        Val::V128(value) => format!("v128 {:#x}", value.as_u128()),
        Val::FuncRef(reference) => format!("funcref {}", reference.is_some()),
        Val::ExternRef(reference) => format!("externref {}", reference.is_some()),
        Val::AnyRef(reference) => format!("anyref {}", reference.is_some()),
        Val::ExnRef(reference) => format!("exnref {}", reference.is_some()),
    }
}

/// A reference for comparison.
pub fn is_null(reference: &Ref) -> bool {
    match reference {
        Ref::Func(reference) => reference.is_none(),
        Ref::Extern(reference) => reference.is_none(),
        Ref::Any(reference) => reference.is_none(),
        Ref::Exn(reference) => reference.is_none(),
    }
}

/// Whether a lane is a NaN, if the lanes are floats.
fn may_be_nan(vector: u128) -> bool {
    (0..4).any(|lane| f32::from_bits((vector >> (32 * lane)) as u32).is_nan())
        || (0..2).any(|lane| f64::from_bits((vector >> (64 * lane)) as u64).is_nan())
}
