//! Allocation and bulk operations of structs, arrays and exceptions.
//!
//! Operands stay in their slots until the object exists: there the collector sees them. What would trap for its operands
//! does so first; then fuel is paid, for new objects at once, and for work on old ones piece by piece, before each is done. Where
//! objects lie is `crate::gc`'s matter.

use super::{Call, builtins, pieces};
use crate::gc::write;
use crate::store::StoreInner;
use sarsen_abi::Exit;
use sarsen_abi::RefTest;
use sarsen_isa::Trap;
use sarsen_module::{FieldKind, TypeId};

/// Bytes that a fill copies at once: few enough to be in the cache still.
const MAX_COPIED: usize = 16 << 10;

/// The type that the first immediate names.
fn ty(call: &Call<'_>) -> TypeId {
    TypeId::from_u32(call.low())
}

/// The operand of a field of this kind that starts at slot `at`, and the slot behind it.
fn operand(call: &Call<'_>, at: usize, kind: FieldKind) -> ([u64; 2], usize) {
    match kind {
        FieldKind::V128 => ([call.arg(at), call.arg(at + 1)], at + 2),
        _ => ([call.arg(at), 0], at + 1),
    }
}

/// Bytes of `len` elements.
fn bytes(kind: FieldKind, len: u32) -> u64 {
    u64::from(len) * u64::from(kind.size())
}

/// A new array of `len` default values; its address and its reference.
fn new_array(call: &mut Call<'_>, len: u32) -> Result<(u32, FieldKind), Exit> {
    let ty = ty(call);
    let kind = call.store.array_layout(ty)?.element;
    call.store.spend(bytes(kind, len))?;
    Ok((call.store.new_array(ty, len)?, kind))
}

/// Fills elements with one value.
///
/// # Safety
/// There must be `len` elements at `at`.
unsafe fn fill(at: *mut u8, kind: FieldKind, value: [u64; 2], len: u32) {
    let (size, len) = (kind.size() as usize, len as usize);
    if len == 0 {
        return;
    }
    // One element as its kind has it, then copies of what is there, twice as many each time.
    // SAFETY: by contract.
    unsafe {
        write(at, kind, value);
        let mut done = 1;
        while done < len {
            let count = done.min(len - done).min(MAX_COPIED / size);
            at.add(done * size).copy_from_nonoverlapping(at, count * size);
            done += count;
        }
    }
}

