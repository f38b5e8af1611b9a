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

/// How an index comes from the parameter, in 32 or 64 bits: multiplied, then with something added. Processors can do both while
/// they access, in 64 bits.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Index {
    /// 1, 2, 4 or 8 by a shift; 0 if the parameter is not used.
    times: u64,
    plus: u64,
}

/// The parameter itself.
const PLAIN: Index = Index { times: 1, plus: 0 };
/// What is computed of it.
const COMPUTED: [Index; 6] = [
    Index { times: 2, plus: 0 },
    Index { times: 4, plus: 0 },
    Index { times: 8, plus: 0 },
    Index { times: 1, plus: 16 },
    Index { times: 4, plus: 0_u64.wrapping_sub(16) },
    Index { times: 8, plus: 0x7FFF_FFF8 },
];

impl Index {
    fn of(self, parameter: u64, is_64: bool) -> u64 {
        let index = parameter.wrapping_mul(self.times).wrapping_add(self.plus);
        if is_64 { index } else { index & 0xFFFF_FFFF }
    }

    fn text(self, ty: &str) -> String {
        let parameter = match self.times {
            0 => return format!("({ty}.const {})", self.constant(ty)),
            1 => "(local.get 0)".to_owned(),
            times => format!("({ty}.shl (local.get 0) ({ty}.const {}))", times.ilog2()),
        };
        match self.plus {
            0 => parameter,
            _ => format!("({ty}.add {parameter} ({ty}.const {}))", self.constant(ty)),
        }
    }

    fn constant(self, ty: &str) -> i64 {
        if ty == "i64" { self.plus as i64 } else { i64::from(self.plus as i32) }
    }

    /// Parameters whose indices are these, or those that the shift makes of others.
    fn parameters(self, indices: &[u64], is_64: bool) -> Vec<u64> {
        let top = if is_64 { 1 << 63 } else { 1 << 31 };
        let Some(shift) = self.times.checked_ilog2() else { return vec![0] };
        let parameters = indices.iter().flat_map(|index| {
            let parameter = index.wrapping_sub(self.plus) >> shift;
            [parameter, parameter.wrapping_add(1), parameter | top]
        });
        parameters.collect()
    }
}

/// An access that a module exports.
struct Access {
    name: String,
    width: u64,
    index: Index,
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

/// A function per operator and offset, and those whose index is computed, a sum that compilers fold, or was checked before.
fn module(memory: &str, is_64: bool) -> (String, Vec<Access>) {
    let ty = if is_64 { "i64" } else { "i32" };
    let (mut text, mut all) = (format!("(module (memory (export \"memory\") {memory})"), Vec::new());
    for (width, load, store, value) in WIDTHS {
        let sum = format!("({ty}.add (local.get 0) ({ty}.const 0))");
        let again = format!("(block (result {ty}) (drop ({load} (local.get 0))) (local.get 0))");
        let constants = limits(width, is_64).into_iter().map(|plus| Index { times: 0, plus });
        let computed: Vec<_> = COMPUTED.into_iter().chain(constants).collect();
        for offset in limits(width, is_64) {
            let mut indices = vec![(PLAIN, PLAIN.text(ty)), (PLAIN, sum.clone()), (PLAIN, again.clone())];
            if [0, 1, LEN - width, 0xFFFF_FFFF].contains(&offset) {
                indices.extend(computed.iter().map(|&index| (index, index.text(ty))));
            }
            for (from, index) in &indices {
                for body in [
                    format!("(drop ({load} offset={offset} {index}))"),
                    format!("({store} offset={offset} {index} {value})"),
                ] {
                    let name = all.len().to_string();
                    let _ = writeln!(text, "(func (export \"{name}\") (param {ty}) {body})");
                    all.push(Access { name, width, index: *from, offset, is_second: *index == again });
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
            for parameter in access.index.parameters(&indices, is_64) {
                let arg = if is_64 { Val::I64(parameter as i64) } else { Val::I32(parameter as i32) };
                let index = access.index.of(parameter, is_64);
                let end = call(&mut store, &instance, &access.name, &[arg]).map(drop);
                let expected = if access.is_inside(index) { Ok(()) } else { Err(Trap::MemoryOutOfBounds) };
                let Access { width, index: from, offset, .. } = access;
                assert_eq!(end, expected, "{way}: {width} bytes at {index:#x} ({from:?}) + {offset:#x}");
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
