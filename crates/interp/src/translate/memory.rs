//! Loads and stores: which form reaches the memory.
//!
//! Vector accesses are in [`super::vector`], atomic ones in [`super::atomic`], bulk operations in [`super::runtime`].

use super::emit::Pos;
use super::numeric::{kind_of, result_kind};
use super::stack::{Entry, Kind, Place, SlotNo};
use super::{Meaning, Operand, Step, Translator};
use crate::inst::{self, Family};
use crate::operand::{Both, Form1, Form2, Target, load, store, with_target};
use crate::payload::{Load, LoadAny, LoadSum, MemorySize, Store, StoreAny, at};
use sarsen_isa::Op;
use wasmparser::{MemArg, MemArgTarget};

/// An address as an instruction of the fast forms can take it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Address {
    /// In a slot or the accumulator, plus a 32-bit offset.
    Dynamic(Operand, u32),
    /// Known.
    Fixed(u32),
}

impl Translator<'_> {
    /// Whether the fast forms reach this memory: memory 0 with 32-bit addresses.
    pub(super) fn is_near(&self, memarg: &MemArg) -> bool {
        memory_of(memarg) == 0 && u32::try_from(memarg.offset).is_ok() && !self.context.memory_is_64(0)
    }

    pub(super) fn load(&mut self, op: Op, memarg: MemArg) -> Step {
        let kind = result_kind(op);
        if !self.is_near(&memarg) {
            let address = self.pop()?;
            let slot = self.slot_of(address);
            let id = inst::row_base(Family::LoadAny, op);
            let pos = self.emit(id, LoadAny::WORDS);
            self.emitter.put16(pos, at!(LoadAny.address), slot);
            self.put_anywhere(pos, memarg);
            return self.result(pos, id, kind, false, Meaning::Opaque);
        }
        if self.load_sum(op, memarg.offset, kind)? {
            return Ok(());
        }
        let address = self.pop()?;
        let (form, slot, offset) = match self.address(address, memarg.offset) {
            Address::Fixed(at) => (load::C::INDEX, None, at),
            Address::Dynamic(Operand::Slot(slot), offset) => (load::S::INDEX, Some(slot), offset),
            Address::Dynamic(_, offset) => (load::A::INDEX, None, offset),
        };
        if form == load::A::INDEX {
            self.take(address, Operand::Acc);
        }
        let id = inst::row_base(Family::Load, op) + with_target(form, Both::INDEX);
        let pos = self.emit(id, Load::WORDS);
        self.emitter.put16(pos, at!(Load.address), slot.unwrap_or(0));
        self.emitter.put32(pos, at!(Load.offset), offset);
        self.result(pos, id, kind, true, Meaning::Opaque)
    }

    /// A load whose address has just been added up from two parts takes the addition over.
    fn load_sum(&mut self, op: Op, offset: u64, kind: Kind) -> Step<bool> {
        let (Some(last), Some(top), Ok(offset)) = (self.last, self.stack.top(), u16::try_from(offset)) else {
            return Ok(false);
        };
        let Meaning::Add { a, b: Operand::Slot(b) } = last.meaning else { return Ok(false) };
        if last.folded || top.home() != Some(last.result) || top.place != Place::Temp {
            return Ok(false);
        }
        let _ = self.pop()?;
        self.retract(last);
        let id = inst::row_base(Family::LoadSum, op) + with_target(a.form(), Both::INDEX);
        let pos = self.emit(id, LoadSum::WORDS);
        if let Operand::Slot(a) = a {
            self.emitter.put16(pos, at!(LoadSum.base), a);
        }
        self.emitter.put16(pos, at!(LoadSum.index), b);
        self.emitter.put16(pos, at!(LoadSum.small_offset), offset);
        self.result(pos, id, kind, true, Meaning::Opaque)?;
        Ok(true)
    }

    /// A popped address with an offset that fits 32 bits.
    fn address(&mut self, entry: Entry, offset: u64) -> Address {
        let offset = offset as u32;
        if let Place::Const(base) = entry.place
            && let Some(at) = (base as u32).checked_add(offset)
        {
            return Address::Fixed(at);
        }
        Address::Dynamic(self.operand(entry), offset)
    }

    /// Writes the memory and the offset of a general access.
    pub(super) fn put_anywhere(&mut self, pos: Pos, memarg: MemArg) {
        self.emitter.put32(pos, at!(LoadAny.memory), memory_of(&memarg));
        self.emitter.put64(pos, at!(LoadAny.wide_offset), memarg.offset);
    }

    pub(super) fn store(&mut self, op: Op, memarg: MemArg) -> Step {
        let value = self.pop()?;
        let address = self.pop()?;
        if !self.is_near(&memarg) {
            let (from, at) = (self.slot_of(value), self.slot_of(address));
            let pos = self.emit(inst::row_base(Family::StoreAny, op), StoreAny::WORDS);
            self.emitter.put16(pos, at!(StoreAny.address), at);
            self.emitter.put16(pos, at!(StoreAny.value), from);
            self.put_anywhere(pos, memarg);
            return Ok(());
        }
        let (stored, small) = self.stored_value(op, value);
        let mut at = self.address(address, memarg.offset);
        let same_class = op.info().params.get(1).is_some_and(|&ty| kind_of(ty).class() == Kind::I32.class());
        if let Address::Dynamic(Operand::Acc, offset) = at
            && stored == Operand::Acc
            && same_class
        {
            at = Address::Dynamic(Operand::Slot(self.slot_of(address)), offset);
        }
        self.take(value, stored);
        if let Address::Dynamic(operand, _) = at {
            self.take(address, operand);
        }
        let (form, slot, offset) = store_form(at, stored, small.is_some());
        let pos = self.emit(inst::row_base(Family::Store, op) + form, Store::WORDS);
        self.emitter.put16(pos, at!(Store.address), slot.unwrap_or(0));
        match (stored, small) {
            (_, Some(bits)) => self.emitter.put16(pos, at!(Store.value), bits),
            (Operand::Slot(slot), None) => self.emitter.put16(pos, at!(Store.value), slot),
            _ => {}
        }
        self.emitter.put32(pos, at!(Store.offset), offset);
        Ok(())
    }

    /// The value of a store: a constant of 16 bits stays one, a larger one goes to its slot.
    fn stored_value(&mut self, op: Op, value: Entry) -> (Operand, Option<u16>) {
        if let Operand::Const(bits) = self.any_operand(value) {
            // A narrow store keeps only the low bits anyway.
            let bits = match op {
                Op::I32Store8 | Op::I64Store8 => bits as i8 as i64 as u64,
                Op::I32Store16 | Op::I64Store16 => bits as i16 as i64 as u64,
                _ => bits,
            };
            if let Ok(small) = i16::try_from(bits as i64) {
                return (Operand::Const(bits), Some(small as u16));
            }
            return (Operand::Slot(self.slot_of(value)), None);
        }
        (self.operand(value), None)
    }

    /// `memory.size`.
    pub(super) fn memory_size(&mut self, memory: u32) -> Step {
        let id = inst::base(Family::MemorySize);
        let pos = self.emit(id, MemorySize::WORDS);
        self.emitter.put16(pos, at!(MemorySize.page_size_log2), self.context.page_size_log2(memory) as u16);
        self.emitter.put32(pos, at!(MemorySize.memory), memory);
        let kind = if self.context.memory_is_64(memory) { Kind::I64 } else { Kind::I32 };
        self.result(pos, id, kind, false, Meaning::Opaque)
    }
}

/// The memory that an access names.
pub(super) fn memory_of(memarg: &MemArg) -> u32 {
    match memarg.target {
        MemArgTarget::Memory(memory) => memory,
        // No feature that accepts accesses to arrays is ever switched on.
        MemArgTarget::Array(_) => 0,
    }
}

/// The form of a store, the slot of its address, and its offset.
fn store_form(at: Address, value: Operand, small: bool) -> (u16, Option<SlotNo>, u32) {
    use Operand::{Acc, Slot};
    let in_acc = value == Acc;
    match at {
        Address::Dynamic(Slot(slot), offset) => {
            let form = if small {
                store::SH::INDEX
            } else if in_acc {
                store::SA::INDEX
            } else {
                store::SS::INDEX
            };
            (form, Some(slot), offset)
        }
        Address::Dynamic(_, offset) => {
            let form = if small {
                store::AH::INDEX
            } else if in_acc {
                store::AA::INDEX
            } else {
                store::AS::INDEX
            };
            (form, None, offset)
        }
        Address::Fixed(at) => {
            let form = if small {
                store::CH::INDEX
            } else if in_acc {
                store::CA::INDEX
            } else {
                store::CS::INDEX
            };
            (form, None, at)
        }
    }
}
