//! Loads that become an operand of what uses them: machines have operands of 16 bytes where a value has 8, and the value may be the
//! last of its memory.

use crate::{call, configs, load};
use sarsen::{Trap, Val};

/// What uses a loaded value, how many bytes of it there are, and what it is applied to.
const USES: [(&str, u32, &str); 54] = [
    ("f32", 4, "(f32.copysign (local.get $f) (f32.load (local.get $at)))"),
    ("f32", 4, "(f32.copysign (f32.load (local.get $at)) (local.get $f))"),
    ("f64", 8, "(f64.copysign (local.get $d) (f64.load (local.get $at)))"),
    ("f64", 8, "(f64.copysign (f64.load (local.get $at)) (local.get $d))"),
    ("f32", 4, "(f32.min (local.get $f) (f32.load (local.get $at)))"),
    ("f64", 8, "(f64.max (f64.load (local.get $at)) (local.get $d))"),
    ("f64", 8, "(f64.neg (f64.load (local.get $at)))"),
    ("f64", 8, "(f64.abs (f64.load (local.get $at)))"),
    ("f64", 8, "(f64.sqrt (f64.load (local.get $at)))"),
    ("f64", 8, "(f64.nearest (f64.load (local.get $at)))"),
    ("f64", 4, "(f64.promote_f32 (f32.load (local.get $at)))"),
    ("f32", 8, "(f32.demote_f64 (f64.load (local.get $at)))"),
    ("f64", 4, "(f64.convert_i32_s (i32.load (local.get $at)))"),
    ("i32", 4, "(f32.lt (local.get $f) (f32.load (local.get $at)))"),
    ("f64", 8, "(select (f64.load (local.get $at)) (local.get $d) (local.get $at))"),
    ("i32", 1, "(i32.add (local.get $at) (i32.load8_s (local.get $at)))"),
    ("i64", 2, "(i64.add (local.get $l) (i64.load16_u (local.get $at)))"),
    ("i32", 4, "(i64.eq (local.get $l) (i64.load32_u (local.get $at)))"),
    ("v128", 8, "(f64x2.splat (f64.load (local.get $at)))"),
    ("v128", 4, "(i32x4.splat (i32.load (local.get $at)))"),
    ("v128", 1, "(i8x16.splat (i32.load8_u (local.get $at)))"),
    ("v128", 8, "(f64x2.replace_lane 1 (local.get $v) (f64.load (local.get $at)))"),
    ("v128", 8, "(f64x2.add (local.get $v) (v128.load64_zero (local.get $at)))"),
    ("v128", 4, "(v128.and (local.get $v) (v128.load32_splat (local.get $at)))"),
    ("v128", 8, "(i16x8.add (local.get $v) (v128.load8x8_s (local.get $at)))"),
    ("v128", 2, "(v128.load16_lane 3 (local.get $at) (local.get $v))"),
    ("v128", 8, "(f64x2.promote_low_f32x4 (v128.load64_zero (local.get $at)))"),
    ("v128", 8, "(f64x2.convert_low_i32x4_s (v128.load64_zero (local.get $at)))"),
    ("v128", 8, "(f64x2.convert_low_i32x4_u (v128.load64_zero (local.get $at)))"),
    ("v128", 8, "(i64x2.extend_low_i32x4_u (v128.load64_zero (local.get $at)))"),
    ("v128", 8, "(i16x8.extmul_low_i8x16_s (local.get $v) (v128.load64_zero (local.get $at)))"),
    ("v128", 8, "(i64x2.mul (local.get $v) (v128.load64_splat (local.get $at)))"),
    ("v128", 8, "(f32x4.add (local.get $v) (v128.load16x4_u (local.get $at)))"),
    ("v128", 8, "(i64x2.sub (local.get $v) (v128.load32x2_s (local.get $at)))"),
    ("v128", 4, "(f32x4.mul (local.get $v) (v128.load32_zero (local.get $at)))"),
    ("v128", 4, "(f32x4.splat (f32.load (local.get $at)))"),
    ("v128", 4, "(f32x4.replace_lane 3 (local.get $v) (f32.load (local.get $at)))"),
    ("v128", 2, "(i16x8.eq (local.get $v) (v128.load16_splat (local.get $at)))"),
    ("v128", 1, "(i8x16.swizzle (local.get $v) (v128.load8_splat (local.get $at)))"),
    ("v128", 1, "(i8x16.replace_lane 15 (local.get $v) (i32.load8_u (local.get $at)))"),
    ("v128", 1, "(v128.load8_lane 0 (local.get $at) (local.get $v))"),
    ("v128", 4, "(v128.bitselect (local.get $v) (v128.load32_zero (local.get $at)) (local.get $v))"),
    ("v128", 4, "(i32x4.shl (local.get $v) (i32.load (local.get $at)))"),
    ("f64", 8, "(f64.reinterpret_i64 (i64.load (local.get $at)))"),
    ("i32", 4, "(i32.reinterpret_f32 (f32.load (local.get $at)))"),
    ("f64", 8, "(f64.add (local.get $d) (f64.reinterpret_i64 (i64.load (local.get $at))))"),
    ("f32", 8, "(f32.convert_i64_u (i64.load (local.get $at)))"),
    ("f64", 4, "(f64.convert_i64_u (i64.load32_u (local.get $at)))"),
    ("f32", 4, "(f32.floor (f32.load (local.get $at)))"),
    ("i32", 4, "(i32.trunc_sat_f32_s (f32.load (local.get $at)))"),
    ("i64", 4, "(i64.extend_i32_s (i32.load (local.get $at)))"),
    ("i64", 4, "(i64.popcnt (i64.load32_u (local.get $at)))"),
    ("i64", 1, "(i64.rotl (local.get $l) (i64.load8_u (local.get $at)))"),
    ("i32", 2, "(i32.clz (i32.load16_u (local.get $at)))"),
];

