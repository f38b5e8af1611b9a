//! Where an instruction finds its operands and leaves its result.
//!
//! An instruction is generic over its *form*: which operand is a slot (`S`), the accumulator (`A`), a 16-bit (`H`),
//! 32-bit (`I`) or 64-bit (`Q`) constant. The translator names a form by its index, the bodies by its type.
//!
//! What is done with operands is in [`crate::exec`], and which form an operator takes in [`crate::translate`].
//!
//! # Invariants
//!
//! An operand lies where a structure of [`crate::payload`] has it; payloads that share a form agree on its places.

use crate::machine::Machine;
use crate::payload::{self, at};
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
/// A 64-bit constant.
pub(crate) struct Imm64;

/// Words of an instruction whose payload at byte `at` ends within that word.
const fn words(at: usize) -> usize {
    at / size_of::<u64>() + 1
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
    const WORDS: usize = payload::BinaryWide::WORDS;
    #[inline(always)]
    unsafe fn get<T: Value>(m: &Machine) -> T {
        // SAFETY: by contract.
        T::from_bits(unsafe { m.u64_at(at!(BinaryWide.constant)) })
    }
}

/// Where a result goes.
pub(crate) trait Target {
    /// Its number among the targets.
    const INDEX: u16;

    /// Leaves the result.
    ///
    /// # Safety
    /// The current instruction must have a result slot.
    unsafe fn put<T: Value>(m: &mut Machine, value: T);
}

/// The result slot and the accumulator.
pub(crate) struct Both;
/// The accumulator alone: the value is used once, at once.
pub(crate) struct AccOnly;

