//! Calls and returns.
//!
//! Types and indices come from [`super::context`]; exceptions are in [`super::exception`].

use super::stack::{Entry, Kind, Place};
use super::{Operand, Step, Translator};
use crate::inst::{self, Family};
use crate::operand::one;
use crate::payload::{Call, CallIndirect, CallRef, LeaveFar, Return, TailCall, at};

impl Translator<'_> {
    pub(super) fn call(&mut self, function: u32) -> Step {
        let ty = self.context.function_type_id(function);
        let arguments = self.arguments(ty, None)?;
        let (family, index) = match self.context.defined(function) {
            Some(index) => (Family::Call, index),
            None => (Family::CallImported, function),
        };
        let pos = self.emit(inst::base(family), Call::WORDS);
        self.emitter.put16(pos, at!(Call.arguments), arguments);
        self.emitter.put32(pos, at!(Call.function), index);
        self.call_results(ty)
    }

    pub(super) fn call_indirect(&mut self, type_index: u32, table: u32) -> Step {
        let ty = self.context.type_id(type_index);
        let callee = self.pop()?;
        let arguments = self.arguments(ty, Some(callee))?;
        let operand = self.callee(callee);
        let pos =
            self.emit(inst::base(Family::CallIndirect) + one::index(operand.is_none()), CallIndirect::WORDS);
        self.emitter.put16(pos, at!(CallIndirect.callee), operand.unwrap_or(0));
        self.emitter.put32(pos, at!(CallIndirect.ty), ty);
        self.emitter.put16(pos, at!(CallIndirect.arguments), arguments);
        self.emitter.put32(pos, at!(CallIndirect.table), table);
        self.call_results(ty)
    }

    pub(super) fn call_ref(&mut self, type_index: u32) -> Step {
        let ty = self.context.type_id(type_index);
        let callee = self.pop()?;
        let arguments = self.arguments(ty, Some(callee))?;
        let operand = self.callee(callee);
        let pos = self.emit(inst::base(Family::CallRef) + one::index(operand.is_none()), CallRef::WORDS);
        self.emitter.put16(pos, at!(CallRef.arguments), arguments);
        self.emitter.put16(pos, at!(CallRef.callee), operand.unwrap_or(0));
        self.call_results(ty)
    }

    /// The slot of a popped callee; none if it is in the accumulator.
    fn callee(&mut self, callee: Entry) -> Option<u16> {
        let operand = self.operand(callee);
        self.take(callee, operand);
        match operand {
            Operand::Slot(slot) => Some(slot),
            _ => None,
        }
    }

    /// Puts the arguments of a call into their canonical slots, where the callee's frame will start, and pops them.
    /// A callee that was popped above them must stay out of the new frame's way.
    fn arguments(&mut self, ty: u32, callee: Option<Entry>) -> Step<u16> {
        let count = self.context.signature(ty).params.len();
        let from = self.stack.len() - count;
        self.settle(from);
        let start = self.stack.slot_at(from);
        let end =
            start + self.context.signature(ty).param_slots().max(self.context.signature(ty).result_slots());
        self.stack.reserve(end.max(callee.map_or(0, |entry| u32::from(entry.slot))));
        u16::try_from(start).map_err(|_| self.limit("function needs too many operand slots"))
    }

    /// Replaces the arguments by the results. The last instruction was the call.
    fn call_results(&mut self, ty: u32) -> Step {
        self.pop_arguments(ty);
        self.label();
        let kinds = self.context.result_kinds_of(ty);
        for kind in kinds.iter() {
            self.push(Place::Temp, kind)?;
        }
        if let Some(kind) = kinds.single()
            && let (Some(class), Some(entry)) = (kind.class(), self.stack.top())
        {
            self.acc[class as usize] = Some(entry.slot);
        }
        Ok(())
    }

    fn pop_arguments(&mut self, ty: u32) {
        let count = self.context.signature(ty).params.len();
        self.stack.truncate(self.stack.len() - count);
    }

    pub(super) fn return_call(&mut self, function: u32) -> Step {
        let ty = self.context.function_type_id(function);
        let (family, index) = match self.context.defined(function) {
            Some(index) => (Family::ReturnCall, index),
            None => (Family::ReturnCallImported, function),
        };
        let pos = self.tail_call(family, ty, None)?;
        self.emitter.put32(pos, at!(TailCall.callee_index), index);
        self.kill();
        Ok(())
    }

    pub(super) fn return_call_indirect(&mut self, type_index: u32, table: u32) -> Step {
        let ty = self.context.type_id(type_index);
        let callee = self.pop()?;
        let pos = self.tail_call(Family::ReturnCallIndirect, ty, Some(callee))?;
        self.emitter.put32(pos, at!(TailCall.callee_index), ty);
        self.emitter.put32(pos, at!(TailCall.table), table);
        self.kill();
        Ok(())
    }

    pub(super) fn return_call_ref(&mut self, type_index: u32) -> Step {
        let ty = self.context.type_id(type_index);
        let callee = self.pop()?;
        self.tail_call(Family::ReturnCallRef, ty, Some(callee))?;
        self.kill();
        Ok(())
    }

    /// Emits a tail call. What it calls besides is for the caller to write.
    fn tail_call(&mut self, family: Family, ty: u32, callee: Option<Entry>) -> Step<u32> {
        let mut slots = self.context.signature(ty).param_slots() as u16;
        let mut callee_slot = callee.map(|entry| self.slot_of(entry));
        let mut arguments = self.arguments(ty, callee)?;
        let mut header = self.header as u16;
        if let Some(far) = self.far {
            // The frame's start is out of reach: make an ordinary frame of it first, with the callee as one more value.
            if let (Some(callee), Some(from)) = (callee, callee_slot) {
                let to = arguments + slots;
                self.copy(Entry { place: Place::Local(from), kind: callee.kind, slot: from }, to);
                self.stack.reserve(u32::from(to));
                slots += 1;
            }
            let pos = self.emit(inst::base(Family::LeaveFar), LeaveFar::WORDS);
            self.emitter.put32(pos, at!(LeaveFar.far), far);
            self.emitter.put16(pos, at!(LeaveFar.from), arguments);
            self.emitter.put16(pos, at!(LeaveFar.slots), slots);
            (header, arguments) = (slots, slots + 1);
            if callee.is_some() {
                callee_slot = Some(arguments + slots - 1);
                slots -= 1;
            }
        }
        let pos = self.emit(inst::base(family), TailCall::WORDS);
        if self.far.is_some() {
            // Should it fail, the frame is found as it is now.
            self.near_again.push((pos, header));
        }
        self.emitter.put16(pos, at!(TailCall.arguments), arguments);
        self.emitter.put16(pos, at!(TailCall.header), header);
        self.emitter.put16(pos, at!(TailCall.slots), slots);
        self.emitter.put16(pos, at!(TailCall.callee), callee_slot.unwrap_or(0));
        Ok(pos)
    }

    /// Leaves the function with the results on top of the stack, which stays as it is.
    pub(super) fn return_(&mut self) -> Step {
        let kinds = self.context.result_kinds();
        let slots = self.context.result_slots();
        let height = self.stack.len() - kinds.len();
        if let Some(far) = self.far {
            self.settle(height);
            let from = self.stack.slot_at(height);
            let pos = self.emit(inst::base(Family::ReturnFar), LeaveFar::WORDS);
            self.emitter.put32(pos, at!(LeaveFar.far), far);
            self.emitter.put16(pos, at!(LeaveFar.from), from as u16);
            self.emitter.put16(pos, at!(LeaveFar.slots), slots as u16);
            return Ok(());
        }
        if let Some(class) = kinds.single().and_then(Kind::class) {
            let entry = self.stack.get(height);
            let operand = self.operand(entry);
            // Dropping the slot is right even when a conditional return leaves the entry for another way: then a branch
            // has been emitted since, and there is no last instruction to change.
            self.take(entry, operand);
            let id = inst::base(Family::Return) + one::of(class.number(), operand.form());
            let pos = self.emit(id, Return::WORDS);
            self.emitter.put16(pos, at!(Return.header), self.header as u16);
            if let Operand::Slot(slot) = operand {
                self.emitter.put16(pos, at!(Return.value), slot);
            }
            return Ok(());
        }
        if kinds.len() > 1 {
            // A result may be a local that an earlier result overwrites.
            self.settle(height);
        }
        self.move_top(kinds.len(), 0);
        let pos = self.emit(inst::base(Family::ReturnNone), Return::WORDS);
        self.emitter.put16(pos, at!(Return.header), self.header as u16);
        Ok(())
    }
}
