//! Vector operators and wide arithmetic: everything in slots.
//!
//! Which memory the short forms of loads and stores reach is said by [`super::memory`].

use super::numeric::result_kind;
use super::stack::{Kind, Place};
use super::{Meaning, Step, Translator};
use crate::inst::{self, Family};
use crate::operand::{Form1, load};
use crate::payload::{
    LaneAccess, Load, LoadAny, Shuffle, Store, StoreAny, VECTOR, Vector, WIDE, Wide2, Wide4, at,
};
use sarsen_isa::Op;
use wasmparser::MemArg;

impl Translator<'_> {
    /// An operator with `operands` operands, and perhaps a lane number.
    pub(super) fn vector(&mut self, family: Family, op: Op, operands: usize, lane: Option<u8>) -> Step {
        let mut slots = [0; 3];
        for at in (0..operands).rev() {
            let entry = self.pop()?;
            slots[at] = self.slot_of(entry);
        }
        let id = inst::row_base(family, op);
        let pos = self.emit(id, Vector::WORDS);
        for (number, &slot) in slots[..operands].iter().enumerate() {
            self.emitter.put16(pos, VECTOR[number], slot);
        }
        if let Some(lane) = lane {
            self.emitter.put16(pos, VECTOR[operands], u16::from(lane));
        }
        self.result(pos, id, result_kind(op), false, Meaning::Opaque)
    }

    pub(super) fn shuffle(&mut self, lanes: [u8; 16]) -> Step {
        let (b, a) = (self.pop()?, self.pop()?);
        let (b, a) = (self.slot_of(b), self.slot_of(a));
        let id = inst::base(Family::Shuffle);
        let pos = self.emit(id, Shuffle::WORDS);
        self.emitter.put16(pos, at!(Shuffle.a), a);
        self.emitter.put16(pos, at!(Shuffle.b), b);
        let lanes = u128::from_le_bytes(lanes);
        self.emitter.put64(pos, at!(Shuffle.lanes_low), lanes as u64);
        self.emitter.put64(pos, at!(Shuffle.lanes_high), (lanes >> 64) as u64);
        self.result(pos, id, Kind::V128, false, Meaning::Opaque)
    }

    pub(super) fn vector_load(&mut self, op: Op, memarg: MemArg) -> Step {
        let address = self.pop()?;
        if !self.is_near(&memarg) {
            let slot = self.slot_of(address);
            let id = inst::row_base(Family::VectorLoadAny, op);
            let pos = self.emit(id, LoadAny::WORDS);
            self.emitter.put16(pos, at!(LoadAny.address), slot);
            self.put_anywhere(pos, memarg);
            return self.result(pos, id, Kind::V128, false, Meaning::Opaque);
        }
        let operand = self.operand(address);
        self.take(address, operand);
        let (form, slot) = match operand {
            super::Operand::Slot(slot) => (load::S::INDEX, slot),
            _ => (load::A::INDEX, 0),
        };
        let id = inst::row_base(Family::VectorLoad, op) + form;
        let pos = self.emit(id, Load::WORDS);
        self.emitter.put16(pos, at!(Load.address), slot);
        self.emitter.put32(pos, at!(Load.offset), memarg.offset as u32);
        self.result(pos, id, Kind::V128, false, Meaning::Opaque)
    }

    pub(super) fn vector_store(&mut self, memarg: MemArg) -> Step {
        let (value, address) = (self.pop()?, self.pop()?);
        let (value, address) = (self.slot_of(value), self.slot_of(address));
        let pos = if self.is_near(&memarg) {
            let pos = self.emit(inst::base(Family::VectorStore), Store::WORDS);
            self.emitter.put32(pos, at!(Store.offset), memarg.offset as u32);
            pos
        } else {
            let pos = self.emit(inst::base(Family::VectorStoreAny), StoreAny::WORDS);
            self.put_anywhere(pos, memarg);
            pos
        };
        self.emitter.put16(pos, at!(StoreAny.address), address);
        self.emitter.put16(pos, at!(StoreAny.value), value);
        Ok(())
    }

    pub(super) fn load_lane(&mut self, op: Op, memarg: MemArg, lane: u8) -> Step {
        let pos = self.lane_access(Family::LoadLane, op, memarg, lane)?;
        self.result(pos, inst::row_base(Family::LoadLane, op), Kind::V128, false, Meaning::Opaque)
    }

    pub(super) fn store_lane(&mut self, op: Op, memarg: MemArg, lane: u8) -> Step {
        self.lane_access(Family::StoreLane, op, memarg, lane)?;
        Ok(())
    }

    fn lane_access(&mut self, family: Family, op: Op, memarg: MemArg, lane: u8) -> Step<u32> {
        let (vector, address) = (self.pop()?, self.pop()?);
        let (vector, address) = (self.slot_of(vector), self.slot_of(address));
        let pos = self.emit(inst::row_base(family, op), LaneAccess::WORDS);
        self.emitter.put16(pos, at!(LaneAccess.address), address);
        self.put_anywhere(pos, memarg);
        self.emitter.put16(pos, at!(LaneAccess.vector), vector);
        self.emitter.put16(pos, at!(LaneAccess.lane), u16::from(lane));
        Ok(pos)
    }

    /// `i64.add128` and its kind: `operands` operands, two results.
    pub(super) fn wide(&mut self, family: Family, operands: usize) -> Step {
        let mut slots = [0; 4];
        for at in (0..operands).rev() {
            let entry = self.pop()?;
            slots[at] = self.slot_of(entry);
        }
        let pos =
            self.emit(inst::base(family), if operands == WIDE.len() { Wide4::WORDS } else { Wide2::WORDS });
        for (number, &slot) in slots[..operands].iter().enumerate() {
            self.emitter.put16(pos, WIDE[number], slot);
        }
        for at in [at!(Wide4.low), at!(Wide4.high)] {
            let result = self.push(Place::Temp, Kind::I64)?;
            self.emitter.put16(pos, at, result);
            self.forget(result, Kind::I64);
        }
        Ok(())
    }
}