builtins! {
    /// `fields -> struct`
    struct_new |call| {
        let ty = ty(call);
        // Types are never freed, and the store keeps the registry: no need to count a reference per object.
        let registry = &*std::sync::Arc::as_ptr(call.store.registry());
        let layout = registry.struct_layout(ty).ok_or(Trap::CastFailure)?;
        let reference = call.store.new_struct_of(ty, layout)?;
        let mut at = 0;
        for field in &layout.fields {
            let (value, next) = operand(call, at, field.kind);
            call.store.write_field(reference, field.offset, field.kind, value);
            at = next;
        }
        call.set(u64::from(reference));
        Ok(())
    }

    /// `-> struct`
    struct_new_default |call| {
        let reference = call.store.new_struct(ty(call))?;
        call.set(u64::from(reference));
        Ok(())
    }

    /// `value len -> array`
    array_new |call| {
        let kind = call.store.array_layout(ty(call))?.element;
        let (value, at) = operand(call, 0, kind);
        let len = call.arg32(at);
        let (reference, kind) = new_array(call, len)?;
        if value != [0; 2] {
            fill(call.store.array_range(reference, kind, 0, len)?, kind, value, len);
        }
        call.set(u64::from(reference));
        Ok(())
    }

    /// `len -> array`
    array_new_default |call| {
        let (reference, _) = new_array(call, call.arg32(0))?;
        call.set(u64::from(reference));
        Ok(())
    }

    /// `values -> array`
    array_new_fixed |call| {
        let len = call.high();
        let (reference, kind) = new_array(call, len)?;
        let mut at = 0;
        for index in 0..len {
            let (value, next) = operand(call, at, kind);
            call.store.write_field(reference, StoreInner::element_offset(kind, index), kind, value);
            at = next;
        }
        call.set(u64::from(reference));
        Ok(())
    }

    /// `offset len -> array`, from a data segment
    array_new_data |call| {
        let (from, len) = (u64::from(call.arg32(0)), call.arg32(1));
        let (id, segment) = (call.id(), call.high());
        let kind = call.store.array_layout(ty(call))?.element;
        call.store.data_slice(id, segment, from, bytes(kind, len))?;
        let (reference, kind) = new_array(call, len)?;
        let to = call.store.array_range(reference, kind, 0, len)?;
        let source = call.store.data_slice(id, segment, from, bytes(kind, len))?;
        to.copy_from_nonoverlapping(source.as_ptr(), source.len());
        call.set(u64::from(reference));
        Ok(())
    }

    /// `offset len -> array`, from an element segment
    array_new_elem |call| {
        let (from, len) = (u64::from(call.arg32(0)), call.arg32(1));
        let segment = call.high();
        call.instance().check_elements(segment, from, u64::from(len))?;
        // The segment keeps the values alive while the array is made.
        let (reference, kind) = new_array(call, len)?;
        // Paying for it can have run code that has dropped the segment.
        call.instance().check_elements(segment, from, u64::from(len))?;
        store_elements(call, (reference, kind), 0, (segment, from), len);
        call.set(u64::from(reference));
        Ok(())
    }

    /// `array at value len ->`
    array_fill |call| {
        let kind = call.store.array_layout(ty(call))?.element;
        let (value, next) = operand(call, 2, kind);
        let len = call.arg32(next);
        let at = call.store.array_range(call.arg32(0), kind, call.arg32(1), len)?;
        for (start, piece) in pieces(bytes(kind, len), false) {
            call.store.spend(piece)?;
            fill(at.add(start as usize), kind, value, piece as u32 / kind.size());
        }
        Ok(())
    }

    /// `to at from at len ->`
    array_copy |call| {
        let kind = call.store.array_layout(ty(call))?.element;
        let len = call.arg32(4);
        let to = call.store.array_range(call.arg32(0), kind, call.arg32(1), len)?;
        let from = call.store.array_range(call.arg32(2), kind, call.arg32(3), len)?;
        for (start, piece) in pieces(bytes(kind, len), from.cast_const() < to) {
            call.store.spend(piece)?;
            std::ptr::copy(from.add(start as usize), to.add(start as usize), piece as usize);
        }
        Ok(())
    }

    /// `array at offset len ->`, from a data segment
    array_init_data |call| {
        let kind = call.store.array_layout(ty(call))?.element;
        let (from, len) = (u64::from(call.arg32(2)), call.arg32(3));
        let to = call.store.array_range(call.arg32(0), kind, call.arg32(1), len)?;
        let (id, segment) = (call.id(), call.high());
        call.store.data_slice(id, segment, from, bytes(kind, len))?;
        for (start, piece) in pieces(bytes(kind, len), false) {
            call.store.spend(piece)?;
            // Paying for it can have run code that has dropped the segment.
            let source = call.store.data_slice(id, segment, from + start, piece)?;
            to.add(start as usize).copy_from_nonoverlapping(source.as_ptr(), source.len());
        }
        Ok(())
    }

    /// `array at offset len ->`, from an element segment
    array_init_elem |call| {
        let kind = call.store.array_layout(ty(call))?.element;
        let (from, len) = (u64::from(call.arg32(2)), call.arg32(3));
        call.store.array_range(call.arg32(0), kind, call.arg32(1), len)?;
        let segment = call.high();
        call.instance().check_elements(segment, from, u64::from(len))?;
        for (start, piece) in pieces(bytes(kind, len), false) {
            call.store.spend(piece)?;
            // As above.
            call.instance().check_elements(segment, from, u64::from(len))?;
            let [done, part] = [start, piece].map(|bytes| bytes as u32 / kind.size());
            let (array, at) = ((call.arg32(0), kind), call.arg32(1) + done);
            store_elements(call, array, at, (segment, from + u64::from(done)), part);
        }
        Ok(())
    }

    /// `payload -> exception`
    exception_new |call| {
        let tag = *(*call.instance).tags.add(call.low() as usize);
        let slots = call.store.registry().func_type(TypeId::from_u32((*tag).ty)).map_or(0, |ty| ty.param_slots());
        let payload = call.args(0, slots as usize).to_vec();
        let reference = call.store.exception_of(tag, &payload)?;
        call.set(u64::from(reference));
        Ok(())
    }

    /// `sub -> i32`
    is_subtype |call| {
        let (sub, sup) = (TypeId::from_u32(call.arg32(0)), ty(call));
        let answer = call.store.registry().is_subtype(sub, sup);
        call.set(u64::from(answer));
        Ok(())
    }

    /// `reference -> i32`
    ref_matches |call| {
        let answer = call.store.ref_matches(call.arg(0), RefTest::decode(call.imm));
        call.set(u64::from(answer));
        Ok(())
    }
}

/// Writes elements of a segment into an array. Both have all of them.
fn store_elements(
    call: &mut Call<'_>,
    (array, kind): (u32, FieldKind),
    at: u32,
    (segment, from): (u32, u64),
    len: u32,
) {
    for (to, from) in (at..).zip(from..).take(len as usize) {
        let value = call.instance().element(segment, from);
        call.store.write_field(array, StoreInner::element_offset(kind, to), kind, [value, 0]);
    }
}
