//! The scalar types as the machine holds them: in a slot, in an accumulator, in a constant.
//!
//! What is computed with them is in the kernels. Vectors have no accumulator: [`crate::exec::vector`] reads and writes
//! them.
//!
//! # Invariants
//!
//! Storing a value always writes the whole slot, so that a later 64-bit copy sees no stale half and the processor can
//! forward the store.

use crate::machine::{Machine, Sp};

/// Which accumulator a type uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    /// `acc`: integers and references.
    Int,
    /// `f`.
    F32,
    /// `d`.
    F64,
}

impl Class {
    /// Number of classes.
    pub(crate) const COUNT: u16 = 3;

    /// Its number, in variants of instructions.
    pub(crate) const fn number(self) -> u16 {
        self as u16
    }
}

/// A scalar type.
pub(crate) trait Value: Copy {
    /// The value whose bits are `bits`, truncated to its width.
    fn from_bits(bits: u64) -> Self;
    /// Its bits, zero-extended.
    fn to_bits(self) -> u64;
    /// The value in the accumulator of its class.
    fn acc(m: &Machine) -> Self;
    /// Puts it into the accumulator of its class.
    fn set_acc(self, m: &mut Machine);

    /// Reads it from a slot.
    ///
    /// # Safety
    /// `slot` must be readable.
    #[inline(always)]
    unsafe fn load(slot: Sp) -> Self {
        // SAFETY: all implementors are plain numbers of at most eight bytes, on a little-endian machine.
        unsafe { slot.cast::<Self>().read() }
    }

    /// Writes it to a slot.
    ///
    /// # Safety
    /// `slot` must be writable.
    #[inline(always)]
    unsafe fn store(self, slot: Sp) {
        // SAFETY: by contract.
        unsafe { *slot = self.to_bits() }
    }
}

/// Implements [`Value`] for one type: its conversions from and to bits, and its accumulator.
macro_rules! value {
    ($ty:ty, $from:expr, $to:expr, $acc:expr, $set:expr) => {
        impl Value for $ty {
            #[inline(always)]
            fn from_bits(bits: u64) -> Self {
                $from(bits)
            }
            #[inline(always)]
            fn to_bits(self) -> u64 {
                $to(self)
            }
            #[inline(always)]
            fn acc(m: &Machine) -> Self {
                $acc(m)
            }
            #[inline(always)]
            fn set_acc(self, m: &mut Machine) {
                $set(m, self);
            }
        }
    };
}

value!(i32, |b| b as i32, |v| v as u32 as u64, |m: &Machine| m.acc as i32, |m: &mut Machine, v| m.acc =
    v as u32 as u64);
value!(i64, |b| b as i64, |v| v as u64, |m: &Machine| m.acc as i64, |m: &mut Machine, v| m.acc = v as u64);
value!(
    f32,
    |b| f32::from_bits(b as u32),
    |v: f32| u64::from(v.to_bits()),
    |m: &Machine| m.f,
    |m: &mut Machine, v| m.f = v
);
value!(f64, f64::from_bits, |v: f64| v.to_bits(), |m: &Machine| m.d, |m: &mut Machine, v| m.d = v);
