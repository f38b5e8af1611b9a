//! Instances: a program run in a store.

use crate::abi::GuestOptions;
use crate::call::LiftedFunc;
use crate::component::{Component, ComponentExportIndex};
use crate::func::{Func, TypedFunc};
use crate::linker::{Given, Prepared};
use crate::program::{
    CoreArg, CoreArgs, CoreDef, CoreExport, Export, ExportedType, FuncSource, ModuleSource, Resource,
};
use crate::resource::{Destructor, ResourceType};
use crate::state::{InstanceState, Root, State};
use crate::types::ComponentItem;
use sarsen::{AnyStore, AsContextMut, Error, ErrorKind, Extern, Memory, Module, NumericFunc, Result};
use std::sync::Arc;

/// An instance of a component in a store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instance {
    store: u64,
    root: usize,
}

/// Ways to name an export: its name, where it is, or the name of an exported instance and the name in it.
pub trait ExportLookup {
    #[doc(hidden)]
    fn find(&self, component: &Component) -> Option<ComponentExportIndex>;
}

impl<L: ExportLookup + ?Sized> ExportLookup for &L {
    fn find(&self, component: &Component) -> Option<ComponentExportIndex> {
        L::find(self, component)
    }
}

impl ExportLookup for str {
    fn find(&self, component: &Component) -> Option<ComponentExportIndex> {
        component.get_export_index(None, self)
    }
}

impl ExportLookup for String {
    fn find(&self, component: &Component) -> Option<ComponentExportIndex> {
        component.get_export_index(None, self)
    }
}

impl ExportLookup for (&str, &str) {
    fn find(&self, component: &Component) -> Option<ComponentExportIndex> {
        let parent = component.get_export_index(None, self.0)?;
        component.get_export_index(Some(&parent), self.1)
    }
}

impl ExportLookup for ComponentExportIndex {
    fn find(&self, component: &Component) -> Option<ComponentExportIndex> {
        Component::same(&self.component, component).then(|| self.clone())
    }
}

impl Instance {
    /// Its component.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn component(&self, mut store: impl AsContextMut) -> Component {
        self.component_in(&mut AnyStore::new(&mut store))
    }

    #[track_caller]
    fn component_in(&self, store: &mut AnyStore<'_>) -> Component {
        assert!(store.id() == self.store, "instance belongs to another store");
        store.extension::<State>().roots[self.root].component.clone()
    }

    /// Where it has an export, in one of its exported instances or by itself.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn get_export_index(
        &self,
        store: impl AsContextMut,
        parent: Option<&ComponentExportIndex>,
        name: &str,
    ) -> Option<ComponentExportIndex> {
        self.component(store).get_export_index(parent, name)
    }

    /// An export's type, and where it is.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn get_export(
        &self,
        store: impl AsContextMut,
        parent: Option<&ComponentExportIndex>,
        name: &str,
    ) -> Option<(ComponentItem, ComponentExportIndex)> {
        self.component(store).get_export(parent, name)
    }

    /// An exported function; none if there is none of this name, or it is the host's and only passed on from an import.
    /// [`Instance::get_typed_func`] says which.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn get_func(&self, mut store: impl AsContextMut, name: impl ExportLookup) -> Option<Func> {
        self.find_func(&mut store, name).ok()
    }

    /// An exported function.
    ///
    /// # Errors
    /// If there is none, or it cannot be called from outside.
    pub(crate) fn find_func<S: AsContextMut>(&self, store: &mut S, name: impl ExportLookup) -> Result<Func> {
        let mut store = AnyStore::new(store);
        let component = self.component_in(&mut store);
        match name.find(&component).map(|index| index.export) {
            Some(Export::Func(FuncSource::Lifted(index), _)) => {
                lifted(&mut store, self.root, index).map(Func::new)
            }
            Some(Export::Func(FuncSource::Leaf(leaf), _)) => {
                match &self.prepared::<S::Data>(&mut store)?.given[leaf] {
                    Given::Guest(func) => Ok(Func::new(Arc::clone(func))),
                    // Its parameters come from a component's memory, and there is none.
                    _ => Err(Error::msg("the function is the host's: the component only passes it on")),
                }
            }
            _ => Err(Error::msg("the component exports no such function")),
        }
    }

    /// What it was made from, in a store with data of this type.
    pub(crate) fn prepared<T: 'static>(&self, store: &mut AnyStore<'_>) -> Result<Arc<Prepared<T>>> {
        let prepared = Arc::clone(&store.extension::<State>().roots[self.root].prepared);
        prepared.downcast().map_err(|_| Error::bug("an instance for another kind of store"))
    }

    /// An exported function of known types.
    ///
    /// # Errors
    /// If there is none, its types are others, or it is the host's and only passed on from an import.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn get_typed_func<P, R>(
        &self,
        mut store: impl AsContextMut,
        name: impl ExportLookup,
    ) -> Result<TypedFunc<P, R>>
    where
        P: crate::ComponentNamedList + crate::Lower,
        R: crate::ComponentNamedList + crate::Lift,
    {
        self.find_func(&mut store, name)?.typed(store)
    }

    /// An exported type of resources.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn get_resource(
        &self,
        mut store: impl AsContextMut,
        name: impl ExportLookup,
    ) -> Option<ResourceType> {
        let mut store = AnyStore::new(&mut store);
        let component = self.component_in(&mut store);
        match name.find(&component)?.export {
            Export::Type(ExportedType::Resource(resource)) => {
                let root = &store.extension::<State>().roots[self.root];
                Some(root.resource_types[resource.0 as usize])
            }
            _ => None,
        }
    }

    /// An exported core module.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn get_module(&self, mut store: impl AsContextMut, name: impl ExportLookup) -> Option<Module> {
        self.find_module(&mut store, name)
    }

    fn find_module<S: AsContextMut>(&self, store: &mut S, name: impl ExportLookup) -> Option<Module> {
        let mut store = AnyStore::new(store);
        let component = self.component_in(&mut store);
        let Export::Module(source) = name.find(&component)?.export else { return None };
        match source {
            ModuleSource::Static(module) => Some(component.program().modules[module].clone()),
            ModuleSource::Leaf(leaf) => match &self.prepared::<S::Data>(&mut store).ok()?.given[leaf] {
                Given::Module(module) => Some(module.clone()),
                _ => None,
            },
        }
    }
}

