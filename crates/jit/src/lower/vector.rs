//! Vector operators that no single instruction means, by the names of their kernels.
//!
//! Cranelift knows most of these combinations, and has an instruction of the machine for them.

use super::{At, cast, uncast};
use cranelift_codegen::ir::{
    InstBuilder, Type, Value,
    condcodes::FloatCC,
    types::{F64X2, I8X16, I16X8, I32, I32X4, I64X2},
};

/// Two halves of widened lanes, made of the low and the high lanes of the operands.
fn halves(
    at: &mut At<'_, '_>,
    signed: bool,
    operands: &[Value],
    combine: impl Fn(&mut At<'_, '_>, &[Value]) -> Value,
) -> [Value; 2] {
    [false, true].map(|high| {
        let widened: Vec<Value> = operands.iter().map(|&value| widen(at, value, signed, high)).collect();
        combine(at, &widened)
    })
}

fn widen(at: &mut At<'_, '_>, value: Value, signed: bool, high: bool) -> Value {
    match (signed, high) {
        (true, false) => at.b.ins().swiden_low(value),
        (true, true) => at.b.ins().swiden_high(value),
        (false, false) => at.b.ins().uwiden_low(value),
        (false, true) => at.b.ins().uwiden_high(value),
    }
}

fn product(at: &mut At<'_, '_>, factors: &[Value]) -> Value {
    at.b.ins().imul(factors[0], factors[1])
}

/// Sums of neighbours and products of halves, for each kernel with its signedness.
macro_rules! widening {
    (pairwise { $($pairwise:ident $pairwise_signed:literal;)* } product { $($product:ident $signed:literal $high:literal;)* }) => {
        $(pub(super) fn $pairwise(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            let [low, high] = halves(at, $pairwise_signed, operands, |_, widened| widened[0]);
            at.b.ins().iadd_pairwise(low, high)
        })*
        $(pub(super) fn $product(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            let widened: Vec<Value> = operands.iter().map(|&value| widen(at, value, $signed, $high)).collect();
            product(at, &widened)
        })*
    };
}

widening! {
    pairwise {
    i16x8_extadd_pairwise_i8x16_s true; i16x8_extadd_pairwise_i8x16_u false;
    i32x4_extadd_pairwise_i16x8_s true; i32x4_extadd_pairwise_i16x8_u false;
    }
    product {
    i16x8_extmul_low_i8x16_s true false; i16x8_extmul_low_i8x16_u false false;
    i16x8_extmul_high_i8x16_s true true; i16x8_extmul_high_i8x16_u false true;
    i32x4_extmul_low_i16x8_s true false; i32x4_extmul_low_i16x8_u false false;
    i32x4_extmul_high_i16x8_s true true; i32x4_extmul_high_i16x8_u false true;
    i64x2_extmul_low_i32x4_s true false; i64x2_extmul_low_i32x4_u false false;
    i64x2_extmul_high_i32x4_s true true; i64x2_extmul_high_i32x4_u false true;
    }
}

/// Sums of neighbouring products.
fn dot(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    let [low, high] = halves(at, true, operands, product);
    at.b.ins().iadd_pairwise(low, high)
}

pub(super) fn i32x4_dot_i16x8_s(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    dot(at, operands)
}

pub(super) fn i16x8_relaxed_dot_i8x16_i7x16_s(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    dot(at, operands)
}

pub(super) fn i32x4_relaxed_dot_i8x16_i7x16_add_s(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    let pairs = dot(at, &operands[..2]);
    let sums = i32x4_extadd_pairwise_i16x8_s(at, &[pairs]);
    let addend = cast(at.b, operands[2], I32X4);
    at.b.ins().iadd(sums, addend)
}

pub(super) fn i16x8_relaxed_q15mulr_s(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    at.b.ins().sqmul_round_sat(operands[0], operands[1])
}

// Conversions

/// A vector of zeros.
pub(super) fn zero(at: &mut At<'_, '_>, ty: Type) -> Value {
    let zero = at.b.func.dfg.constants.insert([0; 16].as_slice().into());
    at.b.ins().vconst(ty, zero)
}

pub(super) fn i32x4_trunc_sat_f64x2_s_zero(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    let wide = at.b.ins().fcvt_to_sint_sat(I64X2, operands[0]);
    let zero = zero(at, I64X2);
    at.b.ins().snarrow(wide, zero)
}

pub(super) fn i32x4_trunc_sat_f64x2_u_zero(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    let wide = at.b.ins().fcvt_to_uint_sat(I64X2, operands[0]);
    let zero = zero(at, I64X2);
    at.b.ins().uunarrow(wide, zero)
}

