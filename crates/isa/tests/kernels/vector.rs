//! Vector kernels against the references for single lanes.

use crate::float::{Expected, converted, float, float_test, number, rounded, saturated};
use crate::integer::{integer, integer_test, signed, unsigned};
use crate::rows::{Row, rows};
use crate::values::{Value, combinations};
use sarsen_isa::{Shape, V128, ValKind, kernel};

/// How a vector is divided: `i8x16`, `f64x2`, ...; `v128` is one integer.
#[derive(Clone, Copy)]
struct Lanes {
    is_float: bool,
    width: u32,
    count: usize,
}

impl Lanes {
    fn parse(name: &str) -> Option<Lanes> {
        if name == "v128" {
            return Some(Lanes { is_float: false, width: 128, count: 1 });
        }
        let (width, count) = name[1..].split_once('x')?;
        Some(Lanes {
            is_float: name.starts_with('f'),
            width: width.parse().ok()?,
            count: count.parse().ok()?,
        })
    }

    /// The bits of lane `at`.
    fn of(self, vector: u128, at: usize) -> u64 {
        (vector >> (self.width as usize * at)) as u64 & self.mask()
    }

    /// All lanes.
    fn all(self, vector: u128) -> Vec<u64> {
        (0..self.count).map(|at| self.of(vector, at)).collect()
    }

    fn mask(self) -> u64 {
        u64::MAX >> (64 - self.width)
    }
}

/// Relaxed operators are the strict ones of another name; the others have none.
fn strict(name: &str) -> String {
    match name {
        "relaxed_laneselect" => "bitselect".to_owned(),
        "relaxed_q15mulr_s" => "q15mulr_sat_s".to_owned(),
        _ if name.starts_with("relaxed_trunc_") => name.replace("relaxed_trunc_", "trunc_sat_"),
        _ => name.trim_start_matches("relaxed_").to_owned(),
    }
}

/// What a vector operator returns: all lanes, or one scalar.
type Outcome = Option<Vec<Expected>>;

/// The result of an operator that works on single lanes, or on a vector as a whole number.
fn lanewise(name: &str, lanes: Lanes, operands: &[u128]) -> Outcome {
    let lane = |operand: usize, at: usize| operands.get(operand).map_or(0, |&vector| lanes.of(vector, at));
    // Shifts take their count from a scalar.
    let second = |at: usize| match name {
        "shl" | "shr_s" | "shr_u" => operands[1] as u64,
        _ => lane(1, at),
    };
    let truth = |truth: bool| Expected::Bits(if truth { lanes.mask() } else { 0 });
    (0..lanes.count)
        .map(|at| {
            let (a, b, c) = (lane(0, at), second(at), lane(2, at));
            let width = lanes.width;
            if lanes.is_float {
                let fused = match name {
                    "madd" => Some((a, c)),
                    "nmadd" => Some((a ^ 1 << (width - 1), c)),
                    _ => None,
                };
                if let Some((factor, sum)) = fused {
                    let Expected::Bits(product) = float("mul", width, factor, b)? else {
                        return Some(Expected::Nan);
                    };
                    return float("add", width, product, sum);
                }
                return float(name, width, a, b).or_else(|| float_test(name, width, a, b).map(truth));
            }
            let (a, b) = (i128::from(a), i128::from(b));
            let (s, u) = ((signed(a, width), signed(b, width)), (a, b));
            let test = integer_test(name, s, u).map(truth);
            test.or_else(|| Some(Expected::Bits(unsigned(integer(name, width, a, b)?.ok()?, width) as u64)))
        })
        .collect()
}

/// The result of an operator on all 128 bits.
fn bitwise(name: &str, operands: &[u128]) -> Outcome {
    let (a, b) = (operands[0], operands.get(1).copied().unwrap_or(0));
    let bits = match name {
        "not" => !a,
        "and" => a & b,
        "andnot" => a & !b,
        "or" => a | b,
        "xor" => a ^ b,
        "bitselect" => {
            (0..128).fold(0, |bits, at| bits | (if operands[2] >> at & 1 == 1 { a } else { b }) & 1 << at)
        }
        "any_true" => return Some(vec![Expected::Bits(u64::from(a != 0))]),
        _ => return None,
    };
    Some(vec![Expected::Bits(bits as u64), Expected::Bits((bits >> 64) as u64)])
}