/// Makes an instance of a component with what it is given.
pub(crate) fn instantiate<T: 'static>(
    mut store: impl AsContextMut<Data = T>,
    prepared: &Arc<Prepared<T>>,
) -> Result<Instance> {
    let component = &prepared.component;
    if !sarsen::Engine::same(store.as_context().engine(), component.engine()) {
        return Err(Error::msg("component belongs to another engine"));
    }
    let root = add_root(&mut AnyStore::new(&mut store), prepared)?;
    let result = run(&mut store, prepared, root);
    let mut store = AnyStore::new(&mut store);
    match result {
        Ok(()) => Ok(Instance { store: store.id(), root }),
        Err(error) => Err(crate::call::poison(&mut store, root, error)),
    }
}

/// Adds the instance's state, before any of its code runs.
fn add_root<T: 'static>(store: &mut AnyStore<'_>, prepared: &Arc<Prepared<T>>) -> Result<usize> {
    let id = store.id();
    if prepared.store.is_some_and(|store| store != id) {
        return Err(Error::msg("an import belongs to another store"));
    }
    let program = prepared.component.program();
    let state = store.extension::<State>();
    state.id = id;
    let (root, first_instance) = (state.roots.len(), state.instances.len());
    let parents =
        program.instances.iter().map(|parent| parent.map(|parent| first_instance + parent as usize));
    state.instances.extend(parents.map(InstanceState::new));
    let resources = program.resources.iter().map(|resource| match resource {
        Resource::Leaf(leaf) => {
            let Given::Resource(ty, destructor) = &prepared.given[*leaf] else {
                return Err(Error::bug("a type of resources is given as something else"));
            };
            let destructor = match destructor {
                Some(destructor) => Destructor::Host(Arc::clone(destructor) as _),
                None => Destructor::None,
            };
            Ok((state.resources.add(*ty, None, &destructor), destructor))
        }
        Resource::Defined { instance, destructor } => {
            let instance = first_instance + *instance as usize;
            let destructor = match destructor {
                Some(func) => Destructor::Guest { root, instance, func: func.clone() },
                None => Destructor::None,
            };
            Ok((state.resources.add(ResourceType::guest(), Some(instance), &destructor), destructor))
        }
    });
    let (resources, destructors): (Vec<_>, Vec<_>) = resources.collect::<Result<_>>()?;
    let resource_types = resources.iter().map(|&key| state.resources.ty(key)).collect();
    state.roots.push(Root {
        component: prepared.component.clone(),
        prepared: Arc::clone(prepared) as _,
        core: Vec::with_capacity(program.steps.len()),
        trampolines: Vec::new(),
        options: vec![None; program.options.len()],
        lifted: vec![None; program.lifted.len()],
        resources,
        destructors,
        resource_types,
        first_instance,
        is_poisoned: false,
    });
    Ok(root)
}

/// Makes the core instances, one after the other.
fn run<T: 'static>(
    store: &mut impl AsContextMut<Data = T>,
    prepared: &Prepared<T>,
    root: usize,
) -> Result<()> {
    let bind = |func: &sarsen::NumericHostFunc| func.bind(&mut *store, root as u64);
    let trampolines = prepared.trampolines.iter().map(bind).collect::<Result<Vec<_>>>()?;
    AnyStore::new(store).extension::<State>().roots[root].trampolines = trampolines;
    let program = prepared.component.program();
    for step in &program.steps {
        let module = match step.module {
            ModuleSource::Static(module) => &program.modules[module],
            ModuleSource::Leaf(leaf) => match &prepared.given[leaf] {
                Given::Module(module) => module,
                _ => return Err(Error::bug("a module is given as something else")),
            },
        };
        let args = args(&mut AnyStore::new(store), root, &step.args, module)?;
        let instance = sarsen::Instance::new(&mut *store, module, &args)
            .map_err(|error| AnyStore::new(store).end_exception(error))?;
        AnyStore::new(store).extension::<State>().roots[root].core.push(instance);
    }
    Ok(())
}

