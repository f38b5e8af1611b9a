//! Branches that are not fused with a comparison, and selection.
//!
//! Those that are lie in [`crate::exec::compare`]. What a poll looks at is in [`crate::exec::runtime`].

use crate::exec::instructions;
use crate::exec::runtime::refuel;
use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Ip, Machine};
use crate::operand::{
    Acc, Form1, Form2, SlotAt, Source, WAYS, branch, branch_variant, forms1, jump_variant, one,
};
use crate::payload::{self, at};
use crate::value::Value;
use sarsen_isa::Trap;
use std::hint::cold_path;
use std::marker::PhantomData;

/// Goes to `target`, and polls if that is a back edge.
///
/// # Safety
/// `target` must be an instruction of the running function.
#[inline(always)]
pub(crate) unsafe fn jump<const BACK: bool>(m: &mut Machine, target: Ip) -> Flow {
    m.ip = target;
    if BACK {
        // SAFETY: `ctx` is live.
        unsafe { count(m) }
    } else {
        Flow::Next
    }
}

/// Counts one back edge or call towards the next poll.
///
/// # Safety
/// `ctx` must be live.
#[inline(always)]
pub(crate) unsafe fn count(m: &mut Machine) -> Flow {
    // SAFETY: the store of a live instance is live and exclusively ours.
    unsafe {
        let store = m.store();
        let left = (*store).countdown - 1;
        (*store).countdown = left;
        if left < 0 {
            cold_path();
            return Flow::Poll;
        }
        Flow::Next
    }
}

/// Branches to `target` if `condition`, else falls through over `words`.
///
/// # Safety
/// The current instruction must have that payload and length.
#[inline(always)]
pub(crate) unsafe fn branch_if<const BACK: bool>(m: &mut Machine, condition: bool, words: usize) -> Flow {
    // SAFETY: by contract.
    unsafe {
        if condition {
            let target = m.target(m.u32_at(at!(Branch.target)));
            jump::<BACK>(m, target)
        } else {
            m.advance(words);
            Flow::Next
        }
    }
}

/// Where a condition, an index or a callee is found: where a branch has its condition, or in the accumulator.
pub(crate) mod tested {
    use super::*;
    forms1!(at!(BranchTest.condition));
}

/// `condition target`: branches when the condition is non-zero (`TAKEN`), or zero.
pub(crate) struct BranchTest<T, X, const TAKEN: bool, const BACK: bool>(PhantomData<(T, X)>);

/// Variants of [`BranchTest`].
pub(crate) const BRANCH_TEST_VARIANTS: u16 = WIDTHS * one::COUNT * WAYS;

/// The variant of [`BranchTest`] for a value of this width in this form.
pub(crate) const fn branch_test_variant(wide: bool, form: u16, taken: bool, back: bool) -> u16 {
    branch_variant(one::of(wide as u16, form), taken, back)
}

impl<T: Width, X: Form1, const TAKEN: bool, const BACK: bool> Body for BranchTest<T, X, TAKEN, BACK> {
    const ID: u16 = inst::base(Family::BranchTest) + branch_test_variant(T::WIDE, X::INDEX, TAKEN, BACK);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is `condition target`.
        unsafe {
            let condition = (T::bits(X::X::get::<T>(m)) != 0) == TAKEN;
            branch_if::<BACK>(m, condition, payload::BranchTest::WORDS)
        }
    }
}

/// The widths of a tested value.
pub(crate) trait Width: Value {
    /// It has 64 bits.
    const WIDE: bool;
    /// The value, zero-extended.
    #[inline(always)]
    fn bits(self) -> u64 {
        self.to_bits()
    }
}
impl Width for i32 {
    const WIDE: bool = false;
}
impl Width for i64 {
    const WIDE: bool = true;
}
/// Number of widths.
const WIDTHS: u16 = 2;

/// `target`, operands as the form says: the fused `and` and test of its result.
pub(crate) struct BranchMask<F, const TAKEN: bool, const BACK: bool>(PhantomData<F>);

/// Variants of [`BranchMask`].
pub(crate) const BRANCH_MASK_VARIANTS: u16 = branch::COUNT * WAYS;

