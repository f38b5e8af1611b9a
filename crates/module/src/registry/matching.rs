//! Subtyping of types that modules import, export, test and cast to (core specification, section 3.3).
//!
//! Subtyping of defined types against each other is [`TypeRegistry::is_subtype`].

use super::TypeRegistry;
use crate::types::{
    CompositeType, ExternType, FieldType, GlobalType, HeapType, MemoryType, RefType, StorageType, TableType,
    ValType,
};

/// The four families of references. A reference never changes family, so it decides the representation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Hierarchy {
    /// Functions.
    Func,
    /// What comes from outside.
    Extern,
    /// Structures, arrays, 31-bit integers.
    Any,
    /// Exceptions.
    Exn,
}

impl TypeRegistry {
    /// The family that references to `heap` belong to.
    pub fn hierarchy(&self, heap: HeapType) -> Hierarchy {
        match heap {
            HeapType::Func | HeapType::NoFunc => Hierarchy::Func,
            HeapType::Extern | HeapType::NoExtern => Hierarchy::Extern,
            HeapType::Exn | HeapType::NoExn => Hierarchy::Exn,
            HeapType::Concrete(id) if self.func_type(id).is_some() => Hierarchy::Func,
            _ => Hierarchy::Any,
        }
    }

    /// Whether every `sub` is a `sup`.
    pub fn heap_matches(&self, sub: HeapType, sup: HeapType) -> bool {
        use HeapType::{
            Any, Array, Concrete, Eq, Exn, Extern, Func, I31, NoExn, NoExtern, NoFunc, None, Struct,
        };
        match (sub, sup) {
            (Concrete(sub), Concrete(sup)) => self.is_subtype(sub, sup),
            (Concrete(sub), sup) => {
                let kind = match self.sub_type(sub).composite {
                    CompositeType::Func(_) => Func,
                    CompositeType::Struct(_) => Struct,
                    CompositeType::Array(_) => Array,
                };
                self.heap_matches(kind, sup)
            }
            (None | NoFunc | NoExtern | NoExn, _) => self.hierarchy(sub) == self.hierarchy(sup),
            (I31 | Struct | Array, Eq | Any) | (Eq, Any) => true,
            (Any | Eq | I31 | Struct | Array | Func | Extern | Exn, _) => sub == sup,
        }
    }

    /// Whether every `sub` is a `sup`.
    pub fn ref_matches(&self, sub: RefType, sup: RefType) -> bool {
        (sup.nullable || !sub.nullable) && self.heap_matches(sub.heap, sup.heap)
    }

    /// Whether every `sub` is a `sup`.
    pub fn val_matches(&self, sub: ValType, sup: ValType) -> bool {
        match (sub, sup) {
            (ValType::Ref(sub), ValType::Ref(sup)) => self.ref_matches(sub, sup),
            _ => sub == sup,
        }
    }

    /// Whether a type of structure `sub` can be declared below one of structure `sup` (section 3.3.10).
    pub(super) fn composite_matches(&self, sub: &CompositeType, sup: &CompositeType) -> bool {
        match (sub, sup) {
            (CompositeType::Func(sub), CompositeType::Func(sup)) => {
                self.vals_match(&sup.params, &sub.params) && self.vals_match(&sub.results, &sup.results)
            }
            (CompositeType::Struct(sub), CompositeType::Struct(sup)) => {
                sub.fields.len() >= sup.fields.len()
                    && sub.fields.iter().zip(&sup.fields).all(|(sub, sup)| self.field_matches(*sub, *sup))
            }
            (CompositeType::Array(sub), CompositeType::Array(sup)) => {
                self.field_matches(sub.element, sup.element)
            }
            _ => false,
        }
    }

    fn vals_match(&self, sub: &[ValType], sup: &[ValType]) -> bool {
        sub.len() == sup.len() && sub.iter().zip(sup).all(|(&sub, &sup)| self.val_matches(sub, sup))
    }

    /// What can be written must be of the same type; what is only read, of a subtype.
    fn field_matches(&self, sub: FieldType, sup: FieldType) -> bool {
        let matches = |sub, sup| match (sub, sup) {
            (StorageType::Val(sub), StorageType::Val(sup)) => self.val_matches(sub, sup),
            _ => sub == sup,
        };
        sub.mutable == sup.mutable
            && matches(sub.storage, sup.storage)
            && (!sub.mutable || matches(sup.storage, sub.storage))
    }

    /// Whether something of type `given` can be imported as `wanted` (section 3.3.15), with the types that the two have
    /// at the moment: a memory or table that has grown is given with its current size as `min`.
    pub fn extern_matches(&self, given: &ExternType, wanted: &ExternType) -> bool {
        match (given, wanted) {
            (ExternType::Func(given), ExternType::Func(wanted)) => self.is_subtype(*given, *wanted),
            (ExternType::Table(given), ExternType::Table(wanted)) => self.table_matches(given, wanted),
            (ExternType::Memory(given), ExternType::Memory(wanted)) => memory_matches(given, wanted),
            (ExternType::Global(given), ExternType::Global(wanted)) => self.global_matches(*given, *wanted),
            (ExternType::Tag(given), ExternType::Tag(wanted)) => given == wanted,
            _ => false,
        }
    }

    /// What can be written must be of the same type; what is only read, of a subtype.
    fn global_matches(&self, given: GlobalType, wanted: GlobalType) -> bool {
        given.mutable == wanted.mutable
            && self.val_matches(given.val, wanted.val)
            && (!given.mutable || self.val_matches(wanted.val, given.val))
    }

    fn table_matches(&self, given: &TableType, wanted: &TableType) -> bool {
        given.table64 == wanted.table64
            && limits_match((given.min, given.max), (wanted.min, wanted.max))
            && self.ref_matches(given.element, wanted.element)
            && self.ref_matches(wanted.element, given.element)
    }
}

fn memory_matches(given: &MemoryType, wanted: &MemoryType) -> bool {
    given.memory64 == wanted.memory64
        && given.shared == wanted.shared
        && given.page_size_log2 == wanted.page_size_log2
        && limits_match((given.min, given.max), (wanted.min, wanted.max))
}

/// Section 3.3.11: at least as large, and bounded at least as tightly.
fn limits_match(given: (u64, Option<u64>), wanted: (u64, Option<u64>)) -> bool {
    given.0 >= wanted.0
        && match (given.1, wanted.1) {
            (_, None) => true,
            (Some(given), Some(wanted)) => given <= wanted,
            (None, Some(_)) => false,
        }
}
