//! Values of components: script text to [`Val`] and back, and whether they are the same.
//!
//! Owns the words in which scripts name traps of the canonical ABI.
//! It does not call anything.

use crate::value::{f32_text, f64_text};
use sarsen_component::Val;
use wast::component::WastVal;

/// The engine's value for a script's.
pub(crate) fn value(value: &WastVal<'_>) -> Val {
    let boxed = |value: &Option<Box<WastVal<'_>>>| value.as_deref().map(|value| Box::new(self::value(value)));
    let all = |values: &[WastVal<'_>]| values.iter().map(self::value).collect();
    match value {
        WastVal::Bool(value) => Val::Bool(*value),
        WastVal::U8(value) => Val::U8(*value),
        WastVal::S8(value) => Val::S8(*value),
        WastVal::U16(value) => Val::U16(*value),
        WastVal::S16(value) => Val::S16(*value),
        WastVal::U32(value) => Val::U32(*value),
        WastVal::S32(value) => Val::S32(*value),
        WastVal::U64(value) => Val::U64(*value),
        WastVal::S64(value) => Val::S64(*value),
        WastVal::F32(value) => Val::Float32(f32::from_bits(value.bits)),
        WastVal::F64(value) => Val::Float64(f64::from_bits(value.bits)),
        WastVal::Char(value) => Val::Char(*value),
        WastVal::String(value) => Val::String((*value).to_owned()),
        WastVal::List(values) => Val::List(all(values)),
        WastVal::Map(pairs) => {
            Val::Map(pairs.iter().map(|(key, value)| (self::value(key), self::value(value))).collect())
        }
        WastVal::Record(fields) => {
            Val::Record(fields.iter().map(|(name, value)| ((*name).to_owned(), self::value(value))).collect())
        }
        WastVal::Tuple(values) => Val::Tuple(all(values)),
        WastVal::Variant(name, value) => Val::Variant((*name).to_owned(), boxed(value)),
        WastVal::Enum(name) => Val::Enum((*name).to_owned()),
        WastVal::Option(value) => Val::Option(boxed(value)),
        WastVal::Result(Ok(value)) => Val::Result(Ok(boxed(value))),
        WastVal::Result(Err(value)) => Val::Result(Err(boxed(value))),
        WastVal::Flags(names) => Val::Flags(names.iter().map(|name| (*name).to_owned()).collect()),
    }
}

/// Whether a value is what a script asks for: floats bit by bit.
pub(crate) fn matches(pattern: &WastVal<'_>, got: &Val) -> bool {
    match (value(pattern), got) {
        (Val::Float32(want), Val::Float32(got)) => {
            want.to_bits() == got.to_bits() || want.is_nan() && got.is_nan()
        }
        (Val::Float64(want), Val::Float64(got)) => {
            want.to_bits() == got.to_bits() || want.is_nan() && got.is_nan()
        }
        // A script has one word for lists of any length and of a fixed one.
        (Val::List(want), Val::FixedLengthList(got)) => want == *got,
        (want, got) => want == *got,
    }
}

/// A value as a script would write it.
pub(crate) fn describe(value: &Val) -> String {
    match value {
        Val::Bool(value) => format!("(bool.const {value})"),
        Val::U8(value) => format!("(u8.const {value})"),
        Val::S8(value) => format!("(s8.const {value})"),
        Val::U16(value) => format!("(u16.const {value})"),
        Val::S16(value) => format!("(s16.const {value})"),
        Val::U32(value) => format!("(u32.const {value})"),
        Val::S32(value) => format!("(s32.const {value})"),
        Val::U64(value) => format!("(u64.const {value})"),
        Val::S64(value) => format!("(s64.const {value})"),
        Val::Float32(value) => format!("(f32.const {})", f32_text(value.to_bits())),
        Val::Float64(value) => format!("(f64.const {})", f64_text(value.to_bits())),
        Val::Char(value) => format!("(char.const {value:?})"),
        Val::String(value) => format!("(str.const {value:?})"),
        other => format!("{other:?}"),
    }
}

/// The words of this engine for traps that the scripts name in another one's.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("wasm `unreachable` instruction executed", "unreachable"),
    ("list content out-of-bounds", "list pointer/length out of bounds of memory"),
    ("list content out-of-bounds", "realloc return: beyond end of memory"),
    ("string content out-of-bounds", "string pointer/length out of bounds of memory"),
    ("unaligned pointer", "realloc return: result not aligned"),
];

/// Whether a trap is the one that a script names: it gives a prefix, in one of two words.
pub(crate) fn says(message: &str, expected: &str) -> bool {
    let expected = expected.strip_prefix("wasm trap: ").unwrap_or(expected);
    let others = OTHER_WORDS.iter().filter(|(word, _)| *word == expected).map(|(_, other)| *other);
    std::iter::once(expected).chain(others).any(|expected| message.starts_with(expected))
}
