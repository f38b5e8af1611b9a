//! Linking by name: what components import, from host functions, types of the host's, core modules, and instances of other
//! components.

use crate::block::block_on;
use crate::call::LiftedFunc;
use crate::component::Component;
use crate::func::Func;
use crate::host::{HostCall, HostDestructor, HostFunc};
use crate::instance::{Instance, instantiate};
use crate::names::Names;
use crate::program::{Leaf, LeafKind, Resource};
use crate::resource::ResourceType;
use crate::state::State;
use crate::types::{ComponentFunc, ComponentItem, TypeContext, matching};
use crate::val::Val;
use crate::{ComponentNamedList, Lift, Lower, trampoline};
use sarsen::{
    AnyStore, AsContextMut, Engine, Error, ErrorKind, Module, NumericHostFunc, Result, StoreContextMut,
};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// Definitions by name, from which imports of components are taken.
pub struct Linker<T: 'static> {
    engine: Engine,
    names: Names<Definition<T>>,
    allow_shadowing: bool,
}

/// Definitions of an instance that components can import.
pub struct LinkerInstance<'a, T: 'static> {
    names: &'a mut Names<Definition<T>>,
    allow_shadowing: bool,
    /// What it is called, for errors.
    path: String,
}

/// What an import can be.
enum Definition<T: 'static> {
    Host(HostFunc<T>),
    Guest(Func),
    Module(Module),
    Resource(ResourceType, Option<Arc<HostDestructor<T>>>),
    Instance(Names<Definition<T>>),
}

impl<T> Clone for Definition<T> {
    fn clone(&self) -> Definition<T> {
        match self {
            Definition::Host(func) => Definition::Host(func.clone()),
            Definition::Guest(func) => Definition::Guest(func.clone()),
            Definition::Module(module) => Definition::Module(module.clone()),
            Definition::Resource(ty, destructor) => Definition::Resource(*ty, destructor.clone()),
            Definition::Instance(names) => Definition::Instance(names.clone()),
        }
    }
}

impl<T> Definition<T> {
    fn kind(&self) -> &'static str {
        match self {
            Definition::Host(_) | Definition::Guest(_) => "function",
            Definition::Module(_) => "core module",
            Definition::Resource(..) => "type of resources",
            Definition::Instance(_) => "instance",
        }
    }
}

impl<T> Clone for Linker<T> {
    fn clone(&self) -> Linker<T> {
        Linker {
            engine: self.engine.clone(),
            names: self.names.clone(),
            allow_shadowing: self.allow_shadowing,
        }
    }
}

impl<T> fmt::Debug for Linker<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names.iter().map(|(name, _)| name)).finish()
    }
}

