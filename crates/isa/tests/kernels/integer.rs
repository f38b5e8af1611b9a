//! What integer operators mean, in 128-bit arithmetic, for every width.

use sarsen_isa::Trap;

/// The low `width` bits as a signed number.
pub(crate) fn signed(value: i128, width: u32) -> i128 {
    value << (128 - width) >> (128 - width)
}

/// The low `width` bits as an unsigned number.
pub(crate) fn unsigned(value: i128, width: u32) -> i128 {
    value & ((1 << width) - 1)
}

/// The result of an operator on integers of a width (its low bits count), if it is one.
pub(crate) fn integer(name: &str, width: u32, a: i128, b: i128) -> Option<Result<i128, Trap>> {
    let (s, u) = ((signed(a, width), signed(b, width)), (unsigned(a, width), unsigned(b, width)));
    let count = u.1 % i128::from(width);
    let bits = |wanted: i128| (0..width).filter(move |at| u.0 >> at & 1 == wanted);
    let (least, greatest) = (-(1 << (width - 1)), (1 << (width - 1)) - 1);
    let all = (1 << width) - 1;
    Some(Ok(match name {
        "add" => s.0 + s.1,
        "sub" => s.0 - s.1,
        "mul" => s.0 * s.1,
        "neg" => -s.0,
        "abs" => s.0.abs(),
        "not" => !s.0,
        "and" => s.0 & s.1,
        "andnot" => s.0 & !s.1,
        "or" => s.0 | s.1,
        "xor" => s.0 ^ s.1,
        "shl" => u.0 << count,
        "shr_s" => s.0 >> count,
        "shr_u" => u.0 >> count,
        "rotl" => u.0 << count | u.0 >> (i128::from(width) - count),
        "rotr" => u.0 >> count | u.0 << (i128::from(width) - count),
        "clz" => bits(1).next_back().map_or(i128::from(width), |at| i128::from(width - 1 - at)),
        "ctz" => bits(1).next().map_or(i128::from(width), i128::from),
        "popcnt" => bits(1).count() as i128,
        "extend8_s" => signed(a, 8),
        "extend16_s" => signed(a, 16),
        "extend32_s" | "extend_i32_s" => signed(a, 32),
        "extend_i32_u" => unsigned(a, 32),
        "wrap_i64" | "reinterpret_f32" | "reinterpret_f64" => a,
        "add_sat_s" => (s.0 + s.1).clamp(least, greatest),
        "add_sat_u" => (u.0 + u.1).clamp(0, all),
        "sub_sat_s" => (s.0 - s.1).clamp(least, greatest),
        "sub_sat_u" => (u.0 - u.1).clamp(0, all),
        "avgr_u" => (u.0 + u.1 + 1) / 2,
        "min_s" => s.0.min(s.1),
        "min_u" => u.0.min(u.1),
        "max_s" => s.0.max(s.1),
        "max_u" => u.0.max(u.1),
        "q15mulr_sat_s" => ((s.0 * s.1 + 0x4000) >> 15).clamp(least, greatest),
        "div_s" | "rem_s" | "div_u" | "rem_u" if u.1 == 0 => return Some(Err(Trap::IntegerDivisionByZero)),
        "div_s" if s.0 / s.1 > greatest => return Some(Err(Trap::IntegerOverflow)),
        "div_s" => s.0 / s.1,
        "div_u" => u.0 / u.1,
        "rem_s" => s.0 % s.1,
        "rem_u" => u.0 % u.1,
        _ => return integer_test(name, s, u).map(|truth| Ok(i128::from(truth))),
    }))
}

/// The result of a test or comparison of integers, given as signed and as unsigned numbers, if it is one.
pub(crate) fn integer_test(name: &str, s: (i128, i128), u: (i128, i128)) -> Option<bool> {
    Some(match name {
        "eqz" => u.0 == 0,
        "eq" => u.0 == u.1,
        "ne" => u.0 != u.1,
        "lt_s" => s.0 < s.1,
        "lt_u" => u.0 < u.1,
        "gt_s" => s.0 > s.1,
        "gt_u" => u.0 > u.1,
        "le_s" => s.0 <= s.1,
        "le_u" => u.0 <= u.1,
        "ge_s" => s.0 >= s.1,
        "ge_u" => u.0 >= u.1,
        _ => return None,
    })
}
