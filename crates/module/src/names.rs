//! Names from the name section, decoded when first asked for.
//!
//! Only function names are indexed; names of locals are looked up in the bytes. A malformed part is as good as absent.
//! Other custom sections are in `custom.rs`.

use crate::bytes::Span;
use crate::index::FuncIndex;
use crate::module::Module;
use wasmparser::{BinaryReader, IndirectNameMap, Name, NameMap, NameSectionReader};

/// Where the name section has what.
#[derive(Debug, Default)]
pub(crate) struct Names {
    module: Option<Span>,
    /// Ordered by function.
    funcs: Box<[(FuncIndex, Span)]>,
}

impl Module {
    /// The module's own name.
    pub fn name(&self) -> Option<&str> {
        Some(self.names().module?.text(self.bytes()))
    }

    /// A function's name.
    pub fn func_name(&self, func: FuncIndex) -> Option<&str> {
        let funcs = &self.names().funcs;
        let found = funcs.binary_search_by_key(&func, |&(func, _)| func).ok()?;
        Some(funcs[found].1.text(self.bytes()))
    }

    /// The name of a parameter or local.
    pub fn local_name(&self, func: FuncIndex, local: u32) -> Option<&str> {
        let locals = self.name_subsections().find_map(|name| match name {
            Name::Local(locals) => Some(locals),
            _ => None,
        })?;
        find_indirect(locals, func.0, local)
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| self.read_names())
    }

    fn read_names(&self) -> Names {
        let mut names = Names::default();
        for name in self.name_subsections() {
            match name {
                Name::Module { name, .. } => names.module = Some(Span::within(self.bytes(), name.as_bytes())),
                Name::Function(map) => names.funcs = self.read_func_names(map),
                _ => {}
            }
        }
        names
    }

    /// Names up to the first that is malformed or out of order.
    fn read_func_names(&self, map: NameMap<'_>) -> Box<[(FuncIndex, Span)]> {
        let names = map.map_while(Result::ok);
        names
            .map(|naming| (FuncIndex(naming.index), Span::within(self.bytes(), naming.name.as_bytes())))
            .collect()
    }

    fn name_subsections(&self) -> impl Iterator<Item = Name<'_>> {
        let section = self.custom_section("name");
        let reader = section.map(|section| {
            NameSectionReader::new(BinaryReader::new(section.data, section.span.start.into()))
        });
        reader.into_iter().flatten().map_while(Result::ok)
    }
}

fn find_indirect<'a>(map: IndirectNameMap<'a>, outer: u32, inner: u32) -> Option<&'a str> {
    let mut names = map.map_while(Result::ok).find(|naming| naming.index == outer)?.names;
    let naming = names.find_map(|naming| naming.ok().filter(|naming| naming.index == inner))?;
    Some(naming.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{RICH, load};

    #[test]
    fn names_are_found_by_index() {
        let module = load(RICH);
        assert_eq!(module.name(), Some("rich"));
        let names: Vec<_> = (0..6).map(|index| module.func_name(FuncIndex(index))).collect();
        assert_eq!(names, [Some("log"), Some("id"), Some("main"), Some("wide"), Some("tail"), None]);
        assert_eq!(module.local_name(FuncIndex(1), 1), Some("copy"));
        assert_eq!(module.local_name(FuncIndex(1), 0), None);
        assert_eq!(module.local_name(FuncIndex(9), 0), None);
    }

    #[test]
    fn a_module_need_not_have_names() {
        let module = load("(module (func))");
        assert_eq!((module.name(), module.func_name(FuncIndex(0))), (None, None));
    }

    #[test]
    fn names_before_a_malformed_one_are_kept() {
        // Two function names, of which the second runs past the end.
        let module = load(r#"(module (func) (func) (@custom "name" "\01\07\02\00\01a\01\09b"))"#);
        assert_eq!(module.func_name(FuncIndex(0)), Some("a"));
        assert_eq!(module.func_name(FuncIndex(1)), None);
    }
}
