//! Copies and constants.

use crate::exec::instructions;
use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Machine};
use crate::value::Value;
use std::marker::PhantomData;

instructions! {
    /// `to@8 from@10`
    Copy |m| {
        *m.slot(8) = *m.slot(10);
        m.advance(2);
        Flow::Next
    }

    /// `to@8 from@10 to@12 from@14`: two copies in this order. Also copies a `v128`.
    CopyTwo |m| {
        *m.slot(8) = *m.slot(10);
        *m.slot(12) = *m.slot(14);
        m.advance(2);
        Flow::Next
    }

    /// `to@8 from@10 count@12`: many slots, which may overlap
    CopySpan |m| {
        std::ptr::copy(m.slot(10), m.slot(8), m.u32_at(12) as usize);
        m.advance(2);
        Flow::Next
    }

    /// `to@8 value@12`, sign-extended
    ConstSigned |m| {
        *m.slot(8) = m.u32_at(12) as i32 as i64 as u64;
        m.advance(2);
        Flow::Next
    }

    /// `to@8 value@12`, zero-extended
    ConstUnsigned |m| {
        *m.slot(8) = u64::from(m.u32_at(12));
        m.advance(2);
        Flow::Next
    }

    /// `to@8 value@16`
    ConstWide |m| {
        *m.slot(8) = m.u64_at(16);
        m.advance(3);
        Flow::Next
    }

    /// `to@8 low@16 high@24`
    ConstVector |m| {
        let to = m.slot(8);
        *to = m.u64_at(16);
        *to.add(1) = m.u64_at(24);
        m.advance(4);
        Flow::Next
    }

    /// `to@8 distance@12`: from a slot that is too far below the frame to have a 16-bit number
    FarGet |m| {
        let from = m.fp.sub(m.u32_at(12) as usize);
        *m.slot(8) = *from;
        m.advance(2);
        Flow::Next
    }

    /// `from@8 distance@12`: to such a slot
    FarSet |m| {
        let to = m.fp.sub(m.u32_at(12) as usize);
        *to = *m.slot(8);
        m.advance(2);
        Flow::Next
    }
}

/// `to@8`: from the accumulator
pub(crate) struct CopyAcc<T>(PhantomData<T>);

/// The classes of accumulator, numbered.
pub(crate) trait Accumulated: Value {
    /// 0, 1, 2 for `acc`, `f`, `d`.
    const INDEX: u16;
}
impl Accumulated for i64 {
    const INDEX: u16 = 0;
}
impl Accumulated for f32 {
    const INDEX: u16 = 1;
}
impl Accumulated for f64 {
    const INDEX: u16 = 2;
}

impl<T: Accumulated> Body for CopyAcc<T> {
    const ID: u16 = inst::base(Family::CopyAcc) + T::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is `to@8`.
        unsafe {
            T::acc(m).store(m.slot(8));
            m.advance(2);
            Flow::Next
        }
    }
}
