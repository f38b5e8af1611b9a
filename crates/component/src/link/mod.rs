//! Definitions to a program: nested components are instantiated here, once for all instances of the component, so that what is
//! left are core instances and functions.
//!
//! Linking interprets definitions as an instantiation would, with [values](scope) that say where something will come from. Types
//! are values too: a resource type of a component that is instantiated twice is two types.
//!
//! # Invariant
//!
//! Definitions are valid: an index that leads nowhere is a bug, and an error.

mod canon;
mod core;
mod exports;
mod modules;
mod scope;
mod types;

use crate::decode::{Decoded, Definition, Item};
use crate::limits::{MAX_COMPONENT_DEPTH, MAX_CORE_INSTANCES, MAX_IMPORTS, MAX_INSTANCES, MAX_LINK_STEPS};
use crate::names::Names;
use crate::program::{Instantiate, Leaf, LeafKind, Program};
use crate::types::ResourceIndex;
use sarsen::{Engine, Error, ErrorKind, Module, Result};
use scope::{ComponentValue, InstanceItems, InstanceValue, ItemValue, Scope, ScopeId, TypeValue};
use std::collections::HashMap;
use std::sync::Arc;
use wasmparser::component_types::ComponentCoreModuleTypeId;
use wasmparser::types::Types;
use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind, ComponentTypeRef,
};

/// Bytes of a name that are a step.
const NAME_STEP: usize = 64;

/// Steps of a canonical function, which keeps its signature, and is a function of the host's for the engine.
const CANON_STEPS: usize = 4;

/// Links a component whose core modules these are.
pub(crate) fn link(engine: &Engine, decoded: &Decoded<'_>, modules: Vec<Module>) -> Result<Program> {
    let program = Program { modules, instances: vec![None], ..Program::default() };
    let mut linking = Linking {
        engine,
        types: &decoded.types,
        program,
        scopes: Vec::new(),
        known_modules: HashMap::new(),
        steps: 0,
        depth: 0,
    };
    let root = linking.open(None, 0)?;
    for item in &decoded.root.items {
        linking.item(root, item, None)?;
    }
    let exports = std::mem::take(&mut linking.scopes[root].exports);
    linking.program.exports = linking.exports(&exports)?;
    Ok(linking.program)
}

/// A component that is being linked.
struct Linking<'d> {
    engine: &'d Engine,
    /// What validation knows of the root.
    types: &'d Types,
    program: Program,
    scopes: Vec<Scope<'d>>,
    /// Types of imported core modules that the program has.
    known_modules: HashMap<ComponentCoreModuleTypeId, usize>,
    steps: usize,
    /// Instances that are being made inside of each other.
    depth: usize,
}

/// What a nested component is given, by the names of its imports. The root is given nothing: its imports are leaves.
type Args<'a, 'd> = Option<&'a Names<ItemValue<'d>>>;

impl<'d> Linking<'d> {
    /// A scope inside of another, for definitions of a component instance.
    fn open(&mut self, outer: Option<ScopeId>, instance: u32) -> Result<ScopeId> {
        if self.scopes.len() >= MAX_INSTANCES {
            let message = format!("the component makes and imports more than {MAX_INSTANCES} instances");
            return Err(Error::of(ErrorKind::Limit, message));
        }
        self.scopes.push(Scope { outer, instance, ..Scope::default() });
        Ok(self.scopes.len() - 1)
    }

    /// Counts work that a component can multiply.
    fn step(&mut self) -> Result<()> {
        self.steps(1)
    }

    fn steps(&mut self, count: usize) -> Result<()> {
        self.steps += count;
        if self.steps > MAX_LINK_STEPS {
            let message = format!("all instances of the component define more than {MAX_LINK_STEPS} things");
            return Err(Error::of(ErrorKind::Limit, message));
        }
        Ok(())
    }

    /// A name for what outlives linking, which counts as a step, and as more if it is long.
    fn name(&mut self, name: &str) -> Result<Arc<str>> {
        self.steps(1 + name.len() / NAME_STEP)?;
        Ok(name.into())
    }

