//! Linking by name. Whether a definition fits is checked when an instance is made, by `sarsen-vm`.
//!
//! Modules as definitions are in `linker/modules.rs`, imports that nobody defines in `linker/unknown.rs`.

mod modules;
mod unknown;

use crate::externs::Extern;
use crate::fiber::on_fiber;
use crate::func::{Caller, Func, HostFunc, IntoFunc, WasmParams, WasmRet};
use crate::instance::Instance;
use crate::module::Module;
use crate::store::Opaque;
use crate::types::{FuncType, ImportType};
use crate::val::Val;
use crate::{AsContext, AsContextMut, Engine, Error, Result, StoreContextMut};
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// Definitions by name, from which imports are taken.
pub struct Linker<T> {
    engine: Engine,
    definitions: HashMap<(String, String), Definition>,
    allow_shadowing: bool,
    allow_unknown_exports: bool,
    data: PhantomData<fn(T)>,
}

/// What an import can be.
#[derive(Clone)]
enum Definition {
    /// An entity of a store.
    Extern(Extern),
    /// A host function for any store.
    HostFunc(HostFunc),
}

impl Definition {
    fn in_store(&self, opaque: &mut Opaque) -> Result<sarsen_vm::Extern> {
        match self {
            Definition::Extern(value) => value.lower(opaque),
            Definition::HostFunc(func) => Ok(sarsen_vm::Extern::Func(func.in_store(opaque))),
        }
    }
}

impl<T> Clone for Linker<T> {
    fn clone(&self) -> Linker<T> {
        Linker {
            engine: self.engine.clone(),
            definitions: self.definitions.clone(),
            allow_shadowing: self.allow_shadowing,
            allow_unknown_exports: self.allow_unknown_exports,
            data: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Linker<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.definitions.keys()).finish()
    }
}

