//! Blocks, branches, selection.
//!
//! Which blocks are open and where branches to them end is in [`super::block`]; returns are in [`super::call`], and
//! `try_table` is in [`super::exception`].

use super::block::{Block, Fixup, Opener};
use super::emit::Pos;
use super::kinds::Kinds;
use super::stack::{Entry, Kind, Place};
use super::{Last, Meaning, Operand, Step, Translator};
use crate::exec::control::branch_test_variant;
use crate::inst::{self, Family};
use crate::operand::{Form2, branch, branch_variant, jump_variant};
use crate::payload::{AddBranch, BranchTable, BranchTest, CopySpan, Fuel, Jump, Select, TARGET, at};
use crate::value::Class;
use sarsen_isa::fuel;
use wasmparser::{BlockType, BrTable};

/// From this many values on, a branch moves them with one instruction.
const SPAN: usize = 4;

/// So many of a `br_table`'s last landing pads are looked through for one that another target can share.
const RECENT_PADS: usize = 16;

impl Translator<'_> {
    pub(super) fn block(&mut self, ty: BlockType) -> Step {
        let (parameters, results) = self.context.block_kinds(ty);
        self.settle(0);
        let height = self.stack.len() - parameters.len();
        self.blocks.push(Block::new(Opener::Block, height, parameters, results));
        Ok(())
    }

    pub(super) fn loop_(&mut self, ty: BlockType) -> Step {
        let (parameters, results) = self.context.block_kinds(ty);
        self.settle(0);
        self.label();
        let height = self.stack.len() - parameters.len();
        let header = self.emitter.here();
        // Of loops that start together the outermost stands for all: everything is where it is for the others.
        if self.far.is_none() && self.loops.last().is_none_or(|&(word, _)| word != header) {
            self.loops.push((header, self.emitter.offset));
        }
        self.blocks.push(Block::new(Opener::Loop(header), height, parameters, results));
        self.start_fuel();
        self.charge_for_values(parameters);
        Ok(())
    }

    pub(super) fn if_(&mut self, ty: BlockType) -> Step {
        let (parameters, results) = self.context.block_kinds(ty);
        let condition = self.pop()?;
        self.settle(0);
        let height = self.stack.len() - parameters.len();
        let skip = self.condition(condition, false, false);
        self.blocks.push(Block::new(Opener::If(skip), height, parameters, results));
        self.start_fuel();
        Ok(())
    }

    pub(super) fn else_(&mut self) -> Step {
        let Some(mut block) = self.blocks.pop() else { return Err(self.error("else without if")) };
        if let Opener::If(skip) = block.opener {
            if !self.dead {
                self.settle(block.height);
                let pos = self.emit(inst::base(Family::Jump) + jump_variant(false), Jump::WORDS);
                block.fixups.push(Fixup { pos, at: TARGET });
            }
            self.arrive(&[Fixup { pos: skip, at: TARGET }]);
            self.restart(block.height, block.parameters.iter())?;
            block.opener = Opener::Else;
            self.start_fuel();
        }
        self.blocks.push(block);
        Ok(())
    }

    pub(super) fn end(&mut self) -> Step {
        let Some(mut block) = self.blocks.pop() else { return Err(self.error("end without block")) };
        match block.opener {
            Opener::Dead => return Ok(()),
            Opener::Function => {
                // Branches to the function's end are returns, so nothing else arrives here.
                self.blocks.push(block);
                return if self.dead { Ok(()) } else { self.return_() };
            }
            Opener::If(skip) => {
                if !self.dead {
                    self.settle(block.height);
                }
                block.fixups.push(Fixup { pos: skip, at: TARGET });
            }
            Opener::Try => self.end_try(&mut block)?,
            Opener::Block | Opener::Loop(_) | Opener::Else => {}
        }
        if !block.fixups.is_empty() {
            if !self.dead {
                self.settle(block.height);
            }
            self.arrive(&block.fixups);
            self.restart(block.height, block.results.iter())?;
        }
        if !self.dead {
            self.start_fuel();
            self.charge_for_values(block.results);
        }
        Ok(())
    }

    /// Code can be reached again, with these values above `height`.
    pub(super) fn restart(&mut self, height: usize, kinds: impl Iterator<Item = Kind>) -> Step {
        self.dead = false;
        self.stack.truncate(height);
        for kind in kinds {
            self.push(Place::Temp, kind)?;
        }
        self.stack.settle_all();
        Ok(())
    }

    /// Code behind this point cannot be reached.
    pub(super) fn kill(&mut self) {
        self.dead = true;
        self.last = None;
        self.last_copy = None;
        if let Some(block) = self.blocks.last() {
            self.stack.truncate(block.height);
        }
    }

    /// Moves the values that a branch to `target` carries to where the target expects them.
    pub(super) fn carry(&mut self, target: usize) {
        let count = self.blocks[target].label_kinds().len();
        let to = self.stack.slot_at(self.blocks[target].height);
        self.move_top(count, to);
    }

    /// Moves the top `count` values, in order, to the slots from `to` on, which are not above their own.
    pub(super) fn move_top(&mut self, count: usize, to: u32) {
        let from = self.stack.len() - count;
        if count > SPAN {
            self.settle(from);
            let start = self.stack.slot_at(from);
            if start != to {
                let pos = self.emit(inst::base(Family::CopySpan), CopySpan::WORDS);
                self.emitter.put16(pos, at!(CopySpan.to), to as u16);
                self.emitter.put16(pos, at!(CopySpan.from), start as u16);
                self.emitter.put32(pos, at!(CopySpan.count), self.stack.next_slot() - start);
                self.acc = [None; 3];
            }
            return;
        }
        let mut to = to as u16;
        for height in from..from + count {
            let entry = self.stack.get(height);
            if entry.home() != Some(to) {
                self.copy(entry, to);
            }
            to += entry.kind.slots() as u16;
        }
    }

    /// Whether a branch to `target` has to move anything.
    fn must_carry(&self, target: usize) -> bool {
        let block = &self.blocks[target];
        let count = block.label_kinds().len();
        let from = self.stack.len() - count;
        count > 0
            && (from != block.height
                || self.stack.pending(from).any(|at| self.stack.get(at).place != Place::Temp))
    }

    /// Settles the values that a branch to `target` carries, if moving them could: the code that moves them is on one of
    /// several ways out, and the others must find the stack as the translator believes it to be.
    fn settle_for(&mut self, target: usize) {
        let count = self.blocks[target].label_kinds().len();
        if count > 1 || self.far.is_some() {
            self.settle(self.stack.len() - count);
        }
    }

    /// Goes to a block for good.
    pub(super) fn leave_to(&mut self, target: usize) -> Step {
        if self.blocks[target].opener == Opener::Function {
            return self.return_();
        }
        self.carry(target);
        let pos = self.emit(inst::base(Family::Jump) + jump_variant(self.is_back(target)), Jump::WORDS);
        self.bind(target, pos, TARGET);
        Ok(())
    }

    pub(super) fn br(&mut self, depth: u32) -> Step {
        self.leave_to(self.target(depth))?;
        self.kill();
        Ok(())
    }

    pub(super) fn br_if(&mut self, depth: u32) -> Step {
        let condition = self.pop()?;
        self.branch(condition, true, depth)?;
        self.start_fuel();
        Ok(())
    }

    /// Branches if the condition, taken out of the stack, is non-zero (`sense`), or zero.
    pub(super) fn branch(&mut self, condition: Entry, sense: bool, depth: u32) -> Step {
        let target = self.target(depth);
        if self.blocks[target].opener != Opener::Function && !self.must_carry(target) {
            let pos = self.condition(condition, sense, self.is_back(target));
            self.bind(target, pos, TARGET);
            return Ok(());
        }
        self.settle_for(target);
        let skip = self.condition(condition, !sense, false);
        // The way that is not taken continues with the accumulators and the stack as they are now.
        let (acc, dead) = (self.acc, self.dead);
        self.leave_to(target)?;
        self.arrive(&[Fixup { pos: skip, at: TARGET }]);
        (self.acc, self.dead) = (acc, dead);
        Ok(())
    }

    pub(super) fn br_table(&mut self, table: &BrTable<'_>) -> Step {
        let index = self.pop()?;
        self.settle_for(self.target(table.default()));
        let operand = self.operand(index);
        let slot = match operand {
            Operand::Slot(slot) => Some(slot),
            _ => None,
        };
        self.take(index, operand);
        let count = table.len() as usize + 1;
        let id = inst::base(Family::BranchTable) + operand.form();
        let pos = self.emit(id, BranchTable::WORDS + (count * size_of::<u32>()).div_ceil(size_of::<u64>()));
        self.emitter.put16(pos, at!(BranchTable.index), slot.unwrap_or(0));
        self.emitter.put32(pos, at!(BranchTable.last), count as u32 - 1);
        let mut pads: Vec<(u32, Pos)> = Vec::new();
        for (number, depth) in table.targets().chain([Ok(table.default())]).enumerate() {
            let Ok(depth) = depth else { return Err(self.error("malformed br_table")) };
            let at = at!(BranchTable.targets) + size_of::<u32>() * number;
            let target = self.target(depth);
            if self.blocks[target].opener != Opener::Function && !self.must_carry(target) {
                self.bind(target, pos, at);
                continue;
            }
            let pad = match pads.iter().rev().take(RECENT_PADS).find(|pad| pad.0 == depth) {
                Some(&(_, pad)) => pad,
                None => {
                    let pad = self.emitter.here();
                    self.label();
                    self.leave_to(target)?;
                    pads.push((depth, pad));
                    pad
                }
            };
            self.emitter.put_target(pos, at, pad);
        }
        self.kill();
        Ok(())
    }

    /// Emits a branch that is taken when the condition is non-zero (`sense`), or zero, fused with what computed it.
    /// The target is for the caller to bind.
    pub(super) fn condition(&mut self, condition: Entry, sense: bool, back: bool) -> Pos {
        if let Some(last) = self.last
            && condition.home() == Some(last.result)
            && let Some(pos) = self.fused(condition, last, sense, back)
        {
            return pos;
        }
        let operand = self.operand(condition);
        self.take(condition, operand);
        self.branch_test(operand, condition.kind != Kind::I32, sense, back)
    }

    fn branch_test(&mut self, operand: Operand, wide: bool, sense: bool, back: bool) -> Pos {
        let variant = branch_test_variant(wide, operand.form(), sense, back);
        let pos = self.emit(inst::base(Family::BranchTest) + variant, BranchTest::WORDS);
        if let Operand::Slot(slot) = operand {
            self.emitter.put16(pos, at!(BranchTest.condition), slot);
        }
        pos
    }

    /// The branch fused with the last instruction, which computed the condition.
    fn fused(&mut self, condition: Entry, last: Last, sense: bool, back: bool) -> Option<Pos> {
        if let (Meaning::Add { a: Operand::Slot(a), b: Operand::Const(b) }, true, true) =
            (last.meaning, last.folded, sense)
        {
            self.retract(last);
            let pos = self.emit(inst::base(Family::AddBranch) + jump_variant(back), AddBranch::WORDS);
            self.emitter.put16(pos, at!(AddBranch.result), last.result);
            self.emitter.put16(pos, at!(AddBranch.source), a);
            self.emitter.put32(pos, at!(AddBranch.addend), b as u32);
            self.forget(last.result, Kind::I32);
            self.acc[0] = Some(last.result);
            return Some(pos);
        }
        if last.folded || condition.place != Place::Temp {
            return None;
        }
        match last.meaning {
            Meaning::Compare { op, a, b, inverted } => {
                self.retract(last);
                Some(self.branch_compare(inst::row_base(Family::Branch, op), a, b, sense != inverted, back))
            }
            Meaning::IsZero { a, wide } => {
                self.retract(last);
                Some(self.branch_test(a, wide, !sense, back))
            }
            Meaning::And { a, b } => {
                self.retract(last);
                Some(self.branch_compare(inst::base(Family::BranchMask), a, b, sense, back))
            }
            Meaning::Add { .. } | Meaning::Opaque => None,
        }
    }

    fn branch_compare(&mut self, base: u16, a: Operand, b: Operand, taken: bool, back: bool) -> Pos {
        use branch::*;
        let small = |bits: u64| i16::try_from(bits as i64).is_ok();
        let half = |bits: u64| i32::try_from(bits as i64).is_ok();
        let (form, words, slots) = match (a, b) {
            (Operand::Slot(a), Operand::Slot(b)) => (SS::INDEX, SS::WORDS, (Some(a), Some(b))),
            (Operand::Slot(a), Operand::Const(c)) if small(c) => (SH::INDEX, SH::WORDS, (Some(a), None)),
            (Operand::Slot(a), Operand::Const(c)) if half(c) => (SI::INDEX, SI::WORDS, (Some(a), None)),
            (Operand::Slot(a), Operand::Const(_)) => (SQ::INDEX, SQ::WORDS, (Some(a), None)),
            (Operand::Acc, Operand::Slot(b)) => (AS::INDEX, AS::WORDS, (Some(b), None)),
            (Operand::Acc, Operand::Const(c)) if small(c) => (AH::INDEX, AH::WORDS, (None, None)),
            (Operand::Acc, Operand::Const(c)) if half(c) => (AI::INDEX, AI::WORDS, (None, None)),
            (Operand::Acc, _) => (AQ::INDEX, AQ::WORDS, (None, None)),
            (Operand::Slot(a), Operand::Acc) => (SA::INDEX, SA::WORDS, (Some(a), None)),
            (Operand::Const(_), _) => unreachable!("constants on the left are swapped or materialized"),
        };
        let pos = self.emit(base + branch_variant(form, taken, back), words);
        if let Some(slot) = slots.0 {
            self.emitter.put16(pos, at!(Branch.a), slot);
        }
        if let Some(slot) = slots.1 {
            self.emitter.put16(pos, at!(Branch.b), slot);
        }
        if let Operand::Const(bits) = b {
            match form {
                SH::INDEX | AH::INDEX => self.emitter.put16(pos, at!(Branch.b), bits as u16),
                _ => self.emitter.put64(pos, at!(BranchWide.constant), bits),
            }
        }
        pos
    }

    pub(super) fn select(&mut self) -> Step {
        let condition = self.pop()?;
        let b = self.pop()?;
        let a = self.pop()?;
        // A comparison's result in the accumulator survives the constants that are written here.
        let (from_b, from_a) = (self.slot_of(b), self.slot_of(a));
        let vector = a.kind == Kind::V128;
        let operand = if vector { Operand::Slot(self.slot_of(condition)) } else { self.operand(condition) };
        self.take(condition, operand);
        let id = if vector {
            inst::base(Family::SelectVector)
        } else {
            inst::base(Family::Select) + operand.form()
        };
        let pos = self.emit(id, Select::WORDS);
        self.emitter.put16(pos, at!(Select.a), from_a);
        self.emitter.put16(pos, at!(Select.b), from_b);
        if let Operand::Slot(slot) = operand {
            self.emitter.put16(pos, at!(Select.condition), slot);
        }
        self.result(pos, id, a.kind, false, Meaning::Opaque)?;
        if !vector {
            // The instruction leaves the value's bits in the integer accumulator, whatever its type.
            let is_int = a.kind.class() == Some(Class::Int);
            self.acc[Class::Int as usize] = self.last.filter(|_| is_int).map(|last| last.result);
        }
        Ok(())
    }

    /// Charges for operators from here on as one block.
    pub(super) fn start_fuel(&mut self) {
        if self.fuel.is_some() {
            let pos = self.emit(inst::base(Family::Fuel), Fuel::WORDS);
            self.fuel = Some((pos, 0));
        }
    }

    /// Charges for values that are moved together.
    pub(super) fn charge_for_values(&mut self, kinds: Kinds<'_>) {
        if self.fuel.is_some() {
            self.charge(fuel::slots_cost(kinds.slots()));
        }
    }

    /// Adds to the current block's cost.
    pub(super) fn charge(&mut self, more: u64) {
        if let Some((pos, cost)) = &mut self.fuel {
            *cost = fuel::add(*cost, more);
            self.emitter.put32(*pos, at!(Fuel.cost), *cost);
        }
    }
}
