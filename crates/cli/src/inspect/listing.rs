//! One function as WebAssembly text, as the interpreter's code, or both side by side.
//!
//! Owns the alignment: code stands beside the operator that it came from.
//! `wasmprinter` writes the text and the engine writes its code.

use super::Form;
use super::layout::Func;
use sarsen::Module;
use std::fmt::Write;

/// A line of code and where it came from: an offset in the module.
type Line = (Option<u64>, String);

/// The listing of `func` in `forms`.
pub(crate) fn of(module: &Module, bytes: &[u8], func: &Func, forms: &[Form]) -> Result<String, String> {
    let mut columns = Vec::new();
    for form in forms {
        columns.push(match form {
            Form::Wat => text(bytes, func)?,
            Form::Interp => code(module, func)?,
            Form::Clif => compiled(module, func, false)?,
            Form::Asm => compiled(module, func, true)?,
        });
    }
    Ok(match columns.as_slice() {
        [left, right, ..] => side_by_side(left, right),
        [only] => only.iter().map(|(_, line)| format!("{line}\n")).collect(),
        [] => String::new(),
    })
}

/// The function's lines of the module's text.
fn text(bytes: &[u8], func: &Func) -> Result<Vec<Line>, String> {
    let mut storage = String::new();
    let lines = wasmprinter::Config::new()
        .offsets_and_lines(bytes, &mut storage)
        .map_err(|error| error.to_string())?;
    let inside = |offset: Option<u64>| offset.is_some_and(|offset| func.range.contains(&offset));
    let lines: Vec<Line> = lines
        .skip_while(|(offset, _)| !inside(*offset))
        .take_while(|(offset, _)| offset.is_none() || inside(*offset))
        .map(|(offset, line)| {
            (offset, line.trim_end().strip_prefix("  ").unwrap_or(line.trim_end()).to_owned())
        })
        .collect();
    Ok(lines)
}

/// The interpreter's code; its lines start with the offset of the operator in the module.
fn code(module: &Module, func: &Func) -> Result<Vec<Line>, String> {
    let text = module.disassemble(func.index).map_err(|error| error.to_string())?;
    Ok(text.lines().map(|line| (offset_of(line), line.to_owned())).collect())
}

/// Compiled code, which has been moved too far from where it came from to stand beside it.
fn compiled(module: &Module, func: &Func, assembly: bool) -> Result<Vec<Line>, String> {
    let text = module.compiled_listing(func.index, assembly).map_err(|error| error.to_string())?;
    Ok(text.lines().map(|line| (None, line.to_owned())).collect())
}

/// `0x1c: ...` names an offset.
fn offset_of(line: &str) -> Option<u64> {
    let (offset, _) = line.trim_start().strip_prefix("0x")?.split_once(':')?;
    u64::from_str_radix(offset, 16).ok()
}

/// Two columns: each line of `right` beside the last line of `left` that starts at or before it.
fn side_by_side(left: &[Line], right: &[Line]) -> String {
    let width = left.iter().map(|(_, line)| line.chars().count()).max().unwrap_or(0);
    let mut listing = String::new();
    let mut row = |left: &str, right: &str| {
        let line = format!("{left:<width$} | {right}");
        // Writing to a string cannot fail.
        let _ = writeln!(listing, "{}", line.trim_end());
    };
    let mut right = right.iter().peekable();
    for (index, (_, text)) in left.iter().enumerate() {
        let next = left[index + 1..].iter().find_map(|(offset, _)| *offset);
        let belongs = |line: &&Line| line.0.is_none() || next.is_none_or(|next| line.0 < Some(next));
        let first = right.next_if(|line| belongs(line));
        row(text, first.map_or("", |(_, code)| code));
        while let Some((_, code)) = right.next_if(|line| belongs(line)) {
            row("", code);
        }
    }
    listing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_beside_its_operator() {
        let line = |offset, text: &str| (Some(offset), text.to_owned());
        let left = [line(1, "local.get 0"), line(3, "local.get 1"), line(5, "i32.add")];
        let right = [line(5, "0x5: add r0 r1"), line(5, "0x5: return")];
        let listing = side_by_side(&left, &right);
        let expected =
            "local.get 0 |\nlocal.get 1 |\ni32.add     | 0x5: add r0 r1\n            | 0x5: return\n";
        assert_eq!(listing, expected);
    }

    #[test]
    fn offsets() {
        assert_eq!(offset_of("  0x1c: nop"), Some(0x1c));
        assert_eq!(offset_of("nop"), None);
    }
}