impl<T: 'static> Linker<T> {
    /// A linker without definitions.
    pub fn new(engine: &Engine) -> Linker<T> {
        Linker {
            engine: engine.clone(),
            definitions: HashMap::new(),
            allow_shadowing: false,
            allow_unknown_exports: false,
            data: PhantomData,
        }
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a name can be defined again; by default, that is an error. What is defined last is found; what was prepared or
    /// instantiated before keeps what it has.
    pub fn allow_shadowing(&mut self, allow: bool) -> &mut Self {
        self.allow_shadowing = allow;
        self
    }

    fn insert(&mut self, module: &str, name: &str, definition: Definition) -> Result<&mut Self> {
        let key = (module.to_owned(), name.to_owned());
        if !self.allow_shadowing && self.definitions.contains_key(&key) {
            return Err(Error::msg(format!("`{module}`.`{name}` is defined twice")));
        }
        self.definitions.insert(key, definition);
        Ok(self)
    }

    /// Defines an entity of a store.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn define(
        &mut self,
        _store: impl AsContext<Data = T>,
        module: &str,
        name: &str,
        item: impl Into<Extern>,
    ) -> Result<&mut Self> {
        self.insert(module, name, Definition::Extern(item.into()))
    }

    /// Defines a host function from a closure with Rust types.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn func_wrap<Params, Results>(
        &mut self,
        module: &str,
        name: &str,
        func: impl IntoFunc<T, Params, Results>,
    ) -> Result<&mut Self> {
        let func = func.into_func(&self.engine);
        self.insert(module, name, Definition::HostFunc(func))
    }

    /// Defines a host function from a closure on values.
    ///
    /// # Errors
    /// If the name is defined already, or the type belongs to another engine.
    pub fn func_new(
        &mut self,
        module: &str,
        name: &str,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<()> + Send + Sync + 'static,
    ) -> Result<&mut Self> {
        self.check_type(&ty)?;
        self.insert(module, name, Definition::HostFunc(HostFunc::new(ty, func)))
    }

    /// Defines an asynchronous host function from a closure with Rust types: while it waits, so does the
    /// [call](crate::TypedFunc::call_async) of the guest that has called it.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn func_wrap_async<Params: WasmParams, R: WasmRet>(
        &mut self,
        module: &str,
        name: &str,
        func: impl for<'a> Fn(Caller<'a, T>, Params) -> Box<dyn Future<Output = R> + Send + 'a>
        + Send
        + Sync
        + 'static,
    ) -> Result<&mut Self>
    where
        T: Send,
    {
        let func = HostFunc::wrap_async(&self.engine, func);
        self.insert(module, name, Definition::HostFunc(func))
    }

    /// Defines an asynchronous host function from a closure on values.
    ///
    /// # Errors
    /// If the name is defined already, or the type belongs to another engine.
    pub fn func_new_async(
        &mut self,
        module: &str,
        name: &str,
        ty: FuncType,
        func: impl for<'a> Fn(
            Caller<'a, T>,
            &'a [Val],
            &'a mut [Val],
        ) -> Box<dyn Future<Output = Result<()>> + Send + 'a>
        + Send
        + Sync
        + 'static,
    ) -> Result<&mut Self>
    where
        T: Send,
    {
        self.check_type(&ty)?;
        self.insert(module, name, Definition::HostFunc(HostFunc::new_async(ty, func)))
    }

    fn check_type(&self, ty: &FuncType) -> Result<()> {
        if Arc::ptr_eq(ty.registry(), self.engine.registry()) {
            Ok(())
        } else {
            Err(Error::msg("the type belongs to another engine"))
        }
    }

    /// Defines all exports of an instance.
    ///
    /// # Errors
    /// If a name is defined already, or the instance belongs to another store.
    pub fn instance(
        &mut self,
        mut store: impl AsContextMut<Data = T>,
        module_name: &str,
        instance: Instance,
    ) -> Result<&mut Self> {
        let store = store.as_context_mut();
        instance.expect(&store.0.opaque)?;
        let context = StoreContextMut(&mut *store.0);
        let exports: Vec<_> = instance
            .exports(context)
            .map(|export| (export.name().to_owned(), export.into_extern()))
            .collect();
        for (name, value) in exports {
            self.insert(module_name, &name, Definition::Extern(value))?;
        }
        Ok(self)
    }

    /// Gives a definition another name too.
    ///
    /// # Errors
    /// If it is not defined, or the other name is already.
    pub fn alias(&mut self, module: &str, name: &str, as_module: &str, as_name: &str) -> Result<&mut Self> {
        let definition = self.definitions.get(&(module.to_owned(), name.to_owned())).cloned();
        let undefined = || Error::msg(self.undefined(module, name));
        self.insert(as_module, as_name, definition.ok_or_else(undefined)?)
    }

    /// Gives all definitions of one module another module's name too.
    ///
    /// # Errors
    /// If there are none, or a name is defined already.
    pub fn alias_module(&mut self, module: &str, as_module: &str) -> Result<()> {
        let of_module = self.definitions.iter().filter(|((defined_in, _), _)| defined_in == module);
        let found: Vec<_> = of_module.map(|((_, name), value)| (name.clone(), value.clone())).collect();
        if found.is_empty() {
            return Err(Error::msg(format!("nothing is defined in `{module}`")));
        }
        for (name, definition) in found {
            self.insert(as_module, &name, definition)?;
        }
        Ok(())
    }

    /// A definition.
    ///
    /// # Errors
    /// If the name is not defined.
    ///
    /// # Panics
    /// If the store belongs to another engine.
    pub fn get(&self, store: impl AsContextMut<Data = T>, module: &str, name: &str) -> Result<Extern> {
        self.look_up(store, module, name).ok_or_else(|| Error::msg(self.undefined(module, name)))
    }

    fn look_up(&self, mut store: impl AsContextMut<Data = T>, module: &str, name: &str) -> Option<Extern> {
        let opaque = &mut store.as_context_mut().0.opaque;
        assert!(Engine::same(&self.engine, &opaque.engine), "the store belongs to another engine");
        match self.definitions.get(&(module.to_owned(), name.to_owned()))? {
            Definition::Extern(value) => Some(value.clone()),
            Definition::HostFunc(func) => {
                let func = func.in_store(opaque);
                Some(Func::new_handle(opaque, func).into())
            }
        }
    }

    /// The definition for an import, whether or not it is of the import's type.
    ///
    /// # Panics
    /// If the store belongs to another engine.
    pub fn get_by_import(
        &self,
        store: impl AsContextMut<Data = T>,
        import: &ImportType<'_>,
    ) -> Option<Extern> {
        self.look_up(store, import.module(), import.name())
    }

    /// All definitions with module and name, in no particular order.
    ///
    /// # Panics
    /// If the store belongs to another engine.
    pub fn iter<'a>(
        &'a self,
        mut store: impl AsContextMut<Data = T> + 'a,
    ) -> impl Iterator<Item = (&'a str, &'a str, Extern)> + 'a {
        self.definitions.keys().filter_map(move |(module, name)| {
            let value = self.look_up(&mut store, module, name)?;
            Some((module.as_str(), name.as_str(), value))
        })
    }

    fn find(&self, import: &ImportType<'_>) -> Option<&Definition> {
        self.definitions.get(&(import.module().to_owned(), import.name().to_owned()))
    }

    /// Finds everything that a module imports.
    ///
    /// # Errors
    /// If something is not defined, or the module belongs to another engine.
    pub fn instantiate_pre(&self, module: &Module) -> Result<InstancePre<T>> {
        self.engine.expect_same(module.engine(), "module")?;
        let mut imports = Vec::new();
        for import in module.imports() {
            imports.push(self.find(&import).cloned().ok_or_else(|| self.missing(module))?);
        }
        Ok(InstancePre { module: module.clone(), imports, data: PhantomData })
    }

    /// Makes an instance, and calls its start function.
    ///
    /// # Errors
    /// If an import is not defined or does not fit, a limit is hit, or initialization or the start function fails.
    pub fn instantiate(&self, store: impl AsContextMut<Data = T>, module: &Module) -> Result<Instance> {
        self.instantiate_pre(module)?.instantiate(store)
    }

    /// As [`Linker::instantiate`], on a stack of its own, so that it can wait: see
    /// [`TypedFunc::call_async`](crate::TypedFunc::call_async).
    ///
    /// # Errors
    /// As [`Linker::instantiate`].
    pub async fn instantiate_async(
        &self,
        store: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<Instance>
    where
        T: Send,
    {
        self.instantiate_pre(module)?.instantiate_async(store).await
    }
}

