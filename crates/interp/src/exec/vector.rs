//! Vector operators. Vectors stay in slots, two each; only scalars have accumulators.

use crate::exec::instructions;
use crate::exec::memory::{anywhere, effective};
use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Machine, Sp};
use crate::operand::{Form1, Source};
use crate::value::Value;
use sarsen_isa::{Op, Trap, V128};
use std::hint::cold_path;
use std::marker::PhantomData;

/// A value that lies in one slot or in two.
pub(crate) trait Operand: Copy {
    /// Reads it.
    ///
    /// # Safety
    /// Its slots must be readable.
    unsafe fn read(slot: Sp) -> Self;
    /// Writes it.
    ///
    /// # Safety
    /// Its slots must be writable.
    unsafe fn write(self, slot: Sp);
}

impl<T: Value> Operand for T {
    #[inline(always)]
    unsafe fn read(slot: Sp) -> Self {
        // SAFETY: by contract.
        unsafe { T::load(slot) }
    }
    #[inline(always)]
    unsafe fn write(self, slot: Sp) {
        // SAFETY: by contract.
        unsafe { self.store(slot) }
    }
}

impl Operand for V128 {
    #[inline(always)]
    unsafe fn read(slot: Sp) -> Self {
        // SAFETY: by contract; every bit pattern is a vector.
        unsafe { slot.cast::<V128>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn write(self, slot: Sp) {
        // SAFETY: by contract.
        unsafe { slot.cast::<V128>().write_unaligned(self) }
    }
}

/// The operands, and the immediate if there is one, of a vector kernel.
pub(crate) trait VectorKernel {
    /// Its row.
    const OP: Op;
    /// Its family.
    const FAMILY: Family;
    /// The kernel on `a@10 b@12 c@14` (or a lane in place of the operand after the last), result at 8.
    ///
    /// # Safety
    /// As for [`Body::run`].
    unsafe fn apply(m: &Machine);
}

/// `result@8 a@10 b@12 c@14`, as many as the row has; a lane number follows the last operand
pub(crate) struct Vector<K>(PhantomData<K>);

impl<K: VectorKernel> Body for Vector<K> {
    const ID: u16 = inst::row_base(K::FAMILY, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as the kernel's row says.
        unsafe {
            K::apply(m);
            m.advance(2);
            Flow::Next
        }
    }
}

/// A vector load.
pub(crate) trait VectorLoadKernel {
    /// Its row.
    const OP: Op;
    /// Bytes read.
    const BYTES: usize;
    /// Reads from `at` and converts.
    ///
    /// # Safety
    /// `BYTES` bytes must be readable at `at`.
    unsafe fn read(at: *const u8) -> V128;
}

/// `result@8 address@10 offset@12`
pub(crate) struct VectorLoad<K, X>(PhantomData<(K, X)>);

impl<K: VectorLoadKernel, X: Form1> Body for VectorLoad<K, X> {
    const ID: u16 = inst::row_base(Family::VectorLoad, K::OP) + X::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let Some(at) = effective(m, X::X::get::<i32>(m) as u32, K::BYTES) else {
                return Flow::Recheck;
            };
            K::read(at).write(m.slot(8));
            m.advance(2);
            Flow::Next
        }
    }
}

/// `result@8 address@10 memory@12 offset@16`
pub(crate) struct VectorLoadAny<K>(PhantomData<K>);

impl<K: VectorLoadKernel> Body for VectorLoadAny<K> {
    const ID: u16 = inst::row_base(Family::VectorLoadAny, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let Some(at) = anywhere(m, *m.slot(10), K::BYTES) else {
                cold_path();
                return Flow::Trap(Trap::MemoryOutOfBounds);
            };
            K::read(at).write(m.slot(8));
            m.advance(3);
            Flow::Next
        }
    }
}

/// A load or store of one lane.
pub(crate) trait LaneKernel {
    /// Its row.
    const OP: Op;
    /// The type of the lane.
    type Lane: Copy;
}

/// `result@8 address@10 memory@12 offset@16 vector@24 lane@26`
pub(crate) struct LoadLane<K>(PhantomData<K>);

