//! Accesses at limits: of memories that are pinned, move, have 64-bit addresses or pages of one byte; with indices and offsets where
//! sums of 32 or 64 bits wrap. Whether one traps is computed beside, in 128 bits.

use crate::{call, configs, load};
use sarsen::{Trap, Val};
use std::fmt::Write;

/// Bytes of each memory: more than what small ones are kept in.
const LEN: u64 = 5 << 16;

/// Operators by how many bytes they access: a load, and a store with what it stores.
const WIDTHS: [(u64, &str, &str, &str); 5] = [
    (1, "i32.load8_u", "i32.store8", "(i32.const 7)"),
    (2, "i64.load16_s", "i64.store16", "(i64.const 7)"),
    (4, "f32.load", "f32.store", "(f32.const 7)"),
    (8, "i64.load", "i64.store", "(i64.const 7)"),
    (16, "v128.load", "v128.store", "(v128.const i64x2 7 7)"),
];

/// An access that a module exports.
struct Access {
    name: String,
    width: u64,
    offset: u64,
    /// Another one at the same index, without the offset, comes first.
    is_second: bool,
}

impl Access {
    fn is_inside(&self, index: u64) -> bool {
        let is_inside =
            |offset: u64| u128::from(index) + u128::from(offset) + u128::from(self.width) <= u128::from(LEN);
        is_inside(self.offset) && (!self.is_second || is_inside(0))
    }
}

/// Indices and offsets at which sums come to a limit.
fn limits(width: u64, is_64: bool) -> Vec<u64> {
    let mut limits = vec![
        0,
        1,
        LEN - width - 1,
        LEN - width,
        LEN - width + 1,
        LEN,
        0x7FFF_FFFF,
        0x8000_0000,
        0x1_0000_0000 - width,
        0xFFFF_FFFF,
    ];
    if is_64 {
        limits.extend([0x1_0000_0000, 1 << 63, (1 << 63) - 1, 0_u64.wrapping_sub(width), u64::MAX]);
    }
    limits.sort_unstable();
    limits.dedup();
    limits
}

/// A function per operator and offset, and those whose index is a sum that compilers fold, or was checked before.
fn module(memory: &str, is_64: bool) -> (String, Vec<Access>) {
    let ty = if is_64 { "i64" } else { "i32" };
    let (mut text, mut all) = (format!("(module (memory (export \"memory\") {memory})"), Vec::new());
    for (width, load, store, value) in WIDTHS {
        let sum = format!("({ty}.add (local.get 0) ({ty}.const 0))");
        let again = format!("(block (result {ty}) (drop ({load} (local.get 0))) (local.get 0))");
        for offset in limits(width, is_64) {
            for index in ["(local.get 0)", &sum, &again] {
                for body in [
                    format!("(drop ({load} offset={offset} {index}))"),
                    format!("({store} offset={offset} {index} {value})"),
                ] {
                    let name = all.len().to_string();
                    let _ = writeln!(text, "(func (export \"{name}\") (param {ty}) {body})");
                    all.push(Access { name, width, offset, is_second: index == again });
                }
            }
        }
    }
    text.push(')');
    (text, all)
}

/// Tries all accesses to a memory in every way of running code.
fn check(memory: &str, is_64: bool) {
    let (text, accesses) = module(memory, is_64);
    for (way, config) in configs() {
        let (mut store, instance) = load(&config, &text);
        for access in &accesses {
            let mut indices = limits(access.width, is_64);
            // The last that is inside with the offset, and its neighbours.
            let last = (LEN - access.width).wrapping_sub(access.offset);
            indices.extend([last.wrapping_sub(1), last, last.wrapping_add(1)]);
            for index in indices {
                let (index, arg) = if is_64 {
                    (index, Val::I64(index as i64))
                } else {
                    (index & 0xFFFF_FFFF, Val::I32(index as i32))
                };
                let end = call(&mut store, &instance, &access.name, &[arg]).map(drop);
                let expected = if access.is_inside(index) { Ok(()) } else { Err(Trap::MemoryOutOfBounds) };
                let (width, offset) = (access.width, access.offset);
                assert_eq!(end, expected, "{way}: {width} bytes at {index:#x} + {offset:#x}");
            }
        }
    }
}

#[test]
fn a_memory_that_cannot_grow() {
    check("5 5", false);
}

#[test]
fn a_memory_that_can_grow() {
    check("5", false);
}

#[test]
fn a_memory_with_64_bit_addresses() {
    check("i64 5", true);
}

#[test]
fn a_memory_with_pages_of_one_byte() {
    check("327680 (pagesize 1)", false);
}
