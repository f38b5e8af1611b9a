//! What people call the stretches of published code: functions by their names, everything else by what it is for.
//!
//! Does not tell anybody.

use super::code::NativeCode;
use sarsen_module::{DefinedFuncIndex, Module};
use std::ops::Range;

/// A stretch of code with a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Symbol<'a> {
    /// Without control characters.
    pub(super) name: String,
    /// Address of the first byte.
    pub(super) address: usize,
    pub(super) code: &'a [u8],
}

/// The stretches of a text, ascending.
pub(super) fn symbols(code: &NativeCode) -> impl Iterator<Item = Symbol<'_>> {
    let functions = code.image().defined_functions().filter_map(|defined| {
        let name = function_name(code.module(), DefinedFuncIndex(defined));
        symbol(code, name, code.image().function(defined)?)
    });
    functions.chain(trampolines(code))
}

/// What is behind the functions: calls of the runtime, then trampolines by type. Each reaches to the next.
fn trampolines(code: &NativeCode) -> impl Iterator<Item = Symbol<'_>> {
    let (image, scope) = (code.image(), scope(code.module()));
    let last = image.defined_functions().last().and_then(|last| image.function(last));
    let mut starts = vec![(last.map_or(0, |last| last.end), format!("{scope}::runtime"))];
    for ty in 0..code.module().types().len() as u32 {
        starts.extend(image.entry(ty).map(|at| (at, format!("{scope}::entry[{ty}]"))));
        starts.extend(image.leaf(ty).map(|at| (at, format!("{scope}::leaf[{ty}]"))));
    }
    starts.sort();
    let next: Vec<u32> =
        starts.iter().skip(1).map(|&(at, _)| at).chain([image.text().len() as u32]).collect();
    let stretches = starts.into_iter().zip(next);
    stretches.filter_map(|((start, name), end)| symbol(code, name, start..end))
}

/// None if it is empty, or not in the text, which only a damaged image says.
fn symbol(code: &NativeCode, name: String, range: Range<u32>) -> Option<Symbol<'_>> {
    let bytes = code.image().text().get(range.start as usize..range.end as usize)?;
    let address = code.addresses().start + range.start as usize;
    (!bytes.is_empty()).then_some(Symbol { name, address, code: bytes })
}

fn function_name(module: &Module, defined: DefinedFuncIndex) -> String {
    let index = module.func_index(defined);
    match module.func_name(index) {
        Some(name) if !name.is_empty() => printable(name),
        _ => format!("{}::function[{}]", scope(module), index.0),
    }
}

/// The module, as names start that it has not given itself.
fn scope(module: &Module) -> String {
    module.name().map_or_else(|| "wasm".to_owned(), |name| format!("wasm[{}]", printable(name)))
}

/// Names end with lines, or with zeros.
fn printable(name: &str) -> String {
    name.replace(char::is_control, "_")
}

#[cfg(test)]
#[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
mod tests {
    use super::*;
    use crate::native::tests::publish_text;

    #[test]
    fn everything_has_a_name() {
        let code = publish_text(
            r#"(module $app
              (type $f (func (param i64) (result i64)))
              (tag (param))
              (import "" "host" (func (param i64 i64)))
              (func $first (type $f) (i64.const 0))
              (func (type $f) (i64.const 0))
              (func (@name "a\nb\00") (type $f) (i64.const 0))
              (func (@name "") (type $f) (i64.const 0))
              (func $raise (type $f) (i64.const 0))
              (func $catch (type $f) (i64.const 0)))"#,
        );
        let symbols: Vec<_> = symbols(&code).collect();
        let names: Vec<_> = symbols.iter().map(|symbol| symbol.name.as_str()).collect();
        let functions =
            ["first", "wasm[app]::function[2]", "a_b_", "wasm[app]::function[4]", "raise", "catch"];
        let others = ["wasm[app]::runtime", "wasm[app]::entry[0]", "wasm[app]::leaf[2]"];
        assert_eq!(names, [&functions[..], &others].concat());
        let mut end = code.addresses().start;
        for symbol in &symbols {
            assert_eq!(symbol.address, end, "{symbol:?} follows the one before");
            end += symbol.code.len();
        }
        assert_eq!(end, code.addresses().end);
    }
}
