//! Validation: wasmparser's, with function bodies spread over threads.
//!
//! Reads every section once and keeps the readers for [`describe`](super::describe); keeps nothing per function but where
//! its body starts.

use super::{body_at, counts, features, problem};
use crate::bytes::Span;
use crate::error::{Error, ErrorKind};
use crate::limits::{ModuleLimits, Parallelism};
use rayon::prelude::*;
use sarsen_isa::Features;
use std::ops::Range;
use wasmparser::{
    FuncToValidate, FuncValidatorAllocations, Parser, Payload, Validator, ValidatorResources, WasmFeatures,
    WasmModuleResources,
};

/// Bytes of code from which on threads are worth waking: validating them takes about a millisecond.
const PARALLEL_FROM: u32 = 256 << 10;
/// Bytes of code that a thread validates at a time: enough to reuse its allocations, few enough to share the work evenly.
const CHUNK_BYTES: u32 = 32 << 10;
/// Sections of a module that a compiler writes.
const TYPICAL_SECTIONS: usize = 16;

/// The sections of a valid module.
#[derive(Default)]
pub(super) struct Sections<'a> {
    /// All but the code section, in order.
    pub(super) payloads: Vec<Payload<'a>>,
    /// Where each function's entry in the code section starts.
    pub(super) bodies: Vec<u32>,
    /// Content of the code section.
    pub(super) code: Span,
}

/// Validates a binary module.
pub(super) fn validate<'a>(
    bytes: &'a [u8],
    features: Features,
    limits: &ModuleLimits,
    parallelism: Parallelism,
) -> Result<Sections<'a>, Error> {
    if Parser::is_component(bytes) {
        let message = "unknown binary version: this is a component, not a module";
        return Err(Error::new(ErrorKind::Malformed, Some(4), message));
    }
    let features = features::wasm_features(features);
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut validator = Validator::new_with_features(features);
    let mut sections = Sections { payloads: Vec::with_capacity(TYPICAL_SECTIONS), ..Sections::default() };
    let mut next_entry = 0;
    let mut first_func = None;
    for payload in parser.parse_all(bytes) {
        let payload = payload.map_err(problem::malformed)?;
        if let Payload::CodeSectionEntry(body) = &payload {
            counts::check_body(body, limits)?;
            sections.bodies.push(next_entry);
            next_entry = body.range().end as u32;
            let func = validator.code_section_entry(body).map_err(problem::malformed)?;
            first_func.get_or_insert(func);
            continue;
        }
        validator.payload(&payload).map_err(|error| problem::in_section(&payload, &error))?;
        counts::check_section(&payload, validator.types(0), limits)?;
        match payload {
            Payload::CodeSectionStart { unchecked_range: range, size, count } => {
                next_entry = (range.end - u64::from(size)) as u32;
                sections.bodies.reserve_exact(count as usize);
                sections.code = Span::of(range);
            }
            Payload::End(_) => {}
            payload => sections.payloads.push(payload),
        }
    }
    if let Some(func) = first_func {
        let resources = &func.resources;
        let bodies = Bodies { bytes, entries: &sections.bodies, resources, features, imported: func.index };
        bodies.validate(parallelism)?;
    }
    Ok(sections)
}

/// The function bodies of a module whose other sections are valid.
struct Bodies<'a> {
    bytes: &'a [u8],
    entries: &'a [u32],
    resources: &'a ValidatorResources,
    features: WasmFeatures,
    imported: u32,
}

impl<'a> Bodies<'a> {
    /// Validates all; of several errors the first in the module is reported, whatever thread finds it.
    fn validate(&self, parallelism: Parallelism) -> Result<(), Error> {
        let code_bytes =
            self.entries.last().zip(self.entries.first()).map_or(0, |(last, first)| last - first);
        // Asking for the number of threads starts them: only a module that is worth it does.
        let large = parallelism == Parallelism::Pool && code_bytes >= PARALLEL_FROM;
        if !large || rayon::current_num_threads() == 1 {
            return self.validate_range(0..self.entries.len(), &mut FuncValidatorAllocations::default());
        }
        self.chunks()
            .into_par_iter()
            .map_init(FuncValidatorAllocations::default, |allocations, chunk| {
                self.validate_range(chunk, allocations)
            })
            .find_first(Result::is_err)
            .unwrap_or(Ok(()))
    }

    /// Ranges of consecutive functions, each with about [`CHUNK_BYTES`] of code or a single larger function.
    fn chunks(&self) -> Vec<Range<usize>> {
        let mut chunks = Vec::new();
        let mut start = 0;
        for (index, &entry) in self.entries.iter().enumerate() {
            if entry - self.entries[start] >= CHUNK_BYTES {
                chunks.push(start..index);
                start = index;
            }
        }
        chunks.push(start..self.entries.len());
        chunks
    }

    fn validate_range(
        &self,
        range: Range<usize>,
        allocations: &mut FuncValidatorAllocations,
    ) -> Result<(), Error> {
        for index in range {
            let body = body_at(self.bytes, self.entries[index], self.features);
            let func_index = self.imported + index as u32;
            let func = FuncToValidate {
                resources: self.resources,
                index: func_index,
                ty: self.resources.type_index_of_function(func_index).unwrap_or_default(),
                features: self.features,
            };
            let mut validator = func.into_validator(std::mem::take(allocations));
            validator.validate(&body).map_err(|error| problem::in_body(&body, &error))?;
            *allocations = validator.into_allocations();
        }
        Ok(())
    }
}
