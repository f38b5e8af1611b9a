//! From wasmparser's errors to ours.
//!
//! wasmparser does not say whether a module is malformed or invalid. It is malformed if decoding alone fails, so the part
//! at fault is decoded once more; only modules that are refused pay for that.

use crate::error::{Error, ErrorKind};
use wasmparser::{FromReader, FunctionBody, Payload, SectionLimited};

/// An error in decoding.
pub(super) fn malformed(error: wasmparser::Error) -> Error {
    convert(ErrorKind::Malformed, &error)
}

/// An error in validating `payload`.
pub(super) fn in_section(payload: &Payload<'_>, error: &wasmparser::Error) -> Error {
    let kind = if section_decodes(payload) { ErrorKind::Invalid } else { ErrorKind::Malformed };
    convert(kind, error)
}

/// An error in validating a function body.
pub(super) fn in_body(body: &FunctionBody<'_>, error: &wasmparser::Error) -> Error {
    // The specification counts a missing data count section among the rules of the binary format (section 5.5.16).
    let decodes = error.message() != "data count section required" && body_decodes(body).is_ok();
    convert(if decodes { ErrorKind::Invalid } else { ErrorKind::Malformed }, error)
}

pub(super) fn convert(kind: ErrorKind, error: &wasmparser::Error) -> Error {
    let message = error.message();
    // wasmparser has no kind for its limits either, but names them in words.
    let limit = ["exceeds limit", "exceeds the limit", "exceed maximum", "implementation limit"];
    let kind = if limit.iter().any(|words| message.contains(words)) { ErrorKind::Limit } else { kind };
    Error::new(kind, Some(error.offset() as usize), message)
}

fn section_decodes(payload: &Payload<'_>) -> bool {
    match payload {
        Payload::TypeSection(section) => items_decode(section),
        Payload::ImportSection(section) => section.clone().into_imports().all(|import| import.is_ok()),
        Payload::FunctionSection(section) => items_decode(section),
        Payload::TableSection(section) => items_decode(section),
        Payload::MemorySection(section) => items_decode(section),
        Payload::TagSection(section) => items_decode(section),
        Payload::GlobalSection(section) => items_decode(section),
        Payload::ExportSection(section) => items_decode(section),
        Payload::ElementSection(section) => items_decode(section),
        Payload::DataSection(section) => items_decode(section),
        Payload::Version { .. } | Payload::UnknownSection { .. } => false,
        _ => true,
    }
}

fn items_decode<'a, T: FromReader<'a>>(section: &SectionLimited<'a, T>) -> bool {
    section.clone().into_iter().all(|item| item.is_ok())
}

fn body_decodes(body: &FunctionBody<'_>) -> wasmparser::Result<()> {
    body.get_locals_reader()?.into_iter().try_for_each(|local| local.map(drop))?;
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        operators.read()?;
    }
    operators.finish()
}