/// A module whose imports have been found.
pub struct InstancePre<T> {
    module: Module,
    imports: Vec<Definition>,
    data: PhantomData<fn(T)>,
}

impl<T> Clone for InstancePre<T> {
    fn clone(&self) -> InstancePre<T> {
        InstancePre { module: self.module.clone(), imports: self.imports.clone(), data: PhantomData }
    }
}

impl<T> fmt::Debug for InstancePre<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstancePre").field("module", &self.module).finish_non_exhaustive()
    }
}

impl<T: 'static> InstancePre<T> {
    /// The module.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Makes an instance, and calls its start function.
    ///
    /// # Errors
    /// If an import does not fit, a limit is hit, or initialization or the start function fails.
    pub fn instantiate(&self, mut store: impl AsContextMut<Data = T>) -> Result<Instance> {
        let opaque = &mut store.as_context_mut().0.opaque;
        opaque.engine.expect_same(self.module.engine(), "module")?;
        let imports: Result<Vec<_>> = self.imports.iter().map(|import| import.in_store(opaque)).collect();
        Instance::instantiate(opaque, &self.module, &imports?)
    }

    /// As [`InstancePre::instantiate`], on a stack of its own, so that it can wait: see
    /// [`TypedFunc::call_async`](crate::TypedFunc::call_async).
    ///
    /// # Errors
    /// As [`InstancePre::instantiate`].
    pub async fn instantiate_async(&self, mut store: impl AsContextMut<Data = T>) -> Result<Instance>
    where
        T: Send,
    {
        on_fiber(store.as_context_mut(), |store| self.instantiate(store)).await
    }
}
