//! A validated module: everything that instances share and nothing that changes.
//!
//! Owns the description; does not know how anything runs. Bodies stay bytes, names and debug information are decoded when
//! asked for. A function costs eight bytes besides its body.

use crate::bodies::Bodies;
use crate::bytes::{Bytes, Span};
use crate::const_expr::ConstExpr;
use crate::custom::{BranchHint, CustomEntry};
use crate::data::DataSegments;
use crate::dwarf::LineTable;
use crate::error::Error;
use crate::index::{
    DataIndex, DefinedFuncIndex, FuncIndex, GlobalIndex, MemoryIndex, TableIndex, TagIndex, TypeIndex,
};
use crate::limits::{ModuleLimits, Parallelism};
use crate::names::Names;
use crate::parse;
use crate::reflect::{ExportEntry, ImportEntry};
use crate::registry::TypeRegistry;
use crate::segment::{DataSegment, ElementSegment};
use crate::types::{FuncType, GlobalType, MemoryType, TableType, TypeId};
use sarsen_isa::Features;
use std::sync::{Arc, OnceLock};

/// A validated module.
///
/// Accessors that take an index panic if it lies outside the module's index space; indices in validated code do not.
#[derive(Debug)]
pub struct Module {
    registry: Arc<TypeRegistry>,
    bytes: Bytes,
    features: Features,
    pub(crate) content: Content,
    pub(crate) names: OnceLock<Names>,
    pub(crate) branch_hints: OnceLock<Box<[BranchHint]>>,
    pub(crate) lines: OnceLock<LineTable>,
}

/// What the sections of a module say. Entities of a kind are listed imported ones first.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) types: Box<[TypeId]>,
    pub(crate) imports: Box<[ImportEntry]>,
    pub(crate) imported: ImportCounts,
    pub(crate) funcs: Box<[TypeId]>,
    pub(crate) tables: Box<[TableType]>,
    pub(crate) memories: Box<[MemoryType]>,
    pub(crate) globals: Box<[GlobalType]>,
    pub(crate) tags: Box<[TypeId]>,
    pub(crate) table_inits: Box<[Option<ConstExpr>]>,
    pub(crate) global_inits: Box<[ConstExpr]>,
    pub(crate) exports: Box<[ExportEntry]>,
    /// Positions in `exports`, ordered by name.
    pub(crate) exports_by_name: Box<[u32]>,
    pub(crate) start: Option<FuncIndex>,
    pub(crate) elements: Box<[ElementSegment]>,
    pub(crate) data: DataSegments,
    pub(crate) bodies: Bodies,
    /// Content of the code section, its count of functions included.
    pub(crate) code: Span,
    pub(crate) custom: Box<[CustomEntry]>,
}

/// How many entities of each kind a module imports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Functions.
    pub funcs: u32,
    /// Tables.
    pub tables: u32,
    /// Memories.
    pub memories: u32,
    /// Globals.
    pub globals: u32,
    /// Tags.
    pub tags: u32,
}

impl Module {
    /// Decodes and validates a module, binary or text.
    ///
    /// # Errors
    /// If it is not a valid module with these features, or exceeds a limit.
    pub fn new(
        registry: &Arc<TypeRegistry>,
        bytes: impl Into<Bytes>,
        features: &Features,
        limits: &ModuleLimits,
        parallelism: Parallelism,
    ) -> Result<Module, Error> {
        let bytes = parse::binary(bytes.into(), *features, limits)?;
        let content = parse::module(registry, &bytes, *features, limits, parallelism)?;
        Ok(Module::of(registry, bytes, *features, content))
    }

    /// A module that was valid before, with the same features; `bodies` is what [`Module::body_table`] said then. Bodies are
    /// not looked at, and neither are data segments, which is why this does not take longer if there are more of them.
    ///
    /// Whoever calls this promises that the bytes are the same: tiers trust them.
    ///
    /// # Errors
    /// If what comes before the bodies cannot be decoded, or does not fit the table.
    pub fn assume_valid(
        registry: &Arc<TypeRegistry>,
        bytes: Bytes,
        features: Features,
        bodies: Bytes,
    ) -> Result<Module, Error> {
        let content = parse::assume_valid(registry, &bytes, features, bodies)?;
        Ok(Module::of(registry, bytes, features, content))
    }

    fn of(registry: &Arc<TypeRegistry>, bytes: Bytes, features: Features, content: Content) -> Module {
        Module {
            registry: Arc::clone(registry),
            bytes,
            features,
            content,
            names: OnceLock::new(),
            branch_hints: OnceLock::new(),
            lines: OnceLock::new(),
        }
    }

    /// Checks a module, binary or text, without keeping anything of it.
    ///
    /// # Errors
    /// As [`Module::new`].
    pub fn validate(
        bytes: impl Into<Bytes>,
        features: &Features,
        limits: &ModuleLimits,
        parallelism: Parallelism,
    ) -> Result<(), Error> {
        let bytes = parse::binary(bytes.into(), *features, limits)?;
        parse::check(&bytes, *features, limits, parallelism)
    }

    /// The types of the engine that the module belongs to.
    pub fn registry(&self) -> &Arc<TypeRegistry> {
        &self.registry
    }

    /// The module in the binary format.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The features that it was validated with.
    pub fn features(&self) -> Features {
        self.features
    }