impl Target for Both {
    const INDEX: u16 = 0;
    #[inline(always)]
    unsafe fn put<T: Value>(m: &mut Machine, value: T) {
        // SAFETY: by contract.
        unsafe { value.store(m.slot(payload::RESULT)) };
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

/// Number of targets.
pub(crate) const TARGETS: u16 = 2;

/// The variant of a form, or of an accumulator's class, with a target.
pub(crate) const fn with_target(form: u16, target: u16) -> u16 {
    form * TARGETS + target
}

/// The instruction that differs from `id`, whose target is [`Both`], in having [`AccOnly`].
pub(crate) const fn acc_only(id: u16) -> u16 {
    id + (AccOnly::INDEX - Both::INDEX)
}

/// Directions of a branch: forward, and back, where it is polled.
pub(crate) const DIRECTIONS: u16 = 2;
/// Ways to branch on one condition: when it holds or when it does not, forward or back.
pub(crate) const WAYS: u16 = 2 * DIRECTIONS;

/// The variant of an unconditional branch.
pub(crate) const fn jump_variant(back: bool) -> u16 {
    back as u16
}

/// The variant of a conditional branch that has its condition in a form, and is taken when that is `taken`.
pub(crate) const fn branch_variant(form: u16, taken: bool, back: bool) -> u16 {
    form * WAYS + taken as u16 * DIRECTIONS + jump_variant(back)
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

// Payloads that take the same form have its operand in the same place.
const _: () = {
    assert!(at!(LoadSum.base) == at!(Unary.a) && at!(GlobalSet.value) == at!(Unary.a));
    assert!(at!(Return.value) == at!(Unary.a) && at!(CallRef.callee) == at!(Unary.a));
    assert!(at!(BinarySmall.first) == at!(Binary.first) && at!(BinaryWide.first) == at!(Binary.first));
    assert!(at!(BranchWide.a) == at!(Branch.a) && at!(BranchWide.constant) == at!(BinaryWide.constant));
    assert!(at!(BranchTable.index) == at!(BranchTest.condition));
    assert!(at!(CallIndirect.callee) == at!(BranchTest.condition));
};

// A form is as long as the payload that it stands for.
const _: () = {
    use payload::{Binary, BinarySmall, BinaryWide, Branch, BranchWide};
    assert!(two::SS::WORDS == Binary::WORDS && two::SI::WORDS == BinarySmall::WORDS);
    assert!(two::SQ::WORDS == BinaryWide::WORDS && branch::SQ::WORDS == BranchWide::WORDS);
    assert!(branch::SS::WORDS == Branch::WORDS && branch::SI::WORDS == BranchWide::WORDS);
};

/// Declares the forms of an operand that stands alone: in a slot whose number is at a byte, or in the accumulator.
macro_rules! forms1 {
    ($at:expr) => {
        /// Slot.
        pub(crate) struct S;
        /// Accumulator.
        pub(crate) struct A;
        impl Form1 for S {
            type X = SlotAt<{ $at }>;
            const INDEX: u16 = one::index(false);
        }
        impl Form1 for A {
            type X = Acc;
            const INDEX: u16 = one::index(true);
        }
    };
}
pub(crate) use forms1;

/// The forms of an operand that stands alone. Where it lies differs between payloads, its forms' numbers do not.
pub(crate) mod one {
    use super::*;
    forms1!(at!(Unary.a));
    /// Number of forms.
    pub(crate) const COUNT: u16 = 2;

    /// The number of the form of an operand that is in the accumulator, or not.
    pub(crate) const fn index(in_acc: bool) -> u16 {
        in_acc as u16
    }

    /// The variant of a type or class with a form.
    pub(crate) const fn of(class: u16, form: u16) -> u16 {
        class * COUNT + form
    }
}

/// The forms of binary operators; one slot lies first. Comparisons use the first [`two::COMPARE_COUNT`].
pub(crate) mod two {
    use super::*;
    type First = SlotAt<{ at!(Binary.first) }>;
    type Second = SlotAt<{ at!(Binary.second) }>;
    type Small = Imm32<{ at!(BinarySmall.constant) }>;
    forms2! {
        /// slot, slot
        SS = 0: First, Second;
        /// slot, 32-bit constant
        SI = 1: First, Small;
        /// slot, 64-bit constant
        SQ = 2: First, Imm64;
        /// accumulator, slot
        AS = 3: Acc, First;
        /// accumulator, 32-bit constant
        AI = 4: Acc, Small;
        /// accumulator, 64-bit constant
        AQ = 5: Acc, Imm64;
        /// slot, accumulator
        SA = 6: First, Acc;
        /// 32-bit constant, slot
        IS = 7: Small, First;
        /// 32-bit constant, accumulator
        IA = 8: Small, Acc;
        /// 64-bit constant, slot
        QS = 9: Imm64, First;
        /// 64-bit constant, accumulator
        QA = 10: Imm64, Acc;
    }
    /// Number of forms.
    pub(crate) const COUNT: u16 = 11;
    /// Number of forms that comparisons use: a constant on the left is swapped to the right.
    pub(crate) const COMPARE_COUNT: u16 = 7;
}

/// The forms of compare-and-branch.
pub(crate) mod branch {
    use super::*;
    type First = SlotAt<{ at!(Branch.a) }>;
    type Second = SlotAt<{ at!(Branch.b) }>;
    type Tiny = Imm16<{ at!(Branch.b) }>;
    type Small = Imm32<{ at!(BranchWide.constant) }>;
    forms2! {
        /// slot, slot
        SS = 0: First, Second;
        /// slot, 16-bit constant
        SH = 1: First, Tiny;
        /// slot, 32-bit constant
        SI = 2: First, Small;
        /// slot, 64-bit constant
        SQ = 3: First, Imm64;
        /// accumulator, slot
        AS = 4: Acc, First;
        /// accumulator, 16-bit constant
        AH = 5: Acc, Tiny;
        /// accumulator, 32-bit constant
        AI = 6: Acc, Small;
        /// accumulator, 64-bit constant
        AQ = 7: Acc, Imm64;
        /// slot, accumulator
        SA = 8: First, Acc;
    }
    /// Number of forms.
    pub(crate) const COUNT: u16 = 9;
}

/// The forms of stores: address, then value. With a constant address (`C`) the offset is the whole address.
pub(crate) mod store {
    use super::*;
    type Address = SlotAt<{ at!(Store.address) }>;
    type Value = SlotAt<{ at!(Store.value) }>;
    type Tiny = Imm16<{ at!(Store.value) }>;
    forms2! {
        /// slot, slot
        SS = 0: Address, Value;
        /// slot, accumulator
        SA = 1: Address, Acc;
        /// slot, 16-bit constant
        SH = 2: Address, Tiny;
        /// accumulator, slot
        AS = 3: Acc, Value;
        /// accumulator, accumulator of another class
        AA = 4: Acc, Acc;
        /// accumulator, 16-bit constant
        AH = 5: Acc, Tiny;
        /// constant, slot
        CS = 6: Zero, Value;
        /// constant, accumulator
        CA = 7: Zero, Acc;
        /// constant, 16-bit constant
        CH = 8: Zero, Tiny;
    }
    /// Number of forms.
    pub(crate) const COUNT: u16 = 9;
}

/// The forms of loads: where the address is.
pub(crate) mod load {
    use super::*;
    forms1!(at!(Load.address));
    /// Constant: the offset is the whole address.
    pub(crate) struct C;
    impl Form1 for C {
        type X = Zero;
        const INDEX: u16 = one::COUNT;
    }
    /// Number of forms.
    pub(crate) const COUNT: u16 = one::COUNT + 1;
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
