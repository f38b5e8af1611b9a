//! What an import can be, and whether it is what a component wants.

use crate::call::LiftedFunc;
use crate::func::Func;
use crate::host::{HostDestructor, HostFunc};
use crate::names::Names;
use crate::program::LeafKind;
use crate::resource::ResourceType;
use crate::types::{TypeContext, matching};
use sarsen::{Engine, Module};
use std::sync::Arc;

/// What an import can be.
pub(super) enum Definition<T: 'static> {
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
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Definition::Host(_) | Definition::Guest(_) => "function",
            Definition::Module(_) => "core module",
            Definition::Resource(..) => "type of resources",
            Definition::Instance(_) => "instance",
        }
    }
}

/// What a component is given for an import.
pub(crate) enum Given<T: 'static> {
    Host(HostFunc<T>),
    Guest(Arc<LiftedFunc>),
    Module(Module),
    Resource(ResourceType, Option<Arc<HostDestructor<T>>>),
}

/// Checks that a definition fits an import.
pub(super) fn give<T: 'static>(
    cx: &TypeContext,
    kind: LeafKind,
    definition: &Definition<T>,
    store: &mut Option<u64>,
) -> Result<Given<T>, String> {
    match (kind, definition) {
        (LeafKind::Func(ty), Definition::Host(func)) => {
            func.check.map_or(Ok(()), |check| check(cx, ty))?;
            Ok(Given::Host(func.clone()))
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
            if !Engine::same(module.engine(), cx.component.engine()) {
                return Err("it belongs to another engine".into());
            }
            cx.component.program().module_types[ty].compare(module)?;
            Ok(Given::Module(module.clone()))
        }
        (LeafKind::Resource(_), Definition::Resource(ty, destructor)) => {
            Ok(Given::Resource(*ty, destructor.clone()))
        }
        (kind, other) => Err(wrong_kind(kind, other)),
    }
}

pub(super) fn wrong_kind<T>(expected: LeafKind, found: &Definition<T>) -> String {
    format!("expected a {}, found a {}", expected.words(), found.kind())
}
