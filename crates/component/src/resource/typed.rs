//! Resources of the host's whose type is known when it is compiled.

use super::any::ResourceAny;
use super::types::ResourceType;
use sarsen::{AnyStore, AsContextMut, Error, Result};
use std::fmt;
use std::marker::PhantomData;

/// A resource of the host's: a number that stands for a `T`, usually its place in a [`ResourceTable`](super::ResourceTable).
///
/// It is no more than the number: whoever has it decides what is done with it.
pub struct Resource<T: 'static> {
    rep: u32,
    is_owned: bool,
    ty: PhantomData<fn() -> T>,
}

impl<T: 'static> Resource<T> {
    /// One that is passed on with its ownership.
    pub fn new_own(rep: u32) -> Resource<T> {
        Resource { rep, is_owned: true, ty: PhantomData }
    }

    /// One that is lent.
    pub fn new_borrow(rep: u32) -> Resource<T> {
        Resource { rep, is_owned: false, ty: PhantomData }
    }

    /// The number.
    pub fn rep(&self) -> u32 {
        self.rep
    }

    /// Whether it is owned.
    pub fn owned(&self) -> bool {
        self.is_owned
    }

    /// Takes it out of a resource of any type.
    ///
    /// # Errors
    /// If that is of another type, was dropped or passed on before, or belongs to another store.
    pub fn try_from_resource_any(any: ResourceAny, mut store: impl AsContextMut) -> Result<Resource<T>> {
        let rep = any.into_rep(&mut AnyStore::new(&mut store), ResourceType::host::<T>())?;
        Ok(Resource { rep, is_owned: any.owned(), ty: PhantomData })
    }

    /// As a resource of any type.
    ///
    /// # Errors
    /// If no instance in the store knows the type, or it is lent.
    pub fn try_into_resource_any(self, store: impl AsContextMut) -> Result<ResourceAny> {
        if !self.is_owned {
            return Err(Error::msg("a resource that is only lent cannot be passed on"));
        }
        ResourceAny::of_host(store, ResourceType::host::<T>(), self.rep)
    }
}

impl<T: 'static> fmt::Debug for Resource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_owned { "own" } else { "borrow" };
        write!(f, "{kind}<{}>({})", std::any::type_name::<T>(), self.rep)
    }
}
