//! Types of what modules import and export. Functions have theirs in `composite.rs`, memories in `memory.rs`.

use super::composite::{FuncType, Mutability};
use super::heap::{RefType, ValType};
use super::memory::MemoryType;
use sarsen_module as module;
use sarsen_module::TypeRegistry;
use std::sync::Arc;

/// The type of a table. Sizes are in elements.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TableType {
    element: RefType,
    pub(crate) ty: module::TableType,
}

impl TableType {
    fn build(element: RefType, min: u64, max: Option<u64>, table64: bool) -> TableType {
        let ty = module::TableType { element: element.lower(), min, max, table64 };
        TableType { element, ty }
    }

    /// A table with 32-bit indices.
    pub fn new(element: RefType, min: u32, max: Option<u32>) -> TableType {
        TableType::build(element, min.into(), max.map(u64::from), false)
    }

    /// A table with 64-bit indices.
    pub fn new64(element: RefType, min: u64, max: Option<u64>) -> TableType {
        TableType::build(element, min, max, true)
    }

    pub(crate) fn lift(registry: &Arc<TypeRegistry>, ty: module::TableType) -> TableType {
        TableType { element: RefType::lift(registry, ty.element), ty }
    }

    /// The type of the elements.
    pub fn element(&self) -> &RefType {
        &self.element
    }

    /// Elements at the start.
    pub fn minimum(&self) -> u64 {
        self.ty.min
    }

    /// Elements that it cannot grow beyond.
    pub fn maximum(&self) -> Option<u64> {
        self.ty.max
    }

    /// Whether indices are 64-bit.
    pub fn is_64(&self) -> bool {
        self.ty.table64
    }
}

/// The type of a global.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GlobalType {
    content: ValType,
    mutability: Mutability,
}

impl GlobalType {
    /// A global type.
    pub fn new(content: ValType, mutability: Mutability) -> GlobalType {
        GlobalType { content, mutability }
    }

    pub(crate) fn lift(registry: &Arc<TypeRegistry>, ty: module::GlobalType) -> GlobalType {
        GlobalType { content: ValType::lift(registry, ty.val), mutability: Mutability::of(ty.mutable) }
    }

    pub(crate) fn lower(&self) -> module::GlobalType {
        module::GlobalType { val: self.content.lower(), mutable: self.mutability.is_var() }
    }

    /// The type of its value.
    pub fn content(&self) -> &ValType {
        &self.content
    }

    /// Whether it can change.
    pub fn mutability(&self) -> Mutability {
        self.mutability
    }
}

/// The type of an exception tag: a function type whose parameters are the payload.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TagType(FuncType);

impl TagType {
    /// A tag type.
    pub fn new(ty: FuncType) -> TagType {
        TagType(ty)
    }

    /// The function type.
    pub fn ty(&self) -> &FuncType {
        &self.0
    }
}

/// The type of anything that can be imported or exported.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ExternType {
    /// A function.
    Func(FuncType),
    /// A global.
    Global(GlobalType),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A tag.
    Tag(TagType),
}

impl ExternType {
    pub(crate) fn lift(registry: &Arc<TypeRegistry>, ty: module::ExternType) -> ExternType {
        match ty {
            module::ExternType::Func(id) => ExternType::Func(FuncType::lift(registry, id)),
            module::ExternType::Global(ty) => ExternType::Global(GlobalType::lift(registry, ty)),
            module::ExternType::Table(ty) => ExternType::Table(TableType::lift(registry, ty)),
            module::ExternType::Memory(ty) => ExternType::Memory(MemoryType(ty)),
            module::ExternType::Tag(id) => ExternType::Tag(TagType(FuncType::lift(registry, id))),
        }
    }

    /// The function type, if it is one.
    pub fn func(&self) -> Option<&FuncType> {
        match self {
            ExternType::Func(ty) => Some(ty),
            _ => None,
        }
    }
}

/// An import of a module.
#[derive(Clone, Debug)]
pub struct ImportType<'a> {
    pub(crate) module: &'a str,
    pub(crate) name: &'a str,
    pub(crate) ty: ExternType,
}

impl<'a> ImportType<'a> {
    /// The module that it is imported from.
    pub fn module(&self) -> &'a str {
        self.module
    }

    /// Its name there.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Its type.
    pub fn ty(&self) -> ExternType {
        self.ty.clone()
    }
}

/// An export of a module.
#[derive(Clone, Debug)]
pub struct ExportType<'a> {
    pub(crate) name: &'a str,
    pub(crate) ty: ExternType,
}

impl<'a> ExportType<'a> {
    /// Its name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Its type.
    pub fn ty(&self) -> ExternType {
        self.ty.clone()
    }
}
