//! Exceptions: nothing but its price on the way into a `try_table`; its clauses are landing pads that only unwinding reaches.

use super::block::Opener;
use super::{Translator, field};
use crate::convention::{HEAP_REF, Region, slots};
use cranelift_codegen::ir::{
    self, BlockArg, BlockCall, ExceptionTable, ExceptionTableData, ExceptionTableItem, ExceptionTag,
    InstBuilder, SigRef, types::I64,
};
use sarsen_abi::{Exit, SLOT_BYTES};
use sarsen_isa::{Builtin, Trap, fuel};
use sarsen_module::TagIndex;
use wasmparser::{Catch, TryTable};

/// A clause of an open `try_table`.
#[derive(Clone, Copy)]
pub(super) struct Handler {
    tag: Option<u32>,
    with_reference: bool,
    /// The block that it goes to, by number.
    target: usize,
    /// Where unwinding arrives, with the exception.
    pad: ir::Block,
}

impl Translator<'_, '_> {
    pub(super) fn try_table(&mut self, table: &TryTable) {
        let known = self.handlers.len();
        let handlers: Vec<Handler> = table
            .catches
            .iter()
            .map(|clause| {
                let (tag, with_reference, label) = match *clause {
                    Catch::One { tag, label } => (Some(tag), false, label),
                    Catch::OneRef { tag, label } => (Some(tag), true, label),
                    Catch::All { label } => (None, false, label),
                    Catch::AllRef { label } => (None, true, label),
                };
                let target = self.target(label);
                Handler { tag, with_reference, target, pad: self.new_block(&[I64]) }
            })
            .collect();
        // The innermost come last, the first clause of each last of all: they are searched from the end.
        self.handlers.extend(handlers.into_iter().rev());
        let (params, results) = self.context.block_types(table.ty);
        let named = self.name_operands(params.len());
        self.open(Opener::Try(known), &super::block::Signature { params, results });
        self.mark_named(named);
        self.start_fuel();
        let tags = self.handlers[known..].iter().map(|handler| handler.tag);
        let price = tags.map(|tag| fuel::clause_cost(tag.map_or(0, |tag| self.payload(tag)))).sum();
        self.charge(price);
    }

    /// The end of a `try_table` that has just been popped: its landing pads.
    pub(super) fn end_try(&mut self, known: usize, height: usize) {
        for handler in self.handlers.split_off(known).into_iter().rev() {
            self.b.seal_block(handler.pad);
            self.arrive(handler.pad);
            self.reload_fuel();
            self.stack.truncate(height);
            let exception = self.b.block_params(handler.pad)[0];
            let exception = self.b.ins().ireduce(HEAP_REF, exception);
            if let Some(tag) = handler.tag {
                self.push_payload(exception, tag);
            }
            if handler.with_reference {
                self.push(exception);
            }
            self.leave_to(handler.target);
        }
        self.reachable = false;
    }

    fn push_payload(&mut self, exception: ir::Value, tag: u32) {
        let types = self.context.types(&self.context.module.tag_type(TagIndex(tag)).params);
        let object = self.object(exception);
        let flags = Region::Heap.unaligned(self.b.func);
        let mut offset = sarsen_vm::EXCEPTION_PAYLOAD as i32;
        for ty in types {
            let value = self.b.ins().load(ty, flags, object, offset);
            offset += (slots(ty) as usize * SLOT_BYTES) as i32;
            self.push(value);
        }
    }

    pub(super) fn has_handlers(&self) -> bool {
        !self.handlers.is_empty()
    }

    /// The table of a call: where it returns to, and the clauses around, innermost first.
    pub(super) fn handler_table(&mut self, signature: SigRef, normal: BlockCall) -> ExceptionTable {
        let mut items = vec![ExceptionTableItem::Context(self.vm)];
        for handler in self.handlers.iter().rev() {
            let pad = self.b.func.dfg.block_call(handler.pad, &[BlockArg::TryCallExn(0)]);
            match handler.tag {
                Some(tag) => items.push(ExceptionTableItem::Tag(ExceptionTag::from_u32(tag), pad)),
                None => {
                    items.push(ExceptionTableItem::Default(pad));
                    break;
                }
            }
        }
        self.effort.spend_on_handlers(items.len() - 1);
        self.b.func.dfg.exception_tables.push(ExceptionTableData::new(signature, normal, items))
    }

    /// Slots of what exceptions with this tag carry.
    fn payload(&self, tag: u32) -> u32 {
        self.context.module.tag_type(TagIndex(tag)).param_slots()
    }

    pub(super) fn throw(&mut self, tag: u32) {
        self.charge(fuel::slots_cost(self.payload(tag)));
        let count = self.context.module.tag_type(TagIndex(tag)).params.len();
        self.builtin(Builtin::ExceptionNew, u64::from(tag), count, &[HEAP_REF]);
        let exception = self.pop();
        self.throw_exception(exception);
    }

    pub(super) fn throw_ref(&mut self) {
        let exception = self.pop();
        self.check_not_null(exception, Trap::NullExceptionReference);
        self.throw_exception(exception);
    }

    fn throw_exception(&mut self, exception: ir::Value) {
        let store = self.vm_store();
        self.store_context(exception, store, field!(VmStore.exception));
        self.raise(Exit::EXCEPTION);
        self.reachable = false;
    }
}
