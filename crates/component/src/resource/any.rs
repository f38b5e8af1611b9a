//! Resources of any type in the hands of the host.
//!
//! # Invariant
//!
//! What the host holds has a number that is never given again: one that was dropped or passed on is an error, not another
//! resource.

use super::Origin;
use super::types::{ResourceKey, ResourceType};
use crate::abi::{LiftContext, LowerContext, trap};
use crate::state::State;
use crate::types::{TypeDef, TypeIndex};
use crate::waiting::on_stack;
use sarsen::{AnyStore, AsContextMut, Error, Result};
use std::collections::HashMap;

/// A resource of a type that is known at run time only: a guest's, or a host's that was passed on as a
/// [`Val`](crate::Val).
///
/// One that is owned has to be passed on or [dropped](ResourceAny::resource_drop); one that is borrowed ends with the call for
/// which it was lent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ResourceAny {
    store: u64,
    id: u64,
    ty: ResourceType,
    is_owned: bool,
}

/// What the host holds.
#[derive(Default)]
pub(crate) struct HostHandles {
    all: HashMap<u64, HostHandle>,
    next: u64,
}

/// Resources that the host may hold at once: what a guest passes to a function that forgets it stays, since nobody drops it. As many
/// as entries of a [`ResourceTable`](super::ResourceTable).
const MAX_HOST_HANDLES: usize = 1 << 16;

/// A resource that the host holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostHandle {
    pub(crate) key: ResourceKey,
    pub(crate) rep: u32,
    /// Where it has come from, unless it was the host's before.
    origin: Option<Origin>,
    is_owned: bool,
    /// How often it is lent at present.
    lends: u32,
}

impl HostHandles {
    fn add(&mut self, key: ResourceKey, rep: u32, origin: Option<Origin>, is_owned: bool) -> Result<u64> {
        self.check_room()?;
        let id = self.next;
        self.next += 1;
        self.all.insert(id, HostHandle { key, rep, origin, is_owned, lends: 0 });
        Ok(id)
    }

    /// Fails if one more would be too many.
    fn check_room(&self) -> Result<()> {
        if self.all.len() >= MAX_HOST_HANDLES {
            return Err(trap("the host holds too many resources that it has neither dropped nor passed on"));
        }
        Ok(())
    }

    fn find(&mut self, id: u64) -> Result<&mut HostHandle> {
        self.all.get_mut(&id).ok_or_else(|| Error::msg("the resource was dropped or passed on before"))
    }

    fn take(&mut self, id: u64) -> Result<HostHandle> {
        let handle = *self.find(id)?;
        if handle.lends > 0 {
            return Err(Error::msg("the resource is lent to a call that is going on"));
        }
        self.all.remove(&id);
        Ok(handle)
    }

    pub(crate) fn give_back(&mut self, id: u64) {
        if let Some(handle) = self.all.get_mut(&id) {
            handle.lends = handle.lends.saturating_sub(1);
        }
    }

    pub(crate) fn forget(&mut self, id: u64) {
        self.all.remove(&id);
    }
}

impl ResourceAny {
    /// Its type.
    pub fn ty(&self) -> ResourceType {
        self.ty
    }

    /// Whether it is the host's, to pass on or to drop; otherwise it is lent.
    pub fn owned(&self) -> bool {
        self.is_owned
    }

    /// Drops it: if it is owned, its destructor runs.
    ///
    /// # Errors
    /// If it was dropped or passed on before, is lent, belongs to another store, or the destructor fails.
    pub fn resource_drop(self, mut store: impl AsContextMut) -> Result<()> {
        let mut store = store.as_context_mut();
        let handle = self.take(&mut AnyStore::new(&mut store))?;
        if !handle.is_owned {
            return Ok(());
        }
        crate::call::destroy(&mut store, None, (handle.key, handle.origin), handle.rep)
    }

