//! Scalar operators: one body per shape; the meaning comes from the kernels of the instruction table.
//!
//! Comparisons are in [`crate::exec::compare`].

use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Machine};
use crate::operand::{Form1, Form2, Source, TARGETS, Target, one, two, with_target};
use crate::payload;
use crate::value::Value;
use sarsen_isa::{Op, Trap};
use std::marker::PhantomData;

/// An operator with one scalar operand.
pub(crate) trait UnaryKernel {
    /// Its row.
    const OP: Op;
    /// Operand type.
    type A: Value;
    /// Result type.
    type R: Value;
    /// Its meaning.
    fn apply(a: Self::A) -> Result<Self::R, Trap>;
}

/// An operator with two scalar operands.
pub(crate) trait BinaryKernel {
    /// Its row.
    const OP: Op;
    /// Type of the first operand.
    type A: Value;
    /// Type of the second.
    type B: Value;
    /// Result type.
    type R: Value;
    /// Its meaning.
    fn apply(a: Self::A, b: Self::B) -> Result<Self::R, Trap>;
}

/// `result a`
pub(crate) struct Unary<K, X, Z>(PhantomData<(K, X, Z)>);

/// Variants of one unary row.
pub(crate) const UNARY_VARIANTS: u16 = one::COUNT * TARGETS;

impl<K: UnaryKernel, X: Form1, Z: Target> Body for Unary<K, X, Z> {
    const ID: u16 = inst::row_base(Family::Unary, K::OP) + with_target(X::INDEX, Z::INDEX);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is `result` and the form's operand.
        unsafe {
            match K::apply(X::X::get(m)) {
                Ok(value) => {
                    Z::put(m, value);
                    m.advance(payload::Unary::WORDS);
                    Flow::Next
                }
                Err(trap) => Flow::Trap(trap),
            }
        }
    }
}

/// `result`, operands as the form says
pub(crate) struct Binary<K, F, Z>(PhantomData<(K, F, Z)>);

/// Variants of one binary row.
pub(crate) const BINARY_VARIANTS: u16 = two::COUNT * TARGETS;

impl<K: BinaryKernel, F: Form2, Z: Target> Body for Binary<K, F, Z> {
    const ID: u16 = inst::row_base(Family::Binary, K::OP) + with_target(F::INDEX, Z::INDEX);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is `result` and the form's operands.
        unsafe {
            match K::apply(F::X::get(m), F::Y::get(m)) {
                Ok(value) => {
                    Z::put(m, value);
                    m.advance(F::WORDS);
                    Flow::Next
                }
                Err(trap) => Flow::Trap(trap),
            }
        }
    }
}
