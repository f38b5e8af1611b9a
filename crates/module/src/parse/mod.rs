//! Where wasmparser's terms meet ours: the one place whose public functions mention its types.
//!
//! Translators read function bodies with wasmparser's operator reader; the functions here hand out bodies and turn types
//! met in them into the module's. Reading is in stages: `text` if it is text, `validate`, `describe`.

mod convert;
mod counts;
mod custom;
mod data;
mod describe;
mod features;
mod problem;
#[cfg(feature = "wat")]
mod text;
#[cfg(not(feature = "wat"))]
#[path = "no_text.rs"]
mod text;
mod trust;
mod validate;

use crate::bodies::Bodies;
use crate::bytes::{Bytes, Span};
use crate::error::Error;
use crate::index::DefinedFuncIndex;
use crate::limits::{ModuleLimits, Parallelism};
use crate::module::{Content, Module};
use crate::registry::TypeRegistry;
use crate::types::{HeapType, RefType, ValType};
use convert::Types;
use sarsen_isa::Features;
use wasmparser::{BinaryReader, FunctionBody, WasmFeatures};

pub(crate) use custom::check_custom;
pub(crate) use data::data_segments;
pub(crate) use text::binary;

/// Offsets are 32-bit, whatever the configuration says.
fn check_len(bytes: &[u8], limits: &ModuleLimits) -> Result<(), Error> {
    let limit = limits.bytes.min(u32::MAX as usize);
    if bytes.len() > limit {
        return Err(Error::limit(format!("module size of {} exceeds limit of {limit} bytes", bytes.len())));
    }
    Ok(())
}

/// Validates a binary module.
pub(crate) fn check(
    bytes: &[u8],
    features: Features,
    limits: &ModuleLimits,
    parallelism: Parallelism,
) -> Result<(), Error> {
    validate::validate(bytes, features, limits, parallelism).map(drop)
}

/// Validates and describes a binary module.
pub(crate) fn module(
    registry: &TypeRegistry,
    bytes: &[u8],
    features: Features,
    limits: &ModuleLimits,
    parallelism: Parallelism,
) -> Result<Content, Error> {
    let sections = validate::validate(bytes, features, limits, parallelism)?;
    let validate::Sections { payloads, bodies, code } = sections;
    let content = describe::describe(registry, bytes, payloads, Bodies::Found(bodies.into()), code)?;
    content.data.decode_now(|section| data_segments(bytes, section, &content, features))?;
    Ok(content)
}

/// Describes a binary module that has been validated before, and whose bodies were found then. Data segments are decoded when
/// somebody asks for them.
pub(crate) fn assume_valid(
    registry: &TypeRegistry,
    bytes: &[u8],
    features: Features,
    bodies: Bytes,
) -> Result<Content, Error> {
    let trust::Sections { payloads, functions, code } = trust::sections(bytes, features)?;
    let bodies = Bodies::Kept(bodies);
    if bodies.len() != functions as usize {
        return Err(trust::mismatch(format!("{functions} functions, and {} bodies", bodies.len())));
    }
    let content = describe::describe(registry, bytes, payloads, bodies, code)?;
    let defined = content.funcs.len() - content.imported.funcs as usize;
    if defined != functions as usize {
        return Err(trust::mismatch(format!("{defined} types of {functions} functions")));
    }
    Ok(content)
}

/// Where the body lies whose entry in the code section starts at `entry`.
pub(crate) fn body_span(bytes: &[u8], entry: u32) -> Span {
    let at_entry = bytes.get(entry as usize..).unwrap_or_default();
    let mut reader = BinaryReader::new(at_entry, 0);
    // Decoding the code section has read the same size.
    let len = reader.read_var_u32().unwrap_or_default();
    Span { start: entry + reader.current_position() as u32, len }
}

fn body_at(bytes: &[u8], entry: u32, features: WasmFeatures) -> FunctionBody<'_> {
    let span = body_span(bytes, entry);
    FunctionBody::new(BinaryReader::new_features(span.slice(bytes), u64::from(span.start), features))
}

/// The body of a function.
pub fn body(module: &Module, index: DefinedFuncIndex) -> FunctionBody<'_> {
    body_at(
        module.bytes(),
        module.content.bodies.start(index.index()),
        features::wasm_features(module.features()),
    )
}

/// A heap type of a body in our terms.
///
/// # Errors
/// If it belongs to a proposal that is not supported, which no valid body has.
pub fn heap_type(module: &Module, ty: wasmparser::HeapType) -> Result<HeapType, Error> {
    Types { ids: module.types() }.heap(ty)
}

/// A reference type of a body in our terms.
///
/// # Errors
/// As [`heap_type`].
pub fn ref_type(module: &Module, ty: wasmparser::RefType) -> Result<RefType, Error> {
    Types { ids: module.types() }.reference(ty)
}

/// A value type of a body in our terms.
///
/// # Errors
/// As [`heap_type`].
pub fn val_type(module: &Module, ty: wasmparser::ValType) -> Result<ValType, Error> {
    Types { ids: module.types() }.value(ty)
}
