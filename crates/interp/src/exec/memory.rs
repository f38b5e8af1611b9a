//! Scalar loads and stores.
//!
//! Memory 0 with 32-bit addresses has the fast forms; every other memory goes through the general ones.

use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Machine};
use crate::operand::{Form1, Form2, SlotAt, Source, Target, load, store};
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

/// The address of `bytes` bytes at `address + offset@12` in memory 0, if they are all inside.
///
/// # Safety
/// The current instruction must have the offset.
#[inline(always)]
pub(crate) unsafe fn effective(m: &Machine, address: u32, bytes: usize) -> Option<*mut u8> {
    // SAFETY: by contract.
    let at = u64::from(address) + u64::from(unsafe { m.u32_at(12) });
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

/// `result@8 address@10 offset@12`
pub(crate) struct Load<K, X, Z>(PhantomData<(K, X, Z)>);

/// Variants of one load row: the forms of [`Load`], of [`LoadSum`], and [`LoadAny`].
pub(crate) const LOAD_VARIANTS: u16 = load::COUNT * 2;

impl<K: LoadKernel, X: Form1, Z: Target> Body for Load<K, X, Z> {
    const ID: u16 = inst::row_base(Family::Load, K::OP) + X::INDEX * 2 + Z::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let Some(at) = effective(m, X::X::get::<i32>(m) as u32, size_of::<K::Raw>()) else {
                return Flow::Recheck;
            };
            let value = K::extend(at.cast::<K::Raw>().read_unaligned());
            Z::put(m, value);
            m.advance(2);
            Flow::Next
        }
    }
}

/// `result@8 base@10 index@12 offset@14`: the address is a wrapping 32-bit sum of two slots, or of the accumulator and
/// the slot at 12.
pub(crate) struct LoadSum<K, X, Z>(PhantomData<(K, X, Z)>);

/// Variants of one row's [`LoadSum`].
pub(crate) const LOAD_SUM_VARIANTS: u16 = 4;

impl<K: LoadKernel, X: Form1, Z: Target> Body for LoadSum<K, X, Z> {
    const ID: u16 = inst::row_base(Family::LoadSum, K::OP) + X::INDEX * 2 + Z::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let base = X::X::get::<i32>(m).wrapping_add(SlotAt::<12>::get::<i32>(m)) as u32;
            let Some(at) = inside(m, u64::from(base) + u64::from(m.u16_at(14)), size_of::<K::Raw>()) else {
                return Flow::Recheck;
            };
            let value = K::extend(at.cast::<K::Raw>().read_unaligned());
            Z::put(m, value);
            m.advance(2);
            Flow::Next
        }
    }
}

/// `address@8 value@10 offset@12`
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
            m.advance(2);
            Flow::Next
        }
    }
}

/// The address of `bytes` bytes at `address + offset@16` in memory `memory@12`, of any index type.
///
/// # Safety
/// The current instruction must have that payload.
#[inline(always)]
pub(crate) unsafe fn anywhere(m: &Machine, address: u64, bytes: usize) -> Option<*mut u8> {
    // SAFETY: the payload names a memory of the instance.
    unsafe {
        let memory: &VmMemory = &**(*m.ctx).memories.add(m.u32_at(12) as usize);
        let at = address.checked_add(m.u64_at(16))?;
        let end = at.checked_add(bytes as u64)?;
        if end > memory.len.load(Relaxed) {
            return None;
        }
        Some(memory.base.add(at as usize))
    }
}

/// `result@8 address@10 memory@12 offset@16`
pub(crate) struct LoadAny<K>(PhantomData<K>);

impl<K: LoadKernel> Body for LoadAny<K> {
    const ID: u16 = inst::row_base(Family::LoadAny, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let Some(at) = anywhere(m, *m.slot(10), size_of::<K::Raw>()) else {
                cold_path();
                return Flow::Trap(Trap::MemoryOutOfBounds);
            };
            K::extend(at.cast::<K::Raw>().read_unaligned()).store(m.slot(8));
            m.advance(3);
            Flow::Next
        }
    }
}

/// `address@8 value@10 memory@12 offset@16`
pub(crate) struct StoreAny<K>(PhantomData<K>);

impl<K: StoreKernel> Body for StoreAny<K> {
    const ID: u16 = inst::row_base(Family::StoreAny, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let Some(at) = anywhere(m, *m.slot(8), size_of::<K::Raw>()) else {
                cold_path();
                return Flow::Trap(Trap::MemoryOutOfBounds);
            };
            at.cast::<K::Raw>().write_unaligned(K::wrap(K::T::load(m.slot(10))));
            m.advance(3);
            Flow::Next
        }
    }
}
