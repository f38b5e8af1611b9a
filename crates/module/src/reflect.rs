//! What a module imports and exports, and which proposals it needs.
//!
//! Names stay in the module's bytes; lookup by name is a binary search. Values for the imports are found by linkers,
//! which are elsewhere.

use crate::bytes::Span;
use crate::index::ExternIndex;
use crate::limits::{ModuleLimits, Parallelism};
use crate::module::Module;
use crate::types::ExternType;
use sarsen_isa::{Feature, Features};

/// An import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import<'a> {
    /// Name of the module that it comes from.
    pub module: &'a str,
    /// Its name there.
    pub name: &'a str,
    /// The type that it must have.
    pub ty: ExternType,
}

/// An export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Export<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it exports.
    pub index: ExternIndex,
    /// Type of what it exports.
    pub ty: ExternType,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ImportEntry {
    pub(crate) module: Span,
    pub(crate) name: Span,
    pub(crate) ty: ExternType,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ExportEntry {
    pub(crate) name: Span,
    pub(crate) index: ExternIndex,
}

impl Module {
    /// The imports in order.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = Import<'_>> {
        self.content.imports.iter().map(|entry| Import {
            module: entry.module.text(self.bytes()),
            name: entry.name.text(self.bytes()),
            ty: entry.ty,
        })
    }

    /// The exports in order.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = Export<'_>> {
        self.content.exports.iter().map(|entry| self.export_of(entry))
    }

    /// The export with this name.
    pub fn export(&self, name: &str) -> Option<Export<'_>> {
        let exports = &self.content.exports;
        let name_of = |&position: &u32| exports[position as usize].name.text(self.bytes());
        let found =
            self.content.exports_by_name.binary_search_by(|position| name_of(position).cmp(name)).ok()?;
        let position = self.content.exports_by_name[found];
        Some(self.export_of(&exports[position as usize]))
    }

    /// The type of an item of the module.
    pub fn extern_type(&self, index: ExternIndex) -> ExternType {
        match index {
            ExternIndex::Func(index) => ExternType::Func(self.func_type_id(index)),
            ExternIndex::Table(index) => ExternType::Table(self.table_type(index)),
            ExternIndex::Memory(index) => ExternType::Memory(self.memory_type(index)),
            ExternIndex::Global(index) => ExternType::Global(self.global_type(index)),
            ExternIndex::Tag(index) => ExternType::Tag(self.tags()[index.index()]),
        }
    }

    /// A smallest set of features with which the module validates. Found by trying: this takes many times as long as
    /// validation.
    pub fn required_features(&self) -> Features {
        let limits = ModuleLimits { bytes: usize::MAX, ..ModuleLimits::default() };
        let mut needed = self.features();
        // What builds on others comes after them in the list: an older proposal is only needed if the newer one is not.
        for &feature in Feature::ALL.iter().rev() {
            let mut fewer = needed;
            fewer.disable(feature);
            let validates = Module::validate(self.bytes().clone(), &fewer, &limits, Parallelism::Pool);
            if fewer != needed && validates.is_ok() {
                needed = fewer;
            }
        }
        needed
    }

    fn export_of(&self, entry: &ExportEntry) -> Export<'_> {
        Export { name: entry.name.text(self.bytes()), index: entry.index, ty: self.extern_type(entry.index) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::FuncIndex;
    use crate::testing::{RICH, load};

    #[test]
    fn imports_and_exports_keep_their_order() {
        let module = load(RICH);
        let imports: Vec<_> = module.imports().map(|import| (import.module, import.name)).collect();
        assert_eq!(
            imports,
            [("host", "log"), ("host", "memory"), ("host", "base"), ("host", "table"), ("host", "tag")]
        );
        let exports: Vec<_> = module.exports().map(|export| export.name).collect();
        assert_eq!(exports, ["id", "big", "a"]);
        for export in module.exports() {
            assert_eq!(module.export(export.name), Some(export));
        }
        assert_eq!(module.export("id").unwrap().index, ExternIndex::Func(FuncIndex(1)));
        assert_eq!(module.export("nothing"), None);
    }

    #[test]
    fn required_features_are_minimal() {
        let names = |wat| load(wat).required_features().iter().map(Feature::name).collect::<Vec<_>>();
        assert!(names("(module (func (param i32) (result i32) (local.get 0)))").is_empty());
        assert_eq!(names("(module (func (param f32)))"), ["floats"]);
        assert_eq!(names("(module (func (param v128)))"), ["floats", "simd"]);
        assert_eq!(names("(module (memory 1) (memory 1))"), ["multi-memory"]);
        assert_eq!(names("(module (func (drop (i32.extend8_s (i32.const 1)))))"), ["sign-extension"]);
        assert_eq!(
            names("(module (type $f (func)) (func (param (ref $f))))"),
            ["bulk-memory", "reference-types", "function-references"]
        );
    }
}
