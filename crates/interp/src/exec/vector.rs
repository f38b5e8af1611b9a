//! Vector operators. Vectors stay in slots, two each; only scalars have accumulators.
//!
//! What the operators mean to lanes is in the kernels.

use crate::exec::instructions;
use crate::exec::memory::{anywhere, effective};
use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Machine, Sp};
use crate::operand::{Form1, Source, one};
use crate::payload::{self, at};
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
    /// The kernel on the payload's operands, or on a lane in place of the operand after the last.
    ///
    /// # Safety
    /// As for [`Body::run`].
    unsafe fn apply(m: &Machine);
}

/// `result a b c`, as many as the row has; a lane number follows the last operand
pub(crate) struct Vector<K>(PhantomData<K>);

impl<K: VectorKernel> Body for Vector<K> {
    const ID: u16 = inst::row_base(K::FAMILY, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as the kernel's row says.
        unsafe {
            K::apply(m);
            m.advance(payload::Vector::WORDS);
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

/// `result address offset`
pub(crate) struct VectorLoad<K, X>(PhantomData<(K, X)>);

/// Variants of one row's [`VectorLoad`]: constant addresses have none.
pub(crate) const VECTOR_LOAD_VARIANTS: u16 = one::COUNT;

impl<K: VectorLoadKernel, X: Form1> Body for VectorLoad<K, X> {
    const ID: u16 = inst::row_base(Family::VectorLoad, K::OP) + X::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let Some(at) = effective(m, X::X::get::<i32>(m) as u32, K::BYTES) else {
                return Flow::Recheck;
            };
            K::read(at).write(m.slot(at!(Load.result)));
            m.advance(payload::Load::WORDS);
            Flow::Next
        }
    }
}

/// `result address memory wide_offset`
pub(crate) struct VectorLoadAny<K>(PhantomData<K>);

impl<K: VectorLoadKernel> Body for VectorLoadAny<K> {
    const ID: u16 = inst::row_base(Family::VectorLoadAny, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked against the memory's length.
        unsafe {
            let Some(at) = anywhere(m, *m.slot(at!(LoadAny.address)), K::BYTES) else {
                cold_path();
                return Flow::Trap(Trap::MemoryOutOfBounds);
            };
            K::read(at).write(m.slot(at!(LoadAny.result)));
            m.advance(payload::LoadAny::WORDS);
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

/// `result address memory wide_offset vector lane`
pub(crate) struct LoadLane<K>(PhantomData<K>);

impl<K: LaneKernel> Body for LoadLane<K> {
    const ID: u16 = inst::row_base(Family::LoadLane, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked; validation bounds the lane.
        unsafe {
            let Some(at) = anywhere(m, *m.slot(at!(LaneAccess.address)), size_of::<K::Lane>()) else {
                cold_path();
                return Flow::Trap(Trap::MemoryOutOfBounds);
            };
            let mut vector = V128::read(m.slot(at!(LaneAccess.vector)));
            let lane = at.cast::<K::Lane>().read_unaligned();
            (&raw mut vector)
                .cast::<K::Lane>()
                .add(m.u16_at(at!(LaneAccess.lane)) as usize)
                .write_unaligned(lane);
            vector.write(m.slot(at!(LaneAccess.result)));
            m.advance(payload::LaneAccess::WORDS);
            Flow::Next
        }
    }
}

/// `address memory wide_offset vector lane`
pub(crate) struct StoreLane<K>(PhantomData<K>);

impl<K: LaneKernel> Body for StoreLane<K> {
    const ID: u16 = inst::row_base(Family::StoreLane, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the access was checked; validation bounds the lane.
        unsafe {
            let Some(at) = anywhere(m, *m.slot(at!(LaneAccess.address)), size_of::<K::Lane>()) else {
                cold_path();
                return Flow::Trap(Trap::MemoryOutOfBounds);
            };
            let lane = m
                .slot(at!(LaneAccess.vector))
                .cast::<K::Lane>()
                .add(m.u16_at(at!(LaneAccess.lane)) as usize)
                .read_unaligned();
            at.cast::<K::Lane>().write_unaligned(lane);
            m.advance(payload::LaneAccess::WORDS);
            Flow::Next
        }
    }
}

instructions! {
    /// `address value offset`
    VectorStore |m| {
        let Some(at) = effective(m, i32::load(m.slot(at!(Store.address))) as u32, 16) else {
            return Flow::Recheck;
        };
        at.cast::<V128>().write_unaligned(V128::read(m.slot(at!(Store.value))));
        m.advance(payload::Store::WORDS);
        Flow::Next
    }

    /// `address value memory wide_offset`
    VectorStoreAny |m| {
        let Some(at) = anywhere(m, *m.slot(at!(StoreAny.address)), 16) else {
            cold_path();
            return Flow::Trap(Trap::MemoryOutOfBounds);
        };
        at.cast::<V128>().write_unaligned(V128::read(m.slot(at!(StoreAny.value))));
        m.advance(payload::StoreAny::WORDS);
        Flow::Next
    }

    /// `result a b lanes_low lanes_high`
    Shuffle |m| {
        let (a, b) = (V128::read(m.slot(at!(Shuffle.a))), V128::read(m.slot(at!(Shuffle.b))));
        let lanes = m.ip.byte_add(at!(Shuffle.lanes_low)).cast::<[u8; 16]>().read();
        sarsen_isa::kernel::i8x16_shuffle(a, b, lanes).write(m.slot(at!(Shuffle.result)));
        m.advance(payload::Shuffle::WORDS);
        Flow::Next
    }

    /// `low high a b c d`: `i64.add128`
    Add128 |m| { wide4(m, sarsen_isa::kernel::i64_add128) }

    /// `low high a b c d`: `i64.sub128`
    Sub128 |m| { wide4(m, sarsen_isa::kernel::i64_sub128) }

    /// `low high a b`: `i64.mul_wide_s`
    MulWideS |m| { wide2(m, sarsen_isa::kernel::i64_mul_wide_s) }

    /// `low high a b`: `i64.mul_wide_u`
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
            i64::load(m.slot(at!(Wide4.a))),
            i64::load(m.slot(at!(Wide4.b))),
            i64::load(m.slot(at!(Wide4.c))),
            i64::load(m.slot(at!(Wide4.d))),
        );
        low.store(m.slot(at!(Wide4.low)));
        high.store(m.slot(at!(Wide4.high)));
        m.advance(payload::Wide4::WORDS);
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
        let (low, high) = kernel(i64::load(m.slot(at!(Wide2.a))), i64::load(m.slot(at!(Wide2.b))));
        low.store(m.slot(at!(Wide2.low)));
        high.store(m.slot(at!(Wide2.high)));
        m.advance(payload::Wide2::WORDS);
        Flow::Next
    }
}