    /// Does something inside of what is being made, but not deeper than the native stack goes.
    fn inside<R>(&mut self, run: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        if self.depth >= MAX_COMPONENT_DEPTH {
            let message = format!("instances are nested more than {MAX_COMPONENT_DEPTH} deep");
            return Err(Error::of(ErrorKind::Limit, message));
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }

    fn item(&mut self, scope: ScopeId, item: &'d Item<'d>, args: Args<'_, 'd>) -> Result<()> {
        self.step()?;
        match item {
            Item::CoreModule(index) => {
                self.scopes[scope].modules.push(crate::program::ModuleSource::Static(*index));
            }
            Item::CoreInstance(instance) => self.core_instance(scope, instance)?,
            Item::CoreType => {}
            Item::Component(definition) => {
                let component = ComponentValue { definition, scope };
                self.scopes[scope].components.push(component);
            }
            Item::Instance(instance) => {
                let value = self.instance(scope, instance)?;
                self.scopes[scope].instances.push(value);
            }
            Item::Alias(alias) => self.alias(scope, alias)?,
            Item::Type(ty) => {
                let value = self.component_type(scope, ty)?;
                self.scopes[scope].types.push(value);
            }
            Item::Canon(canon, signature) => {
                self.steps(CANON_STEPS)?;
                self.canon(scope, canon, signature.as_ref())?;
            }
            Item::Import(import) => {
                let value = match args {
                    Some(args) => {
                        args.get_exact(import.name.name).cloned().ok_or_else(|| missing("argument"))?
                    }
                    None => self.import(scope, import.name.name, &import.ty)?,
                };
                self.scopes[scope].push(&value);
            }
            Item::Export(export) => {
                let value = self.scopes[scope].get(export.kind, export.index)?;
                let name = self.name(export.name.name)?;
                self.scopes[scope].push(&value);
                self.scopes[scope].exports.insert(name, value);
            }
        }
        Ok(())
    }

    fn instance(&mut self, scope: ScopeId, instance: &'d ComponentInstance<'d>) -> Result<InstanceValue<'d>> {
        let mut items = Names::default();
        match instance {
            ComponentInstance::FromExports(exports) => {
                for export in exports {
                    let value = self.scopes[scope].get(export.kind, export.index)?;
                    items.insert(self.name(export.name.name)?, value);
                }
                InstanceItems::gather(items)
            }
            ComponentInstance::Instantiate { component_index, args } => {
                for arg in args {
                    let value = self.scopes[scope].get(arg.kind, arg.index)?;
                    items.insert(self.name(arg.name)?, value);
                }
                let component = self.scopes[scope].component(*component_index)?;
                let parent = self.scopes[scope].instance;
                self.inside(|linking| linking.instantiate(component, &items, parent))
            }
        }
    }

