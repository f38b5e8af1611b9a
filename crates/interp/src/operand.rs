//! Where an instruction finds its operands and leaves its result.
//!
//! An instruction is generic over its *form*: which operand is a slot (`S`), the accumulator (`A`), a 16-bit (`H`),
//! 32-bit (`I`) or 64-bit (`Q`) constant. The translator names a form by its index, the bodies by its type.
//!
//! # Invariants
//!
//! The byte positions here are the layout of instructions; the translator writes payloads at the same positions.

use crate::machine::Machine;
use crate::value::Value;

/// Where one operand comes from.
pub(crate) trait Source {
    /// Words of an instruction that has this operand.
    const WORDS: usize;

    /// Reads it.
    ///
    /// # Safety
    /// The current instruction must have the payload.
    unsafe fn get<T: Value>(m: &Machine) -> T;
}

/// A slot whose number is at byte `AT`.
pub(crate) struct SlotAt<const AT: usize>;
/// The accumulator of the operand's type.
pub(crate) struct Acc;
/// A sign-extended 16-bit constant at byte `AT`.
pub(crate) struct Imm16<const AT: usize>;
/// A sign-extended 32-bit constant at byte `AT`.
pub(crate) struct Imm32<const AT: usize>;
/// A 64-bit constant in word 2.
pub(crate) struct Imm64;

/// Words of an instruction whose payload at byte `at` ends within that word.
const fn words(at: usize) -> usize {
    at / 8 + 1
}

impl<const AT: usize> Source for SlotAt<AT> {
    const WORDS: usize = words(AT);
    #[inline(always)]
    unsafe fn get<T: Value>(m: &Machine) -> T {
        // SAFETY: by contract.
        unsafe { T::load(m.slot(AT)) }
    }
}

impl Source for Acc {
    const WORDS: usize = 2;
    #[inline(always)]
    unsafe fn get<T: Value>(m: &Machine) -> T {
        T::acc(m)
    }
}

impl<const AT: usize> Source for Imm16<AT> {
    const WORDS: usize = words(AT);
    #[inline(always)]
    unsafe fn get<T: Value>(m: &Machine) -> T {
        // SAFETY: by contract.
        T::from_bits(unsafe { m.u16_at(AT) } as i16 as i64 as u64)
    }
}

impl<const AT: usize> Source for Imm32<AT> {
    const WORDS: usize = words(AT);
    #[inline(always)]
    unsafe fn get<T: Value>(m: &Machine) -> T {
        // SAFETY: by contract.
        T::from_bits(unsafe { m.u32_at(AT) } as i32 as i64 as u64)
    }
}

impl Source for Imm64 {
    const WORDS: usize = 3;
    #[inline(always)]
    unsafe fn get<T: Value>(m: &Machine) -> T {
        // SAFETY: by contract.
        T::from_bits(unsafe { m.u64_at(16) })
    }
}

/// Where a result goes.
pub(crate) trait Target {
    /// 0 for [`Both`], 1 for [`AccOnly`]: the translator turns one into the other by adding one to the number.
    const INDEX: u16;

    /// Leaves the result.
    ///
    /// # Safety
    /// The current instruction must have a result slot at byte 8.
    unsafe fn put<T: Value>(m: &mut Machine, value: T);
}

/// The slot at byte 8 and the accumulator.
pub(crate) struct Both;
/// The accumulator alone: the value is used once, at once.
pub(crate) struct AccOnly;

impl Target for Both {
    const INDEX: u16 = 0;
    #[inline(always)]
    unsafe fn put<T: Value>(m: &mut Machine, value: T) {
        // SAFETY: by contract.
        unsafe { value.store(m.slot(8)) };
        value.set_acc(m);
    }
}

impl Target for AccOnly {
    const INDEX: u16 = 1;
    #[inline(always)]
    unsafe fn put<T: Value>(m: &mut Machine, value: T) {
        value.set_acc(m);
    }
}

/// A one-operand form.
pub(crate) trait Form1 {
    /// The operand.
    type X: Source;
    /// Its number among the forms of its family.
    const INDEX: u16;
}

/// A two-operand form.
pub(crate) trait Form2 {
    /// The first operand.
    type X: Source;
    /// The second.
    type Y: Source;
    /// Its number among the forms of its family.
    const INDEX: u16;
    /// Words of the instruction.
    const WORDS: usize = if Self::X::WORDS > Self::Y::WORDS { Self::X::WORDS } else { Self::Y::WORDS };
}