    /// Drops it on a stack of its own, so that its destructor can wait: see
    /// [`TypedFunc::call_async`](crate::TypedFunc::call_async).
    ///
    /// # Errors
    /// As [`ResourceAny::resource_drop`].
    pub async fn resource_drop_async<T: Send + 'static>(
        self,
        store: impl AsContextMut<Data = T>,
    ) -> Result<()> {
        on_stack(store, |store| self.resource_drop(store)).await
    }

    fn take(self, store: &mut AnyStore<'_>) -> Result<HostHandle> {
        self.check(store.id())?;
        store.extension::<State>().host.take(self.id)
    }

    fn check(self, store: u64) -> Result<()> {
        if self.store == store { Ok(()) } else { Err(Error::msg("resource belongs to another store")) }
    }

    /// One that the host has from now on.
    pub(crate) fn new(
        store: u64,
        state: &mut State,
        key: ResourceKey,
        rep: u32,
        origin: Option<Origin>,
        is_owned: bool,
    ) -> Result<ResourceAny> {
        let id = state.host.add(key, rep, origin, is_owned)?;
        if !is_owned {
            state.borrowed_by_host(id);
        }
        Ok(ResourceAny { store, id, ty: state.resources.ty(key), is_owned })
    }

    /// One of the host's, which owns it.
    pub(super) fn of_host(mut store: impl AsContextMut, ty: ResourceType, rep: u32) -> Result<ResourceAny> {
        let mut store = AnyStore::new(&mut store);
        let id = store.id();
        let state = store.extension::<State>();
        let key = state.resources.find(ty);
        let key = key.ok_or_else(|| Error::msg("no instance in the store knows the type of the resource"))?;
        ResourceAny::new(id, state, key, rep, None, true)
    }

    /// The number that it stands for, if it is of this type of the host's. It stays what it is, and whose it is.
    ///
    /// # Errors
    /// If it is of another type, was dropped or passed on before, or belongs to another store.
    pub fn rep(self, mut store: impl AsContextMut, ty: ResourceType) -> Result<u32> {
        if self.ty != ty || !ty.is_host() {
            return Err(Error::msg(format!("expected a {ty} of the host's, found a {}", self.ty)));
        }
        let mut store = AnyStore::new(&mut store);
        self.check(store.id())?;
        Ok(store.extension::<State>().host.find(self.id)?.rep)
    }

    /// What it stands for, if it is of this type: passed on, if it is owned.
    pub(crate) fn into_rep(self, store: &mut AnyStore<'_>, ty: ResourceType) -> Result<u32> {
        if self.ty != ty {
            return Err(Error::msg(format!("expected a {ty}, found a {}", self.ty)));
        }
        self.check(store.id())?;
        let host = &mut store.extension::<State>().host;
        Ok(if self.is_owned { host.take(self.id)?.rep } else { host.find(self.id)?.rep })
    }

    pub(crate) fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, handle: u32) -> Result<ResourceAny> {
        // Before the guest's handle is taken: what it stands for would be lost.
        cx.state.host.check_room()?;
        let (rep, resource, is_owned) = match *cx.types.def(ty) {
            TypeDef::Own(resource) => (cx.take_own(resource, handle)?, resource, true),
            TypeDef::Borrow(resource) => (cx.lend(resource, handle)?, resource, false),
            _ => return Err(Error::bug("a handle of a type that has none")),
        };
        let (key, origin) = (cx.key(resource), Origin { root: cx.options.root, resource });
        ResourceAny::new(cx.state.id, cx.state, key, rep, Some(origin), is_owned)
    }

    pub(crate) fn lower(self, cx: &mut LowerContext<'_>, ty: TypeIndex) -> Result<u32> {
        self.check(cx.store.id())?;
        let (resource, is_owned) = match *cx.types.def(ty) {
            TypeDef::Own(resource) => (resource, true),
            TypeDef::Borrow(resource) => (resource, false),
            _ => return Err(Error::bug("a handle of a type that has none")),
        };
        let key = cx.key(resource);
        let state = cx.state();
        let handle = *state.host.find(self.id)?;
        if handle.key != key {
            let (expected, found) = (state.resources.ty(key), state.resources.ty(handle.key));
            return Err(Error::msg(format!("expected a {expected}, found a {found}")));
        }
        if is_owned {
            if !handle.is_owned {
                return Err(Error::msg("a resource that is only lent cannot be passed on"));
            }
            let handle = state.host.take(self.id)?;
            cx.give_own(resource, handle.rep)
        } else {
            state.host.find(self.id)?.lends += 1;
            state.lent_by_host(self.id);
            cx.give_borrow(resource, handle.rep)
        }
    }
}
