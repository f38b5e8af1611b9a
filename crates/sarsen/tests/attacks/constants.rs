//! Constants that are equal in some way and different in another: whoever keeps one for several must not mistake them.

use crate::configs;
use sarsen::{Engine, Instance, Module, Store, Val};
use std::fmt::Write as _;

/// Bits that mean something else in each type: zeros of both signs, numbers, and every kind of NaN, quiet or not, with payloads.
const BITS: [u64; 14] = [
    0,
    1 << 63,
    1 << 31,
    1,
    0x7ff8_0000_0000_0000,
    0x7ff8_0000_0000_0001,
    0x7ff0_0000_0000_0001,
    0xfff8_0000_0000_0000,
    0xfff4_0000_dead_beef,
    0x7fc0_0000,
    0x7fa0_0001,
    0xffc0_0000_7fc0_0000,
    0x3ff0_0000_3f80_0000,
    u64::MAX,
];

/// A float in text, as its bits.
fn float(exponent_bits: u32, fraction_bits: u32, bits: u64) -> String {
    let sign = if bits >> (exponent_bits + fraction_bits) & 1 == 1 { "-" } else { "" };
    let most = (1 << exponent_bits) - 1;
    let (exponent, fraction) = (bits >> fraction_bits & most, bits & ((1 << fraction_bits) - 1));
    let bias = most as i64 / 2;
    match exponent {
        0 if fraction == 0 => format!("{sign}0"),
        0 => format!("{sign}0x{fraction:x}p{}", 1 - bias - i64::from(fraction_bits)),
        _ if exponent == most && fraction == 0 => format!("{sign}inf"),
        _ if exponent == most => format!("{sign}nan:0x{fraction:x}"),
        _ => {
            let whole = fraction | 1 << fraction_bits;
            format!("{sign}0x{whole:x}p{}", exponent as i64 - bias - i64::from(fraction_bits))
        }
    }
}

/// Constants of every type of numbers with these bits, as text and as values.
fn constants(bits: u64) -> [(&'static str, String, Val); 6] {
    let (low, halves) = (bits as u32, u128::from(bits) << 64 | u128::from(bits));
    [
        ("i32", format!("(i32.const {})", low as i32), Val::I32(low as i32)),
        ("f32", format!("(f32.const {})", float(8, 23, low.into())), Val::F32(low)),
        ("i64", format!("(i64.const {})", bits as i64), Val::I64(bits as i64)),
        ("f64", format!("(f64.const {})", float(11, 52, bits)), Val::F64(bits)),
        ("v128", format!("(v128.const i64x2 {0} {0})", bits as i64), Val::V128(halves.into())),
        ("v128", format!("(v128.const i64x2 {} 0)", bits as i64), Val::V128(u128::from(bits).into())),
    ]
}

/// Nulls of every hierarchy.
fn nulls() -> [(&'static str, String, Val); 4] {
    let null = |heap: &str| format!("(ref.null {heap})");
    [
        ("funcref", null("func"), Val::FuncRef(None)),
        ("externref", null("extern"), Val::ExternRef(None)),
        ("anyref", null("any"), Val::AnyRef(None)),
        ("exnref", null("exn"), Val::ExnRef(None)),
    ]
}

/// What tells a value from every other: its type and all its bits.
fn described(values: &[Val]) -> Vec<String> {
    values.iter().map(|value| format!("{value:?}")).collect()
}

#[test]
fn constants_are_what_they_are() {
    let mut all: Vec<_> = BITS.into_iter().flat_map(constants).collect();
    all.extend(nulls());
    // All in one function, in its reverse order, through a choice and through a call, and as globals, of which half can be changed.
    let types = |all: &[(&str, String, Val)]| all.iter().map(|(ty, ..)| format!("{ty} ")).collect::<String>();
    let texts =
        |all: &[(&str, String, Val)]| all.iter().map(|(_, text, _)| format!("{text} ")).collect::<String>();
    let expected: Vec<Val> = all.iter().map(|(.., value)| *value).collect();
    let (forth, forth_types) = (texts(&all), types(&all));
    let mut globals = String::new();
    let mut gets = String::new();
    for (number, (ty, text, _)) in all.iter().enumerate() {
        let ty = if number % 2 == 0 { format!("(mut {ty})") } else { (*ty).to_owned() };
        write!(globals, "(global {ty} {text})").unwrap();
        write!(gets, "(global.get {number})").unwrap();
    }
    let chosen: String = all
        .iter()
        .map(|(ty, text, _)| format!("(select (result {ty}) {text} {text} (local.get 0))"))
        .collect();
    all.reverse();
    let (back, back_types) = (texts(&all), types(&all));
    let text = format!(
        r#"(module {globals}
        (func (export "forth") (param i32) (result {forth_types}) {forth})
        (func $back (export "back") (param i32) (result {back_types}) {back})
        (func (export "chosen") (param i32) (result {forth_types}) {chosen})
        (func (export "called") (param i32) (result {back_types}) (call $back (local.get 0)))
        (func (export "globals") (param i32) (result {forth_types}) {gets}))"#
    );
    for (way, config) in configs() {
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, &text).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        for round in 0..3 {
            for name in ["forth", "back", "chosen", "called", "globals"] {
                let mut results = vec![Val::I32(0); expected.len()];
                let func = instance.get_func(&mut store, name).unwrap();
                func.call(&mut store, &[Val::I32(round)], &mut results).unwrap();
                if ["back", "called"].contains(&name) {
                    results.reverse();
                }
                for (result, expected) in described(&results).iter().zip(described(&expected)) {
                    assert_eq!(*result, expected, "{way}: {name}");
                }
            }
        }
    }
}
