//! From wasmparser's operators to the translator's: the simple ones by the instruction table, the others by hand.

use super::aggregate::Extend;
use super::builtin::pair;
use super::function::malformed;
use super::{Step, Translator};
use crate::table::simple;
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{
    InstBuilder,
    types::{I8X16, I32, I64},
};
use sarsen_isa::{Builtin, Trap};
use wasmparser::Operator;

impl Translator<'_, '_> {
    /// An operator that cannot be reached: only what opens and closes blocks matters.
    pub(super) fn unreachable_operator(&mut self, operator: &Operator<'_>) -> Step {
        match operator {
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::TryTable { .. } => self.dead_block(),
            Operator::Else => self.else_(),
            Operator::End => self.end()?,
            _ => {}
        }
        Ok(())
    }

    /// An operator that can be reached.
    pub(super) fn operator(&mut self, operator: &Operator<'_>) -> Step {
        if let Some(simple) = simple(operator) {
            self.simple(&simple);
            return Ok(());
        }
        match *operator {
            Operator::Nop => {}
            Operator::Unreachable => self.trap(Trap::UnreachableCodeReached),
            Operator::Block { blockty } => self.block(blockty),
            Operator::Loop { blockty } => self.loop_(blockty),
            Operator::If { blockty } => self.if_(blockty),
            Operator::Else => self.else_(),
            Operator::End => self.end()?,
            Operator::Br { relative_depth } => self.br(relative_depth),
            Operator::BrIf { relative_depth } => self.br_if(relative_depth),
            Operator::BrTable { ref targets } => self.br_table(targets)?,
            Operator::Return => {
                self.return_();
                self.reachable = false;
            }
            Operator::Call { function_index } => self.call(function_index)?,
            Operator::CallIndirect { type_index, table_index } => {
                self.call_indirect(type_index, table_index)?
            }
            Operator::CallRef { type_index } => self.call_ref(type_index)?,
            Operator::ReturnCall { function_index } => self.return_call(function_index),
            Operator::ReturnCallIndirect { type_index, table_index } => {
                self.return_call_indirect(type_index, table_index);
            }
            Operator::ReturnCallRef { type_index } => self.return_call_ref(type_index),
            Operator::Drop => {
                self.pop();
            }
            Operator::Select | Operator::TypedSelect { .. } | Operator::TypedSelectMulti { .. } => {
                self.select();
            }
            Operator::LocalGet { local_index } => {
                let value = self.b.use_var(self.locals[local_index as usize]);
                self.push(value);
            }
            Operator::LocalSet { local_index } => {
                let value = self.pop();
                self.b.def_var(self.locals[local_index as usize], value);
            }
            Operator::LocalTee { local_index } => {
                let value = *self.stack.last().ok_or_else(|| malformed("local.tee"))?;
                self.b.def_var(self.locals[local_index as usize], value);
            }
            Operator::GlobalGet { global_index } => self.global_get(global_index),
            Operator::GlobalSet { global_index } => self.global_set(global_index),
            _ => return self.constants_and_vectors(operator),
        }
        Ok(())
    }

