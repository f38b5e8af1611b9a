//! Scalar operators: operand forms, comparisons that wait for their branch.
//!
//! The branch takes them over in [`super::control`].

use super::stack::{Entry, Kind, Place};
use super::{Last, Meaning, Operand, Step, Translator};
use crate::inst::{self, Family};
use crate::operand::{Both, Form1, Form2, Target, one, two, with_target};
use crate::payload::{Unary, at};
use sarsen_isa::{Op, ValKind};

/// The kind of a value of this type.
pub(super) fn kind_of(ty: ValKind) -> Kind {
    match ty {
        ValKind::I32 => Kind::I32,
        ValKind::I64 => Kind::I64,
        ValKind::F32 => Kind::F32,
        ValKind::F64 => Kind::F64,
        ValKind::V128 => Kind::V128,
    }
}

/// The kind of a row's only result.
pub(super) fn result_kind(op: Op) -> Kind {
    op.info().results.first().map_or(Kind::I32, |&ty| kind_of(ty))
}

impl Translator<'_> {
    pub(super) fn unary(&mut self, op: Op) -> Step {
        let entry = self.pop()?;
        let operand = self.operand(entry);
        self.take(entry, operand);
        let id = inst::row_base(Family::Unary, op) + with_target(operand.form(), Both::INDEX);
        let pos = self.emit(id, Unary::WORDS);
        if let Operand::Slot(slot) = operand {
            self.emitter.put16(pos, at!(Unary.a), slot);
        }
        self.result(pos, id, result_kind(op), true, Meaning::Opaque)
    }

    /// `i32.eqz` and `i64.eqz`: inverts the comparison before it, or remembers to.
    pub(super) fn is_zero(&mut self, op: Op) -> Step {
        let wide = op == Op::I64Eqz;
        if let (Some(last), Some(top)) = (self.last, self.stack.top())
            && !wide
            && !last.folded
            && top.home() == Some(last.result)
            && let Meaning::Compare { op: compare, a, b, inverted } = last.meaning
        {
            return self.invert(last, compare, a, b, inverted);
        }
        let entry = self.pop()?;
        let operand = self.operand(entry);
        self.take(entry, operand);
        let id = inst::row_base(Family::Unary, op) + with_target(operand.form(), Both::INDEX);
        let pos = self.emit(id, Unary::WORDS);
        if let Operand::Slot(slot) = operand {
            self.emitter.put16(pos, at!(Unary.a), slot);
        }
        self.result(pos, id, Kind::I32, true, Meaning::IsZero { a: operand, wide })
    }

    /// `eqz` of a comparison: the negated comparison, or, for floats, both operators under one meaning.
    fn invert(&mut self, last: Last, op: Op, a: Operand, b: Operand, inverted: bool) -> Step {
        let _ = self.pop()?;
        if let Some(negated) = op.info().negated() {
            self.retract(last);
            return self.emit_compare(negated, a, b);
        }
        let (before, start, slot) = (last.before, last.pair.unwrap_or(last.pos), last.result);
        let id = inst::row_base(Family::Unary, Op::I32Eqz) + with_target(one::S::INDEX, Both::INDEX);
        let pos = self.emit(id, Unary::WORDS);
        self.emitter.put16(pos, at!(Unary.a), slot);
        self.result(pos, id, Kind::I32, true, Meaning::Compare { op, a, b, inverted: !inverted })?;
        if let Some(both) = &mut self.last {
            // Whoever takes the pair over removes both, but the `eqz` alone can lose its slot.
            (both.before, both.pair) = (before, Some(start));
        }
        Ok(())
    }

    pub(super) fn binary(&mut self, op: Op, commutes: bool) -> Step {
        if op == Op::I32Sub
            && let Some(Entry { place: Place::Const(bits), .. }) = self.stack.top().copied()
        {
            let entry = self.pop()?;
            let negated = u64::from((bits as u32).wrapping_neg());
            self.push(Place::Const(negated), entry.kind)?;
            return self.binary(Op::I32Add, true);
        }
        let (a, b) = self.operands(commutes)?;
        let (form, words) = binary_form(a, b);
        let id = inst::row_base(Family::Binary, op) + with_target(form, Both::INDEX);
        let pos = self.emit(id, words);
        self.put_operands(pos, a, b);
        let meaning = match op {
            Op::I32Add => Meaning::Add { a, b },
            Op::I32And => Meaning::And { a, b },
            _ => Meaning::Opaque,
        };
        self.result(pos, id, result_kind(op), true, meaning)
    }

    pub(super) fn compare(&mut self, op: Op) -> Step {
        let (a, b) = self.operands(false)?;
        match (a, b, op.info().swapped()) {
            (Operand::Const(_), _, Some(swapped)) => self.emit_compare(swapped, b, a),
            _ => self.emit_compare(op, a, b),
        }
    }

    fn emit_compare(&mut self, op: Op, a: Operand, b: Operand) -> Step {
        let (form, words) = binary_form(a, b);
        let id = inst::row_base(Family::Compare, op) + with_target(form, Both::INDEX);
        let pos = self.emit(id, words);
        self.put_operands(pos, a, b);
        self.result(pos, id, Kind::I32, true, Meaning::Compare { op, a, b, inverted: false })
    }

    /// Pops two operands in a combination that some form has: not both constant, not both in the accumulator.
    fn operands(&mut self, commutes: bool) -> Step<(Operand, Operand)> {
        let second = self.pop()?;
        let first = self.pop()?;
        let both_constant = first.home().is_none() && second.home().is_none();
        let a = if both_constant { Operand::Slot(self.slot_of(first)) } else { self.any_operand(first) };
        let mut b = self.any_operand(second);
        if a == Operand::Acc && b == Operand::Acc {
            b = Operand::Slot(self.slot_of(second));
        }
        self.take(first, a);
        self.take(second, b);
        let swap = commutes && matches!((a, b), (Operand::Const(_), _) | (Operand::Slot(_), Operand::Acc));
        Ok(if swap { (b, a) } else { (a, b) })
    }

    fn put_operands(&mut self, pos: u32, a: Operand, b: Operand) {
        let second_at = if let Operand::Slot(_) = a { at!(Binary.second) } else { at!(Binary.first) };
        self.put_operand(pos, at!(Binary.first), a);
        self.put_operand(pos, second_at, b);
    }

    #[inline]
    fn put_operand(&mut self, pos: u32, at: usize, operand: Operand) {
        match operand {
            Operand::Slot(slot) => self.emitter.put16(pos, at, slot),
            Operand::Acc => {}
            Operand::Const(bits) if i32::try_from(bits as i64).is_ok() => {
                self.emitter.put32(pos, at!(BinarySmall.constant), bits as u32);
            }
            Operand::Const(bits) => self.emitter.put64(pos, at!(BinaryWide.constant), bits),
        }
    }
}

