//! Structs and arrays: fields, elements, and objects that fit where the last one ended.
//!
//! All other objects are the runtime's to make. Offsets of fields are the module's matter.

use super::builtin::pair;
use super::{Translator, field};
use crate::convention::{HEAP_REF, POINTER, Region};
use cranelift_codegen::ir::{
    InstBuilder, MemFlagsData, Type, Value,
    condcodes::IntCC,
    types::{F32, F64, I8X16, I32, I64},
};
use sarsen_abi::VmHeap;
use sarsen_isa::{Builtin, Trap, fuel};
use sarsen_module::{
    ARRAY_LENGTH_OFFSET, ArrayLayout, FieldKind, OBJECT_HEADER_BYTES, OBJECT_TYPE_OFFSET, StructLayout,
};

/// Elements of an `array.new_fixed` that are written one by one; more go through the runtime.
const MAX_INLINE_ELEMENTS: u32 = 16;

/// How a field is packed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extend {
    Signed,
    Unsigned,
}

/// The type of a field's values on the stack.
fn unpacked(kind: FieldKind) -> Type {
    match kind {
        FieldKind::I8 | FieldKind::I16 | FieldKind::I32 => I32,
        FieldKind::I64 => I64,
        FieldKind::F32 => F32,
        FieldKind::F64 => F64,
        FieldKind::V128 => I8X16,
        FieldKind::FuncRef => POINTER,
        FieldKind::HeapRef => HEAP_REF,
    }
}

impl Translator<'_, '_> {
    fn struct_layout(&self, ty: u32) -> &StructLayout {
        let id = self.context.type_id(ty);
        self.context.registry().struct_layout(id).expect("validation has checked that this is a struct type")
    }

    fn array_layout(&self, ty: u32) -> ArrayLayout {
        let id = self.context.type_id(ty);
        *self.context.registry().array_layout(id).expect("validation has checked that this is an array type")
    }

    /// Accesses to objects may be unaligned: a vector is only aligned to a word.
    fn object_flags(&mut self) -> MemFlagsData {
        Region::Heap.unaligned(self.b.func)
    }

    fn read(&mut self, kind: FieldKind, extend: Extend, address: Value, offset: i32) -> Value {
        let flags = self.object_flags();
        match (kind, extend) {
            (FieldKind::I8, Extend::Signed) => self.b.ins().sload8(I32, flags, address, offset),
            (FieldKind::I8, Extend::Unsigned) => self.b.ins().uload8(I32, flags, address, offset),
            (FieldKind::I16, Extend::Signed) => self.b.ins().sload16(I32, flags, address, offset),
            (FieldKind::I16, Extend::Unsigned) => self.b.ins().uload16(I32, flags, address, offset),
            _ => self.b.ins().load(unpacked(kind), flags, address, offset),
        }
    }

    fn write(&mut self, kind: FieldKind, value: Value, address: Value, offset: i32) {
        let flags = self.object_flags();
        match kind {
            FieldKind::I8 => self.b.ins().istore8(flags, value, address, offset),
            FieldKind::I16 => self.b.ins().istore16(flags, value, address, offset),
            _ => self.b.ins().store(flags, value, address, offset),
        };
    }

    // Structs

    pub(super) fn struct_get(&mut self, ty: u32, field: u32, extend: Extend) {
        let reference = self.pop();
        let place = self.struct_layout(ty).fields[field as usize];
        self.check_not_null(reference, Trap::NullStructureReference);
        let object = self.object(reference);
        let value = self.read(place.kind, extend, object, place.offset as i32);
        self.push(value);
    }

    pub(super) fn struct_set(&mut self, ty: u32, field: u32) {
        let (value, reference) = (self.pop(), self.pop());
        let place = self.struct_layout(ty).fields[field as usize];
        self.check_not_null(reference, Trap::NullStructureReference);
        let object = self.object(reference);
        self.write(place.kind, value, object, place.offset as i32);
    }