pub(super) fn f64x2_convert_low_i32x4_s(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    let wide = at.b.ins().swiden_low(operands[0]);
    at.b.ins().fcvt_from_sint(F64X2, wide)
}

pub(super) fn f64x2_convert_low_i32x4_u(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    let wide = at.b.ins().uwiden_low(operands[0]);
    at.b.ins().fcvt_from_uint(F64X2, wide)
}

pub(super) fn i32x4_relaxed_trunc_f32x4_s(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    at.b.ins().fcvt_to_sint_sat(I32X4, operands[0])
}

pub(super) fn i32x4_relaxed_trunc_f32x4_u(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    at.b.ins().fcvt_to_uint_sat(I32X4, operands[0])
}

pub(super) fn i32x4_relaxed_trunc_f64x2_s_zero(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    i32x4_trunc_sat_f64x2_s_zero(at, operands)
}

pub(super) fn i32x4_relaxed_trunc_f64x2_u_zero(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    i32x4_trunc_sat_f64x2_u_zero(at, operands)
}

// Choices

/// `then` where `less < than`, else `otherwise`.
fn choose(at: &mut At<'_, '_>, less: Value, than: Value, then: Value, otherwise: Value) -> Value {
    let mask = at.b.ins().fcmp(FloatCC::LessThan, less, than);
    let mask = cast(at.b, mask, at.operand);
    at.b.ins().bitselect(mask, then, otherwise)
}

/// Bits of the first operand where the third has ones, else of the second. Whether the third is all ones or zeros in
/// every lane can be seen, if it is a comparison, from what it was made by: lanes are its, then.
fn select_bits(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    let made = uncast(at.b, operands[2]);
    let ty = at.b.func.dfg.value_type(made);
    let (mask, ty) = if ty.lane_type().is_int() { (made, ty) } else { (operands[2], at.operand) };
    let (then, otherwise) = (cast(at.b, operands[0], ty), cast(at.b, operands[1], ty));
    at.b.ins().bitselect(mask, then, otherwise)
}

/// Choices between two operands, and between the bits of two.
macro_rules! choices {
    (pmin { $($pmin:ident)* } pmax { $($pmax:ident)* } min { $($min:ident)* } max { $($max:ident)* }
        bits { $($bits:ident)* } madd { $($madd:ident)* } nmadd { $($nmadd:ident)* }) => {
        $(pub(super) fn $pmin(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            choose(at, operands[1], operands[0], operands[1], operands[0])
        })*
        $(pub(super) fn $pmax(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            choose(at, operands[0], operands[1], operands[1], operands[0])
        })*
        $(pub(super) fn $min(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            at.b.ins().fmin(operands[0], operands[1])
        })*
        $(pub(super) fn $max(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            at.b.ins().fmax(operands[0], operands[1])
        })*
        $(pub(super) fn $bits(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            select_bits(at, operands)
        })*
        $(pub(super) fn $madd(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            let product = at.b.ins().fmul(operands[0], operands[1]);
            at.b.ins().fadd(product, operands[2])
        })*
        $(pub(super) fn $nmadd(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            let product = at.b.ins().fmul(operands[0], operands[1]);
            at.b.ins().fsub(operands[2], product)
        })*
    };
}

choices! {
    pmin { f32x4_pmin f64x2_pmin }
    pmax { f32x4_pmax f64x2_pmax }
    min { f32x4_relaxed_min f64x2_relaxed_min }
    max { f32x4_relaxed_max f64x2_relaxed_max }
    bits {
        v128_bitselect i8x16_relaxed_laneselect i16x8_relaxed_laneselect i32x4_relaxed_laneselect
        i64x2_relaxed_laneselect
    }
    madd { f32x4_relaxed_madd f64x2_relaxed_madd }
    nmadd { f32x4_relaxed_nmadd f64x2_relaxed_nmadd }
}

// Lanes

/// A lane, sign-extended or zero-extended if it is narrow.
pub(super) fn extract(at: &mut At<'_, '_>, operands: &[Value], signed: bool) -> Value {
    let lane = at.b.ins().extractlane(operands[0], at.lane);
    match (at.operand, signed) {
        (I8X16 | I16X8, true) => at.b.ins().sextend(I32, lane),
        (I8X16 | I16X8, false) => at.b.ins().uextend(I32, lane),
        _ => lane,
    }
}

/// A vector with another value in a lane.
pub(super) fn replace(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    let lane = super::clif::narrowed(at, operands[1]);
    at.b.ins().insertlane(operands[0], lane, at.lane)
}
