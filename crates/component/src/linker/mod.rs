//! Linking by name: what components import, from host functions, types of the host's, core modules, and instances of other
//! components.

mod define;
mod definition;
mod pre;

pub use define::LinkerInstance;
pub(crate) use definition::Given;
pub use pre::InstancePre;
pub(crate) use pre::Prepared;

use crate::component::Component;
use crate::instance::Instance;
use crate::names::Names;
use crate::program::{Leaf, LeafKind, Resource};
use crate::resource::ResourceType;
use crate::trampoline;
use crate::types::TypeContext;
use definition::{Definition, give, wrong_kind};
use sarsen::{AsContextMut, Engine, Error, ErrorKind, Result};
use std::fmt;
use std::sync::Arc;

/// Definitions by name, from which imports of components are taken.
pub struct Linker<T: 'static> {
    engine: Engine,
    names: Names<Definition<T>>,
    allow_shadowing: bool,
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
    /// resources. Where a part of an interface is defined with another version, which stands in for the one that is
    /// imported, that part is kept.
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
                at = at.into_instance_like(part)?;
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
            given.push(
                give(&cx, leaf.kind, definition, &mut store).map_err(|error| incompatible(leaf, &error))?,
            );
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
                    let leaf = &program.leaves[*leaf];
                    Err(incompatible(leaf, &wrong_kind(leaf.kind, other)))
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

    /// Makes an instance on a stack of its own, so that it can wait: see [`TypedFunc::call_async`](crate::TypedFunc::call_async).
    ///
    /// # Errors
    /// As [`Linker::instantiate`].
    pub async fn instantiate_async(
        &self,
        store: impl AsContextMut<Data = T>,
        component: &Component,
    ) -> Result<Instance>
    where
        T: Send,
    {
        self.instantiate_pre(component)?.instantiate_async(store).await
    }

    /// The error for an import that is not defined: names what comes close.
    fn unknown(&self, leaf: &Leaf) -> Error {
        let (kind, path) = (leaf.kind.words(), display(&leaf.path));
        let mut message = format!("unknown import: {kind} {path} has not been defined");
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

/// The error for an import that is given something else.
fn incompatible(leaf: &Leaf, error: &str) -> Error {
    Error::of(ErrorKind::Unlinkable, format!("incompatible import {}: {error}", display(&leaf.path)))
}

/// A path of names, in the words of errors.
fn display(path: &[Arc<str>]) -> String {
    let parts: Vec<_> = path.iter().rev().map(|part| format!("`{part}`")).collect();
    parts.join(" of ")
}
