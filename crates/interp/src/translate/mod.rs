//! One function body to one piece of code, in a single forward pass over its operators.
//!
//! Folder = stage; the files are instruction classes with the same names as in [`crate::exec`]. The translator trusts
//! that the body is valid. It does not decide when functions are translated, nor does it run anything.

mod aggregate;
mod atomic;
mod block;
mod call;
mod context;
mod control;
mod emit;
mod exception;
mod kinds;
mod local;
mod memory;
mod numeric;
mod operators;
mod runtime;
mod stack;
#[cfg(test)]
mod tests;
mod vector;

use crate::catches::{Catches, Region};
use crate::code::{CodeOptions, FrameLayout, FuncCode};
use crate::exec::call::MANY_ZEROED;
use crate::inst::{self, Family};
use crate::operand::{acc_only, one};
use crate::payload::{Const, ConstWide, Copy, Enter, EnterFar, FRAME, RESULT, at};
use block::Block;
use context::Context;
use emit::{Emitter, Pos};
use sarsen_isa::{Op, fuel};
use sarsen_module::Module;
use stack::{Entry, Kind, Place, SlotNo, Stack};
use std::fmt;

/// Why a valid function cannot be translated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TranslateError {
    message: &'static str,
    offset: u32,
    is_limit: bool,
}

impl TranslateError {
    /// Whether the function needs more than the interpreter has. Otherwise the interpreter is wrong.
    pub fn is_limit(&self) -> bool {
        self.is_limit
    }
}

impl fmt::Display for TranslateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at offset {:#x})", self.message, self.offset)
    }
}

impl std::error::Error for TranslateError {}

/// Result of a translation step.
type Step<T = ()> = Result<T, TranslateError>;

/// Code of one function may grow to this many words, and not more: operators with a thousand operands can multiply.
/// Looking between operators is enough, because validation bounds the targets and clauses of a single one.
const MAX_WORDS: u32 = 1 << 26;

/// An operand as an instruction can take it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Operand {
    Slot(SlotNo),
    Acc,
    Const(u64),
}

impl Operand {
    /// The number of its form where it stands alone and cannot be constant.
    fn form(self) -> u16 {
        one::index(self == Operand::Acc)
    }
}

/// What the last instruction means, if it can be merged with the operator that uses its result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Meaning {
    /// Nothing that can be merged.
    Opaque,
    /// A comparison; `inverted` if an `eqz` followed that has no operator of its own.
    Compare { op: Op, a: Operand, b: Operand, inverted: bool },
    /// `eqz` of something that is not a comparison.
    IsZero { a: Operand, wide: bool },
    /// `i32.and`.
    And { a: Operand, b: Operand },
    /// `i32.add`.
    Add { a: Operand, b: Operand },
}

/// The last instruction, while its result is the newest value and nothing has been emitted since.
#[derive(Clone, Copy, Debug)]
struct Last {
    pos: Pos,
    id: u16,
    /// The slot it writes.
    result: SlotNo,
    meaning: Meaning,
    /// It has a variant that leaves the result in the accumulator alone.
    can_drop: bool,
    /// The result slot has been replaced by a local's.
    folded: bool,
    /// What the accumulators held before it.
    before: [Option<SlotNo>; 3],
    /// Where the instruction before it starts, if the meaning covers both.
    pair: Option<Pos>,
}

/// The translator of one function.
struct Translator<'a> {
    context: Context<'a>,
    emitter: Emitter,
    stack: Stack,
    blocks: Vec<Block<'a>>,
    /// The code at this point cannot be reached.
    dead: bool,
    last: Option<Last>,
    /// A copy that a second copy may join.
    last_copy: Option<Pos>,
    /// The slot whose value each accumulator holds.
    acc: [Option<SlotNo>; 3],
    /// Slot of the saved return address.
    header: u32,
    /// Slots below `fp`, if the function has too many for 16-bit numbers.
    far: Option<u32>,
    /// Tail calls of a far frame, which is ordinary by then: word and header.
    near_again: Vec<(Pos, SlotNo)>,
    /// The headers of loops: word and offset of the operator. None of a far frame, whose code nothing can take over.
    loops: Vec<(Pos, u32)>,
    /// The `try_table`s that have ended.
    regions: Vec<Region>,
    /// The fuel instruction of the current block and its cost so far.
    fuel: Option<(Pos, u32)>,
}

/// Translates defined function `index` of `module`.
pub(crate) fn translate(
    module: &Module,
    index: u32,
    options: &CodeOptions,
) -> Result<FuncCode, TranslateError> {
    let malformed = TranslateError { message: "malformed function body", offset: 0, is_limit: false };
    let context = Context::new(module, index).ok_or_else(|| malformed.clone())?;
    let mut reader = context.operators().ok_or(malformed)?;
    let mut translator = Translator::new(context, options);
    translator.prologue()?;
    while !reader.eof() {
        translator.emitter.offset = reader.original_position() as u32;
        if translator.stack.is_crowded() {
            translator.settle(0);
        }
        let Ok(step) = reader.visit_operator(&mut translator) else {
            return Err(translator.error("malformed function body"));
        };
        step?;
        if translator.emitter.here() > MAX_WORDS {
            return Err(translator.limit("function needs too much code"));
        }
    }
    Ok(translator.finish(index))
}

