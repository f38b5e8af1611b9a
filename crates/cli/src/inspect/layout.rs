//! Where the sections and bodies of a module lie, and what its functions are called.
//!
//! Owns sizes and names as the binary has them.
//! It assumes a module that the engine found valid, and prints nothing.

use std::collections::HashMap;
use std::ops::Range;
use wasmparser::{
    BinaryReaderError, ExternalKind, KnownCustom, Name, NameSectionReader, Parser, Payload, TypeRef,
};

/// A module's sections and defined functions, in order.
pub(crate) struct Layout {
    pub(crate) sections: Vec<Section>,
    pub(crate) funcs: Vec<Func>,
}

/// A section's contents, without the header.
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) offset: u64,
    pub(crate) size: u64,
}

/// A defined function.
pub(crate) struct Func {
    pub(crate) index: u32,
    /// From the name section.
    pub(crate) name: Option<String>,
    pub(crate) exports: Vec<String>,
    /// The body's bytes, its locals included.
    pub(crate) range: Range<u64>,
}

impl Func {
    /// The body's size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.range.end - self.range.start
    }

    /// Index and name, or the first export if it has no name.
    pub(crate) fn label(&self) -> String {
        match self.name.as_ref().or(self.exports.first()) {
            Some(name) => format!("{} {name}", self.index),
            None => self.index.to_string(),
        }
    }
}

impl Layout {
    /// Reads the layout of a valid module.
    pub(crate) fn of(module: &[u8]) -> Result<Layout, BinaryReaderError> {
        let mut sections = Vec::new();
        let mut ranges = Vec::new();
        let mut imported = 0;
        let mut exports: HashMap<u32, Vec<String>> = HashMap::new();
        let mut names = HashMap::new();
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            if let Some((id, range)) = payload.as_section() {
                sections.push(Section {
                    name: section_name(id, &payload),
                    offset: range.start,
                    size: range.end - range.start,
                });
            }
            match payload {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            exports.entry(export.index).or_default().push(export.name.to_owned());
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => ranges.push(body.range()),
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(reader) = section.as_known() {
                        names = function_names(reader);
                    }
                }
                _ => {}
            }
        }
        let funcs = (imported..)
            .zip(ranges)
            .map(|(index, range)| Func {
                index,
                name: names.remove(&index),
                exports: exports.remove(&index).unwrap_or_default(),
                range,
            })
            .collect();
        Ok(Layout { sections, funcs })
    }

    /// Every name that a function has, once or more.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.funcs.iter().flat_map(|func| func.name.iter().chain(&func.exports)).map(String::as_str)
    }

    /// The function of this name, export or index.
    pub(crate) fn find(&self, name: &str) -> Option<&Func> {
        let by_name = self.funcs.iter().find(|func| func.name.as_deref() == Some(name));
        let by_export = || self.funcs.iter().find(|func| func.exports.iter().any(|export| export == name));
        let by_index = || {
            let index: u32 = name.parse().ok()?;
            self.funcs.iter().find(|func| func.index == index)
        };
        by_name.or_else(by_export).or_else(by_index)
    }
}

/// What can be read of the names of functions; the section may be damaged.
fn function_names(reader: NameSectionReader<'_>) -> HashMap<u32, String> {
    let mut names = HashMap::new();
    for subsection in reader {
        let Ok(Name::Function(map)) = subsection else { continue };
        names.extend(map.into_iter().flatten().map(|naming| (naming.index, naming.name.to_owned())));
    }
    names
}

fn section_name(id: u8, payload: &Payload<'_>) -> String {
    if let Payload::CustomSection(section) = payload {
        return format!("custom {:?}", section.name());
    }
    let names = [
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
        "data count",
        "tag",
    ];
    names.get(usize::from(id)).copied().unwrap_or("unknown").to_owned()
}