impl<T: 'static> Linker<T> {
    /// A linker without definitions.
    pub fn new(engine: &Engine) -> Linker<T> {
        Linker { engine: engine.clone(), names: Names::default(), allow_shadowing: false }
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

    /// What is not in an instance.
    pub fn root(&mut self) -> LinkerInstance<'_, T> {
        LinkerInstance { names: &mut self.names, allow_shadowing: self.allow_shadowing, path: String::new() }
    }

    /// The definitions of an instance, an interface for example, which is made if there is none of this name.
    ///
    /// # Errors
    /// If the name is that of something else.
    pub fn instance(&mut self, name: &str) -> Result<LinkerInstance<'_, T>> {
        self.root().into_instance(name)
    }

    /// Defines functions that trap for all functions that a component imports and that are not defined, and types for the
    /// resources.
    ///
    /// # Errors
    /// If such an import is a core module.
    pub fn define_unknown_imports_as_traps(&mut self, component: &Component) -> Result<()> {
        let program = component.program();
        for (number, leaf) in program.leaves.iter().enumerate() {
            if find(&self.names, &leaf.path).is_ok() {
                continue;
            }
            let (name, path) =
                leaf.path.split_last().ok_or_else(|| Error::bug("an import without a name"))?;
            let mut at = self.root();
            for part in path {
                at = at.into_instance(part)?;
            }
            match leaf.kind {
                LeafKind::Func(_) => {
                    let message = format!("unknown import {} was called", display(&leaf.path));
                    at.func_new(name, move |_, _, _, _| Err(Error::msg(&message)))?;
                }
                LeafKind::Resource(_) => {
                    at.insert(
                        name,
                        Definition::Resource(ResourceType::host_dynamic(!(number as u32)), None),
                    )?;
                }
                LeafKind::Module(_) => return Err(self.unknown(leaf)),
            }
        }
        Ok(())
    }

    /// Finds everything that a component imports.
    ///
    /// # Errors
    /// If something is not defined or of another type; the message says which, and how it differs.
    pub fn instantiate_pre(&self, component: &Component) -> Result<InstancePre<T>> {
        if !Engine::same(&self.engine, component.engine()) {
            return Err(Error::msg("component belongs to another engine"));
        }
        let program = component.program();
        let found =
            program.leaves.iter().map(|leaf| find(&self.names, &leaf.path).map_err(|_| self.unknown(leaf)));
        let found: Vec<&Definition<T>> = found.collect::<Result<_>>()?;
        let cx =
            TypeContext { component: component.clone(), resources: Some(self.resources(component, &found)?) };
        let mut store = None;
        let mut given = Vec::with_capacity(found.len());
        for (leaf, definition) in program.leaves.iter().zip(found) {
            given.push(give(&cx, leaf, definition, &mut store).map_err(|error| {
                Error::of(
                    ErrorKind::Unlinkable,
                    format!("incompatible import {}: {error}", display(&leaf.path)),
                )
            })?);
        }
        let make = |trampoline| trampoline::make(component, trampoline, &given);
        let trampolines = program.trampolines.iter().map(make).collect::<Result<_>>()?;
        let prepared = Prepared { component: component.clone(), given, trampolines, store };
        Ok(InstancePre(Arc::new(prepared)))
    }

    /// What the types of resources are that a component is given, and names for its own.
    fn resources(&self, component: &Component, found: &[&Definition<T>]) -> Result<Arc<[ResourceType]>> {
        let program = component.program();
        let each = program.resources.iter().enumerate().map(|(number, resource)| match resource {
            Resource::Defined { .. } => Ok(ResourceType::abstract_(number as u32)),
            Resource::Leaf(leaf) => match found[*leaf] {
                Definition::Resource(ty, _) => Ok(*ty),
                other => {
                    let path = display(&program.leaves[*leaf].path);
                    let message = format!(
                        "incompatible import {path}: expected a type of resources, found a {}",
                        other.kind()
                    );
                    Err(Error::of(ErrorKind::Unlinkable, message))
                }
            },
        });
        each.collect()
    }

    /// Makes an instance.
    ///
    /// # Errors
    /// If an import is not defined or does not fit, a limit is hit, or initialization fails.
    pub fn instantiate(&self, store: impl AsContextMut<Data = T>, component: &Component) -> Result<Instance> {
        self.instantiate_pre(component)?.instantiate(store)
    }

    /// The error for an import that is not defined: names what comes close.
    fn unknown(&self, leaf: &Leaf) -> Error {
        let kind = match leaf.kind {
            LeafKind::Func(_) => "function",
            LeafKind::Module(_) => "core module",
            LeafKind::Resource(_) => "type of resources",
        };
        let mut message = format!("unknown import: {kind} {} has not been defined", display(&leaf.path));
        let (near, exact) = (leaf.path[0].split('@').next().unwrap_or_default(), &leaf.path[0]);
        if self.names.get(exact).is_none()
            && let Some((name, _)) = self.names.iter().find(|(name, _)| name.split('@').next() == Some(near))
        {
            message += &format!("; there is `{name}`");
        }
        Error::of(ErrorKind::Unlinkable, message)
    }
}

/// What is under a path of names.
fn find<'a, T>(names: &'a Names<Definition<T>>, path: &[Arc<str>]) -> Result<&'a Definition<T>, ()> {
    let (first, rest) = path.split_first().ok_or(())?;
    match names.get(first).ok_or(())? {
        found if rest.is_empty() => Ok(found),
        Definition::Instance(names) => find(names, rest),
        _ => Err(()),
    }
}

/// A path of names, in the words of errors.
fn display(path: &[Arc<str>]) -> String {
    let parts: Vec<_> = path.iter().rev().map(|part| format!("`{part}`")).collect();
    parts.join(" of ")
}

