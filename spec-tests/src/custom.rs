//! Whether custom sections are what their names promise, for `assert_malformed_custom` and `assert_invalid_custom`.
//!
//! Owns the checks of the name section and of branch hints (custom sections never make a module invalid, so no engine
//! reports this by itself).
//! It assumes a valid module.

use wasmparser::{
    BinaryReaderError, BranchHintSectionReader, CustomSectionReader, FunctionBody, KnownCustom,
    NameSectionReader, Operator, Parser, Payload,
};

/// Decodes every custom section that has a meaning.
pub(crate) fn check(module: &[u8]) -> Result<(), String> {
    let mut imported = 0;
    let mut bodies = Vec::new();
    let mut hints = None;
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(message)? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let is_func = matches!(import.map_err(message)?.ty, wasmparser::TypeRef::Func(_));
                    imported += usize::from(is_func);
                }
            }
            Payload::CustomSection(section) => hints = known(section)?.or(hints),
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }
    match hints {
        Some(hints) => check_hints(hints, imported, &bodies),
        None => Ok(()),
    }
}

/// Checks what can be checked of a section alone; branch hints need the code and are returned.
fn known<'a>(section: CustomSectionReader<'a>) -> Result<Option<BranchHintSectionReader<'a>>, String> {
    match section.as_known() {
        KnownCustom::BranchHints(hints) => Ok(Some(hints)),
        KnownCustom::Name(names) => check_names(names).map(|()| None),
        // A section whose content does not even start as its name promises is given back as unknown.
        _ if matches!(section.name(), "name" | "metadata.code.branch_hint") => {
            Err(format!("malformed section {:?}", section.name()))
        }
        _ => Ok(None),
    }
}

fn check_names(names: NameSectionReader<'_>) -> Result<(), String> {
    for subsection in names {
        subsection.map_err(message)?;
    }
    Ok(())
}

/// Every hint names a defined function, in order, and the offset of an `if` or `br_if` in it.
fn check_hints(
    hints: BranchHintSectionReader<'_>,
    imported: usize,
    bodies: &[FunctionBody<'_>],
) -> Result<(), String> {
    let mut previous = None;
    for entry in hints {
        let entry = entry.map_err(message)?;
        let func = entry.func;
        if previous.is_some_and(|previous| func <= previous) {
            return Err(format!("function {func} is out of order"));
        }
        previous = Some(func);
        let body = (func as usize).checked_sub(imported).and_then(|index| bodies.get(index));
        let Some(body) = body else {
            return Err(format!("function {func} has no body"));
        };
        let targets = branches(body).map_err(message)?;
        for hint in entry.hints {
            let offset = hint.map_err(message)?.func_offset;
            if !targets.contains(&offset) {
                return Err(format!("invalid target: offset {offset} of function {func} is no branch"));
            }
        }
    }
    Ok(())
}

/// Offsets of `if` and `br_if`, from the start of the body (its locals included).
fn branches(body: &FunctionBody<'_>) -> Result<Vec<u32>, BinaryReaderError> {
    let start = body.range().start;
    let mut offsets = Vec::new();
    for operator in body.get_operators_reader()?.into_iter_with_offsets() {
        let (operator, offset) = operator?;
        if matches!(operator, Operator::If { .. } | Operator::BrIf { .. }) {
            offsets.push((offset - start) as u32);
        }
    }
    Ok(offsets)
}

fn message(error: BinaryReaderError) -> String {
    error.to_string()
}