    fn constants_and_vectors(&mut self, operator: &Operator<'_>) -> Step {
        let value = match *operator {
            Operator::I32Const { value } => self.b.ins().iconst(I32, i64::from(value as u32)),
            Operator::I64Const { value } => self.b.ins().iconst(I64, value),
            Operator::F32Const { value } => self.b.ins().f32const(Ieee32::with_bits(value.bits())),
            Operator::F64Const { value } => self.b.ins().f64const(Ieee64::with_bits(value.bits())),
            Operator::V128Const { value } => {
                let bytes = self.b.func.dfg.constants.insert(value.bytes().as_slice().into());
                self.b.ins().vconst(I8X16, bytes)
            }
            Operator::I8x16Shuffle { lanes } => {
                let (b, a) = (self.pop(), self.pop());
                let mask = self.b.func.dfg.immediates.push(lanes.as_slice().into());
                self.b.ins().shuffle(a, b, mask)
            }
            Operator::I64Add128 | Operator::I64Sub128 => {
                let operands = self.pop_many(4);
                let a = self.b.ins().iconcat(operands[0], operands[1]);
                let b = self.b.ins().iconcat(operands[2], operands[3]);
                let wide = match operator {
                    Operator::I64Add128 => self.b.ins().iadd(a, b),
                    _ => self.b.ins().isub(a, b),
                };
                return self.push_halves(wide);
            }
            Operator::I64MulWideS | Operator::I64MulWideU => {
                let (b, a) = (self.pop(), self.pop());
                let low = self.b.ins().imul(a, b);
                let high = match operator {
                    Operator::I64MulWideS => self.b.ins().smulhi(a, b),
                    _ => self.b.ins().umulhi(a, b),
                };
                self.push(low);
                high
            }
            _ => return self.memory_and_tables(operator),
        };
        self.push(value);
        Ok(())
    }

    fn push_halves(&mut self, wide: cranelift_codegen::ir::Value) -> Step {
        let (low, high) = self.b.ins().isplit(wide);
        self.push(low);
        self.push(high);
        Ok(())
    }

    fn memory_and_tables(&mut self, operator: &Operator<'_>) -> Step {
        match *operator {
            Operator::MemorySize { mem } => self.memory_size(mem),
            Operator::MemoryGrow { mem } => self.memory_grow(mem),
            Operator::MemoryCopy { dst_mem, src_mem } => self.memory_copy(dst_mem, src_mem),
            Operator::MemoryFill { mem } => self.memory_fill(mem),
            Operator::MemoryInit { data_index, mem } => {
                self.builtin(Builtin::MemoryInit, pair(data_index, mem), 3, &[]);
            }
            Operator::DataDrop { data_index } => {
                self.builtin(Builtin::DataDrop, u64::from(data_index), 0, &[]);
            }
            Operator::TableGet { table } => self.table_get(table),
            Operator::TableSet { table } => self.table_set(table),
            Operator::TableSize { table } => self.table_size(table),
            Operator::TableGrow { table } => self.table_grow(table),
            Operator::TableFill { table } => self.builtin(Builtin::TableFill, u64::from(table), 3, &[]),
            Operator::TableCopy { dst_table, src_table } => self.table_copy(dst_table, src_table),
            Operator::TableInit { elem_index, table } => {
                self.builtin(Builtin::TableInit, pair(elem_index, table), 3, &[]);
            }
            Operator::ElemDrop { elem_index } => {
                self.builtin(Builtin::ElemDrop, u64::from(elem_index), 0, &[]);
            }
            Operator::AtomicFence { .. } => {
                self.b.ins().fence();
            }
            Operator::MemoryAtomicNotify { ref memarg } => {
                self.atomic_builtin(Builtin::AtomicNotify, memarg, 2, 4);
            }
            Operator::MemoryAtomicWait32 { ref memarg } => {
                self.atomic_builtin(Builtin::AtomicWait32, memarg, 3, 4);
            }
            Operator::MemoryAtomicWait64 { ref memarg } => {
                self.atomic_builtin(Builtin::AtomicWait64, memarg, 3, 8);
            }
            _ => return self.references(operator),
        }
        Ok(())
    }