/// What a core module is given, in the order in which it imports.
fn args(store: &mut AnyStore<'_>, root: usize, args: &CoreArgs, module: &Module) -> Result<Vec<Extern>> {
    let given = match args {
        CoreArgs::Ordered(defs) => return defs.iter().map(|def| core_extern(store, root, def)).collect(),
        CoreArgs::Named(given) => given,
    };
    let find = |import: sarsen::ImportType<'_>| {
        let missing = || {
            let message = format!(
                "a given core module imports `{}`.`{}`, which it is not given",
                import.module(),
                import.name()
            );
            Error::of(ErrorKind::Unlinkable, message)
        };
        let arg = given.get(import.module()).ok_or_else(missing)?;
        match arg {
            CoreArg::Instance(instance) => {
                let export = CoreExport::Named(import.name().into());
                core_extern(store, root, &CoreDef::Export { instance: *instance, export })
            }
            CoreArg::Items(items) => core_extern(store, root, items.get(import.name()).ok_or_else(missing)?),
        }
    };
    module.imports().map(find).collect()
}

/// Something of core WebAssembly that a root has.
fn core_extern(store: &mut AnyStore<'_>, root: usize, def: &CoreDef) -> Result<Extern> {
    let state = &store.extension::<State>().roots[root];
    match def {
        CoreDef::Trampoline(index) => {
            let func = state.trampolines.get(*index).copied();
            func.map(Extern::Func).ok_or_else(|| Error::bug("a trampoline that does not exist yet"))
        }
        CoreDef::Export { instance, export } => {
            let instance = state.core.get(*instance).copied();
            let instance = instance.ok_or_else(|| Error::bug("a core instance that does not exist yet"))?;
            let found = match export {
                CoreExport::At(export) => store.module_export(instance, export)?,
                CoreExport::Named(name) => store.export(instance, name)?,
            };
            found.ok_or_else(|| match export {
                CoreExport::Named(name) => {
                    Error::of(ErrorKind::Unlinkable, format!("a given core module exports no `{name}`"))
                }
                CoreExport::At(_) => Error::bug("an export of another module"),
            })
        }
    }
}

/// A core function of a root.
pub(crate) fn core_func(store: &mut AnyStore<'_>, root: usize, def: &CoreDef) -> Result<NumericFunc> {
    match core_extern(store, root, def)? {
        Extern::Func(func) => NumericFunc::new(store, func),
        _ => Err(wrong_kind("function")),
    }
}

fn core_memory(store: &mut AnyStore<'_>, root: usize, def: &CoreDef) -> Result<Memory> {
    match core_extern(store, root, def)? {
        Extern::Memory(memory) => Ok(memory),
        _ => Err(wrong_kind("memory")),
    }
}

fn wrong_kind(expected: &str) -> Error {
    Error::of(ErrorKind::Unlinkable, format!("a core module exports something else than a {expected}"))
}

/// How values are passed to and from core code, found when it is first needed.
pub(crate) fn options(store: &mut AnyStore<'_>, root: usize, index: usize) -> Result<GuestOptions> {
    let state = &store.extension::<State>().roots[root];
    if let Some(options) = state.options[index] {
        return Ok(options);
    }
    let (component, first_instance) = (state.component.clone(), state.first_instance);
    let options = &component.program().options[index];
    let memory = options.memory.as_ref().map(|def| core_memory(store, root, def)).transpose()?;
    let realloc = options.realloc.as_ref().map(|def| core_func(store, root, def)).transpose()?;
    let instance = first_instance + options.instance as usize;
    let options = GuestOptions { instance, root, memory, realloc, encoding: options.encoding };
    store.extension::<State>().roots[root].options[index] = Some(options);
    Ok(options)
}

/// A function of a root, found when it is first needed.
pub(crate) fn lifted(store: &mut AnyStore<'_>, root: usize, index: usize) -> Result<Arc<LiftedFunc>> {
    let state = &store.extension::<State>().roots[root];
    if let Some(func) = &state.lifted[index] {
        return Ok(Arc::clone(func));
    }
    let (component, resources) = (state.component.clone(), Arc::clone(&state.resource_types));
    let program = component.program();
    let (lifted, id) = (&program.lifted[index], store.id());
    let core = core_func(store, root, &lifted.core)?;
    let post_return = program.options[lifted.options].post_return.as_ref();
    let post_return = post_return.map(|def| core_func(store, root, def)).transpose()?;
    let func = Arc::new(LiftedFunc {
        store: id,
        resources,
        ty: lifted.ty,
        options: options(store, root, lifted.options)?,
        is_async: program.options[lifted.options].is_async,
        core,
        post_return,
        component: component.clone(),
    });
    store.extension::<State>().roots[root].lifted[index] = Some(Arc::clone(&func));
    Ok(func)
}
