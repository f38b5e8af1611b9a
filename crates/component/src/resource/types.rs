//! Types of resources at run time: those of the host are the same everywhere, those of guests belong to an instance.

use crate::program::CoreDef;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A type of resources.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResourceType(Kind);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Host(TypeId, &'static str),
    Dynamic(u32),
    Guest(u64),
    /// Of a component that is no instance yet: the number of the type in it.
    Abstract(u32),
}

impl ResourceType {
    /// The type whose values stand for a `T` of the host's.
    pub fn host<T: 'static>() -> ResourceType {
        ResourceType(Kind::Host(TypeId::of::<T>(), std::any::type_name::<T>()))
    }

    /// A type of the host's that is told from others by a number, for hosts that know their types only when they run.
    pub fn host_dynamic(number: u32) -> ResourceType {
        ResourceType(Kind::Dynamic(number))
    }

    /// The number of a type that has one.
    pub(super) fn number(self) -> Option<u32> {
        if let Kind::Dynamic(number) = self.0 { Some(number) } else { None }
    }

    /// Whether it is a type of the host's, whose numbers are for the host.
    pub(super) fn is_host(self) -> bool {
        matches!(self.0, Kind::Host(..) | Kind::Dynamic(_))
    }

    /// A type that an instance defines.
    pub(crate) fn guest() -> ResourceType {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        ResourceType(Kind::Guest(NEXT.fetch_add(1, Ordering::Relaxed)))
    }

    /// A type of a component, whatever it will be.
    pub(crate) fn abstract_(index: u32) -> ResourceType {
        ResourceType(Kind::Abstract(index))
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Host(_, name) => write!(f, "resource of the host's type {name}"),
            Kind::Dynamic(number) => write!(f, "resource of the host's type {number}"),
            Kind::Guest(number) => write!(f, "resource of guest type {number}"),
            Kind::Abstract(number) => write!(f, "resource type {number} of the component"),
        }
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A type of resources in a store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct ResourceKey {
    index: u32,
    is_guest: bool,
}

impl ResourceKey {
    /// In the words of errors.
    pub(super) fn describe(self) -> &'static str {
        if self.is_guest { "guest-defined resource" } else { "host-defined resource" }
    }
}

/// The types of resources of a store.
#[derive(Default)]
pub(crate) struct ResourceTypes {
    all: Vec<ResourceInfo>,
    known: HashMap<ResourceType, ResourceKey>,
}

struct ResourceInfo {
    ty: ResourceType,
    /// The instance that defines it.
    definer: Option<usize>,
    destructor: Destructor,
}

/// What is done when an owned handle is dropped.
#[derive(Clone)]
pub(crate) enum Destructor {
    None,
    /// A function of the component instance with this number in the store.
    Guest {
        root: usize,
        instance: usize,
        func: CoreDef,
    },
    /// A host function, known to the linker that has it.
    Host(Arc<dyn Any + Send + Sync>),
}

impl ResourceTypes {
    /// A type, which is the same as before if it was there. The first that says how it ends does so for those who do not know.
    pub(crate) fn add(
        &mut self,
        ty: ResourceType,
        definer: Option<usize>,
        destructor: &Destructor,
    ) -> ResourceKey {
        let all = &mut self.all;
        let key = *self.known.entry(ty).or_insert_with(|| {
            let index = all.len() as u32;
            all.push(ResourceInfo { ty, definer, destructor: Destructor::None });
            ResourceKey { index, is_guest: definer.is_some() }
        });
        let known = &mut all[key.index as usize].destructor;
        if matches!(known, Destructor::None) && key.is_guest == definer.is_some() {
            *known = destructor.clone();
        }
        key
    }

    pub(crate) fn ty(&self, key: ResourceKey) -> ResourceType {
        self.all[key.index as usize].ty
    }

    pub(crate) fn is_defined_by(&self, key: ResourceKey, instance: usize) -> bool {
        key.is_guest && self.all[key.index as usize].definer == Some(instance)
    }

    /// What ends a resource. Roots may have their own way for those of the host's, not for those of other guests.
    pub(crate) fn destructor<'a>(&'a self, key: ResourceKey, own: Option<&'a Destructor>) -> &'a Destructor {
        let own = own.filter(|own| !key.is_guest && !matches!(own, Destructor::None));
        own.unwrap_or(&self.all[key.index as usize].destructor)
    }

    pub(crate) fn find(&self, ty: ResourceType) -> Option<ResourceKey> {
        self.known.get(&ty).copied()
    }
}
