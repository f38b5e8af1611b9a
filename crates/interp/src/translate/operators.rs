//! From wasmparser's operators to the translator's: the simple ones by the instruction table, the others by hand.
//!
//! What becomes of an operator is in the files of its class.

use super::block::Block;
use super::runtime::pair;
use super::stack::{Kind, Place};
use super::{Step, Translator};
use crate::inst::{self, Family};
use crate::payload::Bare;
use crate::table::{Simple, row, simple};
use sarsen_isa::{Builtin, Op, fuel};
use std::mem::{forget, needs_drop};
use wasmparser::{
    FrameKind, FrameStack, Operator, VisitOperator, VisitSimdOperator, for_each_visit_operator,
    for_each_visit_simd_operator,
};

/// Visits every operator as what the reader would make of it, but in place: an operator is large, and copying it costs
/// more than most translations.
macro_rules! visits {
    ($(@$proposal:ident $operator:ident $({ $($field:ident: $ty:ty),* })? => $visit:ident $annotations:tt)*) => {
        $(fn $visit(&mut self $($(, $field: $ty)*)?) -> Step {
            let operator = Operator::$operator $({ $($field),* })?;
            let step = self.operator(&operator);
            if !(false $($(|| needs_drop::<$ty>())*)?) {
                // Nothing to drop, but the compiler would look.
                forget(operator);
            }
            step
        })*
    };
}

impl<'a> VisitOperator<'a> for Translator<'_> {
    type Output = Step;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = Step>> {
        Some(self)
    }

    for_each_visit_operator!(visits);
}

impl FrameStack for Translator<'_> {
    /// The reader wants to see every `else` in an `if`: validation has.
    fn current_frame(&self) -> Option<FrameKind> {
        Some(FrameKind::If)
    }
}

impl VisitSimdOperator<'_> for Translator<'_> {
    for_each_visit_simd_operator!(visits);
}

