//! Calls of the runtime: operands and results lie in slots on the native stack.

use super::function::{OfModule, Shim};
use super::{Translator, field};
use crate::convention::{POINTER, Region};
use crate::slots;
use crate::trap::UNREACHABLE;
use cranelift_codegen::ir::{InstBuilder, StackSlotData, StackSlotKind, Type, Value, types::I32};
use sarsen_abi::Exit;
use sarsen_isa::Builtin;

/// Two 32-bit immediates in one.
pub(super) fn pair(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

impl Translator<'_, '_> {
    /// Calls a runtime function with the top `count` values and pushes results of these types.
    pub(super) fn builtin(&mut self, builtin: Builtin, immediate: u64, count: usize, results: &[Type]) {
        let immediate = self.pointer_constant(immediate);
        self.builtin_with(builtin, immediate, count, results);
    }

    /// As [`Translator::builtin`], with an immediate that is known when code runs.
    pub(super) fn builtin_with(
        &mut self,
        builtin: Builtin,
        immediate: Value,
        count: usize,
        results: &[Type],
    ) {
        let operands = self.pop_many(count);
        let results = self.call_builtin(builtin, &operands, immediate, results);
        self.stack.extend(results);
    }

    /// Calls a runtime function.
    pub(super) fn call_builtin(
        &mut self,
        builtin: Builtin,
        operands: &[Value],
        immediate: Value,
        results: &[Type],
    ) -> Vec<Value> {
        let taken = slots::count(operands.iter().map(|&value| self.value_type(value)));
        let given = slots::count(results.iter().copied());
        let address = self.scratch(taken.max(given));
        let flags = Region::Slots.unaligned(self.b.func);
        slots::write(&mut self.b, flags, address, operands);
        let functions = self.load_fixed(POINTER, self.vm, field!(VmInstance.functions));
        let place = field!(VmFunctions.builtins) + builtin as usize * size_of::<sarsen_abi::Builtin>();
        let function = self.load_fixed(POINTER, functions, place);
        let shim = self.function(OfModule::Shim(Shim::Builtin));
        self.b.ins().call(shim, &[self.vm, address, immediate, function]);
        // What has been checked stays so, but memories can move: they grow, or the embedder is asked for fuel and grows them.
        self.checked.clear();
        self.reload_fuel();
        slots::read(&mut self.b, flags, address, results)
    }

    /// Stops with an exit; nothing follows.
    pub(super) fn raise(&mut self, exit: Exit) {
        let shim = self.function(OfModule::Shim(Shim::Raise));
        let exit = self.b.ins().iconst(I32, i64::from(exit.0));
        // What is thrown may be caught here.
        self.emit_call(super::call::Callee::Direct(shim), &[self.vm, exit]);
        self.b.ins().trap(UNREACHABLE);
    }

    /// The address of at least so many slots.
    pub(super) fn scratch(&mut self, slots: u32) -> Value {
        let (slot, size) = match self.scratch {
            Some((slot, size)) => (slot, size.max(slots)),
            None => {
                let data = StackSlotData::new(StackSlotKind::ExplicitSlot, 0, 4);
                (self.b.create_sized_stack_slot(data), slots)
            }
        };
        self.scratch = Some((slot, size));
        self.b.ins().stack_addr(POINTER, slot, 0)
    }
}
