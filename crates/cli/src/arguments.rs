//! Arguments of an exported function, from the command line.
//!
//! Owns their spelling, which is that of literals in WebAssembly text: `-7`, `0xff_ff`, `1e-3`, `0x1.8p3`, `nan:0x200`,
//! `"i32x4 1 2 3 4"`, and `null` for any nullable reference.
//! It does not print results ([`crate::results`]).

use sarsen::{FuncType, V128, Val, ValType};
use wast::core::V128Const;
use wast::parser::{self, Parse, ParseBuffer};
use wast::token::{F32, F64};

/// The values that `texts` spell for the parameters of `ty`.
pub(crate) fn parse(ty: &FuncType, texts: &[String]) -> Result<Vec<Val>, String> {
    if ty.params().len() != texts.len() {
        return Err(format!("takes {}, but {} given", arguments(ty.params().len()), texts.len()));
    }
    let values = (1..).zip(ty.params().zip(texts));
    values
        .map(|(number, (ty, text))| {
            value(&ty, text).ok_or_else(|| format!("argument {number}: `{text}` is not a value of type {ty}"))
        })
        .collect()
}

fn value(ty: &ValType, text: &str) -> Option<Val> {
    Some(match ty {
        ValType::I32 => Val::I32(literal(text)?),
        ValType::I64 => Val::I64(literal(text)?),
        ValType::F32 => Val::F32(literal::<F32>(text)?.bits),
        ValType::F64 => Val::F64(literal::<F64>(text)?.bits),
        ValType::V128 => {
            let vector: V128Const = literal(text)?;
            Val::V128(V128::from(u128::from_le_bytes(vector.to_le_bytes())))
        }
        ValType::Ref(ty) if text == "null" && ty.is_nullable() => Val::null_ref(ty.heap_type()),
        ValType::Ref(_) => return None,
    })
}

/// A literal of WebAssembly text, and nothing after it.
fn literal<T: for<'a> Parse<'a>>(text: &str) -> Option<T> {
    let buffer = ParseBuffer::new(text).ok()?;
    parser::parse(&buffer).ok()
}

/// So many arguments.
fn arguments(count: usize) -> String {
    if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") }
}
