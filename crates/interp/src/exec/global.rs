//! Globals of the instance itself. Imported ones are one more load away.
//!
//! Locals are slots: [`crate::exec::moves`] copies them.

use crate::exec::instructions;
use crate::exec::moves::Accumulated;
use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Machine, Sp};
use crate::operand::{Form1, Source, TARGETS, Target, one, with_target};
use crate::payload::{self, at};
use crate::value::Class;
use std::marker::PhantomData;

/// The cell of the instance's own global whose byte offset from the instance is `global`.
///
/// # Safety
/// The current instruction must have that payload.
#[inline(always)]
unsafe fn own(m: &Machine) -> Sp {
    // SAFETY: the instance's globals lie behind it, and the translator computed the offset.
    unsafe { m.ctx.cast::<u8>().add(m.u32_at(at!(GlobalGet.global)) as usize).cast() }
}

/// The cell of the imported global `global`.
///
/// # Safety
/// The current instruction must have that payload.
#[inline(always)]
unsafe fn imported(m: &Machine) -> Sp {
    // SAFETY: the index is in bounds by validation.
    unsafe { (**(*m.ctx).imported_globals.add(m.u32_at(at!(GlobalGet.global)) as usize)).bits.as_mut_ptr() }
}

/// `result global`
pub(crate) struct GlobalGet<T, Z>(PhantomData<(T, Z)>);

/// Variants of [`GlobalGet`].
pub(crate) const GLOBAL_GET_VARIANTS: u16 = Class::COUNT * TARGETS;

impl<T: Accumulated, Z: Target> Body for GlobalGet<T, Z> {
    const ID: u16 = inst::base(Family::GlobalGet) + with_target(T::CLASS, Z::INDEX);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            let value = T::load(own(m));
            Z::put(m, value);
            m.advance(payload::GlobalGet::WORDS);
            Flow::Next
        }
    }
}

/// `value global`
pub(crate) struct GlobalSet<T, X>(PhantomData<(T, X)>);

/// Variants of [`GlobalSet`].
pub(crate) const GLOBAL_SET_VARIANTS: u16 = Class::COUNT * one::COUNT;

impl<T: Accumulated, X: Form1> Body for GlobalSet<T, X> {
    const ID: u16 = inst::base(Family::GlobalSet) + one::of(T::CLASS, X::INDEX);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            X::X::get::<T>(m).store(own(m));
            m.advance(payload::GlobalSet::WORDS);
            Flow::Next
        }
    }
}

instructions! {
    /// `result global`
    GlobalGetVector |m| {
        let value = own(m).cast::<[u64; 2]>().read_unaligned();
        m.slot(at!(GlobalGet.result)).cast::<[u64; 2]>().write_unaligned(value);
        m.advance(payload::GlobalGet::WORDS);
        Flow::Next
    }

    /// `value global`
    GlobalSetVector |m| {
        let value = m.slot(at!(GlobalSet.value)).cast::<[u64; 2]>().read_unaligned();
        own(m).cast::<[u64; 2]>().write_unaligned(value);
        m.advance(payload::GlobalSet::WORDS);
        Flow::Next
    }

    /// `result global`
    GlobalGetImported |m| {
        *m.slot(at!(GlobalGet.result)) = *imported(m);
        m.advance(payload::GlobalGet::WORDS);
        Flow::Next
    }

    /// `value global`
    GlobalSetImported |m| {
        *imported(m) = *m.slot(at!(GlobalSet.value));
        m.advance(payload::GlobalSet::WORDS);
        Flow::Next
    }

    /// `result global`
    GlobalGetImportedVector |m| {
        let value = imported(m).cast::<[u64; 2]>().read_unaligned();
        m.slot(at!(GlobalGet.result)).cast::<[u64; 2]>().write_unaligned(value);
        m.advance(payload::GlobalGet::WORDS);
        Flow::Next
    }

    /// `value global`
    GlobalSetImportedVector |m| {
        let value = m.slot(at!(GlobalSet.value)).cast::<[u64; 2]>().read_unaligned();
        imported(m).cast::<[u64; 2]>().write_unaligned(value);
        m.advance(payload::GlobalSet::WORDS);
        Flow::Next
    }
}
