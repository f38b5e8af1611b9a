//! Growth and bulk operations of tables, and references to functions.
//!
//! What would trap for its operands does so first; then fuel is paid, and without it nothing has happened. Elements and
//! their bounds are `crate::table`'s matter.

use super::builtins;
use sarsen_module::{FuncIndex, TableIndex};

/// Bytes of an element.
const SLOT_BYTES: u64 = size_of::<sarsen_abi::Slot>() as u64;

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
        call.store.spend(SLOT_BYTES * len)?;
        call.store.table_slice(id, at, len)?.fill(value);
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
        let len = call.arg(2);
        call.store.check_table(from, call.arg(1), len)?;
        call.store.check_table(to, call.arg(0), len)?;
        call.store.spend(SLOT_BYTES * len)?;
        let source = call.store.table_slice(from, call.arg(1), len)?.as_ptr();
        let target = call.store.table_slice(to, call.arg(0), len)?.as_mut_ptr();
        // Both ranges were checked, and may overlap.
        std::ptr::copy(source, target, len as usize);
        Ok(())
    }

    /// Copies from an element segment: `to from len ->`.
    init |call| {
        let id = call.id();
        let (segment, table) = (call.low(), TableIndex(call.high()));
        let (to, from, len) = (call.arg(0), call.arg(1), call.arg(2));
        call.store.check_table_init(id, segment, table, to, from, len)?;
        call.store.spend(SLOT_BYTES * len)?;
        call.store.table_init(id, segment, table, to, from, len)?;
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
