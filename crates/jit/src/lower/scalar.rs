//! Scalar operators that no single instruction means, by the names of their kernels.

use super::At;
use cranelift_codegen::ir::{
    InstBuilder, Type, Value,
    condcodes::{FloatCC, IntCC},
    types::{F32, I8, I16, I32},
};
use sarsen_isa::Trap;

fn is_zero(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    at.b.ins().icmp_imm_s(IntCC::Equal, operands[0], 0)
}

pub(super) fn i32_eqz(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    is_zero(at, operands)
}

pub(super) fn i64_eqz(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    is_zero(at, operands)
}

/// The low bits of the operand, sign-extended.
fn extend(at: &mut At<'_, '_>, operands: &[Value], from: Type) -> Value {
    let low = at.b.ins().ireduce(from, operands[0]);
    at.b.ins().sextend(at.result, low)
}

/// Sign extensions: the kernel, and what it extends.
macro_rules! extensions {
    ($($name:ident $from:ident;)*) => {
        $(pub(super) fn $name(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            extend(at, operands, $from)
        })*
    };
}

extensions! {
    i32_extend8_s I8; i32_extend16_s I16;
    i64_extend8_s I8; i64_extend16_s I16; i64_extend32_s I32;
}

/// Without faults: traps if a float cannot be converted to the result's type.
pub(super) fn check_conversion(at: &mut At<'_, '_>, value: Value, signed: bool) {
    if at.traps.can_fault() {
        return;
    }
    let is_nan = at.b.ins().fcmp(FloatCC::Unordered, value, value);
    at.traps.trap_if(at.b, is_nan, Trap::BadConversionToInteger);
    let bits = at.result.bits() as i32;
    let (high, low) = if signed {
        // The bound itself is a float, but one below it need not be.
        let exact = at.operand != F32 && bits == 32;
        let least = -2f64.powi(bits - 1);
        (
            2f64.powi(bits - 1),
            if exact { (least - 1.0, FloatCC::LessThanOrEqual) } else { (least, FloatCC::LessThan) },
        )
    } else {
        (2f64.powi(bits), (-1.0, FloatCC::LessThanOrEqual))
    };
    for (bound, condition) in [(high, FloatCC::GreaterThanOrEqual), low] {
        let bound =
            if at.operand == F32 { at.b.ins().f32const(bound as f32) } else { at.b.ins().f64const(bound) };
        let outside = at.b.ins().fcmp(condition, value, bound);
        at.traps.trap_if(at.b, outside, Trap::IntegerOverflow);
    }
}
