//! Resources of the host's whose type is a number, for hosts that know their types only when they run.

use super::any::ResourceAny;
use super::types::ResourceType;
use sarsen::{AnyStore, AsContextMut, Error, Result};

/// A resource of the host's: a number that stands for something of the [type](ResourceType::host_dynamic) that another number
/// tells from others.
///
/// It is no more than the numbers: whoever has it decides what is done with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ResourceDynamic {
    rep: u32,
    ty: u32,
    is_owned: bool,
}

impl ResourceDynamic {
    /// One that is passed on with its ownership.
    pub fn new_own(rep: u32, ty: u32) -> ResourceDynamic {
        ResourceDynamic { rep, ty, is_owned: true }
    }

    /// One that is lent.
    pub fn new_borrow(rep: u32, ty: u32) -> ResourceDynamic {
        ResourceDynamic { rep, ty, is_owned: false }
    }

    /// The number.
    pub fn rep(&self) -> u32 {
        self.rep
    }

    /// The number of its type.
    pub fn ty(&self) -> u32 {
        self.ty
    }

    /// Whether it is owned.
    pub fn owned(&self) -> bool {
        self.is_owned
    }

    /// Takes it out of a resource of any type.
    ///
    /// # Errors
    /// If that is of a type without a number, was dropped or passed on before, or belongs to another store.
    pub fn try_from_resource_any(any: ResourceAny, mut store: impl AsContextMut) -> Result<ResourceDynamic> {
        let number = any.ty().number();
        let ty = number.ok_or_else(|| Error::msg(format!("{} has no number", any.ty())))?;
        let rep = any.into_rep(&mut AnyStore::new(&mut store), any.ty())?;
        Ok(ResourceDynamic { rep, ty, is_owned: any.owned() })
    }

    /// As a resource of any type.
    ///
    /// # Errors
    /// If no instance in the store knows the type, or it is lent.
    pub fn try_into_resource_any(self, store: impl AsContextMut) -> Result<ResourceAny> {
        if !self.is_owned {
            return Err(Error::msg("a resource that is only lent cannot be passed on"));
        }
        ResourceAny::of_host(store, ResourceType::host_dynamic(self.ty), self.rep)
    }
}
