//! Types of imports and exports as WebAssembly text.
//!
//! Owns their form; types of values print themselves.
//! It does not list them: `run` and `inspect` do.

use sarsen::{ExternType, FuncType, Mutability};

/// A type as in an import: `(func (param i32))`, `(memory 1 2)`.
pub(crate) fn text(ty: &ExternType) -> String {
    match ty {
        ExternType::Func(ty) => format!("(func{})", signature(ty)),
        ExternType::Tag(ty) => format!("(tag{})", signature(ty.ty())),
        ExternType::Global(ty) => match ty.mutability() {
            Mutability::Const => format!("(global {})", ty.content()),
            Mutability::Var => format!("(global (mut {}))", ty.content()),
        },
        ExternType::Table(ty) => {
            let index = if ty.is_64() { " i64" } else { "" };
            format!("(table{index}{} {})", limits(ty.minimum(), ty.maximum()), ty.element())
        }
        ExternType::Memory(ty) => {
            let index = if ty.is_64() { " i64" } else { "" };
            let shared = if ty.is_shared() { " shared" } else { "" };
            let page = if ty.page_size() == 65_536 {
                String::new()
            } else {
                format!(" (pagesize {})", ty.page_size())
            };
            format!("(memory{index}{}{shared}{page})", limits(ty.minimum(), ty.maximum()))
        }
    }
}

fn signature(ty: &FuncType) -> String {
    let mut text = String::new();
    for (keyword, types) in [("param", ty.params().collect::<Vec<_>>()), ("result", ty.results().collect())] {
        if !types.is_empty() {
            let types: Vec<String> = types.iter().map(ToString::to_string).collect();
            text += &format!(" ({keyword} {})", types.join(" "));
        }
    }
    text
}

fn limits(minimum: u64, maximum: Option<u64>) -> String {
    match maximum {
        Some(maximum) => format!(" {minimum} {maximum}"),
        None => format!(" {minimum}"),
    }
}
