//! What a module has, against the limits of the configuration, section by section. Whether it is valid is wasmparser's
//! matter, and so are the limits that nobody can move.

use crate::error::{Error, ErrorKind};
use crate::limits::ModuleLimits;
use wasmparser::{FunctionBody, Payload, types::TypesRef};

/// Checks a section that has been validated; `types` is what the module has so far.
pub(super) fn check_section(
    payload: &Payload<'_>,
    types: Option<TypesRef<'_>>,
    limits: &ModuleLimits,
) -> Result<(), Error> {
    let own = match payload {
        Payload::ImportSection(section) => {
            Some(("imports", section.clone().into_imports().count() as u32, limits.imports))
        }
        Payload::ExportSection(section) => Some(("exports", section.count(), limits.exports)),
        Payload::ElementSection(section) => {
            Some(("element segments", section.count(), limits.element_segments))
        }
        Payload::DataSection(section) => Some(("data segments", section.count(), limits.data_segments)),
        _ => None,
    };
    let so_far = types.into_iter().flat_map(|types| {
        [
            ("types", types.core_type_count_in_module(), limits.types),
            ("functions", types.function_count(), limits.functions),
            ("tables", types.table_count(), limits.tables),
            ("memories", types.memory_count(), limits.memories),
            ("globals", types.global_count(), limits.globals),
            ("tags", types.tag_count(), limits.tags),
        ]
    });
    match own.into_iter().chain(so_far).find(|&(_, count, limit)| count > limit) {
        Some((what, count, limit)) => {
            let offset = payload.as_section().map(|(_, range)| range.start as usize);
            let message = format!("{what} count of {count} exceeds limit of {limit}");
            Err(Error::new(ErrorKind::Limit, offset, message))
        }
        None => Ok(()),
    }
}

/// Checks the size of a function.
pub(super) fn check_body(body: &FunctionBody<'_>, limits: &ModuleLimits) -> Result<(), Error> {
    let range = body.range();
    let (size, limit) = (range.end - range.start, limits.function_bytes);
    if size <= u64::from(limit) {
        return Ok(());
    }
    let message = format!("function size of {size} exceeds limit of {limit} bytes");
    Err(Error::new(ErrorKind::Limit, Some(range.start as usize), message))
}
