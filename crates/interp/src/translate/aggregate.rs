//! Structs, arrays, references and tables.
//!
//! Allocation and copies are builtins ([`super::runtime`]); the layout of objects is the type registry's.

use super::stack::{Kind, Place, SlotNo};
use super::{Entry, Meaning, Step, Translator};
use crate::exec::aggregate::{Field, S8, S16, U8, U16, W32, W64, W128};
use crate::inst::{self, Family};
use crate::payload::{
    ArrayGet, ArraySet, NullCheck, StructGet, StructSet, TableGet, TableSet, TableSize, TypeTest, Unary, at,
};
use sarsen_abi::RefTest;
use sarsen_isa::Op;

/// How a field or element lies in the heap, and what it becomes on the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Storage {
    /// Its kind on the stack.
    pub(super) kind: Kind,
    /// Bytes in the heap.
    pub(super) bytes: u32,
}

impl Storage {
    /// The instruction's variant; `signed` matters for packed fields only.
    fn variant(self, signed: bool) -> u16 {
        match (self.bytes, signed) {
            (1, true) => S8::INDEX,
            (1, false) => U8::INDEX,
            (2, true) => S16::INDEX,
            (2, false) => U16::INDEX,
            (4, _) => W32::INDEX,
            (8, _) => W64::INDEX,
            _ => W128::INDEX,
        }
    }
}

