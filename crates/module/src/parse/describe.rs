//! From the sections of a valid module to its description.
//!
//! Defines the module's types in the registry, which is why nothing here starts before the whole module is valid.
//! Names and debug information are left where they are, and so are data segments.

use super::convert::{Types, memory};
use super::problem::malformed;
use crate::bodies::Bodies;
use crate::bytes::Span;
use crate::custom::CustomEntry;
use crate::data::DataSegments;
use crate::error::{Error, ErrorKind};
use crate::index::{ExternIndex, FuncIndex, GlobalIndex, MemoryIndex, TableIndex, TagIndex};
use crate::module::{Content, ImportCounts};
use crate::reflect::{ExportEntry, ImportEntry};
use crate::registry::TypeRegistry;
use crate::segment::{ElementItems, ElementSegment, FuncList, SegmentMode};
use crate::types::{ExternType, GlobalType, MemoryType, RefType, SubType, TableType, TypeId};
use wasmparser::{
    Element, ElementKind, ExternalKind, FromReader, Payload, SectionLimited, TableInit, TypeRef,
};

/// A description that is being put together.
struct Builder<'a> {
    registry: &'a TypeRegistry,
    bytes: &'a [u8],
    types: Vec<TypeId>,
    imports: Vec<ImportEntry>,
    funcs: Vec<TypeId>,
    tables: Vec<TableType>,
    memories: Vec<MemoryType>,
    globals: Vec<GlobalType>,
    tags: Vec<TypeId>,
    custom: Vec<CustomEntry>,
    content: Content,
}

/// Describes a valid module: its sections but that of code, which has these bodies.
pub(super) fn describe(
    registry: &TypeRegistry,
    bytes: &[u8],
    payloads: Vec<Payload<'_>>,
    bodies: Bodies,
    code: Span,
) -> Result<Content, Error> {
    let mut builder = Builder {
        registry,
        bytes,
        types: Vec::new(),
        imports: Vec::new(),
        funcs: Vec::new(),
        tables: Vec::new(),
        memories: Vec::new(),
        globals: Vec::new(),
        tags: Vec::new(),
        custom: Vec::new(),
        content: Content { bodies, code, ..Content::default() },
    };
    for payload in payloads {
        builder.section(payload)?;
    }
    Ok(Content {
        types: builder.types.into(),
        imports: builder.imports.into(),
        funcs: builder.funcs.into(),
        tables: builder.tables.into(),
        memories: builder.memories.into(),
        globals: builder.globals.into(),
        tags: builder.tags.into(),
        custom: builder.custom.into(),
        ..builder.content
    })
}

/// Decodes and converts every item of a section, in order.
fn items<'a, T: FromReader<'a>, U>(
    section: SectionLimited<'a, T>,
    convert: impl Fn(T) -> Result<U, Error>,
) -> Result<Box<[U]>, Error> {
    let mut items = Vec::with_capacity(count(&section));
    for item in section {
        items.push(convert(item.map_err(malformed)?)?);
    }
    Ok(items.into())
}

/// How many items a section has. Each takes a byte: no count makes anybody allocate more than there is.
fn count<T>(section: &SectionLimited<'_, T>) -> usize {
    let range = section.range();
    (section.count() as usize).min((range.end - range.start) as usize)
}