impl Translator<'_> {
    /// Translates one operator.
    fn operator(&mut self, operator: &Operator<'_>) -> Step {
        if !self.dead {
            if self.fuel.is_some()
                && let Some(op) = row(operator)
            {
                self.charge(fuel::cost(op).into());
            }
            return self.reachable(operator);
        }
        match *operator {
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::TryTable { .. } => {
                self.blocks.push(Block::dead(self.stack.len()));
                Ok(())
            }
            Operator::Else => self.else_(),
            Operator::End => self.end(),
            _ => Ok(()),
        }
    }

    fn reachable(&mut self, operator: &Operator<'_>) -> Step {
        let Some(simple) = simple(operator) else {
            return self.by_hand(operator);
        };
        match simple {
            Simple::Unary(op @ (Op::I32Eqz | Op::I64Eqz)) => self.is_zero(op),
            Simple::Unary(op) => self.unary(op),
            Simple::Binary(op, commutes) => self.binary(op, commutes),
            Simple::Compare(op) => self.compare(op),
            Simple::Load(op, memarg) => self.load(op, memarg),
            Simple::Store(op, memarg) => self.store(op, memarg),
            Simple::Vector(family, op, operands, lane) => self.vector(family, op, operands, lane),
            Simple::VectorLoad(op, memarg) => self.vector_load(op, memarg),
            Simple::LoadLane(op, memarg, lane) => self.load_lane(op, memarg, lane),
            Simple::StoreLane(op, memarg, lane) => self.store_lane(op, memarg, lane),
            Simple::Atomic(family, op, memarg, operands) => self.atomic(family, op, memarg, operands),
        }
    }

    fn by_hand(&mut self, operator: &Operator<'_>) -> Step {
        match *operator {
            Operator::Nop => Ok(()),
            Operator::Unreachable => {
                self.emit(inst::base(Family::Unreachable), Bare::WORDS);
                self.kill();
                Ok(())
            }
            Operator::Block { blockty } => self.block(blockty),
            Operator::Loop { blockty } => self.loop_(blockty),
            Operator::If { blockty } => self.if_(blockty),
            Operator::Else => self.else_(),
            Operator::End => self.end(),
            Operator::Br { relative_depth } => self.br(relative_depth),
            Operator::BrIf { relative_depth } => self.br_if(relative_depth),
            Operator::BrTable { ref targets } => self.br_table(targets),
            Operator::Return => {
                self.return_()?;
                self.kill();
                Ok(())
            }
            Operator::Call { function_index } => self.call(function_index),
            Operator::CallIndirect { type_index, table_index } => self.call_indirect(type_index, table_index),
            Operator::CallRef { type_index } => self.call_ref(type_index),
            Operator::ReturnCall { function_index } => self.return_call(function_index),
            Operator::ReturnCallIndirect { type_index, table_index } => {
                self.return_call_indirect(type_index, table_index)
            }
            Operator::ReturnCallRef { type_index } => self.return_call_ref(type_index),
            Operator::Drop => self.drop_(),
            Operator::Select | Operator::TypedSelect { .. } | Operator::TypedSelectMulti { .. } => {
                self.select()
            }
            Operator::LocalGet { local_index } => self.local_get(local_index),
            Operator::LocalSet { local_index } => self.local_set(local_index),
            Operator::LocalTee { local_index } => self.local_tee(local_index),
            Operator::GlobalGet { global_index } => self.global_get(global_index),
            Operator::GlobalSet { global_index } => self.global_set(global_index),
            Operator::I32Const { value } => self.const_scalar(u64::from(value as u32), Kind::I32),
            Operator::I64Const { value } => self.const_scalar(value as u64, Kind::I64),
            Operator::F32Const { value } => self.const_scalar(u64::from(value.bits()), Kind::F32),
            Operator::F64Const { value } => self.const_scalar(value.bits(), Kind::F64),
            Operator::V128Const { value } => self.const_vector(*value.bytes()),
            _ => self.memory_and_tables(operator),
        }
    }

    fn const_scalar(&mut self, bits: u64, kind: Kind) -> Step {
        self.push(Place::Const(bits), kind)?;
        Ok(())
    }

    fn memory_and_tables(&mut self, operator: &Operator<'_>) -> Step {
        match *operator {
            Operator::MemorySize { mem } => self.memory_size(mem),
            Operator::MemoryGrow { mem } => {
                let kind = self.context.memory_index_kind(mem);
                self.builtin(Builtin::MemoryGrow, u64::from(mem), 1, &[kind])
            }
            Operator::MemoryCopy { dst_mem, src_mem } => {
                self.builtin(Builtin::MemoryCopy, pair(dst_mem, src_mem), 3, &[])
            }
            Operator::MemoryFill { mem } => self.builtin(Builtin::MemoryFill, u64::from(mem), 3, &[]),
            Operator::MemoryInit { data_index, mem } => {
                self.builtin(Builtin::MemoryInit, pair(data_index, mem), 3, &[])
            }
            Operator::DataDrop { data_index } => {
                self.builtin(Builtin::DataDrop, u64::from(data_index), 0, &[])
            }
            Operator::TableGet { table } => self.table_get(table),
            Operator::TableSet { table } => self.table_set(table),
            Operator::TableSize { table } => self.table_size(table),
            Operator::TableGrow { table } => {
                let kind = self.context.table_index_kind(table);
                self.builtin(Builtin::TableGrow, u64::from(table), 2, &[kind])
            }
            Operator::TableFill { table } => self.builtin(Builtin::TableFill, u64::from(table), 3, &[]),
            Operator::TableCopy { dst_table, src_table } => {
                self.builtin(Builtin::TableCopy, pair(dst_table, src_table), 3, &[])
            }
            Operator::TableInit { elem_index, table } => {
                self.builtin(Builtin::TableInit, pair(elem_index, table), 3, &[])
            }
            Operator::ElemDrop { elem_index } => {
                self.builtin(Builtin::ElemDrop, u64::from(elem_index), 0, &[])
            }
            Operator::V128Store { memarg } => self.vector_store(memarg),
            Operator::I8x16Shuffle { lanes } => self.shuffle(lanes),
            Operator::I64Add128 => self.wide(Family::Add128, 4),
            Operator::I64Sub128 => self.wide(Family::Sub128, 4),
            Operator::I64MulWideS => self.wide(Family::MulWideS, 2),
            Operator::I64MulWideU => self.wide(Family::MulWideU, 2),
            Operator::AtomicFence { .. } => {
                self.emit(inst::base(Family::Fence), Bare::WORDS);
                Ok(())
            }
            Operator::MemoryAtomicNotify { memarg } => {
                self.atomic_builtin(Builtin::AtomicNotify, memarg, 2, 4)
            }
            Operator::MemoryAtomicWait32 { memarg } => {
                self.atomic_builtin(Builtin::AtomicWait32, memarg, 3, 4)
            }
            Operator::MemoryAtomicWait64 { memarg } => {
                self.atomic_builtin(Builtin::AtomicWait64, memarg, 3, 8)
            }
            _ => self.references(operator),
        }
    }

    fn references(&mut self, operator: &Operator<'_>) -> Step {
        match *operator {
            Operator::RefNull { .. } => self.null(),
            Operator::RefIsNull => self.is_null(),
            Operator::RefFunc { function_index } => {
                self.builtin(Builtin::RefFunc, u64::from(function_index), 0, &[Kind::Ref])
            }
            Operator::RefEq => self.ref_eq(),
            Operator::RefAsNonNull => self.as_non_null(),
            Operator::BrOnNull { relative_depth } => self.br_on_null(relative_depth),
            Operator::BrOnNonNull { relative_depth } => self.br_on_non_null(relative_depth),
            Operator::RefI31 => self.simple(Family::RefI31, Kind::Ref),
            Operator::I31GetS => self.simple(Family::I31GetS, Kind::I32),
            Operator::I31GetU => self.simple(Family::I31GetU, Kind::I32),
            Operator::RefTestNonNull { hty } => self.ref_test(self.context.ref_test(hty, false)),
            Operator::RefTestNullable { hty } => self.ref_test(self.context.ref_test(hty, true)),
            Operator::RefCastNonNull { hty } => self.ref_cast(self.context.ref_test(hty, false)),
            Operator::RefCastNullable { hty } => self.ref_cast(self.context.ref_test(hty, true)),
            Operator::BrOnCast { relative_depth, to_ref_type, .. } => {
                let test = self.context.ref_test(to_ref_type.heap_type(), to_ref_type.is_nullable());
                self.br_on_cast(relative_depth, test, true)
            }
            Operator::BrOnCastFail { relative_depth, to_ref_type, .. } => {
                let test = self.context.ref_test(to_ref_type.heap_type(), to_ref_type.is_nullable());
                self.br_on_cast(relative_depth, test, false)
            }
            // Host references and others have one representation.
            Operator::AnyConvertExtern | Operator::ExternConvertAny => Ok(()),
            Operator::TryTable { ref try_table } => self.try_table(try_table),
            Operator::Throw { tag_index } => self.throw(tag_index),
            Operator::ThrowRef => self.throw_ref(),
            _ => self.aggregates(operator),
        }
    }

    fn aggregates(&mut self, operator: &Operator<'_>) -> Step {
        let reference = &[Kind::Ref];
        match *operator {
            Operator::StructNew { struct_type_index: ty } => {
                self.charge(fuel::object_cost(self.context.struct_size(ty)));
                let (id, fields) = (self.context.type_id(ty), self.context.field_count(ty));
                self.builtin(Builtin::StructNew, u64::from(id), fields, reference)
            }
            Operator::StructNewDefault { struct_type_index: ty } => {
                self.charge(fuel::object_cost(self.context.struct_size(ty)));
                self.builtin(Builtin::StructNewDefault, u64::from(self.context.type_id(ty)), 0, reference)
            }
            Operator::StructGet { struct_type_index: ty, field_index } => {
                self.struct_get(ty, field_index, false)
            }
            Operator::StructGetS { struct_type_index: ty, field_index } => {
                self.struct_get(ty, field_index, true)
            }
            Operator::StructGetU { struct_type_index: ty, field_index } => {
                self.struct_get(ty, field_index, false)
            }
            Operator::StructSet { struct_type_index: ty, field_index } => self.struct_set(ty, field_index),
            Operator::ArrayNew { array_type_index: ty } => {
                self.builtin(Builtin::ArrayNew, u64::from(self.context.type_id(ty)), 2, reference)
            }
            Operator::ArrayNewDefault { array_type_index: ty } => {
                self.builtin(Builtin::ArrayNewDefault, u64::from(self.context.type_id(ty)), 1, reference)
            }
            Operator::ArrayNewFixed { array_type_index: ty, array_size } => {
                let immediate = pair(self.context.type_id(ty), array_size);
                self.builtin(Builtin::ArrayNewFixed, immediate, array_size as usize, reference)
            }
            Operator::ArrayNewData { array_type_index: ty, array_data_index } => self.builtin(
                Builtin::ArrayNewData,
                pair(self.context.type_id(ty), array_data_index),
                2,
                reference,
            ),
            Operator::ArrayNewElem { array_type_index: ty, array_elem_index } => self.builtin(
                Builtin::ArrayNewElem,
                pair(self.context.type_id(ty), array_elem_index),
                2,
                reference,
            ),
            Operator::ArrayGet { array_type_index: ty } => self.array_get(ty, false),
            Operator::ArrayGetS { array_type_index: ty } => self.array_get(ty, true),
            Operator::ArrayGetU { array_type_index: ty } => self.array_get(ty, false),
            Operator::ArraySet { array_type_index: ty } => self.array_set(ty),
            Operator::ArrayLen => self.simple(Family::ArrayLen, Kind::I32),
            Operator::ArrayFill { array_type_index: ty } => {
                self.builtin(Builtin::ArrayFill, u64::from(self.context.type_id(ty)), 4, &[])
            }
            Operator::ArrayCopy { array_type_index_dst: dst, array_type_index_src: src } => {
                let immediate = pair(self.context.type_id(dst), self.context.type_id(src));
                self.builtin(Builtin::ArrayCopy, immediate, 5, &[])
            }
            Operator::ArrayInitData { array_type_index: ty, array_data_index } => {
                self.builtin(Builtin::ArrayInitData, pair(self.context.type_id(ty), array_data_index), 4, &[])
            }
            Operator::ArrayInitElem { array_type_index: ty, array_elem_index } => {
                self.builtin(Builtin::ArrayInitElem, pair(self.context.type_id(ty), array_elem_index), 4, &[])
            }
            _ => Err(self.error("operator is not supported")),
        }
    }
}