/// Checks that a definition fits an import.
fn give<T: 'static>(
    cx: &TypeContext,
    leaf: &Leaf,
    definition: &Definition<T>,
    store: &mut Option<u64>,
) -> Result<Given<T>, String> {
    match (leaf.kind, definition) {
        (LeafKind::Func(ty), Definition::Host(func)) => {
            func.check.map_or(Ok(()), |check| check(cx, ty))?;
            Ok(Given::Host(Arc::clone(&func.call)))
        }
        (LeafKind::Func(ty), Definition::Guest(func)) => {
            let func = func.lifted();
            matching::compare_funcs(cx, ty, &func.context(), func.ty)?;
            if store.is_some_and(|store| store != func.store) {
                return Err("it belongs to another store than other imports".into());
            }
            *store = Some(func.store);
            Ok(Given::Guest(Arc::clone(func)))
        }
        (LeafKind::Module(ty), Definition::Module(module)) => {
            cx.component.program().module_types[ty].compare(module)?;
            Ok(Given::Module(module.clone()))
        }
        (LeafKind::Resource(_), Definition::Resource(ty, destructor)) => {
            Ok(Given::Resource(*ty, destructor.clone()))
        }
        (kind, other) => {
            let expected = match kind {
                LeafKind::Func(_) => "function",
                LeafKind::Module(_) => "core module",
                LeafKind::Resource(_) => "type of resources",
            };
            Err(format!("expected a {expected}, found a {}", other.kind()))
        }
    }
}

impl<'a, T: 'static> LinkerInstance<'a, T> {
    fn insert(&mut self, name: &str, definition: Definition<T>) -> Result<()> {
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
        self.func_wrap(name, move |mut store, params| {
            let how = AnyStore::new(&mut store).extension::<State>().block_on;
            block_on(how, Pin::from(func(store, params)))
        })
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
    {
        self.func_new(name, move |mut store, ty, params, results| {
            let how = AnyStore::new(&mut store).extension::<State>().block_on;
            block_on(how, Pin::from(func(store, ty, params, results)))
        })
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
        let destructor: HostDestructor<T> = Box::new(destructor);
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
        self.resource(name, ty, move |mut store, rep| {
            let how = AnyStore::new(&mut store).extension::<State>().block_on;
            block_on(how, Pin::from(destructor(store, rep)))
        })
    }

    /// Defines all that an instance of another component exports: its functions, types of resources, core modules and instances
    /// under their own names.
    ///
    /// # Errors
    /// If a name is defined already.
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
        parent: Option<&crate::ComponentExportIndex>,
    ) -> Result<()> {
        let items = match parent {
            None => component.exports().into_iter().map(|(name, item)| (name.to_owned(), item)).collect(),
            Some(parent) => parent.items(),
        };
        for (name, item) in items {
            let Some(index) = component.get_export_index(parent, &name) else { continue };
            match item {
                ComponentItem::ComponentFunc(_) => {
                    if let Some(func) = instance.get_func(&mut *store, &index) {
                        self.func(&name, func)?;
                    }
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

/// What a component is given for an import.
pub(crate) enum Given<T: 'static> {
    Host(HostCall<T>),
    Guest(Arc<LiftedFunc>),
    Module(Module),
    Resource(ResourceType, Option<Arc<HostDestructor<T>>>),
}

/// A component with all that it is given.
pub(crate) struct Prepared<T: 'static> {
    pub(crate) component: Component,
    pub(crate) given: Vec<Given<T>>,
    pub(crate) trampolines: Vec<NumericHostFunc>,
    /// The store that what it is given belongs to, if something does.
    pub(crate) store: Option<u64>,
}

/// A component whose imports have been found.
pub struct InstancePre<T: 'static>(Arc<Prepared<T>>);

impl<T> Clone for InstancePre<T> {
    fn clone(&self) -> InstancePre<T> {
        InstancePre(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for InstancePre<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InstancePre").field(&self.0.component).finish()
    }
}

impl<T: 'static> InstancePre<T> {
    /// The component.
    pub fn component(&self) -> &Component {
        &self.0.component
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        self.0.component.engine()
    }

    /// Makes an instance.
    ///
    /// # Errors
    /// If a limit is hit, or initialization fails.
    pub fn instantiate(&self, store: impl AsContextMut<Data = T>) -> Result<Instance> {
        instantiate(store, &self.0)
    }
}
