//! Linking by name. Whether a definition fits is checked when an instance is made, by `sarsen-vm`.

use crate::externs::Extern;
use crate::fiber::on_fiber;
use crate::func::{Caller, Func, HostFunc, IntoFunc, WasmParams, WasmRet};
use crate::instance::Instance;
use crate::module::Module;
use crate::near::nearest;
use crate::store::Opaque;
use crate::types::{ExternType, FuncType, ImportType};
use crate::val::Val;
use crate::{AsContext, AsContextMut, Engine, Error, ErrorKind, Result, StoreContextMut};
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

/// Definitions by name, from which imports are taken.
pub struct Linker<T> {
    engine: Engine,
    definitions: HashMap<(String, String), Definition>,
    allow_shadowing: bool,
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
            data: PhantomData,
        }
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a name can be defined again.
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
        if !std::sync::Arc::ptr_eq(ty.registry(), self.engine.registry()) {
            return Err(Error::msg("the type belongs to another engine"));
        }
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
        if !std::sync::Arc::ptr_eq(ty.registry(), self.engine.registry()) {
            return Err(Error::msg("the type belongs to another engine"));
        }
        self.insert(module, name, Definition::HostFunc(HostFunc::new_async(ty, func)))
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

    /// Defines functions that trap for all imports of a module that are not defined.
    ///
    /// # Errors
    /// If such an import is not a function.
    pub fn define_unknown_imports_as_traps(&mut self, module: &Module) -> Result<()> {
        for import in module.imports() {
            if self.find(&import).is_some() {
                continue;
            }
            let ExternType::Func(ty) = import.ty() else {
                return Err(self.unknown(&import));
            };
            let message = format!("unknown import `{}`.`{}` was called", import.module(), import.name());
            let trap = move |_: Caller<'_, T>, _: &[Val], _: &mut [Val]| Err(Error::msg(&message));
            self.insert(import.module(), import.name(), Definition::HostFunc(HostFunc::new(ty, trap)))?;
        }
        Ok(())
    }

    /// A definition.
    ///
    /// # Panics
    /// If the store belongs to another engine.
    pub fn get(&self, mut store: impl AsContextMut<Data = T>, module: &str, name: &str) -> Option<Extern> {
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

    /// All definitions with module and name, in no particular order.
    ///
    /// # Panics
    /// If the store belongs to another engine.
    pub fn iter<'a>(
        &'a self,
        mut store: impl AsContextMut<Data = T> + 'a,
    ) -> impl Iterator<Item = (&'a str, &'a str, Extern)> + 'a {
        self.definitions.keys().filter_map(move |(module, name)| {
            let value = self.get(&mut store, module, name)?;
            Some((module.as_str(), name.as_str(), value))
        })
    }

    fn find(&self, import: &ImportType<'_>) -> Option<&Definition> {
        self.definitions.get(&(import.module().to_owned(), import.name().to_owned()))
    }

    /// The error for an import that is not defined: names what comes close.
    fn unknown(&self, import: &ImportType<'_>) -> Error {
        let mut message =
            format!("unknown import: `{}`.`{}` has not been defined", import.module(), import.name());
        let same_name = self.definitions.keys().filter(|(_, name)| name == import.name()).min();
        let neighbours = self.definitions.keys().filter(|(module, _)| module == import.module());
        let near = same_name.or_else(|| nearest(import.name(), neighbours, |(_, name)| name));
        if let Some((module, name)) = near {
            message += &format!("; there is `{module}`.`{name}`");
        }
        Error::of(ErrorKind::Unlinkable, message)
    }

    /// Finds everything that a module imports.
    ///
    /// # Errors
    /// If something is not defined, or the module belongs to another engine.
    pub fn instantiate_pre(&self, module: &Module) -> Result<InstancePre<T>> {
        self.engine.expect_same(module.engine(), "module")?;
        let mut imports = Vec::new();
        for import in module.imports() {
            imports.push(self.find(&import).cloned().ok_or_else(|| self.unknown(&import))?);
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
