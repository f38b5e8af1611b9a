//! Comparisons, as values and fused with the branch that uses them.
//!
//! Branches on any other value are in [`crate::exec::control`].

use crate::exec::control::branch_if;
use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Machine};
use crate::operand::{Form2, Source, TARGETS, Target, WAYS, branch, branch_variant, two, with_target};
use crate::value::Value;
use sarsen_isa::Op;
use std::marker::PhantomData;

/// A comparison.
pub(crate) trait CompareKernel {
    /// Its row.
    const OP: Op;
    /// Type of both operands.
    type A: Value;
    /// Its meaning.
    fn apply(a: Self::A, b: Self::A) -> bool;
}

/// `result`, operands as the form says
pub(crate) struct Compare<K, F, Z>(PhantomData<(K, F, Z)>);

/// Variants of one comparison's value form.
pub(crate) const COMPARE_VARIANTS: u16 = two::COMPARE_COUNT * TARGETS;

impl<K: CompareKernel, F: Form2, Z: Target> Body for Compare<K, F, Z> {
    const ID: u16 = inst::row_base(Family::Compare, K::OP) + with_target(F::INDEX, Z::INDEX);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is `result` and the form's operands.
        unsafe {
            let value = i32::from(K::apply(F::X::get(m), F::Y::get(m)));
            Z::put(m, value);
            m.advance(F::WORDS);
            Flow::Next
        }
    }
}

/// `target`, operands as the form says: branches when the comparison is `TAKEN`; `BACK` branches are polled.
pub(crate) struct Branch<K, F, const TAKEN: bool, const BACK: bool>(PhantomData<(K, F)>);

/// Variants of one comparison's branch form.
pub(crate) const BRANCH_VARIANTS: u16 = branch::COUNT * WAYS;

impl<K: CompareKernel, F: Form2, const TAKEN: bool, const BACK: bool> Body for Branch<K, F, TAKEN, BACK> {
    const ID: u16 = inst::row_base(Family::Branch, K::OP) + branch_variant(F::INDEX, TAKEN, BACK);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is `target` and the form's operands.
        unsafe {
            let condition = K::apply(F::X::get(m), F::Y::get(m)) == TAKEN;
            branch_if::<BACK>(m, condition, F::WORDS)
        }
    }
}
