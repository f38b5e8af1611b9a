//! Atomic accesses.
//!
//! Which memory an access reaches, and its offset, is written by [`super::memory`].

use super::memory::memory_of;
use super::numeric::kind_of;
use super::stack::Kind;
use super::{Meaning, Step, Translator};
use crate::inst::{self, Family};
use crate::payload::{Atomic, AtomicAddress, at};
use sarsen_isa::{Builtin, Op};
use wasmparser::MemArg;

impl Translator<'_> {
    /// An access with an address and `operands` values: none for a load, two for `cmpxchg`.
    pub(super) fn atomic(&mut self, family: Family, op: Op, memarg: MemArg, operands: usize) -> Step {
        // `cmpxchg` has the expected value first, but the replacement is what all updates have.
        let places: &[usize] =
            if operands == 2 { &[at!(Atomic.value), at!(Atomic.expected)] } else { &[at!(Atomic.value)] };
        let mut values = [(0, 0); 2];
        for number in 0..operands {
            let entry = self.pop()?;
            values[number] = (places[number], self.slot_of(entry));
        }
        let address = self.pop()?;
        let address = self.slot_of(address);
        let id = inst::row_base(family, op);
        let pos = self.emit(id, Atomic::WORDS);
        self.emitter.put16(pos, at!(Atomic.address), address);
        self.put_anywhere(pos, memarg);
        for &(at, slot) in &values[..operands] {
            self.emitter.put16(pos, at, slot);
        }
        match op.info().results.first() {
            Some(&ty) => self.result(pos, id, kind_of(ty), false, Meaning::Opaque),
            None => Ok(()),
        }
    }

    /// `memory.atomic.wait32`, `memory.atomic.wait64` and `memory.atomic.notify`: checks the address, then calls the
    /// runtime with it.
    pub(super) fn atomic_builtin(
        &mut self,
        builtin: Builtin,
        memarg: MemArg,
        operands: usize,
        bytes: u16,
    ) -> Step {
        let from = self.stack.len() - operands;
        self.settle(from);
        let address = self.stack.slot_at(from) as u16;
        let pos = self.emit(inst::base(Family::AtomicAddress), AtomicAddress::WORDS);
        self.emitter.put16(pos, at!(AtomicAddress.result), address);
        self.emitter.put16(pos, at!(AtomicAddress.bytes), bytes);
        self.put_anywhere(pos, memarg);
        self.emitter.put16(pos, at!(AtomicAddress.address), address);
        self.forget(address, Kind::I64);
        self.builtin(builtin, u64::from(memory_of(&memarg)), operands, &[Kind::I32])
    }
}
