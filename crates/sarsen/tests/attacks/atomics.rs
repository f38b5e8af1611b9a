//! Atomic accesses at the end of memories that are shared, plain, grown and of 64-bit addresses: inside they happen, behind they trap,
//! and where they are not aligned they trap too, whichever comes first.

use crate::{call, configs, load};
use sarsen::{Trap, Val};
use std::fmt::Write;

/// Bytes of each memory: more than what small ones are kept in.
const LEN: u64 = 5 << 16;

/// Operators by how many bytes they access, with what they take beside the index.
const OPERATORS: [(u64, &str, &str); 22] = [
    (1, "i32.atomic.load8_u", ""),
    (2, "i64.atomic.load16_u", ""),
    (4, "i32.atomic.load", ""),
    (4, "i64.atomic.load32_u", ""),
    (8, "i64.atomic.load", ""),
    (1, "i64.atomic.store8", "(i64.const 0)"),
    (2, "i32.atomic.store16", "(i32.const 0)"),
    (4, "i32.atomic.store", "(i32.const 0)"),
    (8, "i64.atomic.store", "(i64.const 0)"),
    (1, "i32.atomic.rmw8.add_u", "(i32.const 0)"),
    (2, "i64.atomic.rmw16.sub_u", "(i64.const 0)"),
    (4, "i32.atomic.rmw.xor", "(i32.const 0)"),
    (4, "i64.atomic.rmw32.or_u", "(i64.const 0)"),
    (8, "i64.atomic.rmw.and", "(i64.const 0)"),
    (8, "i64.atomic.rmw.xchg", "(i64.const 0)"),
    (1, "i32.atomic.rmw8.cmpxchg_u", "(i32.const 0) (i32.const 0)"),
    (2, "i32.atomic.rmw16.cmpxchg_u", "(i32.const 0) (i32.const 0)"),
    (4, "i32.atomic.rmw.cmpxchg", "(i32.const 0) (i32.const 0)"),
    (8, "i64.atomic.rmw.cmpxchg", "(i64.const 0) (i64.const 0)"),
    (4, "memory.atomic.notify", "(i32.const 1)"),
    // Another value is there: nobody waits.
    (4, "memory.atomic.wait32", "(i32.const 1) (i64.const -1)"),
    (8, "memory.atomic.wait64", "(i64.const 1) (i64.const -1)"),
];

/// An access that a module exports.
struct Access {
    width: u64,
    offset: u64,
    text: String,
}

impl Access {
    /// What it comes to, which is one of these.
    fn ends(&self, index: u64) -> &'static [Result<(), Trap>] {
        let at = u128::from(index) + u128::from(self.offset);
        match (at + u128::from(self.width) <= LEN.into(), at.is_multiple_of(self.width.into())) {
            (true, true) => &[Ok(())],
            (false, true) => &[Err(Trap::MemoryOutOfBounds)],
            (true, false) => &[Err(Trap::HeapMisaligned)],
            (false, false) => &[Err(Trap::MemoryOutOfBounds), Err(Trap::HeapMisaligned)],
        }
    }
}

/// Numbers at which sums come to a limit, as index or as offset.
fn limits(width: u64, is_64: bool) -> Vec<u64> {
    let mut limits =
        vec![0, 1, width, LEN - 2 * width, LEN - width, LEN - width / 2, LEN, 1 << 31, (1 << 32) - width];
    if is_64 {
        limits.extend([1 << 32, 1 << 63, 0_u64.wrapping_sub(width), u64::MAX]);
    }
    limits
}

fn module(memory: &str, is_64: bool) -> (String, Vec<Access>) {
    let ty = if is_64 { "i64" } else { "i32" };
    let (mut text, mut all) = (format!("(module (memory {memory})"), Vec::new());
    for (width, op, operands) in OPERATORS {
        if op.contains("wait") && !memory.contains("shared") {
            continue;
        }
        for offset in limits(width, is_64) {
            let access = format!("{op} offset={offset} (local.get 0) {operands}");
            let access =
                if op.contains("store") { format!("({access})") } else { format!("(drop ({access}))") };
            let _ = writeln!(text, "(func (export \"{}\") (param {ty}) {access})", all.len());
            all.push(Access { width, offset, text: access });
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
        for (number, access) in accesses.iter().enumerate() {
            let mut indices = limits(access.width, is_64);
            // The last that is inside with the offset, and the first that is not.
            let last = (LEN - access.width).wrapping_sub(access.offset);
            indices.extend([last, last.wrapping_add(access.width), last.wrapping_add(1)]);
            for index in indices {
                let (index, arg) = if is_64 {
                    (index, Val::I64(index as i64))
                } else {
                    (index & 0xFFFF_FFFF, Val::I32(index as i32))
                };
                let end = call(&mut store, &instance, &number.to_string(), &[arg]).map(drop);
                assert!(access.ends(index).contains(&end), "{way}: {} at {index:#x}: {end:?}", access.text);
            }
        }
    }
}

#[test]
fn a_memory_that_is_shared() {
    check("5 5 shared", false);
    check("5 9 shared", false);
}

#[test]
fn a_memory_that_is_not() {
    check("5", false);
}

#[test]
fn a_memory_with_64_bit_addresses() {
    check("i64 5", true);
    check("i64 5 9 shared", true);
}