impl Builder<'_> {
    fn ids(&self) -> Types<'_> {
        Types { ids: &self.types }
    }

    fn section(&mut self, payload: Payload<'_>) -> Result<(), Error> {
        match payload {
            Payload::TypeSection(section) => self.types(section)?,
            Payload::ImportSection(section) => self.imports(section)?,
            Payload::FunctionSection(section) => {
                self.funcs.reserve_exact(count(&section));
                for index in section {
                    self.funcs.push(self.type_id(index.map_err(malformed)?)?);
                }
            }
            Payload::TableSection(section) => self.tables(section)?,
            Payload::MemorySection(section) => {
                for ty in section {
                    self.memories.push(memory(ty.map_err(malformed)?));
                }
            }
            Payload::TagSection(section) => {
                for ty in section {
                    self.tags.push(self.type_id(ty.map_err(malformed)?.func_type_idx)?);
                }
            }
            Payload::GlobalSection(section) => self.globals(section)?,
            Payload::ExportSection(section) => self.exports(section)?,
            Payload::StartSection { func, .. } => self.content.start = Some(FuncIndex(func)),
            Payload::ElementSection(section) => {
                self.content.elements = items(section, |item| self.element(item))?;
            }
            Payload::DataSection(section) => {
                self.content.data =
                    DataSegments::in_section(Span::of(section.range()), count(&section) as u32);
            }
            Payload::CustomSection(section) => self.custom.push(CustomEntry {
                name: self.text(section.name()),
                data: Span::within(self.bytes, section.data()),
            }),
            _ => {}
        }
        Ok(())
    }

    /// A type that has been defined. Validation has checked that it has, unless that was long ago.
    fn type_id(&self, index: u32) -> Result<TypeId, Error> {
        let unknown = || Error::new(ErrorKind::Invalid, None, format!("unknown type {index}"));
        self.types.get(index as usize).copied().ok_or_else(unknown)
    }

    /// Where a name lies.
    fn text(&self, name: &str) -> Span {
        Span::within(self.bytes, name.as_bytes())
    }

    fn types(&mut self, section: wasmparser::TypeSectionReader<'_>) -> Result<(), Error> {
        self.types.reserve_exact(count(&section));
        for group in section {
            let group = group.map_err(malformed)?;
            let group: Vec<SubType> =
                group.types().map(|ty| self.ids().sub_type(ty)).collect::<Result<_, _>>()?;
            let first = self.registry.define_group(&group)?.as_u32();
            self.types.extend((first..).take(group.len()).map(TypeId::from_u32));
        }
        Ok(())
    }

    fn imports(&mut self, section: wasmparser::ImportSectionReader<'_>) -> Result<(), Error> {
        self.imports.reserve_exact(count(&section));
        for import in section.into_imports() {
            let import = import.map_err(malformed)?;
            let ty = self.extern_type(import.ty)?;
            match ty {
                ExternType::Func(ty) => self.funcs.push(ty),
                ExternType::Table(ty) => self.tables.push(ty),
                ExternType::Memory(ty) => self.memories.push(ty),
                ExternType::Global(ty) => self.globals.push(ty),
                ExternType::Tag(ty) => self.tags.push(ty),
            }
            let (module, name) = (self.text(import.module), self.text(import.name));
            self.imports.push(ImportEntry { module, name, ty });
        }
        self.content.imported = ImportCounts {
            funcs: self.funcs.len() as u32,
            tables: self.tables.len() as u32,
            memories: self.memories.len() as u32,
            globals: self.globals.len() as u32,
            tags: self.tags.len() as u32,
        };
        Ok(())
    }

    fn extern_type(&self, ty: TypeRef) -> Result<ExternType, Error> {
        Ok(match ty {
            TypeRef::Func(index) | TypeRef::FuncExact(index) => ExternType::Func(self.type_id(index)?),
            TypeRef::Table(ty) => ExternType::Table(self.ids().table(ty)?),
            TypeRef::Memory(ty) => ExternType::Memory(memory(ty)),
            TypeRef::Global(ty) => ExternType::Global(self.ids().global(ty)?),
            TypeRef::Tag(ty) => ExternType::Tag(self.type_id(ty.func_type_idx)?),
        })
    }

    fn tables(&mut self, section: wasmparser::TableSectionReader<'_>) -> Result<(), Error> {
        let mut inits = Vec::with_capacity(count(&section));
        self.tables.reserve_exact(count(&section));
        for table in section {
            let table = table.map_err(malformed)?;
            self.tables.push(self.ids().table(table.ty)?);
            inits.push(match &table.init {
                TableInit::RefNull => None,
                TableInit::Expr(expr) => Some(self.ids().const_expr(expr)?),
            });
        }
        self.content.table_inits = inits.into();
        Ok(())
    }

    fn globals(&mut self, section: wasmparser::GlobalSectionReader<'_>) -> Result<(), Error> {
        let mut inits = Vec::with_capacity(count(&section));
        self.globals.reserve_exact(count(&section));
        for global in section {
            let global = global.map_err(malformed)?;
            self.globals.push(self.ids().global(global.ty)?);
            inits.push(self.ids().const_expr(&global.init_expr)?);
        }
        self.content.global_inits = inits.into();
        Ok(())
    }

    fn exports(&mut self, section: wasmparser::ExportSectionReader<'_>) -> Result<(), Error> {
        let exports = items(section, |export| {
            let index = export.index;
            Ok(ExportEntry {
                name: self.text(export.name),
                index: match export.kind {
                    ExternalKind::Func | ExternalKind::FuncExact => ExternIndex::Func(FuncIndex(index)),
                    ExternalKind::Table => ExternIndex::Table(TableIndex(index)),
                    ExternalKind::Memory => ExternIndex::Memory(MemoryIndex(index)),
                    ExternalKind::Global => ExternIndex::Global(GlobalIndex(index)),
                    ExternalKind::Tag => ExternIndex::Tag(TagIndex(index)),
                },
            })
        })?;
        let mut by_name: Box<[u32]> = (0..exports.len() as u32).collect();
        by_name.sort_unstable_by_key(|&position| exports[position as usize].name.slice(self.bytes));
        self.content.exports = exports;
        self.content.exports_by_name = by_name;
        Ok(())
    }

    fn element(&self, element: Element<'_>) -> Result<ElementSegment, Error> {
        let mode = match &element.kind {
            ElementKind::Passive => SegmentMode::Passive,
            ElementKind::Declared => SegmentMode::Declared,
            ElementKind::Active { table_index, offset_expr } => SegmentMode::Active(
                TableIndex(table_index.unwrap_or_default()),
                self.ids().const_expr(offset_expr)?,
            ),
        };
        let (ty, items) = match element.items {
            wasmparser::ElementItems::Functions(section) => {
                let funcs = items(section, Ok)?;
                (RefType::FUNCREF, ElementItems::Funcs(FuncList::new(funcs)))
            }
            wasmparser::ElementItems::Expressions(ty, section) => {
                let exprs = items(section, |expr| self.ids().const_expr(&expr))?;
                (self.ids().reference(ty)?, ElementItems::of_exprs(exprs))
            }
        };
        Ok(ElementSegment { mode, ty, items })
    }
}
