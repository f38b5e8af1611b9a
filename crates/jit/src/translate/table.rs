//! Tables: elements by index, and what is known about those that nobody writes to.

use super::builtin::pair;
use super::function::Shim;
use super::{Context, Translator, field};
use crate::convention::{POINTER, Region, ref_type};
use crate::known::Found;
use cranelift_codegen::ir::{
    InstBuilder, Type, Value,
    condcodes::IntCC,
    types::{I32, I64},
};
use sarsen_abi::{SLOT_BYTES, VmInstance};
use sarsen_isa::{Builtin, Trap};
use sarsen_module::{HeapType, Hierarchy, TableIndex, TableType, TypeId};

impl Context<'_> {
    /// Whether all that a table can ever hold is null or a function of type `ty`.
    pub(super) fn table_holds(&self, table: u32, ty: TypeId) -> bool {
        let element = self.module.table_type(TableIndex(table)).element;
        let is_typed =
            matches!(element.heap, HeapType::Concrete(held) if self.registry().is_subtype(held, ty));
        is_typed || self.tables.find(table, ty) == Found::Fitting
    }

    /// Whether an element that is zero may be a function whose record is still to be made.
    fn makes_elements_later(&self, table: u32) -> bool {
        let element = self.module.table_type(TableIndex(table)).element;
        self.registry().hierarchy(element.heap) == Hierarchy::Func && self.tables.may_be_later(table)
    }
}

impl Translator<'_, '_> {
    /// The type of a table's indices and sizes.
    pub(super) fn table_index_type(&self, table: u32) -> Type {
        if self.context.module.table_type(TableIndex(table)).table64 { I64 } else { I32 }
    }

    /// The type of a table's elements.
    fn element_type(&self, table: u32) -> Type {
        ref_type(self.context.registry(), self.context.module.table_type(TableIndex(table)).element)
    }

    /// The address of an element that is known to be there when this is past.
    pub(super) fn element_address(&mut self, table: u32, index: Value, trap: Trap) -> Value {
        let ty = self.context.module.table_type(TableIndex(table));
        let index = if ty.table64 { index } else { self.b.ins().uextend(I64, index) };
        let (base, len) = self.elements(table, &ty);
        let outside = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, index, len);
        self.trap_if(outside, trap);
        let distance = self.b.ins().ishl_imm_u(index, i64::from(SLOT_BYTES.trailing_zeros()));
        let address = self.b.ins().iadd(base, distance);
        if self.context.options.spectre_guards {
            // Element 0, whatever that is: or nothing, if there is none.
            return self.b.ins().select_spectre_guard(outside, base, address);
        }
        address
    }

    /// The address of a table's element 0, and how many there are. A table that cannot change has it in the instance: the
    /// fewer loads there are, the earlier an indirect call is known to have been predicted wrongly.
    fn elements(&mut self, table: u32, ty: &TableType) -> (Value, Value) {
        if ty.max == Some(ty.min) {
            let globals = self.context.module.global_inits().len();
            let base = self.load_fixed(POINTER, self.vm, VmInstance::table_offset(globals, table as usize));
            return (base, self.pointer_constant(ty.min));
        }
        let at = self.entity(field!(VmInstance.tables), table);
        let base = self.load_context(POINTER, at, field!(VmTable.base));
        (base, self.load_context(I64, at, field!(VmTable.len)))
    }

    pub(super) fn table_get(&mut self, table: u32) {
        let index = self.pop();
        let value = self.table_element(table, index, Trap::TableOutOfBounds);
        self.push(value);
    }

    /// The element at an index.
    pub(super) fn table_element(&mut self, table: u32, index: Value, outside: Trap) -> Value {
        let address = self.element_address(table, index, outside);
        let flags = Region::Table.flags(self.b.func);
        let ty = self.element_type(table);
        let element = self.b.ins().load(ty, flags, address, 0);
        if !self.context.makes_elements_later(table) {
            return element;
        }
        self.unless_null(element, Shim::Element, |translator| {
            vec![translator.pointer_constant(u64::from(table)), translator.as_slot(index)]
        })
    }

    /// Before a value is written: a null means that there is nothing to make of the element.
    fn finish_before_null(&mut self, table: u32, value: Value) {
        if !self.context.makes_elements_later(table) {
            return;
        }
        let (finish, go) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(finish);
        self.b.ins().brif(value, go, &[], finish, &[]);
        self.b.seal_block(finish);
        self.b.switch_to_block(finish);
        let table = self.pointer_constant(u64::from(table));
        self.call_builtin(Builtin::TableFinish, &[], table, &[]);
        self.b.ins().jump(go, &[]);
        self.b.seal_block(go);
        self.b.switch_to_block(go);
    }

    pub(super) fn table_set(&mut self, table: u32) {
        let value = self.pop();
        let index = self.pop();
        let address = self.element_address(table, index, Trap::TableOutOfBounds);
        self.finish_before_null(table, value);
        let value = self.as_slot(value);
        let flags = Region::Table.flags(self.b.func);
        self.b.ins().store(flags, value, address, 0);
    }

    /// A reference as it lies in a slot.
    pub(super) fn as_slot(&mut self, reference: Value) -> Value {
        match self.value_type(reference) {
            I32 => self.b.ins().uextend(I64, reference),
            _ => reference,
        }
    }

    pub(super) fn table_size(&mut self, table: u32) {
        let at = self.entity(field!(VmInstance.tables), table);
        let len = self.load_context(I64, at, field!(VmTable.len));
        let size = match self.table_index_type(table) {
            I32 => self.b.ins().ireduce(I32, len),
            _ => len,
        };
        self.push(size);
    }

    pub(super) fn table_grow(&mut self, table: u32) {
        let ty = self.table_index_type(table);
        self.builtin(Builtin::TableGrow, u64::from(table), 2, &[ty]);
    }

    pub(super) fn table_copy(&mut self, to: u32, from: u32) {
        self.builtin(Builtin::TableCopy, pair(to, from), 3, &[]);
    }
}