/// The module of which a memory ends with these bytes; the last page is followed by one that nobody may touch, where memories are
/// not small.
fn module(memory: &str) -> String {
    let functions: String = USES
        .iter()
        .enumerate()
        .map(|(number, (result, _, body))| {
            format!(
                r#"(func (export "{number}") (param $at i32) (result {result})
                    (local $f f32) (local $d f64) (local $l i64) (local $v v128)
                    (local.set $f (f32.const -2.5)) (local.set $d (f64.const -2.5)) (local.set $l (i64.const 5))
                    (local.set $v (v128.const f64x2 1.5 -1.5)) {body})"#
            )
        })
        .collect();
    format!(
        r#"(module (memory {memory}) (data (i32.const 327664) "\00\00\80\40\00\00\00\40\00\00\00\00\00\00\10\40") {functions})"#
    )
}

#[test]
fn the_last_value_of_a_memory_is_loaded_alone() {
    for memory in ["5", "5 5", "5 8"] {
        let text = module(memory);
        let mut expected: Vec<String> = Vec::new();
        for (way, config) in configs() {
            let (mut store, instance) = load(&config, &text);
            for (number, (_, bytes, body)) in USES.iter().enumerate() {
                let name = number.to_string();
                let last = (5 << 16) - *bytes as i32;
                let value = call(&mut store, &instance, &name, &[Val::I32(last)]);
                let value = format!("{:?}", value.unwrap_or_else(|trap| panic!("{way}: {body}: {trap}")));
                match expected.get(number) {
                    Some(expected) => assert_eq!(&value, expected, "{way}: {body}"),
                    None => expected.push(value),
                }
                let behind = call(&mut store, &instance, &name, &[Val::I32(last + 1)]);
                assert_eq!(behind.map(drop), Err(Trap::MemoryOutOfBounds), "{way}: {body}");
            }
        }
    }
}
