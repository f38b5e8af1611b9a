//! Scalar loads and stores.
//!
//! Memory 0 with 32-bit addresses has the fast forms; every other memory goes through the general ones. Vectors are in
//! [`crate::exec::vector`], atomic accesses in [`crate::exec::atomic`]; growing and bulk operations are the runtime's.

use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Machine};
use crate::operand::{Form1, Form2, SlotAt, Source, TARGETS, Target, load, one, store, with_target};
use crate::payload::{self, at};
use crate::value::Value;
use sarsen_abi::VmMemory;
use sarsen_isa::{Op, Trap};
use std::hint::cold_path;
use std::marker::PhantomData;
use std::sync::atomic::Ordering::Relaxed;

/// A scalar load.
pub(crate) trait LoadKernel {
    /// Its row.
    const OP: Op;
    /// What lies in memory.
    type Raw: Copy;
    /// What it becomes.
    type T: Value;
    /// The extension.
    fn extend(raw: Self::Raw) -> Self::T;
}

/// A scalar store.
pub(crate) trait StoreKernel {
    /// Its row.
    const OP: Op;
    /// What lies in memory.
    type Raw: Copy;
    /// What it comes from.
    type T: Value;
    /// The truncation.
    fn wrap(value: Self::T) -> Self::Raw;
}

/// The address of `bytes` bytes at `address + offset` in memory 0, if they are all inside.
///
/// # Safety
/// The current instruction must have the offset.
#[inline(always)]
pub(crate) unsafe fn effective(m: &Machine, address: u32, bytes: usize) -> Option<*mut u8> {
    // SAFETY: by contract.
    let at = u64::from(address) + u64::from(unsafe { m.u32_at(at!(Load.offset)) });
    inside(m, at, bytes)
}

/// The address of `bytes` bytes at `at < 2^33` in memory 0, if they are all inside.
#[inline(always)]
pub(crate) fn inside(m: &Machine, at: u64, bytes: usize) -> Option<*mut u8> {
    // Signed, so that a memory shorter than the access needs no test of its own.
    if at as i64 > m.len as i64 - bytes as i64 {
        cold_path();
        return None;
    }
    Some(m.mem.wrapping_add(at as usize))
}

/// `result address offset`
pub(crate) struct Load<K, X, Z>(PhantomData<(K, X, Z)>);

/// Variants of one row's [`Load`].
pub(crate) const LOAD_VARIANTS: u16 = load::COUNT * TARGETS;

impl<K: LoadKernel, X: Form1, Z: Target> Body for Load<K, X, Z> {
    const ID: u16 = inst::row_base(Family::Load, K::OP) + with_target(X::INDEX, Z::INDEX);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let Some(at) = effective(m, X::X::get::<i32>(m) as u32, size_of::<K::Raw>()) else {
                return Flow::Recheck;
            };
            let value = K::extend(at.cast::<K::Raw>().read_unaligned());
            Z::put(m, value);
            m.advance(payload::Load::WORDS);
            Flow::Next
        }
    }
}

/// `result base index small_offset`: the address is a wrapping 32-bit sum of two slots, or of the accumulator and
/// the second slot.
pub(crate) struct LoadSum<K, X, Z>(PhantomData<(K, X, Z)>);

/// Variants of one row's [`LoadSum`].
pub(crate) const LOAD_SUM_VARIANTS: u16 = one::COUNT * TARGETS;

impl<K: LoadKernel, X: Form1, Z: Target> Body for LoadSum<K, X, Z> {
    const ID: u16 = inst::row_base(Family::LoadSum, K::OP) + with_target(X::INDEX, Z::INDEX);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let base =
                X::X::get::<i32>(m).wrapping_add(SlotAt::<{ at!(LoadSum.index) }>::get::<i32>(m)) as u32;
            let Some(at) = inside(
                m,
                u64::from(base) + u64::from(m.u16_at(at!(LoadSum.small_offset))),
                size_of::<K::Raw>(),
            ) else {
                return Flow::Recheck;
            };
            let value = K::extend(at.cast::<K::Raw>().read_unaligned());
            Z::put(m, value);
            m.advance(payload::LoadSum::WORDS);
            Flow::Next
        }
    }
}

/// `address value offset`
pub(crate) struct Store<K, F>(PhantomData<(K, F)>);

/// Variants of one store row.
pub(crate) const STORE_VARIANTS: u16 = store::COUNT;

impl<K: StoreKernel, F: Form2> Body for Store<K, F> {
    const ID: u16 = inst::row_base(Family::Store, K::OP) + F::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let Some(at) = effective(m, F::X::get::<i32>(m) as u32, size_of::<K::Raw>()) else {
                return Flow::Recheck;
            };
            at.cast::<K::Raw>().write_unaligned(K::wrap(F::Y::get::<K::T>(m)));
            m.advance(payload::Store::WORDS);
            Flow::Next
        }
    }
}

/// The address of `bytes` bytes at `address + wide_offset` in memory `memory`, of any index type.
///
/// # Safety
/// The current instruction must have that payload.
#[inline(always)]
pub(crate) unsafe fn anywhere(m: &Machine, address: u64, bytes: usize) -> Option<*mut u8> {
    // SAFETY: the payload names a memory of the instance.
    unsafe {
        let memory: &VmMemory = &**(*m.ctx).memories.add(m.u32_at(at!(LoadAny.memory)) as usize);
        let at = address.checked_add(m.u64_at(at!(LoadAny.wide_offset)))?;
        let end = at.checked_add(bytes as u64)?;
        if end > memory.len.load(Relaxed) {
            return None;
        }
        Some(memory.base.add(at as usize))
    }
}

/// `result address memory wide_offset`
pub(crate) struct LoadAny<K>(PhantomData<K>);

impl<K: LoadKernel> Body for LoadAny<K> {
    const ID: u16 = inst::row_base(Family::LoadAny, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let Some(at) = anywhere(m, *m.slot(at!(LoadAny.address)), size_of::<K::Raw>()) else {
                cold_path();
                return Flow::Trap(Trap::MemoryOutOfBounds);
            };
            K::extend(at.cast::<K::Raw>().read_unaligned()).store(m.slot(at!(LoadAny.result)));
            m.advance(payload::LoadAny::WORDS);
            Flow::Next
        }
    }
}

/// `address value memory wide_offset`
pub(crate) struct StoreAny<K>(PhantomData<K>);

impl<K: StoreKernel> Body for StoreAny<K> {
    const ID: u16 = inst::row_base(Family::StoreAny, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let Some(at) = anywhere(m, *m.slot(at!(StoreAny.address)), size_of::<K::Raw>()) else {
                cold_path();
                return Flow::Trap(Trap::MemoryOutOfBounds);
            };
            at.cast::<K::Raw>().write_unaligned(K::wrap(K::T::load(m.slot(at!(StoreAny.value)))));
            m.advance(payload::StoreAny::WORDS);
            Flow::Next
        }
    }
}