    /// Engine-wide identities of the module's types, by type index.
    pub fn types(&self) -> &[TypeId] {
        &self.content.types
    }

    /// Engine-wide identity of a type.
    pub fn type_id(&self, index: TypeIndex) -> TypeId {
        self.content.types[index.index()]
    }

    /// How many entities of each kind are imported.
    pub fn imported(&self) -> ImportCounts {
        self.content.imported
    }

    /// Types of all functions, imported ones first.
    pub fn funcs(&self) -> &[TypeId] {
        &self.content.funcs
    }

    /// Identity of a function's type.
    pub fn func_type_id(&self, index: FuncIndex) -> TypeId {
        self.content.funcs[index.index()]
    }

    /// A function's type.
    pub fn func_type(&self, index: FuncIndex) -> &FuncType {
        self.expect_func(self.func_type_id(index))
    }

    /// The function type at an index of the type section: that of a block, or of an indirect call.
    pub fn func_type_at(&self, index: TypeIndex) -> &FuncType {
        self.expect_func(self.type_id(index))
    }

    /// A tag's type; the parameters are the payload.
    pub fn tag_type(&self, index: TagIndex) -> &FuncType {
        self.expect_func(self.content.tags[index.index()])
    }

    /// Types of all tables, imported ones first.
    pub fn tables(&self) -> &[TableType] {
        &self.content.tables
    }

    /// A table's type.
    pub fn table_type(&self, index: TableIndex) -> TableType {
        self.content.tables[index.index()]
    }

    /// Per defined table, the initial value of its elements; null where absent.
    pub fn table_inits(&self) -> &[Option<ConstExpr>] {
        &self.content.table_inits
    }

    /// Types of all memories, imported ones first.
    pub fn memories(&self) -> &[MemoryType] {
        &self.content.memories
    }

    /// A memory's type.
    pub fn memory_type(&self, index: MemoryIndex) -> MemoryType {
        self.content.memories[index.index()]
    }

    /// Types of all globals, imported ones first.
    pub fn globals(&self) -> &[GlobalType] {
        &self.content.globals
    }

    /// A global's type.
    pub fn global_type(&self, index: GlobalIndex) -> GlobalType {
        self.content.globals[index.index()]
    }

    /// Per defined global, its initial value.
    pub fn global_inits(&self) -> &[ConstExpr] {
        &self.content.global_inits
    }

    /// Types of all tags, imported ones first.
    pub fn tags(&self) -> &[TypeId] {
        &self.content.tags
    }

    /// The function to call after instantiation.
    pub fn start(&self) -> Option<FuncIndex> {
        self.content.start
    }

    /// Element segments.
    pub fn elements(&self) -> &[ElementSegment] {
        &self.content.elements
    }

    /// Data segments. Those of a module that was [assumed to be valid](Module::assume_valid) are decoded by the first call: there
    /// are none if that cannot be, because the module's bytes are not what they were.
    pub fn data(&self) -> &[DataSegment] {
        let decode = |section| parse::data_segments(&self.bytes, section, &self.content, self.features);
        self.content.data.get(decode)
    }

    /// Content of a data segment; none if it [cannot be decoded](Module::data).
    pub fn data_bytes(&self, index: DataIndex) -> &[u8] {
        let segment = self.data().get(index.index());
        segment.map_or(&[], |segment| segment.span.slice(&self.bytes))
    }

    /// How many data segments there are, which takes no decoding.
    pub fn data_count(&self) -> u32 {
        self.content.data.count()
    }

    /// How many functions the module defines.
    pub fn defined_funcs(&self) -> u32 {
        self.content.bodies.len() as u32
    }

    /// The place of a function in the code section, unless it is imported.
    pub fn defined_func(&self, index: FuncIndex) -> Option<DefinedFuncIndex> {
        index.0.checked_sub(self.content.imported.funcs).map(DefinedFuncIndex)
    }

    /// The function at a place in the code section.
    pub fn func_index(&self, index: DefinedFuncIndex) -> FuncIndex {
        FuncIndex(self.content.imported.funcs + index.0)
    }

    /// Where a function's body lies: its local declarations, then its code.
    pub fn body(&self, index: DefinedFuncIndex) -> Span {
        parse::body_span(&self.bytes, self.content.bodies.start(index.index()))
    }

    /// The defined function whose body contains a byte offset.
    pub fn func_at_offset(&self, offset: usize) -> Option<DefinedFuncIndex> {
        let after = self.content.bodies.started(offset);
        let index = DefinedFuncIndex(after.checked_sub(1)? as u32);
        self.body(index).range().contains(&offset).then_some(index)
    }

    /// Where bodies start, for [`Module::assume_valid`]: little-endian words.
    pub fn body_table(&self) -> Vec<u8> {
        self.content.bodies.to_bytes()
    }

    /// How many bytes come before the code section; all, if there is none. They say nearly all that is said about functions.
    pub fn declarations(&self) -> usize {
        let start = self.content.code.start as usize;
        if start == 0 { self.bytes.len() } else { start }
    }

    /// Where the content of the code section lies, its count of functions included: what offsets in DWARF count from.
    pub fn code(&self) -> Span {
        self.content.code
    }

    fn expect_func(&self, id: TypeId) -> &FuncType {
        self.registry.func_type(id).expect("validation has checked that this is a function type")
    }
}

#[cfg(test)]
mod tests;