impl<K: LaneKernel> Body for LoadLane<K> {
    const ID: u16 = inst::row_base(Family::LoadLane, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked; validation bounds the lane.
        unsafe {
            let Some(at) = anywhere(m, *m.slot(10), size_of::<K::Lane>()) else {
                cold_path();
                return Flow::Trap(Trap::MemoryOutOfBounds);
            };
            let mut vector = V128::read(m.slot(24));
            let lane = at.cast::<K::Lane>().read_unaligned();
            (&raw mut vector).cast::<K::Lane>().add(m.u16_at(26) as usize).write_unaligned(lane);
            vector.write(m.slot(8));
            m.advance(4);
            Flow::Next
        }
    }
}

/// `address@10 memory@12 offset@16 vector@24 lane@26`
pub(crate) struct StoreLane<K>(PhantomData<K>);

impl<K: LaneKernel> Body for StoreLane<K> {
    const ID: u16 = inst::row_base(Family::StoreLane, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked; validation bounds the lane.
        unsafe {
            let Some(at) = anywhere(m, *m.slot(10), size_of::<K::Lane>()) else {
                cold_path();
                return Flow::Trap(Trap::MemoryOutOfBounds);
            };
            let lane = m.slot(24).cast::<K::Lane>().add(m.u16_at(26) as usize).read_unaligned();
            at.cast::<K::Lane>().write_unaligned(lane);
            m.advance(4);
            Flow::Next
        }
    }
}

instructions! {
    /// `address@8 value@10 offset@12`
    VectorStore |m| {
        let Some(at) = effective(m, i32::load(m.slot(8)) as u32, 16) else {
            return Flow::Recheck;
        };
        at.cast::<V128>().write_unaligned(V128::read(m.slot(10)));
        m.advance(2);
        Flow::Next
    }

    /// `address@8 value@10 memory@12 offset@16`
    VectorStoreAny |m| {
        let Some(at) = anywhere(m, *m.slot(8), 16) else {
            cold_path();
            return Flow::Trap(Trap::MemoryOutOfBounds);
        };
        at.cast::<V128>().write_unaligned(V128::read(m.slot(10)));
        m.advance(3);
        Flow::Next
    }

    /// `result@8 a@10 b@12 lanes@16..32`
    Shuffle |m| {
        let (a, b) = (V128::read(m.slot(10)), V128::read(m.slot(12)));
        let lanes = m.ip.add(2).cast::<[u8; 16]>().read();
        sarsen_isa::kernel::i8x16_shuffle(a, b, lanes).write(m.slot(8));
        m.advance(4);
        Flow::Next
    }

    /// `low result@8 high result@10 a@12 b@14 c@16 d@18`: `i64.add128`
    Add128 |m| { wide4(m, sarsen_isa::kernel::i64_add128) }

    /// `low result@8 high result@10 a@12 b@14 c@16 d@18`: `i64.sub128`
    Sub128 |m| { wide4(m, sarsen_isa::kernel::i64_sub128) }

    /// `low result@8 high result@10 a@12 b@14`: `i64.mul_wide_s`
    MulWideS |m| { wide2(m, sarsen_isa::kernel::i64_mul_wide_s) }

    /// `low result@8 high result@10 a@12 b@14`: `i64.mul_wide_u`
    MulWideU |m| { wide2(m, sarsen_isa::kernel::i64_mul_wide_u) }
}

/// Four operands, two results.
///
/// # Safety
/// The payload must be that of [`Add128`].
#[inline(always)]
unsafe fn wide4(m: &mut Machine, kernel: fn(i64, i64, i64, i64) -> (i64, i64)) -> Flow {
    // SAFETY: by contract.
    unsafe {
        let (low, high) = kernel(
            i64::load(m.slot(12)),
            i64::load(m.slot(14)),
            i64::load(m.slot(16)),
            i64::load(m.slot(18)),
        );
        low.store(m.slot(8));
        high.store(m.slot(10));
        m.advance(3);
        Flow::Next
    }
}

/// Two operands, two results.
///
/// # Safety
/// The payload must be that of [`MulWideS`].
#[inline(always)]
unsafe fn wide2(m: &mut Machine, kernel: fn(i64, i64) -> (i64, i64)) -> Flow {
    // SAFETY: by contract.
    unsafe {
        let (low, high) = kernel(i64::load(m.slot(12)), i64::load(m.slot(14)));
        low.store(m.slot(8));
        high.store(m.slot(10));
        m.advance(2);
        Flow::Next
    }
}