    fn instantiate(
        &mut self,
        component: ComponentValue<'d>,
        args: &Names<ItemValue<'d>>,
        parent: u32,
    ) -> Result<InstanceValue<'d>> {
        let instance = self.program.instances.len() as u32;
        self.program.instances.push(Some(parent));
        let scope = self.open(Some(component.scope), instance)?;
        let Definition { items } = component.definition;
        for item in items {
            self.item(scope, item, Some(args))?;
        }
        InstanceItems::gather(std::mem::take(&mut self.scopes[scope].exports))
    }

    fn alias(&mut self, scope: ScopeId, alias: &'d ComponentAlias<'d>) -> Result<()> {
        match alias {
            ComponentAlias::InstanceExport { kind, instance_index, name } => {
                let value = self.instance_export(scope, *kind, *instance_index, name)?;
                self.scopes[scope].push(&value);
            }
            ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                self.core_alias(scope, *kind, *instance_index, name)?;
            }
            ComponentAlias::Outer { kind, count, index } => {
                let outer = self.outer(scope, *count)?;
                let kind = match kind {
                    // Core types are not looked at.
                    ComponentOuterAliasKind::CoreType => return Ok(()),
                    ComponentOuterAliasKind::CoreModule => ComponentExternalKind::Module,
                    ComponentOuterAliasKind::Type => ComponentExternalKind::Type,
                    ComponentOuterAliasKind::Component => ComponentExternalKind::Component,
                };
                let value = self.scopes[outer].get(kind, *index)?;
                self.scopes[scope].push(&value);
            }
        }
        Ok(())
    }

    /// The scope so many levels further out.
    fn outer(&self, scope: ScopeId, count: u32) -> Result<ScopeId> {
        (0..count)
            .try_fold(scope, |scope, _| self.scopes[scope].outer.ok_or_else(|| missing("outer component")))
    }

    fn instance_export(
        &self,
        scope: ScopeId,
        kind: ComponentExternalKind,
        instance: u32,
        name: &str,
    ) -> Result<ItemValue<'d>> {
        let instance = self.scopes[scope].instance_value(instance)?;
        let value = instance.get_exact(name).ok_or_else(|| missing(name))?;
        if value.kind() != kind {
            return Err(missing(name));
        }
        Ok(value.clone())
    }

    /// Something that the root imports.
    fn import(&mut self, scope: ScopeId, name: &str, ty: &ComponentTypeRef) -> Result<ItemValue<'d>> {
        let mut path = vec![Arc::from(name)];
        let value = self.imported(scope, &mut path, ty)?;
        let import = self.describe(&value)?;
        self.program.imports.insert(name.into(), import);
        Ok(value)
    }

    /// Something of a declared type that is imported, under a path of names.
    fn imported(
        &mut self,
        scope: ScopeId,
        path: &mut Vec<Arc<str>>,
        ty: &ComponentTypeRef,
    ) -> Result<ItemValue<'d>> {
        self.step()?;
        Ok(match *ty {
            ComponentTypeRef::Func(index) => {
                let TypeValue::Func(ty) = self.scopes[scope].ty(index)? else {
                    return Err(missing("function type"));
                };
                let leaf = self.leaf(path, LeafKind::Func(ty))?;
                ItemValue::Func(crate::program::FuncSource::Leaf(leaf), ty)
            }
            ComponentTypeRef::Module(_) => {
                let ty = self.module_type(path)?;
                let leaf = self.leaf(path, LeafKind::Module(ty))?;
                ItemValue::Module(crate::program::ModuleSource::Leaf(leaf))
            }
            ComponentTypeRef::Type(wasmparser::TypeBounds::Eq(index)) => {
                ItemValue::Type(self.scopes[scope].ty(index)?)
            }
            ComponentTypeRef::Type(wasmparser::TypeBounds::SubResource) => {
                let resource = ResourceIndex(self.program.resources.len() as u32);
                let leaf = self.leaf(path, LeafKind::Resource(resource))?;
                self.program.resources.push(crate::program::Resource::Leaf(leaf));
                ItemValue::Type(TypeValue::Resource(resource))
            }
            ComponentTypeRef::Instance(index) => {
                let TypeValue::Instance(declarations, at) = self.scopes[scope].ty(index)? else {
                    return Err(missing("instance type"));
                };
                let instance = self.inside(|linking| linking.imported_instance(declarations, at, path))?;
                ItemValue::Instance(instance)
            }
            ComponentTypeRef::Component(_) => {
                let message =
                    format!("import `{}` is a component, which hosts cannot give", path.join("`.`"));
                return Err(Error::of(ErrorKind::Invalid, message));
            }
            ComponentTypeRef::Value(_) => {
                let message = format!("import `{}` is a value, which is not supported", path.join("`.`"));
                return Err(Error::of(ErrorKind::Invalid, message));
            }
        })
    }

    fn leaf(&mut self, path: &[Arc<str>], kind: LeafKind) -> Result<usize> {
        if self.program.leaves.len() >= MAX_IMPORTS {
            let message =
                format!("the component imports more than {MAX_IMPORTS} functions, modules and resources");
            return Err(Error::of(ErrorKind::Limit, message));
        }
        self.steps(path.len())?;
        self.program.leaves.push(Leaf { path: path.to_vec(), kind });
        Ok(self.program.leaves.len() - 1)
    }

    fn add_step(&mut self, step: Instantiate) -> Result<usize> {
        if self.program.steps.len() >= MAX_CORE_INSTANCES {
            let message = format!("the component makes more than {MAX_CORE_INSTANCES} core instances");
            return Err(Error::of(ErrorKind::Limit, message));
        }
        self.program.steps.push(step);
        Ok(self.program.steps.len() - 1)
    }
}

/// The error of what validation should have found.
fn missing(what: &str) -> Error {
    Error::bug(format!("a valid component has no such {what}"))
}
