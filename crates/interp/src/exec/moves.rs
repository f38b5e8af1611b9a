//! Copies and constants.
//!
//! Nothing here computes: that is in [`crate::exec::numeric`].

use crate::exec::instructions;
use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Machine};
use crate::payload::{self, at};
use crate::value::{Class, Value};
use std::marker::PhantomData;

instructions! {
    /// `to from`
    Copy |m| {
        *m.slot(at!(Copy.to)) = *m.slot(at!(Copy.from));
        m.advance(payload::Copy::WORDS);
        Flow::Next
    }

    /// `to from second_to second_from`: two copies in this order. Also copies a `v128`.
    CopyTwo |m| {
        *m.slot(at!(Copy.to)) = *m.slot(at!(Copy.from));
        *m.slot(at!(Copy.second_to)) = *m.slot(at!(Copy.second_from));
        m.advance(payload::Copy::WORDS);
        Flow::Next
    }

    /// `to from count`: many slots, which may overlap
    CopySpan |m| {
        std::ptr::copy(m.slot(at!(CopySpan.from)), m.slot(at!(CopySpan.to)), m.u32_at(at!(CopySpan.count)) as usize);
        m.advance(payload::CopySpan::WORDS);
        Flow::Next
    }

    /// `to value`, sign-extended
    ConstSigned |m| {
        *m.slot(at!(Const.to)) = m.u32_at(at!(Const.value)) as i32 as i64 as u64;
        m.advance(payload::Const::WORDS);
        Flow::Next
    }

    /// `to value`, zero-extended
    ConstUnsigned |m| {
        *m.slot(at!(Const.to)) = u64::from(m.u32_at(at!(Const.value)));
        m.advance(payload::Const::WORDS);
        Flow::Next
    }

    /// `to value`
    ConstWide |m| {
        *m.slot(at!(ConstWide.to)) = m.u64_at(at!(ConstWide.value));
        m.advance(payload::ConstWide::WORDS);
        Flow::Next
    }

    /// `result low high`
    ConstVector |m| {
        let to = m.slot(at!(ConstVector.result));
        *to = m.u64_at(at!(ConstVector.low));
        *to.add(1) = m.u64_at(at!(ConstVector.high));
        m.advance(payload::ConstVector::WORDS);
        Flow::Next
    }

    /// `result distance`: from a slot that is too far below the frame to have a 16-bit number
    FarGet |m| {
        let from = m.fp.sub(m.u32_at(at!(FarGet.distance)) as usize);
        *m.slot(at!(FarGet.result)) = *from;
        m.advance(payload::FarGet::WORDS);
        Flow::Next
    }

    /// `from distance`: to such a slot
    FarSet |m| {
        let to = m.fp.sub(m.u32_at(at!(FarSet.distance)) as usize);
        *to = *m.slot(at!(FarSet.from));
        m.advance(payload::FarSet::WORDS);
        Flow::Next
    }
}

/// `to`: from the accumulator
pub(crate) struct CopyAcc<T>(PhantomData<T>);

/// The types that stand for all of an accumulator's class.
pub(crate) trait Accumulated: Value {
    /// The number of the class.
    const CLASS: u16;
}
impl Accumulated for i64 {
    const CLASS: u16 = Class::Int.number();
}
impl Accumulated for f32 {
    const CLASS: u16 = Class::F32.number();
}
impl Accumulated for f64 {
    const CLASS: u16 = Class::F64.number();
}

impl<T: Accumulated> Body for CopyAcc<T> {
    const ID: u16 = inst::base(Family::CopyAcc) + T::CLASS;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is `to`.
        unsafe {
            T::acc(m).store(m.slot(at!(Copy.to)));
            m.advance(payload::Copy::WORDS);
            Flow::Next
        }
    }
}
