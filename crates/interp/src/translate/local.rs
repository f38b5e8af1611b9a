//! Locals, globals, constants, `drop`.
//!
//! When a local or constant on the stack gets an instruction at all is decided by [`super::stack`] and its users.

use super::stack::{Entry, Kind, Place, SlotNo};
use super::{Last, Meaning, Operand, Step, Translator};
use crate::inst::{self, Family};
use crate::operand::{Both, Target, one, with_target};
use crate::payload::{ConstVector, FarGet, FarSet, GlobalGet, GlobalSet, RESULT, at};

impl Translator<'_> {
    pub(super) fn local_get(&mut self, local: u32) -> Step {
        let (slot, kind) = self.context.local(local);
        if let Some(far) = self.far {
            return self.far_get(far - slot, kind);
        }
        self.push(Place::Local(slot as SlotNo), kind)?;
        Ok(())
    }

    /// Reads a local that lies `distance` slots below the frame.
    fn far_get(&mut self, distance: u32, kind: Kind) -> Step {
        let id = inst::base(Family::FarGet);
        if kind == Kind::V128 {
            let high = self.emit(id, FarGet::WORDS);
            let next = self.stack.next_slot() as u16;
            self.emitter.put16(high, at!(FarGet.result), next + 1);
            self.emitter.put32(high, at!(FarGet.distance), distance - 1);
        }
        let pos = self.emit(id, FarGet::WORDS);
        self.emitter.put32(pos, at!(FarGet.distance), distance);
        self.result(pos, id, kind, false, Meaning::Opaque)?;
        self.last = None;
        Ok(())
    }

    /// Writes such a local.
    fn far_set(&mut self, distance: u32, entry: Entry) {
        let from = self.slot_of(entry);
        for high in 0..entry.kind.slots() {
            let pos = self.emit(inst::base(Family::FarSet), FarSet::WORDS);
            self.emitter.put16(pos, at!(FarSet.from), from + high as u16);
            self.emitter.put32(pos, at!(FarSet.distance), distance - high);
        }
    }

    pub(super) fn local_set(&mut self, local: u32) -> Step {
        let entry = self.pop()?;
        self.assign(local, entry);
        Ok(())
    }

    pub(super) fn local_tee(&mut self, local: u32) -> Step {
        let entry = self.pop()?;
        self.assign(local, entry);
        if self.far.is_some() {
            // The value stays where it is on the stack as well.
            self.stack.push(Place::Temp, entry.kind);
            return Ok(());
        }
        let (slot, kind) = self.context.local(local);
        self.push(Place::Local(slot as SlotNo), kind)?;
        Ok(())
    }

    /// Gives a popped value to a local. If an instruction has just computed it, that writes the local directly.
    fn assign(&mut self, local: u32, entry: Entry) {
        let (slot, kind) = self.context.local(local);
        if let Some(far) = self.far {
            if entry.home().is_none() {
                self.copy(entry, entry.slot);
            }
            return self.far_set(far - slot, Entry { place: Place::Temp, ..entry });
        }
        let slot = slot as SlotNo;
        if entry.place == Place::Local(slot) {
            return;
        }
        let pending: Vec<usize> = self.stack.uses_of(slot).collect();
        if pending.is_empty()
            && entry.place == Place::Temp
            && let Some(last) = self.last
            && last.result == entry.slot
            && !last.folded
        {
            self.fold(last, slot, kind);
            return;
        }
        for height in pending {
            let old = self.stack.get(height);
            self.copy(old, old.slot);
            self.stack.settle(height);
        }
        self.copy(entry, slot);
    }

    /// Lets the last instruction write local `slot` in place of its temporary.
    fn fold(&mut self, last: Last, slot: SlotNo, kind: Kind) {
        self.emitter.put16(last.pos, RESULT, slot);
        let in_acc =
            kind.class().map(|class| class as usize).filter(|&class| self.acc[class] == Some(last.result));
        self.forget(slot, kind);
        if let Some(class) = in_acc {
            self.acc[class] = Some(slot);
        }
        self.last = Some(Last { result: slot, folded: true, ..last });
    }

    pub(super) fn drop_(&mut self) -> Step {
        let _ = self.pop()?;
        self.last = None;
        Ok(())
    }

    pub(super) fn const_vector(&mut self, bits: [u8; 16]) -> Step {
        let value = u128::from_le_bytes(bits);
        let id = inst::base(Family::ConstVector);
        let pos = self.emit(id, ConstVector::WORDS);
        self.emitter.put64(pos, at!(ConstVector.low), value as u64);
        self.emitter.put64(pos, at!(ConstVector.high), (value >> 64) as u64);
        self.result(pos, id, Kind::V128, false, Meaning::Opaque)
    }

    pub(super) fn global_get(&mut self, global: u32) -> Step {
        let (kind, own) = self.context.global(global);
        let Some(offset) = own else {
            let vector = kind == Kind::V128;
            let id =
                inst::base(if vector { Family::GlobalGetImportedVector } else { Family::GlobalGetImported });
            let pos = self.emit(id, GlobalGet::WORDS);
            self.emitter.put32(pos, at!(GlobalGet.global), global);
            return self.result(pos, id, kind, false, Meaning::Opaque);
        };
        let (id, can_drop) = match kind.class() {
            Some(class) => (inst::base(Family::GlobalGet) + with_target(class.number(), Both::INDEX), true),
            None => (inst::base(Family::GlobalGetVector), false),
        };
        let pos = self.emit(id, GlobalGet::WORDS);
        self.emitter.put32(pos, at!(GlobalGet.global), offset);
        self.result(pos, id, kind, can_drop, Meaning::Opaque)
    }

    pub(super) fn global_set(&mut self, global: u32) -> Step {
        let (kind, own) = self.context.global(global);
        let entry = self.pop()?;
        let (Some(class), Some(offset)) = (kind.class(), own) else {
            let from = self.slot_of(entry);
            let (family, payload) = match (kind, own) {
                (Kind::V128, Some(offset)) => (Family::GlobalSetVector, offset),
                (Kind::V128, None) => (Family::GlobalSetImportedVector, global),
                _ => (Family::GlobalSetImported, global),
            };
            let pos = self.emit(inst::base(family), GlobalSet::WORDS);
            self.emitter.put16(pos, at!(GlobalSet.value), from);
            self.emitter.put32(pos, at!(GlobalSet.global), payload);
            return Ok(());
        };
        let operand = self.operand(entry);
        self.take(entry, operand);
        let id = inst::base(Family::GlobalSet) + one::of(class.number(), operand.form());
        let pos = self.emit(id, GlobalSet::WORDS);
        if let Operand::Slot(slot) = operand {
            self.emitter.put16(pos, at!(GlobalSet.value), slot);
        }
        self.emitter.put32(pos, at!(GlobalSet.global), offset);
        Ok(())
    }
}
