//! The sections of a module that has been validated before: bodies are skipped, all at once.
//!
//! What embedders can ask for, what is shared with other modules, and what names parts of the module is validated again, types
//! before all: somebody may have changed the bytes, and said that they are the same. What data segments name is looked at when
//! they are decoded, which may be later. Bodies are trusted as the code is; see [`validate`](super::validate).

use super::{features, problem};
use crate::bytes::Span;
use crate::error::{Error, ErrorKind};
use sarsen_isa::Features;
use wasmparser::{Chunk, Parser, Payload, Validator};

/// The sections of a module.
pub(super) struct Sections<'a> {
    /// All but the code section, in order.
    pub(super) payloads: Vec<Payload<'a>>,
    /// How many functions have bodies.
    pub(super) functions: u32,
    /// Content of the code section.
    pub(super) code: Span,
}

/// Finds the sections.
pub(super) fn sections(bytes: &[u8], features: Features) -> Result<Sections<'_>, Error> {
    if Parser::is_component(bytes) {
        return Err(mismatch("this is a component, not a module"));
    }
    let features = features::wasm_features(features);
    let mut validator = Validator::new_with_features(features);
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut sections = Sections { payloads: Vec::new(), functions: 0, code: Span::default() };
    let mut rest = bytes;
    loop {
        let Chunk::Parsed { consumed, payload } = parser.parse(rest, true).map_err(problem::malformed)?
        else {
            return Err(mismatch("truncated"));
        };
        rest = rest.get(consumed..).unwrap_or_default();
        match payload {
            Payload::CodeSectionStart { count, unchecked_range: range, size } => {
                rest = rest.get(size as usize..).ok_or_else(|| mismatch("truncated code section"))?;
                sections.functions = count;
                sections.code = Span::of(range);
                parser.skip_section();
            }
            Payload::End(_) => return Ok(sections),
            payload => {
                if declares(&payload) {
                    validator.payload(&payload).map_err(|error| problem::in_section(&payload, &error))?;
                }
                sections.payloads.push(payload);
            }
        }
    }
}

/// Whether a section says what there is, or names it. Data sections, which are long, are left for later.
fn declares(payload: &Payload<'_>) -> bool {
    matches!(
        payload,
        Payload::Version { .. }
            | Payload::TypeSection(_)
            | Payload::ImportSection(_)
            | Payload::FunctionSection(_)
            | Payload::TableSection(_)
            | Payload::MemorySection(_)
            | Payload::TagSection(_)
            | Payload::GlobalSection(_)
            | Payload::ExportSection(_)
            | Payload::StartSection { .. }
            | Payload::ElementSection(_)
    )
}

/// The error of bytes that cannot be what they were.
pub(super) fn mismatch(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, None, message)
}
