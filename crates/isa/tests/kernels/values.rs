//! Values of all types, and the ones that are worth testing with.

use sarsen_isa::{V128, ValKind};

/// A value. Equal means equal bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Value {
    pub kind: ValKind,
    pub bits: u128,
}

/// A Rust type that kernels take and return.
pub(crate) trait Operand {
    /// The value as this type.
    fn of(value: Value) -> Self;
    /// The value.
    fn value(self) -> Value;
}

/// Implements [`Operand`]: type, kind, to bits, from bits.
macro_rules! operands {
    ($($ty:ident $kind:ident, |$value:ident| $to:expr, |$bits:ident| $from:expr;)*) => {
        $(impl Operand for $ty {
            fn of(value: Value) -> $ty {
                assert_eq!(value.kind, ValKind::$kind);
                let $bits = value.bits;
                $from
            }
            fn value(self) -> Value {
                let $value = self;
                Value { kind: ValKind::$kind, bits: $to }
            }
        })*
    };
}

operands! {
    i32 I32, |value| u128::from(value as u32), |bits| bits as i32;
    i64 I64, |value| u128::from(value as u64), |bits| bits as i64;
    f32 F32, |value| u128::from(value.to_bits()), |bits| f32::from_bits(bits as u32);
    f64 F64, |value| u128::from(value.to_bits()), |bits| f64::from_bits(bits as u64);
    V128 V128, |value| u128::from(value), |bits| V128::from(bits);
}

/// Integers of a width around every bound, in its low bits.
pub(crate) fn integers(width: u32) -> Vec<u64> {
    let mask = u64::MAX >> (64 - width);
    let mut edges = vec![0, 1, 2, 3, 0x5555_5555_5555_5555, 0xAAAA_AAAA_AAAA_AAAA, 0x0123_4567_89AB_CDEF];
    for bit in [7, 8, 15, 16, 31, 32, 63].into_iter().filter(|&bit| bit < width) {
        edges.extend([(1 << bit) - 1, 1 << bit, (1 << bit) + 1]);
    }
    edges.extend([u64::from(width) - 1, u64::from(width), u64::from(width) + 1, mask - 1, mask]);
    edges.iter().map(|edge| edge & mask).collect()
}

/// Floats of a width: zeros, infinities, NaNs of all sorts, halves, and what borders on the integers' ranges.
pub(crate) fn floats(width: u32) -> Vec<u64> {
    let powers = [0, 7, 8, 15, 16, 22, 23, 24, 31, 32, 51, 52, 53, 62, 63, 64, 100];
    let powers = powers.map(|power| 2f64.powi(power));
    let mut edges: Vec<f64> = vec![0.0, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 3.5, 1e10, f64::INFINITY];
    edges
        .extend(powers.iter().flat_map(|power| [power - 1.0, power - 0.5, *power, power + 0.5, power + 1.0]));
    let (mut bits, quiet): (Vec<u64>, u64) = if width == 32 {
        let edges = edges.iter().map(|&edge| (edge as f32).to_bits());
        let extremes = [f32::MAX, f32::MIN_POSITIVE].map(f32::to_bits);
        let nans = [0x7FC0_0000, 0x7FC0_0001, 0x7F80_0001, 0x7FA0_0000, 1];
        let neighbours = powers.iter().flat_map(|&power| {
            let power = (power as f32).to_bits();
            [power - 1, power + 1]
        });
        (edges.chain(extremes).chain(nans).chain(neighbours).map(u64::from).collect(), 31)
    } else {
        let edges = edges.iter().map(|edge| edge.to_bits());
        let extremes = [f64::MAX, f64::MIN_POSITIVE].map(f64::to_bits);
        let nans = [0x7FF8 << 48, (0x7FF8 << 48) + 1, (0x7FF0 << 48) + 1, 0x7FF4 << 48, 1];
        let neighbours = powers.iter().flat_map(|power| [power.to_bits() - 1, power.to_bits() + 1]);
        (edges.chain(extremes).chain(nans).chain(neighbours).collect(), 63)
    };
    bits.extend(bits.clone().iter().map(|positive| positive | 1 << quiet));
    bits.sort_unstable();
    bits.dedup();
    bits
}

/// Pseudo-random numbers, the same in every run.
pub(crate) fn random() -> impl Iterator<Item = u64> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    std::iter::from_fn(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        Some(state.wrapping_mul(0x2545_F491_4F6C_DD1D))
    })
}

/// Vectors in which, over all pairs of them, every pair of edge values of a lane type meets in some lane.
fn vectors() -> Vec<u128> {
    let mut vectors = Vec::new();
    for width in [8, 16, 32, 64] {
        let edges = integers(width).into_iter().step_by(if width < 32 { 1 } else { 2 }).collect();
        let floats = if width < 32 { Vec::new() } else { floats(width).into_iter().step_by(7).collect() };
        for edges in [edges, floats] {
            for start in 0..edges.len() {
                let lanes = edges.iter().cycle().skip(start).take(128 / width as usize);
                vectors.push(lanes.fold(0, |vector, &lane| vector << width | u128::from(lane)));
            }
        }
    }
    let halves: Vec<u64> = random().take(16).collect();
    vectors.extend(halves.chunks(2).map(|half| u128::from(half[0]) << 64 | u128::from(half[1])));
    vectors
}

/// The values of a type to test with.
pub(crate) fn edges(kind: ValKind) -> Vec<Value> {
    let scalars = |width, edges: Vec<u64>| -> Vec<u128> {
        let random = random().take(24).map(|bits| bits >> (64 - width));
        edges.into_iter().chain(random).map(u128::from).collect()
    };
    let bits = match kind {
        ValKind::I32 => scalars(32, integers(32)),
        ValKind::I64 => scalars(64, integers(64)),
        ValKind::F32 => scalars(32, floats(32)),
        ValKind::F64 => scalars(64, floats(64)),
        ValKind::V128 => vectors(),
    };
    bits.into_iter().map(|bits| Value { kind, bits }).collect()
}

/// Calls `check` with all combinations of edge values of two types, with those of one, or, of three, with some.
pub(crate) fn combinations(kinds: &[ValKind], mut check: impl FnMut(&[Value])) {
    match *kinds {
        [a] => edges(a).into_iter().for_each(|a| check(&[a])),
        [a, b] => {
            let (a, b) = (edges(a), edges(b));
            for &a in &a {
                b.iter().for_each(|&b| check(&[a, b]));
            }
        }
        [a, b, c] => {
            let (a, b, c) = (edges(a), edges(b), edges(c));
            for (first, &a) in a.iter().enumerate() {
                for (second, &b) in b.iter().enumerate() {
                    check(&[a, b, c[(first * 7 + second) % c.len()]]);
                }
            }
        }
        _ => panic!("no kernel takes {} operands", kinds.len()),
    }
}