impl Translator<'_> {
    /// An instruction `result operand`.
    pub(super) fn simple(&mut self, family: Family, kind: Kind) -> Step {
        let entry = self.pop()?;
        let slot = self.slot_of(entry);
        let id = inst::base(family);
        let pos = self.emit(id, Unary::WORDS);
        self.emitter.put16(pos, at!(Unary.a), slot);
        self.result(pos, id, kind, false, Meaning::Opaque)
    }

    pub(super) fn struct_get(&mut self, ty: u32, field: u32, signed: bool) -> Step {
        let (storage, offset) = self.context.field(ty, field);
        let entry = self.pop()?;
        let slot = self.slot_of(entry);
        let id = inst::base(Family::StructGet) + storage.variant(signed);
        let pos = self.emit(id, StructGet::WORDS);
        self.emitter.put16(pos, at!(StructGet.object), slot);
        self.emitter.put32(pos, at!(StructGet.field), offset);
        self.result(pos, id, storage.kind, false, Meaning::Opaque)
    }

    pub(super) fn struct_set(&mut self, ty: u32, field: u32) -> Step {
        let (storage, offset) = self.context.field(ty, field);
        let (value, object) = (self.pop()?, self.pop()?);
        let (value, object) = (self.slot_of(value), self.slot_of(object));
        let pos = self.emit(inst::base(Family::StructSet) + storage.variant(false), StructSet::WORDS);
        self.emitter.put16(pos, at!(StructSet.object), object);
        self.emitter.put16(pos, at!(StructSet.value), value);
        self.emitter.put32(pos, at!(StructSet.field), offset);
        Ok(())
    }

    pub(super) fn array_get(&mut self, ty: u32, signed: bool) -> Step {
        let storage = self.context.element(ty);
        let (index, array) = (self.pop()?, self.pop()?);
        let (index, array) = (self.slot_of(index), self.slot_of(array));
        let id = inst::base(Family::ArrayGet) + storage.variant(signed);
        let pos = self.emit(id, ArrayGet::WORDS);
        self.emitter.put16(pos, at!(ArrayGet.array), array);
        self.emitter.put16(pos, at!(ArrayGet.index), index);
        self.result(pos, id, storage.kind, false, Meaning::Opaque)
    }

    pub(super) fn array_set(&mut self, ty: u32) -> Step {
        let storage = self.context.element(ty);
        let (value, index, array) = (self.pop()?, self.pop()?, self.pop()?);
        let (value, index, array) = (self.slot_of(value), self.slot_of(index), self.slot_of(array));
        let pos = self.emit(inst::base(Family::ArraySet) + storage.variant(false), ArraySet::WORDS);
        self.emitter.put16(pos, at!(ArraySet.array), array);
        self.emitter.put16(pos, at!(ArraySet.index), index);
        self.emitter.put16(pos, at!(ArraySet.value), value);
        Ok(())
    }

    pub(super) fn table_get(&mut self, table: u32) -> Step {
        let entry = self.pop()?;
        let slot = self.slot_of(entry);
        let id = inst::base(Family::TableGet);
        let pos = self.emit(id, TableGet::WORDS);
        self.emitter.put16(pos, at!(TableGet.index), slot);
        self.emitter.put32(pos, at!(TableGet.table), table);
        self.result(pos, id, Kind::Ref, false, Meaning::Opaque)
    }

    pub(super) fn table_set(&mut self, table: u32) -> Step {
        let (value, index) = (self.pop()?, self.pop()?);
        let (value, index) = (self.slot_of(value), self.slot_of(index));
        let pos = self.emit(inst::base(Family::TableSet), TableSet::WORDS);
        self.emitter.put16(pos, at!(TableSet.index), index);
        self.emitter.put16(pos, at!(TableSet.value), value);
        self.emitter.put32(pos, at!(TableSet.table), table);
        Ok(())
    }

    pub(super) fn table_size(&mut self, table: u32) -> Step {
        let id = inst::base(Family::TableSize);
        let pos = self.emit(id, TableSize::WORDS);
        self.emitter.put32(pos, at!(TableSize.table), table);
        let kind = self.context.table_index_kind(table);
        self.result(pos, id, kind, false, Meaning::Opaque)
    }

    /// `ref.is_null`, whose result a branch can take over.
    pub(super) fn is_null(&mut self) -> Step {
        let entry = self.pop()?;
        self.push(entry.place, Kind::I64)?;
        self.is_zero(Op::I64Eqz)
    }

    pub(super) fn ref_eq(&mut self) -> Step {
        self.compare(Op::I64Eq)
    }

    /// Traps if the top reference is null.
    pub(super) fn as_non_null(&mut self) -> Step {
        let entry = self.pop()?;
        let slot = self.slot_of(entry);
        let pos = self.emit(inst::base(Family::NullCheck), NullCheck::WORDS);
        self.emitter.put16(pos, at!(NullCheck.value), slot);
        self.keep(entry)
    }

    /// Pushes a popped entry again, wherever its value is now.
    fn keep(&mut self, entry: Entry) -> Step {
        let place = if entry.home().is_none() { Place::Temp } else { entry.place };
        self.push(place, entry.kind)?;
        Ok(())
    }

    pub(super) fn ref_test(&mut self, test: RefTest) -> Step {
        let entry = self.pop()?;
        let slot = self.slot_of(entry);
        let id = inst::base(Family::RefTest);
        let pos = self.emit(id, TypeTest::WORDS);
        self.emitter.put16(pos, at!(TypeTest.value), slot);
        self.emitter.put64(pos, at!(TypeTest.ty), test.encode());
        self.result(pos, id, Kind::I32, false, Meaning::Opaque)
    }

    pub(super) fn ref_cast(&mut self, test: RefTest) -> Step {
        let entry = self.pop()?;
        let slot = self.slot_of(entry);
        let pos = self.emit(inst::base(Family::RefCast), TypeTest::WORDS);
        self.emitter.put16(pos, at!(TypeTest.value), slot);
        self.emitter.put64(pos, at!(TypeTest.ty), test.encode());
        self.keep(entry)
    }

    /// `br_on_null`: the reference stays unless the branch is taken.
    pub(super) fn br_on_null(&mut self, depth: u32) -> Step {
        let entry = self.pop()?;
        let slot = self.slot_of(entry);
        let condition = Entry { place: Place::Local(slot), kind: Kind::Ref, slot };
        self.branch(condition, false, depth)?;
        self.keep(entry)
    }

    /// `br_on_non_null`: the reference goes with the branch.
    pub(super) fn br_on_non_null(&mut self, depth: u32) -> Step {
        let entry = self.pop()?;
        let slot = self.slot_of(entry);
        self.keep(entry)?;
        let condition = Entry { place: Place::Local(slot), kind: Kind::Ref, slot };
        self.branch(condition, true, depth)?;
        let _ = self.pop()?;
        Ok(())
    }

    /// `br_on_cast` and `br_on_cast_fail` (`sense` false): the reference stays either way.
    pub(super) fn br_on_cast(&mut self, depth: u32, test: RefTest, sense: bool) -> Step {
        let entry = self.pop()?;
        let slot: SlotNo = self.slot_of(entry);
        self.keep(entry)?;
        // The result of the test lies above the reference and lives until the branch only.
        let id = inst::base(Family::RefTest);
        let pos = self.emit(id, TypeTest::WORDS);
        self.emitter.put16(pos, at!(TypeTest.value), slot);
        self.emitter.put64(pos, at!(TypeTest.ty), test.encode());
        self.result(pos, id, Kind::I32, false, Meaning::Opaque)?;
        let condition = self.pop()?;
        self.branch(condition, sense, depth)
    }
}
