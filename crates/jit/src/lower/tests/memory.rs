//! Accesses to memory against what their mnemonics say.

use super::rows::{UPDATES, WIDTHS, row};
use super::values::{Value, edges};
use super::{function, function_in_memory, run};
use crate::lower::{access_bytes, atomic_cmpxchg, atomic_rmw, load, load_lane, store, store_lane};
use cranelift_codegen::ir::{
    self, Function, InstBuilder, MemFlagsData, StackSlotData, StackSlotKind,
    types::{I8X16, I64},
};
use cranelift_frontend::FunctionBuilder;
use sarsen_isa::{OPS, Op, OpInfo, Shape, ValKind};

/// The groups that access memory.
pub(super) const SHAPES: &[Shape] = &[
    Shape::Load,
    Shape::Store,
    Shape::VectorLoad,
    Shape::VectorLoadLane,
    Shape::VectorStoreLane,
    Shape::AtomicLoad,
    Shape::AtomicStore,
    Shape::AtomicRmw,
    Shape::AtomicCmpxchg,
];

/// Where in its stack slot the function accesses memory: partly by the address, partly by the instruction's offset.
const ADDRESS: i64 = 8;
const OFFSET: i32 = 8;

/// A function of what is in memory and of the operands without the address: results, and what is in memory then.
fn lowered(info: &OpInfo, lane: u8) -> Function {
    let params: Vec<ValKind> = [&[ValKind::V128], &info.params[1..]].concat();
    let results: Vec<ValKind> = [info.results, &[ValKind::V128]].concat();
    function(&params, &results, |b, operands| {
        let slot = b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 32, 4));
        let base = b.ins().stack_addr(I64, slot, 0);
        let flags = MemFlagsData::trusted();
        b.ins().store(flags, operands[0], base, 16);
        let at = b.ins().iadd_imm_s(base, ADDRESS);
        let mut values = access(b, info, at, &operands[1..], lane);
        values.push(b.ins().load(I8X16, flags, base, 16));
        values
    })
}

/// A function of address and operands, the address wide.
pub(super) fn compiled(info: &OpInfo) -> Function {
    let params: Vec<ValKind> = [&[ValKind::I64], &info.params[1..]].concat();
    function_in_memory(&params, |b, operands| access(b, info, operands[0], &operands[1..], 0))
}

/// Does what the row says; its result, if it has one.
fn access(
    b: &mut FunctionBuilder<'_>,
    info: &OpInfo,
    at: ir::Value,
    operands: &[ir::Value],
    lane: u8,
) -> Vec<ir::Value> {
    let (op, flags) = (info.op, MemFlagsData::new());
    let aligned = flags.with_aligned();
    match (info.shape, operands) {
        (Shape::Load | Shape::VectorLoad, []) => vec![load(b, op, flags, at, OFFSET)],
        (Shape::AtomicLoad, []) => vec![load(b, op, aligned, at, OFFSET)],
        (Shape::Store, &[value]) => {
            store(b, op, flags, at, OFFSET, value);
            vec![]
        }
        (Shape::AtomicStore, &[value]) => {
            store(b, op, aligned, at, OFFSET, value);
            vec![]
        }
        (Shape::VectorLoadLane, &[vector]) => vec![load_lane(b, op, flags, at, OFFSET, vector, lane)],
        (Shape::VectorStoreLane, &[vector]) => {
            store_lane(b, op, flags, at, OFFSET, vector, lane);
            vec![]
        }
        (Shape::AtomicRmw, &[operand]) => vec![atomic_rmw(b, op, aligned, at, OFFSET, operand)],
        (Shape::AtomicCmpxchg, &[expected, replacement]) => {
            vec![atomic_cmpxchg(b, op, aligned, at, OFFSET, expected, replacement)]
        }
        other => panic!("{other:?} does not access memory"),
    }
}

/// The low bytes.
fn low(bits: u128, bytes: u32) -> u128 {
    bits & u128::MAX >> (128 - 8 * bytes)
}

/// Some bytes of `memory` replaced.
fn replaced(memory: u128, at: u32, bytes: u32, by: u128) -> u128 {
    let mask = low(u128::MAX, bytes) << (8 * at);
    memory & !mask | by << (8 * at) & mask
}

/// What an update makes of the old value.
fn updated(op: Op, old: u128, operand: u128) -> u128 {
    let update = UPDATES.iter().find(|update| update.0 == op).expect("the operator is an update").1;
    match update {
        "add" => old.wrapping_add(operand),
        "sub" => old.wrapping_sub(operand),
        "and" => old & operand,
        "or" => old | operand,
        "xor" => old ^ operand,
        "xchg" => operand,
        _ => panic!("{update} is no update"),
    }
}

