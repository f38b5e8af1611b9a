//! What code pays, and where it looks whether to go on: the same blocks as in the interpreter.
//!
//! A block's cost is known at its end, and paid at its start.

use super::{Translator, field};
use crate::lower::Traps;
use cranelift_codegen::ir::{
    self, Inst, InstBuilder, InstructionData,
    condcodes::IntCC,
    types::{I32, I64},
};
use sarsen_abi::Exit;
use sarsen_isa::{Op, Trap};

/// The block whose costs are being added up.
#[derive(Clone, Copy)]
pub(super) struct Fuel {
    /// The constant that holds its cost.
    constant: Option<Inst>,
    cost: i64,
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
        let store = self.vm_store();
        let cost = self.b.ins().iconst(I64, 0);
        let constant = self.b.func.dfg.value_def(cost).inst();
        let fuel = self.load_context(I64, store, field!(VmStore.fuel));
        let left = self.b.ins().isub(fuel, cost);
        let exhausted = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, left, 0);
        self.traps.trap_if(&mut self.b, exhausted, Trap::OutOfFuel);
        self.store_context(left, store, field!(VmStore.fuel));
        self.fuel = Some(Fuel { constant, cost: 0 });
    }

    /// Adds an operator to the current block's cost.
    pub(super) fn charge(&mut self, op: Op) {
        let Some(fuel) = &mut self.fuel else { return };
        fuel.cost += i64::from(sarsen_isa::fuel::cost(op));
        if let Some(constant) = fuel.constant {
            let imm = ir::immediates::Imm64::new(fuel.cost);
            self.b.func.dfg.insts[constant] = InstructionData::UnaryImm { opcode: ir::Opcode::Iconst, imm };
        }
    }

    /// Looks whether another thread wants code to stop.
    pub(super) fn poll(&mut self) {
        if !self.context.options.interruptible {
            return;
        }
        let store = self.vm_store();
        let flag = self.load_fixed(crate::convention::POINTER, store, field!(VmStore.interrupt));
        // Others write the flag: what it was at an earlier look says nothing, though nothing here has been stored since.
        self.b.ins().sequence_point();
        let asked = self.load_context(I32, flag, 0);
        let (stop, go) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(stop);
        self.b.ins().brif(asked, stop, &[], go, &[]);
        self.b.seal_block(stop);
        self.b.seal_block(go);
        self.b.switch_to_block(stop);
        let none = self.b.ins().iconst(I32, 0);
        self.store_context(none, flag, 0);
        self.raise(Exit::trap(Trap::Interrupted));
        self.b.switch_to_block(go);
    }
}
