//! Growth and bulk operations of tables, and references to functions.
//!
//! Ranges are checked before anything is paid for, and every piece is paid for before it is written, and found anew: tables can
//! have moved when it is paid for. Elements and their bounds are `crate::table`'s matter.

use super::{builtins, pieces};
use sarsen_module::{FuncIndex, TableIndex};

/// Bytes of an element.
const SLOT_BYTES: u64 = size_of::<sarsen_abi::Slot>() as u64;

/// Work on so many elements in [`pieces`].
fn parts(len: u64, backwards: bool) -> impl Iterator<Item = (u64, u64)> {
    // No table has so many that this overflows: the range has been checked.
    pieces(SLOT_BYTES * len, backwards).map(|(at, bytes)| (at / SLOT_BYTES, bytes / SLOT_BYTES))
}

builtins! {
    /// Grows a table: `init delta -> old size or -1`.
    grow |call| {
        let index = TableIndex(call.low());
        let id = call.instance().tables[index.index()];
        let (init, delta) = (call.arg(0), call.arg(1));
        let failed = if call.store.table_type(id).table64 { u64::MAX } else { u64::from(u32::MAX) };
        let mut old = None;
        let elements = call.store.table_elements();
        if call.store.can_grow_table(id, delta) {
            call.store.spend(SLOT_BYTES.saturating_mul(delta))?;
            // Paying for it can have run code that has grown it, or used up what all tables may have.
            if call.store.table_elements() == elements || call.store.can_grow_table(id, delta) {
                old = call.store.grow_table_now(id, delta, init);
            }
        }
        call.store.check_refusal()?;
        call.set(old.unwrap_or(failed));
        Ok(())
    }

    /// Fills a range: `at value len ->`.
    fill |call| {
        let index = TableIndex(call.low());
        let id = call.instance().tables[index.index()];
        let (at, value, len) = (call.arg(0), call.arg(1), call.arg(2));
        call.store.check_table(id, at, len)?;
        for (start, part) in parts(len, false) {
            call.store.spend(SLOT_BYTES * part)?;
            call.store.table_slice(id, at + start, part)?.fill(value);
        }
        Ok(())
    }

    /// An element: `index -> element`.
    element |call| {
        let index = TableIndex(call.low());
        let id = call.instance().tables[index.index()];
        let element = call.store.table_element(id, call.arg(0));
        call.set(element.unwrap_or(0));
        Ok(())
    }

    /// Makes all elements.
    finish |call| {
        let index = TableIndex(call.low());
        let id = call.instance().tables[index.index()];
        call.store.finish_table(id);
        Ok(())
    }

    /// Copies between tables: `to from len ->`.
    copy |call| {
        let (to, from) = (TableIndex(call.low()), TableIndex(call.high()));
        let tables = &call.instance().tables;
        let (to, from) = (tables[to.index()], tables[from.index()]);
        let (target, source, len) = (call.arg(0), call.arg(1), call.arg(2));
        call.store.check_table(from, source, len)?;
        call.store.check_table(to, target, len)?;
        // Parts in the order that reads all of an overlap before it is written.
        for (at, part) in parts(len, source < target) {
            call.store.spend(SLOT_BYTES * part)?;
            let source = call.store.table_slice(from, source + at, part)?.as_ptr();
            let target = call.store.table_slice(to, target + at, part)?.as_mut_ptr();
            std::ptr::copy(source, target, part as usize);
        }
        Ok(())
    }

    /// Copies from an element segment: `to from len ->`.
    init |call| {
        let id = call.id();
        let (segment, table) = (call.low(), TableIndex(call.high()));
        let (to, from, len) = (call.arg(0), call.arg(1), call.arg(2));
        call.store.check_table_init(id, segment, table, to, from, len)?;
        for (at, part) in parts(len, false) {
            call.store.spend(SLOT_BYTES * part)?;
            call.store.table_init(id, segment, table, to + at, from + at, part)?;
        }
        Ok(())
    }

    /// Drops an element segment.
    elem_drop |call| {
        let segment = call.low() as usize;
        call.instance().drop_elements(segment);
        Ok(())
    }

    /// A reference to a function: `-> reference`.
    ref_func |call| {
        let index = FuncIndex(call.low());
        let reference = call.instance().func(index).to_slot();
        call.set(reference);
        Ok(())
    }
}
