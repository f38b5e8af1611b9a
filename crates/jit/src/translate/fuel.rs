//! What code pays, and where it looks whether to go on: the same blocks as in the interpreter.
//!
//! A block's cost is known at its end, and paid at its start. How much there is stays in a register between calls: to read what
//! has just been written would take longer than most blocks.

use super::function::{OfModule, Shim};
use super::{Translator, field};
use cranelift_codegen::ir::{
    self, Block, Inst, InstBuilder, InstructionData, Value,
    condcodes::IntCC,
    types::{I32, I64},
};
use sarsen_isa::fuel;

/// The block whose costs are being added up.
#[derive(Clone, Copy)]
pub(super) struct Fuel {
    /// The constant that holds its cost.
    constant: Option<Inst>,
    cost: u32,
}

impl Fuel {
    pub(super) const NONE: Fuel = Fuel { constant: None, cost: 0 };
}

impl Translator<'_, '_> {
    /// Charges for operators from here on as one block.
    pub(super) fn start_fuel(&mut self) {
        if self.fuel.is_none() {
            return;
        }
        let Some(known) = self.fuel_left else { return };
        let cost = self.b.ins().iconst(I64, 0);
        let constant = self.b.func.dfg.value_def(cost).inst();
        let before = self.b.use_var(known);
        let left = self.b.ins().isub(before, cost);
        let exhausted = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, left, 0);
        let (refuel, go) = (self.b.create_block(), self.b.create_block());
        let paid = self.b.append_block_param(go, I64);
        self.b.ins().brif(exhausted, refuel, &[], go, &[left.into()]);
        self.call_aside(refuel, Shim::Refuel, &[cost]);
        let more = self.b.use_var(known);
        let left = self.b.ins().isub(more, cost);
        self.b.ins().jump(go, &[left.into()]);
        self.b.seal_block(go);
        self.b.switch_to_block(go);
        self.set_fuel_left(paid);
        self.fuel = Some(Fuel { constant, cost: 0 });
    }

    /// Adds to the current block's cost.
    pub(super) fn charge(&mut self, more: u64) {
        let Some(paid) = &mut self.fuel else { return };
        paid.cost = fuel::add(paid.cost, more);
        if let Some(constant) = paid.constant {
            let imm = ir::immediates::Imm64::new(paid.cost.into());
            self.b.func.dfg.insts[constant] = InstructionData::UnaryImm { opcode: ir::Opcode::Iconst, imm };
        }
    }

    /// Before anything is paid: from here on, it is known how much there is.
    pub(super) fn declare_fuel(&mut self) {
        if self.fuel.is_some() {
            self.fuel_left = Some(self.b.declare_var(I64));
            self.reload_fuel();
        }
    }

    /// After something that may have used some.
    pub(super) fn reload_fuel(&mut self) {
        let Some(known) = self.fuel_left else { return };
        let store = self.vm_store();
        let fuel = self.load_context(I64, store, field!(VmStore.fuel));
        self.b.def_var(known, fuel);
    }

    /// What work on so many bytes would leave, if that is counted: less than nothing if there is too little.
    pub(super) fn fuel_after(&mut self, bytes: Value) -> Option<Value> {
        let before = self.b.use_var(self.fuel_left?);
        let cost = self.b.ins().ushr_imm_u(bytes, i64::from(fuel::BULK_SHIFT));
        Some(self.b.ins().isub(before, cost))
    }

    /// After something has been paid: so much is left.
    pub(super) fn set_fuel_left(&mut self, left: Value) {
        let Some(known) = self.fuel_left else { return };
        self.b.def_var(known, left);
        // It is there for whatever may stop here.
        let store = self.vm_store();
        self.store_context(left, store, field!(VmStore.fuel));
    }

    /// Starts a cold block with a call of the runtime between two operators, which leaves all registers as they are.
    fn call_aside(&mut self, block: Block, shim: Shim, args: &[Value]) {
        self.b.set_cold_block(block);
        self.b.seal_block(block);
        self.b.switch_to_block(block);
        // Memories can move meanwhile.
        self.checked.clear();
        let shim = self.function(OfModule::Shim(shim));
        let mut operands = vec![self.vm];
        operands.extend(args);
        self.b.ins().call(shim, &operands);
        self.reload_fuel();
    }

    /// Looks whether code is asked for something.
    pub(super) fn poll(&mut self) {
        if !self.context.options.interruptible {
            return;
        }
        let store = self.vm_store();
        let flag = self.load_fixed(crate::convention::POINTER, store, field!(VmStore.interrupt));
        // Others write the flag: what it was at an earlier look says nothing, though nothing here has been stored since.
        self.b.ins().sequence_point();
        let asked = self.load_context(I32, flag, 0);
        let (attend, go) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(asked, attend, &[], go, &[]);
        self.call_aside(attend, Shim::Attend, &[]);
        self.b.ins().jump(go, &[]);
        self.b.seal_block(go);
        self.b.switch_to_block(go);
    }
}