/// Declares the forms of a family as types and, for the translator, their numbers as constants.
macro_rules! forms2 {
    ($($(#[$doc:meta])* $name:ident = $index:literal: $x:ty, $y:ty;)*) => {
        $($(#[$doc])* pub(crate) struct $name;
        impl Form2 for $name {
            type X = $x;
            type Y = $y;
            const INDEX: u16 = $index;
        })*
    };
}

/// The forms of an operand that stands alone.
pub(crate) mod one {
    use super::*;
    /// Slot at byte 10.
    pub(crate) struct S;
    /// Accumulator.
    pub(crate) struct A;
    impl Form1 for S {
        type X = SlotAt<10>;
        const INDEX: u16 = 0;
    }
    impl Form1 for A {
        type X = Acc;
        const INDEX: u16 = 1;
    }
    /// Number of forms.
    pub(crate) const COUNT: u16 = 2;
}

/// The forms of binary operators; the result slot is at byte 8. Comparisons use the first [`two::COMPARE_COUNT`].
pub(crate) mod two {
    use super::*;
    forms2! {
        /// slot, slot
        SS = 0: SlotAt<10>, SlotAt<12>;
        /// slot, 32-bit constant
        SI = 1: SlotAt<10>, Imm32<12>;
        /// slot, 64-bit constant
        SQ = 2: SlotAt<10>, Imm64;
        /// accumulator, slot
        AS = 3: Acc, SlotAt<10>;
        /// accumulator, 32-bit constant
        AI = 4: Acc, Imm32<12>;
        /// accumulator, 64-bit constant
        AQ = 5: Acc, Imm64;
        /// slot, accumulator
        SA = 6: SlotAt<10>, Acc;
        /// 32-bit constant, slot
        IS = 7: Imm32<12>, SlotAt<10>;
        /// 32-bit constant, accumulator
        IA = 8: Imm32<12>, Acc;
        /// 64-bit constant, slot
        QS = 9: Imm64, SlotAt<10>;
        /// 64-bit constant, accumulator
        QA = 10: Imm64, Acc;
    }
    /// Number of forms.
    pub(crate) const COUNT: u16 = 11;
    /// Number of forms that comparisons use: a constant on the left is swapped to the right.
    pub(crate) const COMPARE_COUNT: u16 = 7;
}

/// The forms of compare-and-branch; the branch offset is at byte 12.
pub(crate) mod branch {
    use super::*;
    forms2! {
        /// slot, slot
        SS = 0: SlotAt<8>, SlotAt<10>;
        /// slot, 16-bit constant
        SH = 1: SlotAt<8>, Imm16<10>;
        /// slot, 32-bit constant
        SI = 2: SlotAt<8>, Imm32<16>;
        /// slot, 64-bit constant
        SQ = 3: SlotAt<8>, Imm64;
        /// accumulator, slot
        AS = 4: Acc, SlotAt<8>;
        /// accumulator, 16-bit constant
        AH = 5: Acc, Imm16<10>;
        /// accumulator, 32-bit constant
        AI = 6: Acc, Imm32<16>;
        /// accumulator, 64-bit constant
        AQ = 7: Acc, Imm64;
        /// slot, accumulator
        SA = 8: SlotAt<8>, Acc;
    }
    /// Number of forms.
    pub(crate) const COUNT: u16 = 9;
}

/// The forms of stores: address, then value. The offset is at byte 12; with a constant address (`C`) it is the whole
/// address.
pub(crate) mod store {
    use super::*;
    forms2! {
        /// slot, slot
        SS = 0: SlotAt<8>, SlotAt<10>;
        /// slot, accumulator
        SA = 1: SlotAt<8>, Acc;
        /// slot, 16-bit constant
        SH = 2: SlotAt<8>, Imm16<10>;
        /// accumulator, slot
        AS = 3: Acc, SlotAt<10>;
        /// accumulator, accumulator of another class
        AA = 4: Acc, Acc;
        /// accumulator, 16-bit constant
        AH = 5: Acc, Imm16<10>;
        /// constant, slot
        CS = 6: Zero, SlotAt<10>;
        /// constant, accumulator
        CA = 7: Zero, Acc;
        /// constant, 16-bit constant
        CH = 8: Zero, Imm16<10>;
    }
    /// Number of forms.
    pub(crate) const COUNT: u16 = 9;
}

/// The forms of loads: where the address is. The offset is at byte 12.
pub(crate) mod load {
    use super::*;
    /// Slot at byte 10.
    pub(crate) struct S;
    /// Accumulator.
    pub(crate) struct A;
    /// Constant: the offset is the whole address.
    pub(crate) struct C;
    impl Form1 for S {
        type X = SlotAt<10>;
        const INDEX: u16 = 0;
    }
    impl Form1 for A {
        type X = Acc;
        const INDEX: u16 = 1;
    }
    impl Form1 for C {
        type X = Zero;
        const INDEX: u16 = 2;
    }
    /// Number of forms.
    pub(crate) const COUNT: u16 = 3;
}

/// The constant zero, without payload.
pub(crate) struct Zero;

impl Source for Zero {
    const WORDS: usize = 2;
    #[inline(always)]
    unsafe fn get<T: Value>(_: &Machine) -> T {
        T::from_bits(0)
    }
}
