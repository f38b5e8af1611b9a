//! Values in consecutive slots: how operands reach code that does not know their types at compile time.

use crate::convention::slots;
use cranelift_codegen::ir::{
    InstBuilder, MemFlagsData, Type, Value,
    types::{F32, I32, I64},
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
        let value = match ty {
            I32 => b.ins().uextend(I64, value),
            F32 => {
                let bits = b.ins().bitcast(I32, MemFlagsData::new(), value);
                b.ins().uextend(I64, bits)
            }
            _ => value,
        };
        b.ins().store(flags, value, address, at);
        at += (slots(ty) as usize * SLOT_BYTES) as i32;
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
