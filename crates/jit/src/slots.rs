//! Values in consecutive slots: how operands reach code that does not know their types at compile time.

use crate::convention::slots;
use crate::lower::LANES;
use cranelift_codegen::ir::{
    InstBuilder, MemFlagsData, Type, Value,
    types::{F32, F64, I32, I64, I64X2},
};
use cranelift_frontend::FunctionBuilder;
use sarsen_abi::SLOT_BYTES;

/// Slots that values of these types take together.
pub(crate) fn count(types: impl IntoIterator<Item = Type>) -> u32 {
    types.into_iter().map(slots).sum()
}

/// Writes values to consecutive slots, each zero-extended.
pub(crate) fn write(b: &mut FunctionBuilder<'_>, flags: MemFlagsData, address: Value, values: &[Value]) {
    let mut at = 0;
    for &value in values {
        let ty = b.func.dfg.value_type(value);
        let value = if matches!(ty, I32 | F32) { into_slot(b, value) } else { value };
        b.ins().store(flags, value, address, at);
        at += (slots(ty) as usize * SLOT_BYTES) as i32;
    }
}

/// What the slots of values hold, in registers.
pub(crate) fn split(b: &mut FunctionBuilder<'_>, values: &[Value]) -> Vec<Value> {
    let mut all = Vec::with_capacity(values.len());
    for &value in values {
        if slots(b.func.dfg.value_type(value)) == 1 {
            all.push(into_slot(b, value));
        } else {
            let halves = b.ins().bitcast(I64X2, LANES, value);
            all.extend([0, 1].map(|lane| b.ins().extractlane(halves, lane)));
        }
    }
    all
}

/// What the slot of a value holds, in a register.
fn into_slot(b: &mut FunctionBuilder<'_>, value: Value) -> Value {
    match b.func.dfg.value_type(value) {
        I32 => b.ins().uextend(I64, value),
        F32 => {
            let bits = b.ins().bitcast(I32, MemFlagsData::new(), value);
            b.ins().uextend(I64, bits)
        }
        F64 => b.ins().bitcast(I64, MemFlagsData::new(), value),
        _ => value,
    }
}

/// A value of this type from a slot in a register.
pub(crate) fn from_slot(b: &mut FunctionBuilder<'_>, slot: Value, ty: Type) -> Value {
    match ty {
        I32 => b.ins().ireduce(I32, slot),
        F32 => {
            let bits = b.ins().ireduce(I32, slot);
            b.ins().bitcast(F32, MemFlagsData::new(), bits)
        }
        F64 => b.ins().bitcast(F64, MemFlagsData::new(), slot),
        _ => slot,
    }
}

/// Reads values of these types from consecutive slots.
pub(crate) fn read(
    b: &mut FunctionBuilder<'_>,
    flags: MemFlagsData,
    address: Value,
    types: &[Type],
) -> Vec<Value> {
    let mut at = 0;
    let mut values = Vec::with_capacity(types.len());
    for &ty in types {
        values.push(b.ins().load(ty, flags, address, at));
        at += (slots(ty) as usize * SLOT_BYTES) as i32;
    }
    values
}