/// The form of a binary instruction with these operands, and its length.
fn binary_form(a: Operand, b: Operand) -> (u16, usize) {
    use Operand::{Acc, Const, Slot};
    let small = |bits: u64| i32::try_from(bits as i64).is_ok();
    match (a, b) {
        (Slot(_), Slot(_)) => (two::SS::INDEX, two::SS::WORDS),
        (Slot(_), Const(c)) if small(c) => (two::SI::INDEX, two::SI::WORDS),
        (Slot(_), Const(_)) => (two::SQ::INDEX, two::SQ::WORDS),
        (Acc, Slot(_)) => (two::AS::INDEX, two::AS::WORDS),
        (Acc, Const(c)) if small(c) => (two::AI::INDEX, two::AI::WORDS),
        (Acc, _) => (two::AQ::INDEX, two::AQ::WORDS),
        (Slot(_), Acc) => (two::SA::INDEX, two::SA::WORDS),
        (Const(c), Slot(_)) if small(c) => (two::IS::INDEX, two::IS::WORDS),
        (Const(c), _) if small(c) => (two::IA::INDEX, two::IA::WORDS),
        (Const(_), Slot(_)) => (two::QS::INDEX, two::QS::WORDS),
        (Const(_), _) => (two::QA::INDEX, two::QA::WORDS),
    }
}