/// What an operator returns, if something, and leaves in memory.
fn expected(info: &OpInfo, memory: u128, operands: &[u128], lane: u8) -> (Option<u128>, u128) {
    let bytes = access_bytes(info.op);
    let old = low(memory, bytes);
    let lane = u32::from(lane) * bytes;
    let kept = |result| (Some(result), memory);
    match info.shape {
        Shape::Load | Shape::AtomicLoad if info.mnemonic.ends_with("_s") => {
            let size = if info.results[0] == ValKind::I32 { 32 } else { 64 };
            let sign = old >> (8 * bytes - 1) & 1;
            kept((old | (0_u128.wrapping_sub(sign) << (8 * bytes))) & u128::MAX >> (128 - size))
        }
        Shape::Load | Shape::AtomicLoad => kept(old),
        Shape::VectorLoad => {
            let vector = Value { kind: ValKind::V128, bits: memory };
            kept((row(info.op).apply)(&[vector], 0).expect("loads of what is there do not trap").bits)
        }
        Shape::VectorLoadLane => kept(replaced(operands[0], lane, bytes, old)),
        Shape::Store | Shape::AtomicStore => (None, replaced(memory, 0, bytes, operands[0])),
        Shape::VectorStoreLane => (None, replaced(memory, 0, bytes, operands[0] >> (8 * lane))),
        Shape::AtomicRmw => (Some(old), replaced(memory, 0, bytes, updated(info.op, old, operands[0]))),
        _ if old == low(operands[0], bytes) => (Some(old), replaced(memory, 0, bytes, operands[1])),
        _ => kept(old),
    }
}

/// What Cranelift's interpreter cannot run.
fn is_unknown_to_the_interpreter(info: &OpInfo) -> bool {
    ["8x8", "16x4", "32x2"].iter().any(|lanes| info.mnemonic.contains(lanes))
}

#[test]
fn accesses_mean_what_their_names_say() {
    for info in OPS.iter().filter(|info| SHAPES.contains(&info.shape) && !is_unknown_to_the_interpreter(info))
    {
        let lanes = matches!(info.shape, Shape::VectorLoadLane | Shape::VectorStoreLane);
        for lane in 0..if lanes { 16 / access_bytes(info.op) as u8 } else { 1 } {
            let lowered = lowered(info, lane);
            let edges: Vec<Vec<Value>> = info.params[1..].iter().map(|&kind| edges(kind)).collect();
            for (at, memory) in super::values::edges(ValKind::V128).into_iter().enumerate() {
                let mut operands: Vec<Value> = edges
                    .iter()
                    .enumerate()
                    .map(|(first, edges)| edges[at * (first + 1) % edges.len()])
                    .collect();
                // Every other exchange finds what it expects, in the bytes that count.
                if info.shape == Shape::AtomicCmpxchg && at % 2 == 0 {
                    let bytes = access_bytes(info.op);
                    operands[0].bits = replaced(operands[0].bits, 0, bytes, memory.bits);
                }
                let bits: Vec<u128> = operands.iter().map(|operand| operand.bits).collect();
                let (result, after) = expected(info, memory.bits, &bits, lane);
                let found = run(&lowered, &[&[memory], &operands[..]].concat()).expect("it does not trap");
                let found: Vec<u128> = found.iter().map(|value| value.bits).collect();
                let expected: Vec<u128> = result.into_iter().chain([after]).collect();
                assert_eq!(found, expected, "{} {lane} of {memory:x?} {operands:x?}", info.mnemonic);
            }
        }
    }
}

#[test]
fn vectors_are_stored_whole() {
    let copy = function(&[ValKind::V128], &[ValKind::V128], |b, operands| {
        let slot = b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 32, 4));
        let at = b.ins().stack_addr(I64, slot, 0);
        store(b, Op::V128Store, MemFlagsData::new(), at, OFFSET, operands[0]);
        vec![load(b, Op::V128Load, MemFlagsData::new(), at, OFFSET)]
    });
    for vector in edges(ValKind::V128) {
        assert_eq!(run(&copy, &[vector]), Ok(vec![vector]));
    }
}

#[test]
fn accesses_have_the_widths_of_their_rows() {
    for &(op, width) in WIDTHS {
        assert_eq!(access_bytes(op) as usize, width, "{op:?}");
    }
    assert_eq!(access_bytes(Op::V128Store), 16);
}
