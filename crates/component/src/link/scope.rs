//! What is known while a component is linked: the index spaces of a component instance, or of a type's declarations.

use super::missing;
use crate::decode::Definition;
use crate::limits::MAX_COMPONENT_DEPTH;
use crate::names::Names;
use crate::program::{CoreDef, CoreItems, FuncSource, ModuleSource};
use crate::types::{FuncTypeIndex, ResourceIndex, TypeIndex};
use sarsen::{Error, ErrorKind, Result};
use std::ops::Deref;
use std::rc::Rc;
use wasmparser::{ComponentExternalKind, InstanceTypeDeclaration};

/// A scope's number: they refer to each other in circles.
pub(super) type ScopeId = usize;

/// The index spaces of a component instance.
#[derive(Default)]
pub(super) struct Scope<'d> {
    pub(super) outer: Option<ScopeId>,
    pub(super) instance: u32,
    pub(super) core: CoreScope,
    pub(super) modules: Vec<ModuleSource>,
    pub(super) funcs: Vec<(FuncSource, FuncTypeIndex)>,
    pub(super) types: Vec<TypeValue<'d>>,
    pub(super) instances: Vec<InstanceValue<'d>>,
    pub(super) components: Vec<ComponentValue<'d>>,
    pub(super) exports: Names<ItemValue<'d>>,
}

/// Those of core WebAssembly.
#[derive(Default)]
pub(super) struct CoreScope {
    pub(super) instances: Vec<CoreInstanceValue>,
    pub(super) funcs: Vec<CoreDef>,
    pub(super) tables: Vec<CoreDef>,
    pub(super) memories: Vec<CoreDef>,
    pub(super) globals: Vec<CoreDef>,
    pub(super) tags: Vec<CoreDef>,
}

/// A core instance.
#[derive(Clone)]
pub(super) enum CoreInstanceValue {
    /// It will be made in this step.
    Made { step: usize, module: ModuleSource },
    /// Only its exports are known, and that is enough.
    Exports(CoreItems),
}

/// An instance: its exports.
pub(super) type InstanceValue<'d> = Rc<InstanceItems<'d>>;

/// What an instance exports.
///
/// # Invariant
///
/// Its depth is within the limit, so that the native stack is enough to walk it, and to drop it.
pub(super) struct InstanceItems<'d> {
    items: Names<ItemValue<'d>>,
    /// How many instances are inside of each other, this one included.
    depth: usize,
}

impl<'d> InstanceItems<'d> {
    /// An instance that exports these.
    ///
    /// # Errors
    /// If instances are too deep inside of each other.
    pub(super) fn gather(items: Names<ItemValue<'d>>) -> Result<InstanceValue<'d>> {
        let depths = items.iter().map(|(_, item)| match item {
            ItemValue::Instance(instance) => instance.depth,
            _ => 0,
        });
        let depth = 1 + depths.max().unwrap_or(0);
        if depth > MAX_COMPONENT_DEPTH {
            let message = format!("instances export each other more than {MAX_COMPONENT_DEPTH} deep");
            return Err(Error::of(ErrorKind::Limit, message));
        }
        Ok(Rc::new(InstanceItems { items, depth }))
    }
}

impl<'d> Deref for InstanceItems<'d> {
    type Target = Names<ItemValue<'d>>;

    fn deref(&self) -> &Names<ItemValue<'d>> {
        &self.items
    }
}

/// A component, and where it was defined.
#[derive(Clone, Copy)]
pub(super) struct ComponentValue<'d> {
    pub(super) definition: &'d Definition<'d>,
    pub(super) scope: ScopeId,
}

/// A type.
#[derive(Clone, Copy)]
pub(super) enum TypeValue<'d> {
    Value(TypeIndex),
    Func(FuncTypeIndex),
    Resource(ResourceIndex),
    /// What instances of the type export, and where that was declared.
    Instance(&'d [InstanceTypeDeclaration<'d>], ScopeId),
    /// Looked at by validation only.
    Component,
}

/// Something that can be imported and exported.
#[derive(Clone)]
pub(super) enum ItemValue<'d> {
    Func(FuncSource, FuncTypeIndex),
    Module(ModuleSource),
    Type(TypeValue<'d>),
    Instance(InstanceValue<'d>),
    Component(ComponentValue<'d>),
}

impl ItemValue<'_> {
    pub(super) fn kind(&self) -> ComponentExternalKind {
        match self {
            ItemValue::Func(..) => ComponentExternalKind::Func,
            ItemValue::Module(_) => ComponentExternalKind::Module,
            ItemValue::Type(_) => ComponentExternalKind::Type,
            ItemValue::Instance(_) => ComponentExternalKind::Instance,
            ItemValue::Component(_) => ComponentExternalKind::Component,
        }
    }
}

impl<'d> Scope<'d> {
    /// Gives something the next index of its kind.
    pub(super) fn push(&mut self, value: &ItemValue<'d>) {
        match value {
            ItemValue::Func(source, ty) => self.funcs.push((*source, *ty)),
            ItemValue::Module(source) => self.modules.push(*source),
            ItemValue::Type(ty) => self.types.push(*ty),
            ItemValue::Instance(instance) => self.instances.push(Rc::clone(instance)),
            ItemValue::Component(component) => self.components.push(*component),
        }
    }

    pub(super) fn get(&self, kind: ComponentExternalKind, index: u32) -> Result<ItemValue<'d>> {
        let at = index as usize;
        let value = match kind {
            ComponentExternalKind::Func => {
                self.funcs.get(at).map(|&(source, ty)| ItemValue::Func(source, ty))
            }
            ComponentExternalKind::Module => self.modules.get(at).copied().map(ItemValue::Module),
            ComponentExternalKind::Type => self.types.get(at).copied().map(ItemValue::Type),
            ComponentExternalKind::Instance => self.instances.get(at).cloned().map(ItemValue::Instance),
            ComponentExternalKind::Component => self.components.get(at).copied().map(ItemValue::Component),
            ComponentExternalKind::Value => None,
        };
        value.ok_or_else(|| missing(kind.desc()))
    }

    pub(super) fn ty(&self, index: u32) -> Result<TypeValue<'d>> {
        self.types.get(index as usize).copied().ok_or_else(|| missing("type"))
    }

    pub(super) fn instance_value(&self, index: u32) -> Result<&InstanceValue<'d>> {
        self.instances.get(index as usize).ok_or_else(|| missing("instance"))
    }

    pub(super) fn component(&self, index: u32) -> Result<ComponentValue<'d>> {
        self.components.get(index as usize).copied().ok_or_else(|| missing("component"))
    }
}

impl CoreScope {
    pub(super) fn space(&mut self, kind: wasmparser::ExternalKind) -> &mut Vec<CoreDef> {
        match kind {
            wasmparser::ExternalKind::Func | wasmparser::ExternalKind::FuncExact => &mut self.funcs,
            wasmparser::ExternalKind::Table => &mut self.tables,
            wasmparser::ExternalKind::Memory => &mut self.memories,
            wasmparser::ExternalKind::Global => &mut self.globals,
            wasmparser::ExternalKind::Tag => &mut self.tags,
        }
    }

    pub(super) fn func(&self, index: u32) -> Result<CoreDef> {
        self.funcs.get(index as usize).cloned().ok_or_else(|| missing("core function"))
    }

    pub(super) fn memory(&self, index: u32) -> Result<CoreDef> {
        self.memories.get(index as usize).cloned().ok_or_else(|| missing("core memory"))
    }
}
