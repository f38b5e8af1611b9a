//! What imported core modules are declared to import and export, and whether one that is given is like that.

use sarsen::{ExternType, MemoryType, Module, Mutability};
use std::collections::HashMap;
use std::fmt;

/// A declared type of core modules.
#[derive(Debug, Default)]
pub(crate) struct ModuleType {
    /// By the module that is imported from, and by name.
    imports: HashMap<Box<str>, HashMap<Box<str>, ExternType>>,
    exports: Vec<(Box<str>, ExternType)>,
}

impl ModuleType {
    pub(crate) fn import(&mut self, module: &str, name: &str, ty: ExternType) {
        self.imports.entry(module.into()).or_default().insert(name.into(), ty);
    }

    pub(crate) fn export(&mut self, name: &str, ty: ExternType) {
        self.exports.push((name.into(), ty));
    }

    /// Whether a module needs no more than what is declared, and has all of it.
    ///
    /// # Errors
    /// The first import or export that differs, and how.
    pub(crate) fn compare(&self, module: &Module) -> Result<(), String> {
        for import in module.imports() {
            let what = || format!("import `{}` of `{}`", import.name(), import.module());
            let declared = self.imports.get(import.module()).and_then(|names| names.get(import.name()));
            let declared = declared
                .ok_or_else(|| format!("{}: expected none, found {}", what(), Shown(&import.ty())))?;
            // What it will be given is as declared, and has to be good enough for it.
            if !fits(declared, &import.ty()) {
                return Err(differ(&what(), declared, &import.ty()));
            }
        }
        for (name, declared) in &self.exports {
            let found = module.get_export(name);
            let found =
                found.ok_or_else(|| format!("export `{name}`: expected {}, found none", Shown(declared)))?;
            if !fits(&found, declared) {
                return Err(differ(&format!("export `{name}`"), declared, &found));
            }
        }
        Ok(())
    }
}

fn differ(what: &str, declared: &ExternType, found: &ExternType) -> String {
    format!("{what}: expected {}, found {}", Shown(declared), Shown(found))
}

/// Whether something of a type can be had where another is wanted.
fn fits(given: &ExternType, wanted: &ExternType) -> bool {
    match (given, wanted) {
        (ExternType::Func(given), ExternType::Func(wanted)) => given.matches(wanted),
        (ExternType::Tag(given), ExternType::Tag(wanted)) => given == wanted,
        (ExternType::Global(given), ExternType::Global(wanted)) => match wanted.mutability() {
            Mutability::Var => given == wanted,
            Mutability::Const => !given.mutability().is_var() && given.content().matches(wanted.content()),
        },
        (ExternType::Table(given), ExternType::Table(wanted)) => {
            given.element() == wanted.element()
                && given.is_64() == wanted.is_64()
                && within((given.minimum(), given.maximum()), (wanted.minimum(), wanted.maximum()))
        }
        (ExternType::Memory(given), ExternType::Memory(wanted)) => {
            let form = |ty: &MemoryType| (ty.is_64(), ty.is_shared(), ty.page_size_log2());
            form(given) == form(wanted)
                && within((given.minimum(), given.maximum()), (wanted.minimum(), wanted.maximum()))
        }
        _ => false,
    }
}

/// Whether sizes of a memory or table are within the limits that are wanted.
fn within(given: (u64, Option<u64>), wanted: (u64, Option<u64>)) -> bool {
    given.0 >= wanted.0 && wanted.1.is_none_or(|wanted| given.1.is_some_and(|given| given <= wanted))
}

/// A type in the words of the text format.
struct Shown<'a>(&'a ExternType);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limits = |min: u64, max: Option<u64>| max.map_or(min.to_string(), |max| format!("{min} {max}"));
        match self.0 {
            ExternType::Func(ty) => ty.fmt(f),
            ExternType::Tag(ty) => write!(f, "(tag {})", ty.ty()),
            ExternType::Global(ty) if ty.mutability().is_var() => {
                write!(f, "(global (mut {}))", ty.content())
            }
            ExternType::Global(ty) => write!(f, "(global {})", ty.content()),
            ExternType::Table(ty) => {
                let wide = if ty.is_64() { "i64 " } else { "" };
                write!(f, "(table {wide}{} {})", limits(ty.minimum(), ty.maximum()), ty.element())
            }
            ExternType::Memory(ty) => {
                let wide = if ty.is_64() { "i64 " } else { "" };
                let shared = if ty.is_shared() { " shared" } else { "" };
                write!(f, "(memory {wide}{}{shared})", limits(ty.minimum(), ty.maximum()))
            }
        }
    }
}
