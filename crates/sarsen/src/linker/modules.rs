//! Whole modules as definitions: programs, which every call starts anew, and libraries, which are instantiated once.
//!
//! The names `_start` and `_initialize` are those of WASI's preview 1. What such programs import is defined elsewhere.

use super::{Definition, Linker};
use crate::func::{Caller, Func, HostFunc};
use crate::module::Module;
use crate::types::{ExportType, ExternType};
use crate::{AsContextMut, Error, Result};

/// What a program is entered by.
const START: &str = "_start";
/// What a library is prepared by.
const INITIALIZE: &str = "_initialize";

/// Exports of programs that are not for those who call them: what linkers leave behind.
const LEFT_BEHIND: [&str; 7] = [
    "memory",
    "table",
    "__indirect_function_table",
    "__data_end",
    "__heap_base",
    "__dso_handle",
    "__rtti_base",
];

/// Whether a module is a program, which is over when its function returns.
fn is_command(module: &Module) -> Result<bool> {
    let has_func = |name: &str| match module.get_export(name) {
        None => Ok(false),
        Some(ExternType::Func(_)) => Ok(true),
        Some(_) => Err(Error::msg(format!("`{name}` is exported, and is no function"))),
    };
    match (has_func(START)?, has_func(INITIALIZE)?) {
        (true, true) => Err(Error::msg(format!("both `{START}` and `{INITIALIZE}` are exported"))),
        (is_command, _) => Ok(is_command),
    }
}

impl<T: 'static> Linker<T> {
    /// Whether programs that are [defined](Linker::module) may export what nobody can use: anything but functions.
    pub fn allow_unknown_exports(&mut self, allow: bool) -> &mut Self {
        self.allow_unknown_exports = allow;
        self
    }

    /// Defines the exports of a module under this name, with its imports from what is defined by now.
    ///
    /// A module that exports the function `_start` is a program: each call of one of its functions makes an instance for that
    /// call alone. Any other is a library: it is instantiated in this store, and its function `_initialize` is called, if there
    /// is one.
    ///
    /// # Errors
    /// If an import is not defined or does not fit, a name is defined already, it is a program that exports more than functions
    /// and what linkers leave behind, or making the instance of a library fails.
    pub fn module(
        &mut self,
        mut store: impl AsContextMut<Data = T>,
        module_name: &str,
        module: &Module,
    ) -> Result<&mut Self> {
        if is_command(module)? {
            return self.command(module_name, module);
        }
        let instance = self.instantiate(&mut store, module)?;
        if instance.get_func(&mut store, INITIALIZE).is_some() {
            instance.get_typed_func::<(), ()>(&mut store, INITIALIZE)?.call(&mut store, ())?;
        }
        self.instance(store, module_name, instance)
    }

    fn command(&mut self, module_name: &str, module: &Module) -> Result<&mut Self> {
        let pre = self.instantiate_pre(module)?;
        for export in module.exports() {
            let ExternType::Func(ty) = export.ty() else {
                self.expect_unused(&export)?;
                continue;
            };
            let (pre, name) = (pre.clone(), export.name().to_owned());
            let run = move |mut caller: Caller<'_, T>, params: &[_], results: &mut [_]| {
                let func = pre.instantiate(&mut caller)?.get_func(&mut caller, &name);
                let func = func.ok_or_else(|| Error::bug(format!("the function `{name}` is gone")))?;
                func.call(&mut caller, params, results)
            };
            self.insert(module_name, export.name(), Definition::HostFunc(HostFunc::new(ty, run)))?;
        }
        Ok(self)
    }

    /// Refuses an export of a program that somebody might miss.
    fn expect_unused(&self, export: &ExportType<'_>) -> Result<()> {
        let name = export.name();
        if self.allow_unknown_exports || LEFT_BEHIND.contains(&name) {
            return Ok(());
        }
        Err(Error::msg(format!("`{name}` is exported by a program, and is no function")))
    }

    /// What a module does by itself: its function without a name, else its `_start`, else nothing.
    ///
    /// # Errors
    /// If that is no function.
    ///
    /// # Panics
    /// If the store belongs to another engine.
    pub fn get_default(&self, mut store: impl AsContextMut<Data = T>, module_name: &str) -> Result<Func> {
        for name in ["", START] {
            if let Some(found) = self.look_up(&mut store, module_name, name) {
                let what = || format!("`{module_name}`.`{name}` is no function");
                return found.into_func().ok_or_else(|| Error::msg(what()));
            }
        }
        Ok(Func::wrap(store, || {}))
    }
}