/// The result of an operator that moves, reads or tests lanes.
fn lanes_by_number(name: &str, lanes: Lanes, lane: u8, operands: &[u128]) -> Outcome {
    let mut all = lanes.all(operands[0]);
    let (lane, sign) = (usize::from(lane), |bits: u64| bits >> (lanes.width - 1) & 1);
    let one = |bits: i128| Some(vec![Expected::Bits(unsigned(bits, lanes.width.max(32)) as u64)]);
    match name {
        "splat" => all = vec![operands[0] as u64 & lanes.mask(); lanes.count],
        "all_true" => return one(i128::from(all.iter().all(|&bits| bits != 0))),
        "bitmask" => return one(all.iter().rev().fold(0, |mask, &bits| mask << 1 | i128::from(sign(bits)))),
        "extract_lane" | "extract_lane_u" => return one(i128::from(all[lane])),
        "extract_lane_s" => return one(signed(i128::from(all[lane]), lanes.width)),
        "replace_lane" => all[lane] = operands[1] as u64 & lanes.mask(),
        "swizzle" => {
            let from = all.clone();
            let picked = lanes
                .all(operands[1])
                .into_iter()
                .map(|index| from.get(index as usize).copied().unwrap_or(0));
            all = picked.collect();
        }
        _ => return None,
    }
    Some(all.into_iter().map(Expected::Bits).collect())
}

/// The result of an operator between shapes: `extmul_low_i8x16_s`, `trunc_sat_f64x2_u_zero`, ...
fn between(name: &str, to: Lanes, operands: &[u128]) -> Outcome {
    let name = name.trim_end_matches("_zero");
    let from =
        Lanes::parse(name.split('_').find(|part| part[1..].contains('x') && Lanes::parse(part).is_some())?)?;
    let is_signed = name.ends_with("_s");
    let extended = |operand: usize, at: usize| {
        let bits = i128::from(from.of(operands[operand], at));
        if is_signed { signed(bits, from.width) } else { bits }
    };
    let number = |at: usize| number(from.width, from.of(operands[0], at));
    let start = if name.contains("_high_") { from.count / 2 } else { 0 };
    let integer = |value: i128| Expected::Bits(unsigned(value, to.width) as u64);
    let group = from.count / to.count.min(from.count);
    let dot = |at: usize| -> i128 {
        (at * group..(at + 1) * group).map(|at| extended(0, at) * extended(1, at)).sum()
    };
    let parts: Vec<&str> = name.split('_').collect();
    let lane = |at: usize| match parts[..] {
        ["extend", "low" | "high", ..] => integer(extended(0, start + at)),
        ["extmul", "low" | "high", ..] => integer(extended(0, start + at) * extended(1, start + at)),
        ["extadd", "pairwise", ..] => integer(extended(0, 2 * at) + extended(0, 2 * at + 1)),
        ["narrow", ..] => {
            // The operand is signed whatever the result is.
            let value = signed(i128::from(from.of(operands[at / from.count], at % from.count)), from.width);
            let half = 1 << (to.width - 1);
            integer(if is_signed { value.clamp(-half, half - 1) } else { value.clamp(0, 2 * half - 1) })
        }
        ["dot", "i16x8", "s"] | ["dot", "i8x16", "i7x16", "s"] => integer(dot(at)),
        ["dot", "i8x16", "i7x16", "add", "s"] => {
            // The sums of pairs wrap before they are added up.
            let pairs = [4 * at, 4 * at + 2];
            let sums = pairs.map(|at| {
                signed(extended(0, at) * extended(1, at) + extended(0, at + 1) * extended(1, at + 1), 16)
            });
            integer(sums[0] + sums[1] + i128::from(to.of(operands[2], at)))
        }
        _ if at >= from.count => Expected::Bits(0),
        ["trunc", "sat", ..] => integer(saturated(number(at), to.width, is_signed)),
        ["convert", ..] => converted(i128::from(from.of(operands[0], at)), from.width, is_signed, to.width),
        // The operand's lane of that number is another one: whether it has a payload is for the scalar tests.
        ["demote", ..] | ["promote", ..] if number(at).is_nan() => Expected::Quiet,
        ["demote", ..] | ["promote", ..] => rounded(to.width, number(at)),
        _ => panic!("no reference for {name}"),
    };
    Some((0..to.count).map(lane).collect())
}

