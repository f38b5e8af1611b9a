//! Imports that nobody has defined: errors that say which and what comes close, and stand-ins.

use super::{Definition, Linker};
use crate::func::{Caller, HostFunc};
use crate::module::Module;
use crate::near::nearest;
use crate::types::{ExternType, ImportType};
use crate::val::Val;
use crate::{AsContextMut, Error, ErrorKind, Result};
use std::collections::HashSet;

/// Further imports that an error names.
const NAMED: usize = 3;

impl<T: 'static> Linker<T> {
    /// Defines functions that trap for all imports of a module that are not defined.
    ///
    /// # Errors
    /// If such an import is not a function, or the module belongs to another engine.
    pub fn define_unknown_imports_as_traps(&mut self, module: &Module) -> Result<()> {
        self.engine().expect_same(module.engine(), "module")?;
        for import in module.imports() {
            if self.find(&import).is_some() {
                continue;
            }
            let ExternType::Func(ty) = import.ty() else {
                return Err(self.unknown(&import, &[]));
            };
            let message = format!("unknown import `{}`.`{}` was called", import.module(), import.name());
            let trap = move |_: Caller<'_, T>, _: &[Val], _: &mut [Val]| Err(Error::msg(&message));
            self.insert(import.module(), import.name(), Definition::HostFunc(HostFunc::new(ty, trap)))?;
        }
        Ok(())
    }

    /// Defines something that does nothing for all imports of a module that are not defined: its
    /// [default value](ExternType::default_value) in this store.
    ///
    /// # Errors
    /// If a type has none, or belongs to another engine.
    pub fn define_unknown_imports_as_default_values(
        &mut self,
        mut store: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<()> {
        for import in module.imports() {
            if self.find(&import).is_some() {
                continue;
            }
            let value =
                import.ty().default_value(&mut store).map_err(|error| error.context(place(&import)))?;
            self.insert(import.module(), import.name(), Definition::Extern(value))?;
        }
        Ok(())
    }

    /// The error of a module some of whose imports are not defined.
    pub(super) fn missing(&self, module: &Module) -> Error {
        let mut seen = HashSet::new();
        let missing = module.imports().filter(|import| self.find(import).is_none());
        let missing: Vec<_> = missing.filter(|import| seen.insert((import.module, import.name))).collect();
        match missing.split_first() {
            Some((first, others)) => self.unknown(first, others),
            None => Error::bug("all imports are defined"),
        }
    }

    /// The error for an import that is not defined: names what comes close, and others that are not either.
    fn unknown(&self, import: &ImportType<'_>, others: &[ImportType<'_>]) -> Error {
        let mut message = format!("unknown import: {}", self.undefined(import.module(), import.name()));
        if !others.is_empty() {
            let mut named: Vec<_> = others.iter().take(NAMED).map(place).collect();
            if others.len() > NAMED {
                named.push(format!("{} more", others.len() - NAMED));
            }
            message += &format!("; neither has {}", named.join(", "));
        }
        Error::of(ErrorKind::Unlinkable, message)
    }

    /// Says that a name is not defined, and what comes close.
    pub(super) fn undefined(&self, module: &str, name: &str) -> String {
        let same_name = self.definitions.keys().filter(|(_, other)| other == name).min();
        let neighbours = self.definitions.keys().filter(|(other, _)| other == module);
        let near = same_name.or_else(|| nearest(name, neighbours, |(_, other)| other));
        let near = near.map(|(module, name)| format!("; there is `{module}`.`{name}`"));
        format!("`{module}`.`{name}` has not been defined{}", near.unwrap_or_default())
    }
}

fn place(import: &ImportType<'_>) -> String {
    format!("`{}`.`{}`", import.module(), import.name())
}
