//! Operators that are one row of the instruction table: operands in, result out.
//!
//! A row names the instruction of Cranelift's that means the same (`clif`), or else its kernel, for which there is a
//! function by the same name (`scalar`, `vector`). Values have the types that wasm values have; where lanes matter they
//! are cast here. Addresses, and whether an access is allowed, are the translator's matter.

mod clif;
mod memory;
mod rows;
mod scalar;
#[cfg(test)]
mod tests;
mod vector;

pub(crate) use memory::{access_bytes, atomic_cmpxchg, atomic_rmw, load, load_lane, store, store_lane};

use cranelift_codegen::ir::{
    Endianness, InstBuilder, InstructionData, MemFlagsData, Opcode, Type, Value,
    types::{F32, F32X4, F64, F64X2, I8, I8X16, I16X8, I32, I32X4, I64, I64X2},
};
use cranelift_frontend::FunctionBuilder;
use sarsen_isa::{Op, Trap, ValKind};

/// How code stops.
pub(crate) trait Traps {
    /// Traps if a condition is not zero.
    fn trap_if(&mut self, b: &mut FunctionBuilder<'_>, condition: Value, trap: Trap);
    /// Whether instructions may trap themselves.
    fn can_fault(&self) -> bool;
}

/// An operator that is being lowered.
pub(crate) struct At<'s, 'b> {
    pub(crate) b: &'s mut FunctionBuilder<'b>,
    traps: &'s mut dyn Traps,
    /// The type of operands: of their lanes, if they have some.
    operand: Type,
    /// The type of the result, likewise.
    result: Type,
    lane: u8,
}

/// How an operator is lowered.
type Lowering = for<'a, 's, 'b> fn(&'a mut At<'s, 'b>, &'a [Value]) -> Value;

/// Lowers an operator that takes values and gives one.
pub(crate) fn simple(
    b: &mut FunctionBuilder<'_>,
    traps: &mut dyn Traps,
    op: Op,
    operands: &[Value],
    lane: u8,
) -> Value {
    let info = op.info();
    let kind = info.results[0];
    let (operand, result) = types(info.mnemonic, info.params[0], kind);
    let operands: Vec<Value> = operands.iter().map(|&value| as_lanes(b, value, operand)).collect();
    let mut at = At { b, traps, operand, result, lane };
    let value = rows::lowering(op)(&mut at, &operands);
    as_wasm(b, value, kind)
}

/// Types of operands and of the result. The lanes of vectors are in the mnemonic: the result's first, the operands' last.
fn types(mnemonic: &str, param: ValKind, result: ValKind) -> (Type, Type) {
    let lanes = || mnemonic.split(['.', '_']).filter_map(lanes);
    let of = |kind, lanes: &dyn Fn() -> Option<Type>| match kind {
        ValKind::I32 => I32,
        ValKind::I64 => I64,
        ValKind::F32 => F32,
        ValKind::F64 => F64,
        ValKind::V128 => lanes().unwrap_or(I8X16),
    };
    (of(param, &|| lanes().next_back()), of(result, &|| lanes().next()))
}

/// The vector type of a word of a mnemonic.
fn lanes(word: &str) -> Option<Type> {
    Some(match word {
        "i8x16" => I8X16,
        "i16x8" => I16X8,
        "i32x4" => I32X4,
        "i64x2" => I64X2,
        "f32x4" => F32X4,
        "f64x2" => F64X2,
        _ => return None,
    })
}

/// The first lanes of vectors are their low bytes.
pub(crate) const LANES: MemFlagsData = MemFlagsData::new().with_endianness(Endianness::Little);

/// A vector with other lanes. Casts do not pile up: the machine's instructions are found by what feeds what.
fn cast(b: &mut FunctionBuilder<'_>, value: Value, ty: Type) -> Value {
    if b.func.dfg.value_type(value) == ty {
        return value;
    }
    let value = uncast(b, value);
    if b.func.dfg.value_type(value) == ty {
        return value;
    }
    b.ins().bitcast(ty, LANES, value)
}

/// A vector with the lanes that it had when it was made.
fn uncast(b: &FunctionBuilder<'_>, value: Value) -> Value {
    let dfg = &b.func.dfg;
    match dfg.value_def(value).inst().map(|inst| dfg.insts[inst]) {
        Some(InstructionData::LoadNoOffset { opcode: Opcode::Bitcast, arg, .. })
            if dfg.value_type(arg).is_vector() =>
        {
            arg
        }
        _ => value,
    }
}

/// An operand, with lanes of this type if it has lanes.
fn as_lanes(b: &mut FunctionBuilder<'_>, value: Value, ty: Type) -> Value {
    if b.func.dfg.value_type(value).is_vector() && ty.is_vector() { cast(b, value, ty) } else { value }
}

/// A result as wasm's values are.
fn as_wasm(b: &mut FunctionBuilder<'_>, value: Value, kind: ValKind) -> Value {
    match kind {
        ValKind::V128 => cast(b, value, I8X16),
        ValKind::I32 if b.func.dfg.value_type(value) == I8 => b.ins().uextend(I32, value),
        _ => value,
    }
}
