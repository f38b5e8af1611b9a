//! Definitions under names: what an instance has that components import from, and the ways to give it more.

use super::definition::{Definition, Given};
use crate::block::block_on;
use crate::component::Component;
use crate::func::Func;
use crate::host::{HostDestructor, HostFunc};
use crate::instance::Instance;
use crate::names::Names;
use crate::program::{Export, FuncSource};
use crate::resource::ResourceType;
use crate::types::{ComponentFunc, ComponentItem};
use crate::val::Val;
use crate::{ComponentExportIndex, ComponentNamedList, Lift, Lower};
use sarsen::{AnyStore, AsContextMut, Error, Module, Result, StoreContextMut};
use std::pin::Pin;
use std::sync::Arc;

/// Definitions of an instance that components can import.
pub struct LinkerInstance<'a, T: 'static> {
    pub(super) names: &'a mut Names<Definition<T>>,
    pub(super) allow_shadowing: bool,
    /// What it is called, for errors.
    pub(super) path: String,
}

impl<'a, T: 'static> LinkerInstance<'a, T> {
    pub(super) fn insert(&mut self, name: &str, definition: Definition<T>) -> Result<()> {
        if !self.allow_shadowing && self.names.get_exact(name).is_some() {
            return Err(Error::msg(format!("`{}{name}` is defined twice", self.path)));
        }
        self.names.insert(name.into(), definition);
        Ok(())
    }

    /// The definitions of an instance in this one, which is made if there is none of this name.
    ///
    /// # Errors
    /// If the name is that of something else.
    pub fn instance(&mut self, name: &str) -> Result<LinkerInstance<'_, T>> {
        let path = self.path.clone();
        LinkerInstance { names: &mut *self.names, allow_shadowing: self.allow_shadowing, path }
            .into_instance(name)
    }

    /// The same for good.
    ///
    /// # Errors
    /// As [`LinkerInstance::instance`].
    pub fn into_instance(self, name: &str) -> Result<LinkerInstance<'a, T>> {
        if self.names.get_exact(name).is_none() {
            self.names.insert(name.into(), Definition::Instance(Names::default()));
        }
        let path = format!("{}{name}.", self.path);
        match self.names.get_exact_mut(name) {
            Some(Definition::Instance(names)) => {
                Ok(LinkerInstance { names, allow_shadowing: self.allow_shadowing, path })
            }
            _ => Err(Error::msg(format!("`{}{name}` is defined, and no instance", self.path))),
        }
    }

    /// The same, where it has what another version has that has stood in for it so far.
    pub(super) fn into_instance_like(self, name: &str) -> Result<LinkerInstance<'a, T>> {
        if self.names.get_exact(name).is_none()
            && let Some(Definition::Instance(others)) = self.names.get(name)
        {
            let kept = others.clone();
            self.names.insert(name.into(), Definition::Instance(kept));
        }
        self.into_instance(name)
    }

    /// Defines a host function from a closure with Rust types: tuples of parameters and of the result.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn func_wrap<P, R>(
        &mut self,
        name: &str,
        func: impl Fn(StoreContextMut<'_, T>, P) -> Result<R> + Send + Sync + 'static,
    ) -> Result<()>
    where
        P: ComponentNamedList + Lift + 'static,
        R: ComponentNamedList + Lower + 'static,
    {
        let func = move |mut store: StoreContextMut<'_, T>, params| {
            store.without_waiting(|store| func(store, params))
        };
        self.insert(name, Definition::Host(HostFunc::typed(func)))
    }

    /// Defines a host function that may wait. A call that is not asynchronous itself waits for it with its thread.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn func_wrap_async<P, R, F>(&mut self, name: &str, func: F) -> Result<()>
    where
        P: ComponentNamedList + Lift + 'static,
        R: ComponentNamedList + Lower + Send + 'static,
        F: for<'b> Fn(StoreContextMut<'b, T>, P) -> Box<dyn Future<Output = Result<R>> + Send + 'b>
            + Send
            + Sync
            + 'static,
    {
        let func = move |mut store: StoreContextMut<'_, T>, params| {
            let how = block_on(&mut store);
            store.wait_for(how, |store| Pin::from(func(store, params)))?
        };
        self.insert(name, Definition::Host(HostFunc::typed(func)))
    }

    /// Defines a host function from a closure on values, which is told the type that is imported.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn func_new(
        &mut self,
        name: &str,
        func: impl Fn(StoreContextMut<'_, T>, ComponentFunc, &[Val], &mut [Val]) -> Result<()>
        + Send
        + Sync
        + 'static,
    ) -> Result<()> {
        let func = move |mut store: StoreContextMut<'_, T>, ty, params: &[Val], results: &mut [Val]| {
            store.without_waiting(|store| func(store, ty, params, results))
        };
        self.insert(name, Definition::Host(HostFunc::dynamic(func)))
    }

    /// Defines a host function from a closure on values that may wait.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn func_new_async<F>(&mut self, name: &str, func: F) -> Result<()>
    where
        F: for<'b> Fn(
                StoreContextMut<'b, T>,
                ComponentFunc,
                &'b [Val],
                &'b mut [Val],
            ) -> Box<dyn Future<Output = Result<()>> + Send + 'b>
            + Send
            + Sync
            + 'static,
        T: Send,
    {
        let func = Arc::new(func);
        let func = move |mut store: StoreContextMut<'_, T>, ty, params: &[Val], results: &mut [Val]| {
            let how = block_on(&mut store);
            // The future has values of its own, as it is polled where the caller's are not known to live.
            let (params, mut returned) = (params.to_vec(), results.to_vec());
            let func = Arc::clone(&func);
            let done = store.wait_for(how, |store| {
                Box::pin(async move {
                    Pin::from(func(store, ty, &params, &mut returned)).await?;
                    Ok::<_, Error>(returned)
                })
            })??;
            results.clone_from_slice(&done);
            Ok(())
        };
        self.insert(name, Definition::Host(HostFunc::dynamic(func)))
    }

    /// Defines what a function of an instance of another component is.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn func(&mut self, name: &str, func: Func) -> Result<()> {
        self.insert(name, Definition::Guest(func))
    }

    /// Defines a core module.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn module(&mut self, name: &str, module: &Module) -> Result<()> {
        self.insert(name, Definition::Module(module.clone()))
    }

    /// Defines a type of resources of the host's, and what is done when an owned one is dropped: its number is given.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn resource(
        &mut self,
        name: &str,
        ty: ResourceType,
        destructor: impl Fn(StoreContextMut<'_, T>, u32) -> Result<()> + Send + Sync + 'static,
    ) -> Result<()> {
        let destructor = move |mut store: StoreContextMut<'_, T>, rep| {
            store.without_waiting(|store| destructor(store, rep))
        };
        self.define_resource(name, ty, Box::new(destructor))
    }

    fn define_resource(&mut self, name: &str, ty: ResourceType, destructor: HostDestructor<T>) -> Result<()> {
        self.insert(name, Definition::Resource(ty, Some(Arc::new(destructor))))
    }

    /// Defines a type of resources of the host's whose end may have to be waited for.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn resource_async<F>(&mut self, name: &str, ty: ResourceType, destructor: F) -> Result<()>
    where
        F: for<'b> Fn(StoreContextMut<'b, T>, u32) -> Box<dyn Future<Output = Result<()>> + Send + 'b>
            + Send
            + Sync
            + 'static,
    {
        let destructor = move |mut store: StoreContextMut<'_, T>, rep| {
            let how = block_on(&mut store);
            store.wait_for(how, |store| Pin::from(destructor(store, rep)))?
        };
        self.define_resource(name, ty, Box::new(destructor))
    }

    /// Defines all that an instance of another component exports: its functions, types of resources, core modules and instances
    /// under their own names.
    ///
    /// # Errors
    /// If a name is defined already, or a function cannot be found.
    ///
    /// # Panics
    /// If the instance belongs to another store.
    pub fn component_instance(
        &mut self,
        mut store: impl AsContextMut<Data = T>,
        instance: Instance,
    ) -> Result<()> {
        let component = instance.component(&mut store);
        self.exports(&mut store, instance, &component, None)
    }

    fn exports(
        &mut self,
        store: &mut impl AsContextMut<Data = T>,
        instance: Instance,
        component: &Component,
        parent: Option<&ComponentExportIndex>,
    ) -> Result<()> {
        let items = match parent {
            None => component.exports().into_iter().map(|(name, item)| (name.to_owned(), item)).collect(),
            Some(parent) => parent.items(),
        };
        for (name, item) in items {
            let Some(index) = component.get_export_index(parent, &name) else { continue };
            match item {
                ComponentItem::ComponentFunc(_) => {
                    let definition = exported_func(store, instance, &index)?;
                    self.insert(&name, definition)?;
                }
                ComponentItem::Resource(_) => {
                    if let Some(ty) = instance.get_resource(&mut *store, &index) {
                        self.insert(&name, Definition::Resource(ty, None))?;
                    }
                }
                ComponentItem::Module => {
                    if let Some(module) = instance.get_module(&mut *store, &index) {
                        self.module(&name, &module)?;
                    }
                }
                ComponentItem::ComponentInstance(_) => {
                    self.instance(&name)?.exports(store, instance, component, Some(&index))?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// A function that an instance exports, which can be one of the host's that it imports itself.
fn exported_func<T: 'static>(
    store: &mut impl AsContextMut<Data = T>,
    instance: Instance,
    index: &ComponentExportIndex,
) -> Result<Definition<T>> {
    if let Export::Func(FuncSource::Leaf(leaf), _) = index.export
        && let Given::Host(func) = &instance.prepared::<T>(&mut AnyStore::new(store))?.given[leaf]
    {
        return Ok(Definition::Host(func.clone()));
    }
    instance.find_func(store, index).map(Definition::Guest)
}
