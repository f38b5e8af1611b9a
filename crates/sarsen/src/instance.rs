//! Instances. Imports come in order here; to find them by name is what `linker.rs` is for.

use crate::externs::{Export, Extern, ModuleExport};
use crate::fiber::on_fiber;
use crate::func::refused;
use crate::func::{Func, TypedFunc, WasmParams, WasmResults};
use crate::global::Global;
use crate::memory::{Memory, SharedMemory};
use crate::module::Module;
use crate::store::Opaque;
use crate::table::Table;
use crate::tag::Tag;
use crate::{AsContextMut, Error, ErrorKind, Result};
use sarsen_vm::{InstanceId, InstantiateError};

/// An instance of a module in a store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Instance {
    store: u64,
    id: InstanceId,
}

/// The error of a failed instantiation.
fn error_of(error: InstantiateError) -> Error {
    match error {
        InstantiateError::Unlinkable(message) => Error::of(ErrorKind::Unlinkable, message),
        InstantiateError::Resource(message) => Error::of(ErrorKind::Limit, message),
        InstantiateError::Trap(trap) => Error::new(trap),
        InstantiateError::Refused(error) => refused(error),
    }
}

impl Instance {
    /// Makes an instance with these imports, in the order of [`Module::imports`], and calls its start function.
    ///
    /// # Errors
    /// If an import does not fit, a limit is hit, or initialization or the start function fails.
    pub fn new(mut store: impl AsContextMut, module: &Module, imports: &[Extern]) -> Result<Instance> {
        let opaque = &mut store.as_context_mut().0.opaque;
        let imports: Result<Vec<_>> = imports.iter().map(|import| import.lower(opaque)).collect();
        Instance::instantiate(opaque, module, &imports?)
    }

    /// As [`Instance::new`], on a stack of its own, so that it can wait: see
    /// [`TypedFunc::call_async`](crate::TypedFunc::call_async).
    ///
    /// # Errors
    /// As [`Instance::new`].
    pub async fn new_async<T: Send + 'static>(
        mut store: impl AsContextMut<Data = T>,
        module: &Module,
        imports: &[Extern],
    ) -> Result<Instance> {
        on_fiber(store.as_context_mut(), |store| Instance::new(store, module, imports)).await
    }

    pub(crate) fn from_id(store: &Opaque, id: InstanceId) -> Instance {
        Instance { store: store.id(), id }
    }

    pub(crate) fn instantiate(
        opaque: &mut Opaque,
        module: &Module,
        imports: &[sarsen_vm::Extern],
    ) -> Result<Instance> {
        opaque.engine.expect_same(module.engine(), "module")?;
        let code = module.code()?;
        let id = opaque.vm.instantiate(module.inner(), imports, code).map_err(error_of)?;
        if let Some(start) = opaque.vm.start_func(id) {
            Func::new_handle(opaque, start).call_slots(opaque, &mut [])?;
        }
        Ok(Instance { store: opaque.id(), id })
    }

    /// An export; none if there is none of this name.
    ///
    /// # Panics
    /// If the instance belongs to another store.
    pub fn get_export(&self, mut store: impl AsContextMut, name: &str) -> Option<Extern> {
        let export = self.export(&mut store.as_context_mut().0.opaque, name);
        export.unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn export(&self, opaque: &mut Opaque, name: &str) -> Result<Option<Extern>> {
        opaque.check(self.store, "instance")?;
        let export = opaque.vm.export(self.id, name);
        Ok(export.map(|export| Extern::lift(opaque, export)))
    }

    /// The export that a module has there; none if the instance is of another module.
    ///
    /// # Panics
    /// If the instance belongs to another store.
    pub fn get_module_export(&self, mut store: impl AsContextMut, export: &ModuleExport) -> Option<Extern> {
        let export = self.export_at(&mut store.as_context_mut().0.opaque, export);
        export.unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn export_at(&self, opaque: &mut Opaque, export: &ModuleExport) -> Result<Option<Extern>> {
        opaque.check(self.store, "instance")?;
        if !std::sync::Arc::ptr_eq(opaque.vm.module(self.id), &export.module) {
            return Ok(None);
        }
        let entity = opaque.vm.entity(self.id, export.index);
        Ok(Some(Extern::lift(opaque, entity)))
    }

    /// All exports.
    ///
    /// # Panics
    /// If the instance belongs to another store.
    pub fn exports<'a, T: 'static>(
        &self,
        store: impl Into<crate::StoreContextMut<'a, T>>,
    ) -> impl ExactSizeIterator<Item = Export<'a>> + 'a {
        let opaque = &mut store.into().0.opaque;
        opaque.expect(self.store, "instance");
        let module = std::sync::Arc::clone(opaque.vm.module(self.id));
        let externs: Vec<Extern> = module
            .exports()
            .map(|export| {
                let entity = opaque.vm.entity(self.id, export.index);
                Extern::lift(opaque, entity)
            })
            .collect();
        let opaque: &'a Opaque = opaque;
        opaque
            .vm
            .module(self.id)
            .exports()
            .zip(externs)
            .map(|(export, value)| Export::new(export.name, value))
    }

    /// An exported function.
    ///
    /// # Panics
    /// If the instance belongs to another store.
    pub fn get_func(&self, store: impl AsContextMut, name: &str) -> Option<Func> {
        self.get_export(store, name)?.into_func()
    }

    /// An exported function of known types.
    ///
    /// # Errors
    /// If there is none, or its types are others.
    ///
    /// # Panics
    /// If the instance belongs to another store.
    pub fn get_typed_func<Params: WasmParams, Results: WasmResults>(
        &self,
        mut store: impl AsContextMut,
        name: &str,
    ) -> Result<TypedFunc<Params, Results>> {
        let func = self.get_func(&mut store, name);
        let func = func.ok_or_else(|| Error::msg(format!("no function is exported as `{name}`")))?;
        func.typed(store.as_context()).map_err(|error| error.context(format!("function `{name}`")))
    }

    /// An exported memory.
    ///
    /// # Panics
    /// If the instance belongs to another store.
    pub fn get_memory(&self, store: impl AsContextMut, name: &str) -> Option<Memory> {
        self.get_export(store, name)?.into_memory()
    }

    /// An exported memory that threads share.
    ///
    /// # Panics
    /// If the instance belongs to another store.
    pub fn get_shared_memory(&self, store: impl AsContextMut, name: &str) -> Option<SharedMemory> {
        self.get_export(store, name)?.into_shared_memory()
    }

    /// An exported table.
    ///
    /// # Panics
    /// If the instance belongs to another store.
    pub fn get_table(&self, store: impl AsContextMut, name: &str) -> Option<Table> {
        self.get_export(store, name)?.into_table()
    }

    /// An exported global.
    ///
    /// # Panics
    /// If the instance belongs to another store.
    pub fn get_global(&self, store: impl AsContextMut, name: &str) -> Option<Global> {
        self.get_export(store, name)?.into_global()
    }

    /// An exported tag.
    ///
    /// # Panics
    /// If the instance belongs to another store.
    pub fn get_tag(&self, store: impl AsContextMut, name: &str) -> Option<Tag> {
        self.get_export(store, name)?.into_tag()
    }

    pub(crate) fn expect(&self, opaque: &Opaque) -> Result<()> {
        opaque.check(self.store, "instance")
    }
}
