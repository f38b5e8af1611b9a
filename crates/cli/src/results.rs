//! Results of an exported function, for reading.
//!
//! Owns their form, one line each: numbers that [`crate::arguments`] would read back, references by kind.
//! It does not run anything (`crate::run`).

use sarsen::Val;

/// One result as a line of text.
pub(crate) fn line(value: &Val) -> String {
    match value {
        Val::I32(value) => value.to_string(),
        Val::I64(value) => value.to_string(),
        Val::F32(bits) => {
            float(f32::from_bits(*bits).into(), f32::from_bits(*bits).to_string(), bits & 0x7f_ffff)
        }
        Val::F64(bits) => {
            float(f64::from_bits(*bits), f64::from_bits(*bits).to_string(), bits & 0xf_ffff_ffff_ffff)
        }
        Val::V128(value) => vector(value.as_u128()),
        Val::FuncRef(None) | Val::ExternRef(None) | Val::AnyRef(None) | Val::ExnRef(None) => {
            "null".to_owned()
        }
        Val::FuncRef(Some(_)) => "funcref".to_owned(),
        Val::ExternRef(Some(_)) => "externref".to_owned(),
        Val::AnyRef(Some(_)) => "anyref".to_owned(),
        Val::ExnRef(Some(_)) => "exnref".to_owned(),
    }
}

/// A float as WebAssembly text spells it: only NaNs differ from Rust.
fn float(value: f64, text: String, fraction: impl Into<u64>) -> String {
    if !value.is_nan() {
        return text;
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    format!("{sign}nan:{:#x}", fraction.into())
}

fn vector(value: u128) -> String {
    let lane = |index: u32| (value >> (32 * index)) as u32;
    format!("i32x4 {:#010x} {:#010x} {:#010x} {:#010x}", lane(0), lane(1), lane(2), lane(3))
}
