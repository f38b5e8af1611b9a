//! Operators that the runtime carries out: bulk memory and table operations, growth, allocation.
//!
//! What they do is in `sarsen-vm`, where they lie in a table by number.

use super::stack::{Kind, Place};
use super::{Step, Translator};
use crate::inst::{self, Family};
use crate::payload::{CallBuiltin, at};
use sarsen_isa::Builtin;

/// Two 32-bit immediates in one.
pub(super) fn pair(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

impl Translator<'_> {
    /// Calls `builtin` with the top `operands` values and pushes results of these kinds.
    pub(super) fn builtin(
        &mut self,
        builtin: Builtin,
        immediate: u64,
        operands: usize,
        results: &[Kind],
    ) -> Step {
        let from = self.stack.len() - operands;
        self.settle(from);
        let start = self.stack.slot_at(from);
        let operand_end = self.stack.next_slot();
        let result_end = start + results.iter().map(|kind| kind.slots()).sum::<u32>();
        let top = operand_end.max(result_end);
        self.stack.reserve(top);
        let (Ok(arguments), Ok(end)) = (u16::try_from(start), u16::try_from(top)) else {
            return Err(self.limit("function needs too many operand slots"));
        };
        let pos = self.emit(inst::base(Family::CallBuiltin), CallBuiltin::WORDS);
        self.emitter.put16(pos, at!(CallBuiltin.builtin), builtin as u16);
        self.emitter.put16(pos, at!(CallBuiltin.operands), arguments);
        self.emitter.put16(pos, at!(CallBuiltin.top), end);
        self.emitter.put64(pos, at!(CallBuiltin.immediate), immediate);
        self.stack.truncate(from);
        self.label();
        for &kind in results {
            self.push(Place::Temp, kind)?;
        }
        Ok(())
    }
}