    pub(super) fn struct_new(&mut self, ty: u32, is_default: bool) {
        let layout = self.struct_layout(ty).clone();
        self.charge(fuel::object_cost(layout.size));
        let fields = if is_default { Vec::new() } else { self.pop_many(layout.fields.len()) };
        let identity = self.type_identity(ty);
        let size = self.b.ins().iconst(I32, i64::from(layout.size));
        let header = self.b.ins().uextend(I64, identity);
        let builtin = if is_default { Builtin::StructNewDefault } else { Builtin::StructNew };
        let slow = |this: &mut Self| this.call_builtin(builtin, &fields, header, &[HEAP_REF])[0];
        if layout.size > VmHeap::LARGE {
            let reference = slow(self);
            self.push(reference);
            return;
        }
        let reference = self.bump(size, header, slow, |this, object| {
            for (place, &value) in layout.fields.iter().zip(&fields) {
                this.write(place.kind, value, object, place.offset as i32);
            }
        });
        self.push(reference);
    }

    /// A new object of `size` bytes, at most [`VmHeap::LARGE`] and a multiple of eight, with this header: where the last
    /// one ended if there is room, else wherever `slow` puts it. All its bytes are zero before `fill` runs.
    fn bump(
        &mut self,
        size: Value,
        header: Value,
        slow: impl FnOnce(&mut Self) -> Value,
        fill: impl FnOnce(&mut Self, Value),
    ) -> Value {
        let store = self.vm_store();
        let cursor = self.load_context(I32, store, field!(VmStore.heap.cursor));
        let limit = self.load_context(I32, store, field!(VmStore.heap.limit));
        let room = self.b.ins().isub(limit, cursor);
        let fits = self.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, size, room);
        let (here, elsewhere) = (self.b.create_block(), self.b.create_block());
        let done = self.new_block(&[HEAP_REF]);
        self.b.set_cold_block(elsewhere);
        self.b.ins().brif(fits, here, &[], elsewhere, &[]);
        self.b.seal_block(here);
        self.b.seal_block(elsewhere);
        self.b.switch_to_block(elsewhere);
        let made = slow(self);
        self.b.ins().jump(done, &[made.into()]);

