//! Custom sections: kept by range, decoded when asked for.
//!
//! They never make a module invalid: what cannot be decoded is as good as absent. [`Module::check_custom_sections`] is the
//! strict view, for tests of the specification. The name section has a reader of its own in `names.rs`, debug sections
//! in `dwarf.rs`.

use crate::bytes::Span;
use crate::error::Error;
use crate::index::FuncIndex;
use crate::module::Module;
use crate::parse;
use sarsen_isa::Feature;
use wasmparser::{BinaryReader, BranchHintSectionReader};

/// A custom section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomSection<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its content, without the name.
    pub data: &'a [u8],
    /// Where the content lies in the module.
    pub span: Span,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct CustomEntry {
    pub(crate) name: Span,
    pub(crate) data: Span,
}

/// Which way a branch goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BranchHint {
    /// The function.
    pub func: FuncIndex,
    /// Byte offset of the branch from the start of the function's body, its local declarations included.
    pub offset: u32,
    /// Whether it is likely taken.
    pub taken: bool,
}

impl Module {
    /// The custom sections in order.
    pub fn custom_sections(&self) -> impl ExactSizeIterator<Item = CustomSection<'_>> {
        self.content.custom.iter().map(|entry| CustomSection {
            name: entry.name.text(self.bytes()),
            data: entry.data.slice(self.bytes()),
            span: entry.data,
        })
    }

    /// The first custom section with this name.
    pub fn custom_section(&self, name: &str) -> Option<CustomSection<'_>> {
        self.custom_sections().find(|section| section.name == name)
    }

    /// The branch hints of a function, ordered by offset.
    pub fn branch_hints(&self, func: FuncIndex) -> &[BranchHint] {
        let hints = self.branch_hints.get_or_init(|| self.read_branch_hints().unwrap_or_default());
        let start = hints.partition_point(|hint| hint.func < func);
        let len = hints[start..].partition_point(|hint| hint.func == func);
        &hints[start..start + len]
    }

    fn read_branch_hints(&self) -> Option<Box<[BranchHint]>> {
        if !self.features().contains(Feature::BranchHints) {
            return None;
        }
        let section = self.custom_section("metadata.code.branch_hint")?;
        let reader = BinaryReader::new(section.data, u64::from(section.span.start));
        let mut hints = Vec::new();
        for func in BranchHintSectionReader::new(reader).ok()? {
            let func = func.ok()?;
            for hint in func.hints {
                let hint = hint.ok()?;
                hints.push(BranchHint {
                    func: FuncIndex(func.func),
                    offset: hint.func_offset,
                    taken: hint.taken,
                });
            }
        }
        hints.sort_unstable_by_key(|hint| (hint.func, hint.offset));
        Some(hints.into())
    }

    /// Whether every custom section that the specification or a proposal defines is what its name promises.
    ///
    /// # Errors
    /// If a name section or branch hints are malformed or misplaced.
    pub fn check_custom_sections(&self) -> Result<(), Error> {
        parse::check_custom(self.bytes(), self.features())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{RICH, load};

    #[test]
    fn sections_are_kept_in_order() {
        let module =
            load("(module (@custom \"one\" \"1\") (func) (@custom \"two\" \"22\") (@custom \"one\"))");
        let sections: Vec<_> = module.custom_sections().map(|section| (section.name, section.data)).collect();
        assert_eq!(sections, [("one", &b"1"[..]), ("two", b"22"), ("one", b"")]);
        let two = module.custom_section("two").unwrap();
        assert_eq!(two.span.slice(module.bytes()), two.data);
    }

    #[test]
    fn branch_hints_are_found_by_function() {
        let module = load(RICH);
        let [hint] = module.branch_hints(FuncIndex(1)) else { panic!("one hint") };
        let body = module.body(module.defined_func(FuncIndex(1)).unwrap());
        // The `br_if` itself.
        assert_eq!(body.slice(module.bytes())[hint.offset as usize], 0x0d);
        assert!(hint.taken);
        assert!(module.branch_hints(FuncIndex(2)).is_empty());
        assert!(module.check_custom_sections().is_ok());
    }

    #[test]
    fn bad_sections_do_no_harm_but_are_found_when_asked() {
        for custom in [
            r#"(@custom "metadata.code.branch_hint" "\01\00\01\00\01\07")"#,
            r#"(@custom "metadata.code.branch_hint" "\01\00\01\63\01\00")"#,
            r#"(@custom "name" "\01\05\01")"#,
            r#"(@custom "name" "\01\04\01\09\01x") "#,
        ] {
            let module = load(&format!("(module (func) {custom})"));
            assert!(module.check_custom_sections().is_err(), "{custom}");
            assert_eq!(module.branch_hints(FuncIndex(0)).iter().filter(|hint| hint.offset == 0).count(), 0);
            assert_eq!(module.func_name(FuncIndex(0)), None);
            assert_eq!(module.local_name(FuncIndex(0), 0), None);
        }
    }
}