/// What a load makes of its bytes: `load`, `load8x8_s`, `load16_splat`, `load32_zero`.
fn load(name: &str, bytes: u128) -> Outcome {
    let words =
        |vector: u128| Some(vec![Expected::Bits(vector as u64), Expected::Bits((vector >> 64) as u64)]);
    let shape = name.strip_prefix("load")?;
    let (shape, how) = shape.split_once('_').unwrap_or(("128", "zero"));
    let (width, count) = shape.split_once('x').unwrap_or((shape, "1"));
    let (width, count): (u32, u32) = (width.parse().ok()?, count.parse().ok()?);
    let lane = |at: u32| bytes >> (width * at) & (u128::MAX >> (128 - width));
    match how {
        "zero" => words(lane(0)),
        "splat" => words((0..128 / width).fold(0, |vector, at| vector | lane(0) << (width * at))),
        _ => words((0..count).fold(0, |vector, at| {
            let lane = lane(at) as i128;
            let lane = if how == "s" { unsigned(signed(lane, width), 2 * width) } else { lane };
            vector | (lane as u128) << (2 * width * at)
        })),
    }
}

/// The lanes that a row returns on these operands, with their width.
fn expected(row: &Row, lane: u8, operands: &[u128]) -> (Vec<Expected>, Lanes) {
    let (shape, name) = row.names();
    let name = strict(name);
    let lanes = Lanes::parse(shape).expect("vector mnemonics start with a shape");
    let words = Lanes { is_float: false, width: 64, count: 2 };
    let whole =
        if row.info.shape == Shape::VectorLoad { load(&name, operands[0]) } else { bitwise(&name, operands) };
    if let Some(whole) = whole {
        return (whole, words);
    }
    let outcome = lanes_by_number(&name, lanes, lane, operands)
        .or_else(|| between(&name, lanes, operands))
        .or_else(|| lanewise(&name, lanes, operands));
    (outcome.unwrap_or_else(|| panic!("no reference for {}", row.info.mnemonic)), lanes)
}

/// Asserts that a row returns what the references say.
fn check(row: &Row, lane: u8, operands: &[Value]) {
    let bits: Vec<u128> = operands.iter().map(|operand| operand.bits).collect();
    let (expected, lanes) = expected(row, lane, &bits);
    let result = (row.apply)(operands, lane).expect("vector operators do not trap");
    for (at, &expected) in expected.iter().enumerate() {
        let agrees = if result.kind == ValKind::V128 {
            let inputs: Vec<u64> = bits.iter().map(|&vector| lanes.of(vector, at)).collect();
            expected.admits(lanes.width, lanes.of(result.bits, at), &inputs)
        } else {
            expected == Expected::Bits(result.bits as u64)
        };
        let text = row.info.mnemonic;
        assert!(
            agrees,
            "{text} lane {lane} {operands:x?}: {:#034x}, not {expected:x?} in lane {at}",
            result.bits
        );
    }
}

#[test]
fn kernels_agree_with_the_references() {
    for row in rows() {
        let params: &[ValKind] = match row.info.shape {
            Shape::VectorLoad => &[ValKind::V128],
            Shape::VectorUnary | Shape::VectorBinary | Shape::VectorTernary => row.info.params,
            Shape::VectorExtract | Shape::VectorReplace => row.info.params,
            _ => continue,
        };
        for lane in 0..row.lanes {
            combinations(params, |operands| check(&row, lane, operands));
        }
    }
}

#[test]
fn shuffles_pick_bytes_of_both() {
    let [a, b] = [V128(core::array::from_fn(|at| at as u8)), V128(core::array::from_fn(|at| 16 + at as u8))];
    for start in 0..32 {
        let lanes = core::array::from_fn(|at| (start + 7 * at as u8) % 32);
        assert_eq!(kernel::i8x16_shuffle(a, b, lanes), V128(lanes));
    }
}

#[test]
fn vectors_are_two_slots_low_half_first() {
    let vector = V128(core::array::from_fn(|at| at as u8));
    assert_eq!(vector.to_slots(), [0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908]);
    assert_eq!(V128::from_slots(vector.to_slots()), vector);
    assert_eq!(V128::from_lanes(vector.lanes::<f32, 4>()), vector);
}