impl<F: Form2, const TAKEN: bool, const BACK: bool> Body for BranchMask<F, TAKEN, BACK> {
    const ID: u16 = inst::base(Family::BranchMask) + branch_variant(F::INDEX, TAKEN, BACK);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is `target` and the form's operands.
        unsafe {
            let bits = F::X::get::<i32>(m) & F::Y::get::<i32>(m);
            branch_if::<BACK>(m, (bits != 0) == TAKEN, F::WORDS)
        }
    }
}

/// `target`
pub(crate) struct Jump<const BACK: bool>;

impl<const BACK: bool> Body for Jump<BACK> {
    const ID: u16 = inst::base(Family::Jump) + jump_variant(BACK);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is `target`.
        unsafe {
            let target = m.target(m.u32_at(at!(Jump.target)));
            jump::<BACK>(m, target)
        }
    }
}

/// `result source addend target`: the counting loop's `add` and test of its result, fused.
pub(crate) struct AddBranch<const BACK: bool>;

impl<const BACK: bool> Body for AddBranch<BACK> {
    const ID: u16 = inst::base(Family::AddBranch) + jump_variant(BACK);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            let value = SlotAt::<{ at!(AddBranch.source) }>::get::<i32>(m)
                .wrapping_add(m.u32_at(at!(AddBranch.addend)) as i32);
            value.store(m.slot(at!(AddBranch.result)));
            value.set_acc(m);
            branch_if::<BACK>(m, value != 0, payload::AddBranch::WORDS)
        }
    }
}

/// `index last`, then `last + 1` 32-bit targets, relative to the instruction. Always polled: a
/// table can hold back edges.
pub(crate) struct BranchTable<X>(PhantomData<X>);

impl<X: Form1> Body for BranchTable<X> {
    const ID: u16 = inst::base(Family::BranchTable) + X::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented, and the index is clamped to the last target.
        unsafe {
            let index = (X::X::get::<i32>(m) as u32).min(m.u32_at(at!(BranchTable.last)));
            let offset = m.u32_at(at!(BranchTable.targets) + size_of::<u32>() * index as usize);
            let target = m.target(offset);
            jump::<true>(m, target)
        }
    }
}

/// `result a b condition`
pub(crate) struct Select<X>(PhantomData<X>);

/// The condition of a `select`.
pub(crate) mod chosen {
    use super::*;
    forms1!(at!(Select.condition));
}

impl<X: Form1> Body for Select<X> {
    const ID: u16 = inst::base(Family::Select) + X::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            let (a, b) = (*m.slot(at!(Select.a)), *m.slot(at!(Select.b)));
            let value = if X::X::get::<i32>(m) != 0 { a } else { b };
            *m.slot(at!(Select.result)) = value;
            m.acc = value;
            m.advance(payload::Select::WORDS);
            Flow::Next
        }
    }
}

/// No payload.
pub(crate) struct Unreachable;

impl Body for Unreachable {
    const ID: u16 = inst::base(Family::Unreachable);

    #[inline(always)]
    unsafe fn run(_: &mut Machine) -> Flow {
        Flow::Trap(Trap::UnreachableCodeReached)
    }
}

/// `cost`: pays for a block before it runs.
pub(crate) struct Fuel;

impl Body for Fuel {
    const ID: u16 = inst::base(Family::Fuel);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the store of a live instance is live.
        unsafe {
            let store = m.store();
            let left = (*store).fuel - i64::from(m.u32_at(at!(Fuel.cost)));
            if left < 0 {
                cold_path();
                return Flow::Slow;
            }
            (*store).fuel = left;
            m.advance(payload::Fuel::WORDS);
            Flow::Next
        }
    }

    unsafe fn slow(m: &mut Machine) -> Flow {
        // SAFETY: as for `run`.
        unsafe { refuel(m, m.u32_at(at!(Fuel.cost))) }
    }
}

instructions! {
    /// `result a b condition`, for two-slot values
    SelectVector |m| {
        let source = if *m.slot(at!(Select.condition)) as u32 != 0 { m.slot(at!(Select.a)) } else { m.slot(at!(Select.b)) };
        let value = source.cast::<[u64; 2]>().read_unaligned();
        m.slot(at!(Select.result)).cast::<[u64; 2]>().write_unaligned(value);
        m.advance(payload::Select::WORDS);
        Flow::Next
    }
}