    fn references(&mut self, operator: &Operator<'_>) -> Step {
        match *operator {
            Operator::RefNull { hty } => self.null(hty),
            Operator::RefIsNull => self.ref_is_null(),
            Operator::RefFunc { function_index } => self.ref_func(function_index),
            Operator::RefEq => self.ref_eq(),
            Operator::RefAsNonNull => self.as_non_null(),
            Operator::BrOnNull { relative_depth } => self.br_on_null(relative_depth),
            Operator::BrOnNonNull { relative_depth } => self.br_on_non_null(relative_depth),
            Operator::RefI31 => self.ref_i31(),
            Operator::I31GetS => self.i31_get(true),
            Operator::I31GetU => self.i31_get(false),
            Operator::RefTestNonNull { hty } => self.ref_test(self.tested(hty, false)),
            Operator::RefTestNullable { hty } => self.ref_test(self.tested(hty, true)),
            Operator::RefCastNonNull { hty } => self.ref_cast(self.tested(hty, false)),
            Operator::RefCastNullable { hty } => self.ref_cast(self.tested(hty, true)),
            Operator::BrOnCast { relative_depth, to_ref_type, .. } => {
                let ty = self.tested(to_ref_type.heap_type(), to_ref_type.is_nullable());
                self.br_on_cast(relative_depth, ty, true);
            }
            Operator::BrOnCastFail { relative_depth, to_ref_type, .. } => {
                let ty = self.tested(to_ref_type.heap_type(), to_ref_type.is_nullable());
                self.br_on_cast(relative_depth, ty, false);
            }
            // Host references and others have one representation.
            Operator::AnyConvertExtern | Operator::ExternConvertAny => {}
            Operator::TryTable { ref try_table } => self.try_table(try_table),
            Operator::Throw { tag_index } => self.throw(tag_index),
            Operator::ThrowRef => self.throw_ref(),
            _ => return self.aggregates(operator),
        }
        Ok(())
    }

    fn aggregates(&mut self, operator: &Operator<'_>) -> Step {
        use Builtin as B;
        match *operator {
            Operator::StructNew { struct_type_index: ty } => self.struct_new(ty, false),
            Operator::StructNewDefault { struct_type_index: ty } => self.struct_new(ty, true),
            Operator::StructGet { struct_type_index: ty, field_index }
            | Operator::StructGetU { struct_type_index: ty, field_index } => {
                self.struct_get(ty, field_index, Extend::Unsigned);
            }
            Operator::StructGetS { struct_type_index: ty, field_index } => {
                self.struct_get(ty, field_index, Extend::Signed);
            }
            Operator::StructSet { struct_type_index: ty, field_index } => self.struct_set(ty, field_index),
            Operator::ArrayNew { array_type_index: ty } => self.array_builtin(B::ArrayNew, ty, 0, 2, true),
            Operator::ArrayNewDefault { array_type_index: ty } => self.array_new_default(ty),
            Operator::ArrayNewFixed { array_type_index: ty, array_size } => {
                self.array_new_fixed(ty, array_size);
            }
            Operator::ArrayNewData { array_type_index: ty, array_data_index } => {
                self.array_builtin(B::ArrayNewData, ty, array_data_index, 2, true);
            }
            Operator::ArrayNewElem { array_type_index: ty, array_elem_index } => {
                self.array_builtin(B::ArrayNewElem, ty, array_elem_index, 2, true);
            }
            Operator::ArrayGet { array_type_index: ty } | Operator::ArrayGetU { array_type_index: ty } => {
                self.array_get(ty, Extend::Unsigned);
            }
            Operator::ArrayGetS { array_type_index: ty } => self.array_get(ty, Extend::Signed),
            Operator::ArraySet { array_type_index: ty } => self.array_set(ty),
            Operator::ArrayLen => self.array_len(),
            Operator::ArrayFill { array_type_index: ty } => {
                self.array_builtin(B::ArrayFill, ty, 0, 4, false);
            }
            Operator::ArrayCopy { array_type_index_dst: dst, array_type_index_src: src } => {
                self.array_copy(dst, src);
            }
            Operator::ArrayInitData { array_type_index: ty, array_data_index } => {
                self.array_builtin(B::ArrayInitData, ty, array_data_index, 4, false);
            }
            Operator::ArrayInitElem { array_type_index: ty, array_elem_index } => {
                self.array_builtin(B::ArrayInitElem, ty, array_elem_index, 4, false);
            }
            _ => return Err(malformed("an operator that no feature has")),
        }
        Ok(())
    }
}
