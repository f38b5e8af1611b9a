//! Globals of the instance itself. Imported ones are one more load away.

use crate::exec::instructions;
use crate::exec::moves::Accumulated;
use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Machine, Sp};
use crate::operand::{Acc, Form1, SlotAt, Source, Target};
use std::marker::PhantomData;

/// The cell of the instance's own global whose byte offset from the instance is `offset@12`.
///
/// # Safety
/// The current instruction must have that payload.
#[inline(always)]
unsafe fn own(m: &Machine) -> Sp {
    // SAFETY: the instance's globals lie behind it, and the translator computed the offset.
    unsafe { m.ctx.cast::<u8>().add(m.u32_at(12) as usize).cast() }
}

/// The cell of the imported global `index@12`.
///
/// # Safety
/// The current instruction must have that payload.
#[inline(always)]
unsafe fn imported(m: &Machine) -> Sp {
    // SAFETY: the index is in bounds by validation.
    unsafe { (**(*m.ctx).imported_globals.add(m.u32_at(12) as usize)).bits.as_mut_ptr() }
}

/// `result@8 offset@12`
pub(crate) struct GlobalGet<T, Z>(PhantomData<(T, Z)>);

impl<T: Accumulated, Z: Target> Body for GlobalGet<T, Z> {
    const ID: u16 = inst::base(Family::GlobalGet) + T::INDEX * 2 + Z::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            let value = T::load(own(m));
            Z::put(m, value);
            m.advance(2);
            Flow::Next
        }
    }
}

/// `value@10 offset@12`
pub(crate) struct GlobalSet<T, X>(PhantomData<(T, X)>);

/// Where the value of a `global.set` is.
pub(crate) mod at10 {
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
}

impl<T: Accumulated, X: Form1> Body for GlobalSet<T, X> {
    const ID: u16 = inst::base(Family::GlobalSet) + T::INDEX * 2 + X::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            X::X::get::<T>(m).store(own(m));
            m.advance(2);
            Flow::Next
        }
    }
}

instructions! {
    /// `result@8 offset@12`
    GlobalGetVector |m| {
        let value = own(m).cast::<[u64; 2]>().read_unaligned();
        m.slot(8).cast::<[u64; 2]>().write_unaligned(value);
        m.advance(2);
        Flow::Next
    }

    /// `value@10 offset@12`
    GlobalSetVector |m| {
        let value = m.slot(10).cast::<[u64; 2]>().read_unaligned();
        own(m).cast::<[u64; 2]>().write_unaligned(value);
        m.advance(2);
        Flow::Next
    }

    /// `result@8 index@12`
    GlobalGetImported |m| {
        *m.slot(8) = *imported(m);
        m.advance(2);
        Flow::Next
    }

    /// `value@10 index@12`
    GlobalSetImported |m| {
        *imported(m) = *m.slot(10);
        m.advance(2);
        Flow::Next
    }

    /// `result@8 index@12`
    GlobalGetImportedVector |m| {
        let value = imported(m).cast::<[u64; 2]>().read_unaligned();
        m.slot(8).cast::<[u64; 2]>().write_unaligned(value);
        m.advance(2);
        Flow::Next
    }

    /// `value@10 index@12`
    GlobalSetImportedVector |m| {
        let value = m.slot(10).cast::<[u64; 2]>().read_unaligned();
        imported(m).cast::<[u64; 2]>().write_unaligned(value);
        m.advance(2);
        Flow::Next
    }
}
