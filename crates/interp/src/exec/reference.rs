//! References: null tests, `i31`, casts, table elements.
//!
//! A null reference is a zero slot whatever its type, so branches on null are branches on a 64-bit zero. Fields and
//! elements of objects are in [`crate::exec::aggregate`]; whether a reference is of a type, the runtime says.

use crate::exec::instructions;
use crate::exec::runtime::leave;
use crate::machine::{Flow, Machine, aside};
use crate::payload::{self, at};
use sarsen_abi::{i31_to_ref, ref_to_i31_s, ref_to_i31_u};
use sarsen_isa::Trap;

instructions! {
    /// `value`: traps on null.
    NullCheck |m| {
        if *m.slot(at!(NullCheck.value)) == 0 {
            return Flow::Trap(Trap::NullReference);
        }
        m.advance(payload::NullCheck::WORDS);
        Flow::Next
    }

    /// `result value`
    RefI31 |m| {
        *m.slot(at!(Unary.result)) = u64::from(i31_to_ref(*m.slot(at!(Unary.a)) as u32));
        m.advance(payload::Unary::WORDS);
        Flow::Next
    }

    /// `result value`
    I31GetS |m| {
        let reference = *m.slot(at!(Unary.a)) as u32;
        if reference == 0 {
            return Flow::Trap(Trap::NullI31Reference);
        }
        *m.slot(at!(Unary.result)) = u64::from(ref_to_i31_s(reference) as u32);
        m.advance(payload::Unary::WORDS);
        Flow::Next
    }

    /// `result value`
    I31GetU |m| {
        let reference = *m.slot(at!(Unary.a)) as u32;
        if reference == 0 {
            return Flow::Trap(Trap::NullI31Reference);
        }
        *m.slot(at!(Unary.result)) = u64::from(ref_to_i31_u(reference));
        m.advance(payload::Unary::WORDS);
        Flow::Next
    }

    /// `result value ty`: the type is encoded as `sarsen_abi::RefTest` says.
    RefTest |m| {
        *m.slot(at!(TypeTest.result)) = u64::from(passes(m, *m.slot(at!(TypeTest.value))));
        m.advance(payload::TypeTest::WORDS);
        Flow::Next
    }

    /// `value ty`
    RefCast |m| {
        if !passes(m, *m.slot(at!(TypeTest.value))) {
            return Flow::Trap(Trap::CastFailure);
        }
        m.advance(payload::TypeTest::WORDS);
        Flow::Next
    }

    /// `result index table`
    TableGet |m| {
        let table = *(*m.ctx).tables.add(m.u32_at(at!(TableGet.table)) as usize);
        let index = *m.slot(at!(TableGet.index));
        if index >= (*table).len {
            return Flow::Trap(Trap::TableOutOfBounds);
        }
        let element = *(*table).base.add(index as usize);
        if element == 0 {
            // Null, or still to be made.
            return aside(m, move |m| {
                let made = sarsen_vm::table_element(m.ctx, m.u32_at(at!(TableGet.table)), index);
                *m.slot(at!(TableGet.result)) = made;
                m.advance(payload::TableGet::WORDS);
                Flow::Next
            });
        }
        *m.slot(at!(TableGet.result)) = element;
        m.advance(payload::TableGet::WORDS);
        Flow::Next
    }

    /// `index value table`
    TableSet |m| {
        let table = *(*m.ctx).tables.add(m.u32_at(at!(TableSet.table)) as usize);
        let index = *m.slot(at!(TableSet.index));
        if index >= (*table).len {
            return Flow::Trap(Trap::TableOutOfBounds);
        }
        let (element, value) = ((*table).base.add(index as usize), *m.slot(at!(TableSet.value)));
        if value == 0 {
            // It would look like an element that is still to be made.
            return aside(m, move |m| {
                sarsen_vm::finish_table(m.ctx, m.u32_at(at!(TableSet.table)));
                *element = 0;
                m.advance(payload::TableSet::WORDS);
                Flow::Next
            });
        }
        *element = value;
        m.advance(payload::TableSet::WORDS);
        Flow::Next
    }

    /// `result table`
    TableSize |m| {
        let table = *(*m.ctx).tables.add(m.u32_at(at!(TableSize.table)) as usize);
        *m.slot(at!(TableSize.result)) = (*table).len;
        m.advance(payload::TableSize::WORDS);
        Flow::Next
    }

    /// `result page_size_log2 memory`
    MemorySize |m| {
        let memory = &**(*m.ctx).memories.add(m.u32_at(at!(MemorySize.memory)) as usize);
        *m.slot(at!(MemorySize.result)) = memory.len.load(std::sync::atomic::Ordering::Relaxed) >> m.u16_at(at!(MemorySize.page_size_log2));
        m.advance(payload::MemorySize::WORDS);
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
        sarsen_vm::ref_matches(m.ctx, value, m.u64_at(at!(TypeTest.ty)))
    }
}
