//! Operators on values against their kernels.

use super::rows::{Row, rows};
use super::values::{Value, combinations};
use super::{TestTraps, function, run};
use crate::lower::simple;
use cranelift_codegen::ir::Function;
use expect_test::expect;
use sarsen_isa::{Op, Shape, ValKind};

/// How many combinations of operands a row is tried with, about.
const TRIES: usize = 3000;

/// The row as a function.
fn lowered(row: &Row, lane: u8, can_fault: bool) -> Function {
    function(row.info.params, row.info.results, |b, operands| {
        vec![simple(b, &mut TestTraps { can_fault }, row.info.op, operands, lane)]
    })
}

/// Calls `check` with some of all combinations of edge values of the row's operands.
fn tries(row: &Row, mut check: impl FnMut(&[Value])) {
    let mut count = 0;
    combinations(row.info.params, |_| count += 1);
    // An odd step meets all values of all operands in time.
    let step = (count / TRIES) | 1;
    let mut at = 0;
    combinations(row.info.params, |operands| {
        if at % step == 0 {
            check(operands);
        }
        at += 1;
    });
}

/// NaNs that arithmetic returns may have any payload: all are made one.
fn canonical(row: &Row, value: Value) -> Value {
    let (lanes, name) = row.names();
    let exact = ["abs", "neg", "copysign", "pmin", "pmax", "splat", "extract_lane", "replace_lane"];
    if exact.contains(&name) || name.starts_with("reinterpret") {
        return value;
    }
    let width = match (value.kind, lanes) {
        (ValKind::F32, _) | (ValKind::V128, "f32x4") => 32,
        (ValKind::F64, _) | (ValKind::V128, "f64x2") => 64,
        _ => return value,
    };
    let count = if value.kind == ValKind::V128 { 128 / width } else { 1 };
    let lane = |at: u32| {
        let bits = (value.bits >> (at * width)) as u64;
        match width {
            32 if f32::from_bits(bits as u32).is_nan() => u64::from(f32::NAN.to_bits()),
            32 => bits & u64::from(u32::MAX),
            _ if f64::from_bits(bits).is_nan() => f64::NAN.to_bits(),
            _ => bits,
        }
    };
    let bits = (0..count).fold(0, |bits, at| bits | u128::from(lane(at)) << (at * width));
    Value { bits, ..value }
}

/// What Cranelift's interpreter cannot run (`avg_round` of vectors) or gets wrong: its `srem` says that the remainder of
/// the smallest integer and -1 overflows.
fn is_beyond_the_interpreter(row: &Row, operands: &[Value]) -> bool {
    match row.names().1 {
        "avgr_u" => true,
        "rem_s" => {
            operands[1].bits
                == if operands[1].kind == ValKind::I32 { 0xFFFF_FFFF } else { u128::from(u64::MAX) }
        }
        _ => false,
    }
}

/// Runs the rows of some groups against their kernels; all that differ are reported at once.
fn compare(shapes: &[Shape]) {
    let mut wrong = Vec::new();
    for row in rows().into_iter().filter(|row| shapes.contains(&row.info.shape)) {
        for (lane, can_fault) in (0..row.lanes).flat_map(|lane| [(lane, true), (lane, false)]) {
            let lowered = lowered(&row, lane, can_fault);
            let mut first = None;
            tries(&row, |operands| {
                if is_beyond_the_interpreter(&row, operands) {
                    return;
                }
                let expected = (row.apply)(operands, lane).map(|value| canonical(&row, value));
                let found = run(&lowered, operands).map(|values| canonical(&row, values[0]));
                if first.is_none() && found != expected {
                    first = Some(format!("{operands:x?}: {found:x?}, not {expected:x?}"));
                }
            });
            wrong.extend(first.map(|first| format!("{} {lane} {can_fault}: {first}", row.info.mnemonic)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn scalars_mean_what_their_kernels_do() {
    compare(&[Shape::Unary, Shape::Binary, Shape::Compare]);
}

#[test]
fn traps_are_those_of_the_kernels() {
    compare(&[Shape::UnaryTrapping, Shape::BinaryTrapping]);
}

#[test]
fn vectors_mean_what_their_kernels_do() {
    compare(&[Shape::VectorUnary, Shape::VectorTernary]);
}

#[test]
fn pairs_of_vectors_mean_what_their_kernels_do() {
    compare(&[Shape::VectorBinary]);
}

#[test]
fn lanes_mean_what_their_kernels_do() {
    compare(&[Shape::VectorExtract, Shape::VectorReplace]);
}

/// What becomes of operators of which each takes the result of the one before, and the parameters again.
fn chain(ops: &[Op]) -> String {
    let function = function(&[ValKind::V128; 3], &[ValKind::V128], |b, params| {
        let mut traps = TestTraps { can_fault: true };
        let value = ops.iter().fold(params[0], |value, op| match op.info().shape {
            Shape::VectorTernary => simple(b, &mut traps, *op, &[params[1], params[2], value], 0),
            _ => simple(b, &mut traps, *op, &[value, params[1]], 0),
        });
        vec![value]
    });
    let text = function.to_string();
    let code = text.lines().filter(|line| line.starts_with("    "));
    code.map(|line| line.trim_start().to_owned() + "\n").collect()
}

#[test]
fn operators_see_what_made_their_operands() {
    expect![[r#"
        v3 = bitcast.i32x4 little v0
        v4 = bitcast.i32x4 little v1
        v5 = imul v3, v4
        v6 = bitcast.i8x16 little v5
        v7 = bitcast.i32x4 little v1
        v8 = iadd v5, v7
        v9 = bitcast.i8x16 little v8
        return v9
    "#]]
    .assert_eq(&chain(&[Op::I32x4Mul, Op::I32x4Add]));
    expect![[r#"
        v3 = bitcast.i32x4 little v0
        v4 = bitcast.i32x4 little v1
        v5 = icmp slt v3, v4
        v6 = bitcast.i8x16 little v5
        v7 = bitcast.i32x4 little v1
        v8 = bitcast.i32x4 little v2
        v9 = bitselect v5, v7, v8
        v10 = bitcast.i8x16 little v9
        return v10
    "#]]
    .assert_eq(&chain(&[Op::I32x4LtS, Op::V128Bitselect]));
    expect![[r#"
        v3 = bitcast.f32x4 little v0
        v4 = bitcast.f32x4 little v1
        v5 = fcmp lt v3, v4
        v6 = bitcast.i8x16 little v5
        v7 = bitcast.i32x4 little v1
        v8 = bitcast.i32x4 little v2
        v9 = bitselect v5, v7, v8
        v10 = bitcast.i8x16 little v9
        return v10
    "#]]
    .assert_eq(&chain(&[Op::F32x4Lt, Op::V128Bitselect]));
}
