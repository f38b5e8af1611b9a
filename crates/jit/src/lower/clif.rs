//! Instructions of Cranelift's, by the names that rows of the table use. Each has exactly the operator's meaning.

use super::At;
use cranelift_codegen::ir::{
    InstBuilder, MemFlagsData, Value,
    condcodes::{FloatCC, IntCC},
    types::{I8, I8X16, I16, I16X8},
};
use sarsen_isa::Trap;

/// Instructions whose type follows from their operands.
macro_rules! plain {
    ($($name:ident($($operand:ident),*);)*) => {
        $(pub(super) fn $name(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            let [$($operand),*] = *operands else { unreachable!("the row has as many operands") };
            at.b.ins().$name($($operand),*)
        })*
    };
}

plain! {
    clz(a); ctz(a); popcnt(a);
    fabs(a); fneg(a); ceil(a); floor(a); trunc(a); nearest(a); sqrt(a);
    bnot(a); iabs(a); ineg(a); vany_true(a); vall_true(a);
    swiden_low(a); swiden_high(a); uwiden_low(a); uwiden_high(a);
    fvdemote(a); fvpromote_low(a);
    iadd(a, b); isub(a, b); imul(a, b); band(a, b); bor(a, b); bxor(a, b); band_not(a, b);
    ishl(a, b); sshr(a, b); ushr(a, b); rotl(a, b); rotr(a, b);
    fadd(a, b); fsub(a, b); fmul(a, b); fdiv(a, b); fmin(a, b); fmax(a, b); fcopysign(a, b);
    sadd_sat(a, b); uadd_sat(a, b); ssub_sat(a, b); usub_sat(a, b); avg_round(a, b);
    smin(a, b); umin(a, b); smax(a, b); umax(a, b);
    snarrow(a, b); unarrow(a, b); sqmul_round_sat(a, b); swizzle(a, b);
}

/// Instructions that are told the type of their result.
macro_rules! typed {
    ($($name:ident;)*) => {
        $(pub(super) fn $name(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            at.b.ins().$name(at.result, operands[0])
        })*
    };
}

typed! {
    ireduce; sextend; uextend; fdemote; fpromote; fcvt_from_sint; fcvt_from_uint; fcvt_to_sint_sat; fcvt_to_uint_sat;
    vhigh_bits;
}

pub(super) fn bitcast(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    at.b.ins().bitcast(at.result, MemFlagsData::new(), operands[0])
}

/// The low bits of an integer in every lane.
pub(super) fn splat(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    let lane = narrowed(at, operands[0]);
    at.b.ins().splat(at.result, lane)
}

/// An integer of a lane of the result.
pub(super) fn narrowed(at: &mut At<'_, '_>, value: Value) -> Value {
    match at.result {
        I8X16 => at.b.ins().ireduce(I8, value),
        I16X8 => at.b.ins().ireduce(I16, value),
        _ => value,
    }
}

/// The conditions of comparisons, by the table's names.
pub(super) mod conditions {
    use super::{FloatCC, IntCC};

    /// Declares conditions: the name in the table, and Cranelift's.
    macro_rules! conditions {
        ($ty:ident $module:ident: $($name:ident $condition:ident),*) => {
            pub(in crate::lower) mod $module {
                use super::$ty;
                $(#[expect(non_upper_case_globals, reason = "the table's names")]
                pub(in crate::lower) const $name: $ty = $ty::$condition;)*
            }
        };
    }

    conditions!(IntCC icmp: eq Equal, ne NotEqual, slt SignedLessThan, ult UnsignedLessThan, sgt SignedGreaterThan,
        ugt UnsignedGreaterThan, sle SignedLessThanOrEqual, ule UnsignedLessThanOrEqual,
        sge SignedGreaterThanOrEqual, uge UnsignedGreaterThanOrEqual);
    conditions!(FloatCC fcmp: eq Equal, ne NotEqual, lt LessThan, gt GreaterThan, le LessThanOrEqual,
        ge GreaterThanOrEqual);
}

// Instructions that trap

/// A quotient or remainder of integers; without faults, what it would trap on is found before.
macro_rules! divisions {
    ($($name:ident $overflows:literal;)*) => {
        $(pub(super) fn $name(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
            check_division(at, operands, $overflows);
            at.b.ins().$name(operands[0], operands[1])
        })*
    };
}

divisions! { sdiv true; udiv false; srem false; urem false; }

fn check_division(at: &mut At<'_, '_>, operands: &[Value], overflows: bool) {
    if at.traps.can_fault() {
        return;
    }
    let by_zero = at.b.ins().icmp_imm_s(IntCC::Equal, operands[1], 0);
    at.traps.trap_if(at.b, by_zero, Trap::IntegerDivisionByZero);
    if overflows {
        let by_minus_one = at.b.ins().icmp_imm_s(IntCC::Equal, operands[1], -1);
        let least = at.b.ins().iconst(at.operand, 1);
        let least = at.b.ins().ishl_imm_u(least, i64::from(at.operand.bits()) - 1);
        let of_least = at.b.ins().icmp(IntCC::Equal, operands[0], least);
        let overflow = at.b.ins().band(by_minus_one, of_least);
        at.traps.trap_if(at.b, overflow, Trap::IntegerOverflow);
    }
}

pub(super) fn fcvt_to_sint(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    super::scalar::check_conversion(at, operands[0], true);
    at.b.ins().fcvt_to_sint(at.result, operands[0])
}

pub(super) fn fcvt_to_uint(at: &mut At<'_, '_>, operands: &[Value]) -> Value {
    super::scalar::check_conversion(at, operands[0], false);
    at.b.ins().fcvt_to_uint(at.result, operands[0])
}
