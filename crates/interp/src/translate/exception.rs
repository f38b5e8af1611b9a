//! `try_table`: nothing but its price on the way in; a table of handlers by code position, and a landing pad per clause.
//!
//! Which clause takes an exception is decided when one is thrown, in [`crate::unwind`].

use super::block::{Block, Fixup, Opener};
use super::kinds::Kinds;
use super::stack::{Kind, Place};
use super::{Step, Translator};
use crate::catches::{Catch, Region};
use crate::inst::{self, Family};
use crate::payload::{Jump, TARGET, ThrowRef, at};
use sarsen_isa::{Builtin, fuel};
use wasmparser::TryTable;

/// A clause of a `try_table`, with its label counted from inside the block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clause {
    /// The tag, or none for any.
    tag: Option<u32>,
    /// Whether the exception itself is passed too.
    with_reference: bool,
    /// Where to go, as a depth outside the block.
    label: u32,
}

impl From<&wasmparser::Catch> for Clause {
    fn from(catch: &wasmparser::Catch) -> Clause {
        use wasmparser::Catch;
        match *catch {
            Catch::One { tag, label } => Clause { tag: Some(tag), with_reference: false, label },
            Catch::OneRef { tag, label } => Clause { tag: Some(tag), with_reference: true, label },
            Catch::All { label } => Clause { tag: None, with_reference: false, label },
            Catch::AllRef { label } => Clause { tag: None, with_reference: true, label },
        }
    }
}

impl Translator<'_> {
    pub(super) fn try_table(&mut self, table: &TryTable) -> Step {
        let (parameters, results) = self.context.block_kinds(table.ty);
        self.settle(0);
        // Instructions inside are not merged with those before: the handlers cover positions.
        self.last = None;
        self.last_copy = None;
        let height = self.stack.len() - parameters.len();
        let mut block = Block::new(Opener::Try, height, parameters, results);
        block.clauses = table.catches.iter().map(Clause::from).collect();
        block.start = self.emitter.here();
        self.blocks.push(block);
        self.start_fuel();
        let tags = table.catches.iter().map(|clause| Clause::from(clause).tag);
        let payloads = tags.map(|tag| tag.map_or(Kinds::none(), |tag| self.context.tag_kinds(tag)));
        self.charge(payloads.map(|payload| fuel::clause_cost(payload.slots())).sum());
        Ok(())
    }

    /// The end of a `try_table` that has just been popped: its landing pads, which the way through jumps over.
    pub(super) fn end_try(&mut self, block: &mut Block) -> Step {
        let (start, end) = (block.start, self.emitter.here());
        if block.clauses.is_empty() || start == end {
            return Ok(());
        }
        if !self.dead {
            self.settle(block.height);
            let pos = self.emit(inst::base(Family::Jump), Jump::WORDS);
            block.fixups.push(Fixup { pos, at: TARGET });
        }
        let clauses = std::mem::take(&mut block.clauses).into_iter();
        let clauses = clauses.map(|clause| self.landing_pad(block.height, clause)).collect::<Step<_>>()?;
        self.regions.push(Region { start, end, clauses });
        self.kill_to(block.height);
        Ok(())
    }

    fn landing_pad(&mut self, height: usize, clause: Clause) -> Step<Catch> {
        let payload = clause.tag.map_or(Kinds::none(), |tag| self.context.tag_kinds(tag));
        let reference = clause.with_reference.then_some(Kind::Ref);
        self.label();
        self.restart(height, payload.iter().chain(reference))?;
        let catch = Catch {
            tag: clause.tag,
            with_reference: clause.with_reference,
            target: self.emitter.here(),
            slot: self.stack.slot_at(height) as u16,
        };
        // Not `br`: that would drop what lies below the block, which has been popped.
        self.leave_to(self.target(clause.label))?;
        Ok(catch)
    }

    /// As [`Translator::kill`], when the block has been popped.
    fn kill_to(&mut self, height: usize) {
        self.label();
        self.dead = true;
        self.stack.truncate(height);
    }

    pub(super) fn throw(&mut self, tag: u32) -> Step {
        let kinds = self.context.tag_kinds(tag);
        self.charge_for_values(kinds);
        let operands = kinds.len();
        self.builtin(Builtin::ExceptionNew, u64::from(tag), operands, &[Kind::Ref])?;
        self.throw_ref()
    }

    pub(super) fn throw_ref(&mut self) -> Step {
        let entry = self.pop()?;
        let slot = self.slot_of(entry);
        let pos = self.emit(inst::base(Family::ThrowRef), ThrowRef::WORDS);
        self.emitter.put16(pos, at!(ThrowRef.exception), slot);
        self.kill();
        Ok(())
    }

    /// `ref.null` and the like: a null of any type.
    pub(super) fn null(&mut self) -> Step {
        self.push(Place::Const(0), Kind::Ref)?;
        Ok(())
    }
}
