//! References: null tests, `i31`, casts, table elements.
//!
//! A null reference is a zero slot whatever its type, so branches on null are branches on a 64-bit zero.

use crate::exec::instructions;
use crate::exec::runtime::leave;
use crate::machine::{Flow, Machine};
use sarsen_isa::Trap;

instructions! {
    /// `value@8`: traps on null.
    NullCheck |m| {
        if *m.slot(8) == 0 {
            return Flow::Trap(Trap::NullReference);
        }
        m.advance(2);
        Flow::Next
    }

    /// `result@8 value@10`
    RefI31 |m| {
        *m.slot(8) = u64::from((*m.slot(10) as u32) << 1 | 1);
        m.advance(2);
        Flow::Next
    }

    /// `result@8 value@10`
    I31GetS |m| {
        let bits = *m.slot(10) as u32;
        if bits == 0 {
            return Flow::Trap(Trap::NullI31Reference);
        }
        *m.slot(8) = u64::from((bits as i32 >> 1) as u32);
        m.advance(2);
        Flow::Next
    }

    /// `result@8 value@10`
    I31GetU |m| {
        let bits = *m.slot(10) as u32;
        if bits == 0 {
            return Flow::Trap(Trap::NullI31Reference);
        }
        *m.slot(8) = u64::from(bits >> 1);
        m.advance(2);
        Flow::Next
    }

    /// `result@8 value@10 type@16`: the type is encoded as `sarsen_abi::RefTest` says.
    RefTest |m| {
        *m.slot(8) = u64::from(passes(m, *m.slot(10)));
        m.advance(3);
        Flow::Next
    }

    /// `value@10 type@16`
    RefCast |m| {
        if !passes(m, *m.slot(10)) {
            return Flow::Trap(Trap::CastFailure);
        }
        m.advance(3);
        Flow::Next
    }

    /// `result@8 index@10 table@12`
    TableGet |m| {
        let table = *(*m.ctx).tables.add(m.u32_at(12) as usize);
        let index = *m.slot(10);
        if index >= (*table).len {
            return Flow::Trap(Trap::TableOutOfBounds);
        }
        *m.slot(8) = *(*table).base.add(index as usize);
        m.advance(2);
        Flow::Next
    }

    /// `index@8 value@10 table@12`
    TableSet |m| {
        let table = *(*m.ctx).tables.add(m.u32_at(12) as usize);
        let index = *m.slot(8);
        if index >= (*table).len {
            return Flow::Trap(Trap::TableOutOfBounds);
        }
        *(*table).base.add(index as usize) = *m.slot(10);
        m.advance(2);
        Flow::Next
    }

    /// `result@8 table@12`
    TableSize |m| {
        let table = *(*m.ctx).tables.add(m.u32_at(12) as usize);
        *m.slot(8) = (*table).len;
        m.advance(2);
        Flow::Next
    }

    /// `result@8 page size log2@10 memory@12`
    MemorySize |m| {
        let memory = &**(*m.ctx).memories.add(m.u32_at(12) as usize);
        *m.slot(8) = memory.len.load(std::sync::atomic::Ordering::Relaxed) >> m.u16_at(10);
        m.advance(2);
        Flow::Next
    }
}

/// Whether `value` is of the reference type that the instruction's immediate encodes.
///
/// # Safety
/// The current instruction must be a cast or test.
#[inline(always)]
unsafe fn passes(m: &Machine, value: u64) -> bool {
    // SAFETY: by contract; `value` is a reference of the store.
    unsafe {
        leave(m, m.fp);
        sarsen_vm::ref_matches(m.ctx, value, m.u64_at(16))
    }
}
