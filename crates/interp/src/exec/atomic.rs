//! Atomic accesses. All are sequentially consistent, all operands are in slots.
//!
//! Waiting and notifying are the runtime's; here they only have their address checked.

use crate::exec::instructions;
use crate::exec::memory::anywhere;
use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Machine};
use crate::payload::{self, at};
use sarsen_isa::{Op, Trap};
use std::marker::PhantomData;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, fence};

/// An integer that memory holds atomically. Values travel as zero-extended bits.
pub(crate) trait Cell: Copy {
    /// Bytes.
    const BYTES: usize = size_of::<Self>();
    /// The atomic operations on the cell at `at`, with operands `value` and, for `cmpxchg`, `expected`.
    ///
    /// # Safety
    /// The cell must be accessible and aligned.
    unsafe fn update(at: *mut u8, update: Update, value: u64, expected: u64) -> u64;
}

/// What an atomic access does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Update {
    /// Only reads.
    Load,
    /// Only writes.
    Store,
    /// Adds.
    Add,
    /// Subtracts.
    Sub,
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Replaces.
    Xchg,
    /// Replaces if the old value is the expected one.
    Cmpxchg,
}

/// Implements [`Cell`] with the standard library's atomics.
macro_rules! cell {
    ($($raw:ty, $atomic:ty;)*) => {
        $(impl Cell for $raw {
            #[inline(always)]
            unsafe fn update(at: *mut u8, update: Update, value: u64, expected: u64) -> u64 {
                // SAFETY: by contract; other threads use only atomic accesses or accept the race, as the
                // specification's memory model does.
                let cell = unsafe { <$atomic>::from_ptr(at.cast()) };
                let operand = value as $raw;
                let old = match update {
                    Update::Load => cell.load(SeqCst),
                    Update::Store => {
                        cell.store(operand, SeqCst);
                        0
                    }
                    Update::Add => cell.fetch_add(operand, SeqCst),
                    Update::Sub => cell.fetch_sub(operand, SeqCst),
                    Update::And => cell.fetch_and(operand, SeqCst),
                    Update::Or => cell.fetch_or(operand, SeqCst),
                    Update::Xor => cell.fetch_xor(operand, SeqCst),
                    Update::Xchg => cell.swap(operand, SeqCst),
                    // Narrow accesses compare what is left of the expected value after wrapping.
                    Update::Cmpxchg => {
                        let expected = expected as $raw;
                        cell.compare_exchange(expected, operand, SeqCst, SeqCst).unwrap_or_else(|old| old)
                    }
                };
                u64::from(old)
            }
        })*
    };
}

cell! {
    u8, AtomicU8;
    u16, AtomicU16;
    u32, AtomicU32;
    u64, AtomicU64;
}

/// An atomic access.
pub(crate) trait AtomicKernel {
    /// Its row.
    const OP: Op;
    /// Its family.
    const FAMILY: Family;
    /// What it does.
    const UPDATE: Update;
    /// What lies in memory.
    type Raw: Cell;
}

/// `result address memory wide_offset value expected`
pub(crate) struct Atomic<K>(PhantomData<K>);

/// Whether an effective address is a multiple of the cell's size. Asked before bounds are, as compiled code does, for
/// which only this is an instruction of its own.
#[inline(always)]
fn is_aligned(address: u64, offset: u64, bytes: usize) -> bool {
    address.wrapping_add(offset).is_multiple_of(bytes as u64)
}

impl<K: AtomicKernel> Body for Atomic<K> {
    const ID: u16 = inst::row_base(K::FAMILY, K::OP);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; bounds and alignment are checked.
        unsafe {
            let address = *m.slot(at!(Atomic.address));
            if !is_aligned(address, m.u64_at(at!(Atomic.wide_offset)), K::Raw::BYTES) {
                return Flow::Trap(Trap::HeapMisaligned);
            }
            let Some(at) = anywhere(m, address, K::Raw::BYTES) else {
                return Flow::Trap(Trap::MemoryOutOfBounds);
            };
            let old =
                K::Raw::update(at, K::UPDATE, *m.slot(at!(Atomic.value)), *m.slot(at!(Atomic.expected)));
            if K::UPDATE != Update::Store {
                *m.slot(at!(Atomic.result)) = old;
            }
            m.advance(payload::Atomic::WORDS);
            Flow::Next
        }
    }
}

instructions! {
    /// `result bytes memory wide_offset address`: the checked effective address for wait and notify.
    AtomicAddress |m| {
        let address = *m.slot(at!(AtomicAddress.address));
        let bytes = usize::from(m.u16_at(at!(AtomicAddress.bytes)));
        let offset = m.u64_at(at!(AtomicAddress.wide_offset));
        if !is_aligned(address, offset, bytes) {
            return Flow::Trap(Trap::HeapMisaligned);
        }
        let Some(at) = address.checked_add(offset) else {
            return Flow::Trap(Trap::MemoryOutOfBounds);
        };
        if anywhere(m, address, bytes).is_none() {
            return Flow::Trap(Trap::MemoryOutOfBounds);
        }
        *m.slot(at!(AtomicAddress.result)) = at;
        m.advance(payload::AtomicAddress::WORDS);
        Flow::Next
    }

    /// No payload.
    Fence |m| {
        fence(SeqCst);
        m.advance(payload::Bare::WORDS);
        Flow::Next
    }
}