        self.b.switch_to_block(here);
        let next = self.b.ins().iadd(cursor, size);
        self.store_context(next, store, field!(VmStore.heap.cursor));
        self.mark_start(store, cursor);
        let object = self.object(cursor);
        let flags = self.object_flags();
        self.b.ins().store(flags, header, object, OBJECT_TYPE_OFFSET as i32);
        fill(self, object);
        self.b.ins().jump(done, &[cursor.into()]);
        self.b.seal_block(done);
        self.b.switch_to_block(done);
        self.b.block_params(done)[0]
    }

    /// Notes that an object starts at an offset of the heap.
    fn mark_start(&mut self, store: Value, at: Value) {
        let starts = self.load_context(POINTER, store, field!(VmStore.heap.starts));
        let grain = self.b.ins().ushr_imm_u(at, i64::from(VmHeap::GRAIN.trailing_zeros()));
        let grain = self.b.ins().uextend(I64, grain);
        let word = self.b.ins().ushr_imm_u(grain, i64::from(u64::BITS.trailing_zeros()));
        let distance = self.b.ins().ishl_imm_u(word, i64::from(size_of::<u64>().trailing_zeros()));
        let address = self.b.ins().iadd(starts, distance);
        let one = self.b.ins().iconst(I64, 1);
        let bit = self.b.ins().ishl(one, grain);
        let bits = self.load_context(I64, address, 0);
        let bits = self.b.ins().bor(bits, bit);
        self.store_context(bits, address, 0);
    }

    // Arrays

    /// The address of an element, behind which its offset in the object is still to be added.
    fn element(&mut self, layout: ArrayLayout, reference: Value, index: Value) -> Value {
        self.check_not_null(reference, Trap::NullArrayReference);
        let object = self.object(reference);
        let flags = self.object_flags();
        let len = self.b.ins().load(I32, flags, object, ARRAY_LENGTH_OFFSET as i32);
        let outside = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, index, len);
        self.trap_if(outside, Trap::ArrayOutOfBounds);
        let index = self.b.ins().uextend(I64, index);
        let distance = self.b.ins().ishl_imm_u(index, i64::from(layout.element.size().trailing_zeros()));
        let address = self.b.ins().iadd(object, distance);
        if self.context.options.spectre_guards {
            return self.b.ins().select_spectre_guard(outside, object, address);
        }
        address
    }

    pub(super) fn array_get(&mut self, ty: u32, extend: Extend) {
        let (index, reference) = (self.pop(), self.pop());
        let layout = self.array_layout(ty);
        let address = self.element(layout, reference, index);
        let value = self.read(layout.element, extend, address, OBJECT_HEADER_BYTES as i32);
        self.push(value);
    }

    pub(super) fn array_set(&mut self, ty: u32) {
        let (value, index, reference) = (self.pop(), self.pop(), self.pop());
        let layout = self.array_layout(ty);
        let address = self.element(layout, reference, index);
        self.write(layout.element, value, address, OBJECT_HEADER_BYTES as i32);
    }

    pub(super) fn array_len(&mut self) {
        let reference = self.pop();
        self.check_not_null(reference, Trap::NullArrayReference);
        let object = self.object(reference);
        let flags = self.object_flags();
        let len = self.b.ins().load(I32, flags, object, ARRAY_LENGTH_OFFSET as i32);
        self.push(len);
    }

    /// The immediate of a runtime function: identity of a type, and another number.
    fn type_and(&mut self, ty: u32, high: u32) -> Value {
        let identity = self.type_identity(ty);
        let identity = self.b.ins().uextend(I64, identity);
        if high == 0 {
            return identity;
        }
        self.b.ins().bor_imm_s(identity, pair(0, high) as i64)
    }

    pub(super) fn array_builtin(
        &mut self,
        builtin: Builtin,
        ty: u32,
        high: u32,
        operands: usize,
        makes: bool,
    ) {
        let immediate = self.type_and(ty, high);
        let results: &[Type] = if makes { &[HEAP_REF] } else { &[] };
        self.builtin_with(builtin, immediate, operands, results);
    }

    pub(super) fn array_copy(&mut self, to: u32, from: u32) {
        let (to, from) = (self.type_identity(to), self.type_identity(from));
        let (to, from) = (self.b.ins().uextend(I64, to), self.b.ins().uextend(I64, from));
        let from = self.b.ins().ishl_imm_u(from, i64::from(u32::BITS));
        let immediate = self.b.ins().bor(to, from);
        self.builtin_with(Builtin::ArrayCopy, immediate, 5, &[]);
    }

    pub(super) fn array_new_default(&mut self, ty: u32) {
        let len = self.pop();
        let layout = self.array_layout(ty);
        let immediate = self.type_and(ty, 0);
        // What is long pays fuel, and is the runtime's.
        let wide = self.b.ins().uextend(I64, len);
        let bytes = self.b.ins().ishl_imm_u(wide, i64::from(layout.element.size().trailing_zeros()));
        let padded = self.b.ins().iadd_imm_s(bytes, i64::from(OBJECT_HEADER_BYTES + VmHeap::GRAIN - 1));
        let size = self.b.ins().band_imm_s(padded, -i64::from(VmHeap::GRAIN));
        let is_small =
            self.b.ins().icmp_imm_s(IntCC::UnsignedLessThanOrEqual, size, i64::from(VmHeap::LARGE));
        let too_large = self.b.ins().iconst(I32, i64::from(u32::MAX));
        let size = self.b.ins().ireduce(I32, size);
        let size = self.b.ins().select(is_small, size, too_large);
        let shifted = self.b.ins().ishl_imm_u(wide, i64::from(u32::BITS));
        let header = self.b.ins().bor(shifted, immediate);
        let slow =
            |this: &mut Self| this.call_builtin(Builtin::ArrayNewDefault, &[len], immediate, &[HEAP_REF])[0];
        let reference =
            if self.context.options.fuel { slow(self) } else { self.bump(size, header, slow, |_, _| {}) };
        self.push(reference);
    }

    pub(super) fn array_new_fixed(&mut self, ty: u32, len: u32) {
        let layout = self.array_layout(ty);
        if len > MAX_INLINE_ELEMENTS || self.context.options.fuel {
            self.array_builtin(Builtin::ArrayNewFixed, ty, len, len as usize, true);
            return;
        }
        let elements = self.pop_many(len as usize);
        let header = self.type_and(ty, len);
        let size = self.b.ins().iconst(I32, layout.size(len) as i64);
        let slow =
            |this: &mut Self| this.call_builtin(Builtin::ArrayNewFixed, &elements, header, &[HEAP_REF])[0];
        let reference = self.bump(size, header, slow, |this, object| {
            for (index, &value) in (0..).zip(&elements) {
                let offset = OBJECT_HEADER_BYTES + index * layout.element.size();
                this.write(layout.element, value, object, offset as i32);
            }
        });
        self.push(reference);
    }
}