impl<'a> Translator<'a> {
    fn new(context: Context<'a>, options: &CodeOptions) -> Translator<'a> {
        let locals = context.local_slots();
        let header = locals.max(context.result_slots());
        let far = (header + 1 > context::MAX_NEAR_SLOTS).then_some(header + 1);
        Translator {
            stack: Stack::new(if far.is_some() { 0 } else { header + 1 }),
            emitter: Emitter::new(options.encoding(), context.body_len()),
            blocks: Vec::with_capacity(8),
            dead: false,
            last: None,
            last_copy: None,
            acc: [None; 3],
            header,
            far,
            near_again: Vec::new(),
            loops: Vec::new(),
            regions: Vec::new(),
            fuel: options.fuel.then_some((0, 0)),
            context,
        }
    }

    fn error(&self, message: &'static str) -> TranslateError {
        TranslateError { message, offset: self.emitter.offset, is_limit: false }
    }

    /// The function needs more of something than there is.
    fn limit(&self, message: &'static str) -> TranslateError {
        TranslateError { is_limit: true, ..self.error(message) }
    }

    /// The function's entry, and the block that is its body.
    fn prologue(&mut self) -> Step {
        let parameters = self.context.parameter_slots();
        self.emitter.offset = self.context.offset();
        if let Some(far) = self.far {
            let pos = self.emit(inst::base(Family::EnterFar), EnterFar::WORDS);
            self.emitter.put32(pos, at!(EnterFar.far), far);
            self.emitter.put32(pos, at!(EnterFar.zeroed_from), parameters);
        } else {
            let zeroed = self.header - parameters;
            let pos =
                self.emit(inst::base(Family::Enter) + zeroed.min(MANY_ZEROED.into()) as u16, Enter::WORDS);
            self.emitter.put16(pos, at!(Enter.header), self.header as u16);
            self.emitter.put16(pos, at!(Enter.zeroed), zeroed as u16);
        }
        let results = self.context.result_kinds();
        self.blocks.push(Block::function(results));
        self.start_fuel();
        self.charge(fuel::slots_cost(self.context.local_slots() + self.context.result_slots()));
        Ok(())
    }

    fn finish(mut self, index: u32) -> FuncCode {
        let frame = self.stack.high() + 1;
        self.emitter.put32(0, FRAME, frame);
        let (words, positions) = self.emitter.finish();
        let layout = FrameLayout {
            header: self.header,
            far: self.far,
            near_again: self.near_again.into(),
            loops: self.loops.into(),
        };
        FuncCode::new(index, words, positions, Catches::new(self.regions), layout)
    }

    // Emission

    /// Appends an instruction that produces nothing.
    fn emit(&mut self, id: u16, words: usize) -> Pos {
        self.last = None;
        self.last_copy = None;
        self.emitter.instruction(id, words)
    }

    /// Pushes the result of the instruction at `pos`: a temporary, whose slot the instruction gets.
    fn result(&mut self, pos: Pos, id: u16, kind: Kind, can_drop: bool, meaning: Meaning) -> Step {
        let before = self.acc;
        let result = self.push(Place::Temp, kind)?;
        self.emitter.put16(pos, RESULT, result);
        self.forget(result, kind);
        if can_drop && let Some(class) = kind.class() {
            self.acc[class as usize] = Some(result);
        }
        self.last = Some(Last { pos, id, result, meaning, can_drop, folded: false, before, pair: None });
        Ok(())
    }

    /// Undoes the last instruction, whose result the operator at hand takes over. The result must have been popped.
    fn retract(&mut self, last: Last) {
        self.emitter.truncate(last.pair.unwrap_or(last.pos));
        self.acc = last.before;
        self.last = None;
    }

    /// Slot `slot` is about to hold something else.
    fn forget(&mut self, slot: SlotNo, kind: Kind) {
        for acc in &mut self.acc {
            if acc.is_some_and(|held| held == slot || kind == Kind::V128 && held == slot + 1) {
                *acc = None;
            }
        }
    }

    /// Control can arrive here from elsewhere: nothing is known about the accumulators.
    fn label(&mut self) {
        self.acc = [None; 3];
        self.last = None;
        self.last_copy = None;
    }

    // The operand stack

    fn push(&mut self, place: Place, kind: Kind) -> Step<SlotNo> {
        let Some(slot) = self.stack.push(place, kind) else {
            return Err(self.limit("function needs too many operand slots"));
        };
        Ok(slot)
    }

    fn pop(&mut self) -> Step<Entry> {
        self.stack.pop().ok_or_else(|| self.error("operand stack underflow"))
    }

    /// Puts every entry from height `from` on into its canonical slot.
    fn settle(&mut self, from: usize) {
        for height in self.stack.pending(from) {
            let entry = self.stack.get(height);
            if entry.place != Place::Temp {
                self.copy(entry, entry.slot);
                self.stack.settle(height);
            }
        }
        if self.stack.pending(0).start >= from {
            self.stack.settle_all();
        }
    }

    /// Copies an entry's value to `to`.
    fn copy(&mut self, entry: Entry, to: SlotNo) {
        match entry.place {
            Place::Const(bits) => self.constant(bits, to),
            Place::Local(_) | Place::Temp => {
                let Some(from) = entry.home() else { return };
                if from != to {
                    self.copy_slot(entry, from, to);
                }
            }
        }
        self.forget(to, entry.kind);
        if let (Some(class), Some(from)) = (entry.kind.class(), entry.home())
            && self.acc[class as usize] == Some(from)
            && entry.place == Place::Temp
        {
            self.acc[class as usize] = Some(to);
        }
    }

    fn copy_slot(&mut self, entry: Entry, from: SlotNo, to: SlotNo) {
        if entry.kind == Kind::V128 {
            let pos = self.emit(inst::base(Family::CopyTwo), Copy::WORDS);
            for (at, slot) in [
                (at!(Copy.to), to),
                (at!(Copy.from), from),
                (at!(Copy.second_to), to + 1),
                (at!(Copy.second_from), from + 1),
            ] {
                self.emitter.put16(pos, at, slot);
            }
            return;
        }
        if let Some(class) = entry.kind.class()
            && self.acc[class as usize] == Some(from)
        {
            if entry.place == Place::Temp {
                self.drop_slot(from);
            }
            let pos = self.emit(inst::base(Family::CopyAcc) + class.number(), Copy::WORDS);
            self.emitter.put16(pos, at!(Copy.to), to);
            return;
        }
        if let Some(pos) = self.last_copy.take() {
            self.emitter.replace(pos, inst::base(Family::CopyTwo));
            self.emitter.put16(pos, at!(Copy.second_to), to);
            self.emitter.put16(pos, at!(Copy.second_from), from);
            return;
        }
        let pos = self.emit(inst::base(Family::Copy), Copy::WORDS);
        self.emitter.put16(pos, at!(Copy.to), to);
        self.emitter.put16(pos, at!(Copy.from), from);
        self.last_copy = Some(pos);
    }

    /// Writes a scalar constant to a slot.
    fn constant(&mut self, bits: u64, to: SlotNo) {
        let pos = if let Ok(small) = u32::try_from(bits) {
            let pos = self.emit(inst::base(Family::ConstUnsigned), Const::WORDS);
            self.emitter.put32(pos, at!(Const.value), small);
            pos
        } else if let Ok(small) = i32::try_from(bits as i64) {
            let pos = self.emit(inst::base(Family::ConstSigned), Const::WORDS);
            self.emitter.put32(pos, at!(Const.value), small as u32);
            pos
        } else {
            let pos = self.emit(inst::base(Family::ConstWide), ConstWide::WORDS);
            self.emitter.put64(pos, at!(ConstWide.value), bits);
            pos
        };
        self.emitter.put16(pos, RESULT, to);
        self.stack.reserve(u32::from(to));
    }

    // Operands

    /// The slot of a popped entry; a constant is written to its canonical slot first.
    fn slot_of(&mut self, entry: Entry) -> SlotNo {
        match entry.home() {
            Some(slot) => slot,
            None => {
                self.copy(entry, entry.slot);
                entry.slot
            }
        }
    }

    /// A popped entry as an operand that may come from an accumulator, but not be a constant.
    fn operand(&mut self, entry: Entry) -> Operand {
        let slot = self.slot_of(entry);
        match entry.kind.class() {
            Some(class) if self.acc[class as usize] == Some(slot) => Operand::Acc,
            _ => Operand::Slot(slot),
        }
    }

    /// A popped entry as any operand. Constants of 32 bits come sign-extended, as instructions hold them.
    fn any_operand(&mut self, entry: Entry) -> Operand {
        match entry.place {
            Place::Const(bits) if matches!(entry.kind, Kind::I32 | Kind::F32) => {
                Operand::Const(bits as i32 as i64 as u64)
            }
            Place::Const(bits) => Operand::Const(bits),
            _ => self.operand(entry),
        }
    }

    /// An operand was taken from the accumulator and was its entry's only use: its slot need not be written.
    fn take(&mut self, entry: Entry, operand: Operand) {
        if operand == Operand::Acc && entry.place == Place::Temp {
            self.drop_slot(entry.slot);
        }
    }

    /// The slot that the last instruction writes is not read again.
    fn drop_slot(&mut self, slot: SlotNo) {
        if let Some(last) = &mut self.last
            && last.result == slot
            && !last.folded
            && last.can_drop
        {
            last.can_drop = false;
            self.emitter.replace(last.pos, acc_only(last.id));
        }
    }
}
