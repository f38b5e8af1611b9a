//! What a module is made of, as JSON.
//!
//! Owns the names of the fields, which programs rely on: fields are added, not renamed.
//! What they say is read by [`super::layout`] and the engine.

use super::compiled::Artifact;
use super::layout::Layout;
use crate::failure::Failure;
use crate::types;
use sarsen::{ExternType, Module, ResourcesRequired};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

#[derive(Serialize)]
struct Overview<'a> {
    size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    compiled: Option<Compiled<'a>>,
    name: Option<&'a str>,
    features: Vec<&'static str>,
    resources: Resources,
    sections: Vec<Section<'a>>,
    imports: Vec<Import<'a>>,
    exports: Vec<Export<'a>>,
    functions: Vec<Function<'a>>,
}

#[derive(Serialize)]
struct Compiled<'a> {
    size: usize,
    version: &'a str,
    target: &'a str,
    cpu: Vec<&'a str>,
    options: BTreeMap<&'static str, String>,
    code_size: usize,
    table_size: usize,
    functions: usize,
    interpreted_functions: usize,
}

impl Compiled<'_> {
    fn of(artifact: &Artifact) -> Compiled<'_> {
        let info = &artifact.info;
        Compiled {
            size: artifact.size(),
            version: info.version(),
            target: info.target(),
            cpu: info.cpu_features().collect(),
            options: info.options().collect(),
            code_size: info.code_size(),
            table_size: info.table_size(),
            functions: info.functions(),
            interpreted_functions: info.interpreted_functions(),
        }
    }
}

#[derive(Serialize)]
struct Resources {
    memories: u32,
    memory_bytes: u64,
    tables: u32,
    table_elements: u64,
    uses_heap: bool,
}

impl From<ResourcesRequired> for Resources {
    fn from(required: ResourcesRequired) -> Resources {
        Resources {
            memories: required.num_memories,
            memory_bytes: required.initial_memory_bytes,
            tables: required.num_tables,
            table_elements: required.initial_table_elements,
            uses_heap: required.uses_gc_heap,
        }
    }
}

#[derive(Serialize)]
struct Section<'a> {
    name: &'a str,
    offset: u64,
    size: u64,
}

#[derive(Serialize)]
struct Import<'a> {
    module: &'a str,
    name: &'a str,
    kind: &'static str,
    r#type: String,
}

#[derive(Serialize)]
struct Export<'a> {
    name: &'a str,
    kind: &'static str,
    r#type: String,
}

#[derive(Serialize)]
struct Function<'a> {
    index: u32,
    name: Option<&'a str>,
    exports: &'a [String],
    offset: u64,
    size: u64,
}

/// Writes one object, and ends the line.
pub(super) fn write(
    module: &Module,
    layout: &Layout,
    size: usize,
    artifact: Option<&Artifact>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let sections = layout.sections.iter();
    let functions = layout.funcs.iter();
    let overview = Overview {
        size,
        compiled: artifact.map(Compiled::of),
        name: module.name(),
        features: module.required_features().iter().map(|feature| feature.name()).collect(),
        resources: module.resources_required().into(),
        sections: sections
            .map(|section| Section { name: &section.name, offset: section.offset, size: section.size })
            .collect(),
        imports: module
            .imports()
            .map(|import| {
                let ty = import.ty();
                Import {
                    module: import.module(),
                    name: import.name(),
                    kind: kind(&ty),
                    r#type: types::text(&ty),
                }
            })
            .collect(),
        exports: module
            .exports()
            .map(|export| {
                let ty = export.ty();
                Export { name: export.name(), kind: kind(&ty), r#type: types::text(&ty) }
            })
            .collect(),
        functions: functions
            .map(|func| Function {
                index: func.index,
                name: func.name.as_deref(),
                exports: &func.exports,
                offset: func.range.start,
                size: func.size(),
            })
            .collect(),
    };
    let text = serde_json::to_string_pretty(&overview).map_err(std::io::Error::other)?;
    Ok(writeln!(out, "{text}")?)
}

fn kind(ty: &ExternType) -> &'static str {
    match ty {
        ExternType::Func(_) => "func",
        ExternType::Table(_) => "table",
        ExternType::Memory(_) => "memory",
        ExternType::Global(_) => "global",
        ExternType::Tag(_) => "tag",
    }
}
