//! Globals. Their cells belong to `sarsen-vm`, because code reads them without asking.

use crate::store::Opaque;
use crate::types::GlobalType;
use crate::val::Val;
use crate::{AsContext, AsContextMut, Error, Result};
use sarsen_abi::VmGlobal;
use sarsen_vm::GlobalId;

/// A global of a store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Global {
    store: u64,
    id: GlobalId,
}

impl Global {
    /// A new global.
    ///
    /// # Errors
    /// If the value is not of the type.
    pub fn new(mut store: impl AsContextMut, ty: GlobalType, value: Val) -> Result<Global> {
        let store = store.as_context_mut();
        value.expect_type(&store, ty.content())?;
        let opaque = &mut store.0.opaque;
        let bits = value.to_bits(opaque)?;
        let id = opaque.vm.new_global(ty.lower(), VmGlobal { bits });
        Ok(Global::from_id(opaque, id))
    }

    /// Its type.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> GlobalType {
        let opaque = &store.as_context().0.opaque;
        opaque.expect(self.store, "global");
        GlobalType::lift(opaque.engine.registry(), opaque.vm.global_type(self.id))
    }

    /// Its value.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn get(&self, mut store: impl AsContextMut) -> Val {
        let store = store.as_context_mut();
        let ty = self.ty(&store);
        let opaque = &mut store.0.opaque;
        let bits = opaque.vm.global(self.id).bits;
        Val::from_bits(opaque, ty.content(), bits)
    }

    /// Sets its value.
    ///
    /// # Errors
    /// If it cannot change, the value is not of its type, or one of them belongs to another store.
    pub fn set(&self, mut store: impl AsContextMut, value: Val) -> Result<()> {
        let store = store.as_context_mut();
        store.0.opaque.check(self.store, "global")?;
        let ty = self.ty(&store);
        if !ty.mutability().is_var() {
            return Err(Error::msg("the global cannot change"));
        }
        value.expect_type(&store, ty.content())?;
        let opaque = &mut store.0.opaque;
        let bits = value.to_bits(opaque)?;
        opaque.vm.set_global(self.id, VmGlobal { bits });
        Ok(())
    }

    pub(crate) fn from_id(store: &Opaque, id: GlobalId) -> Global {
        Global { store: store.id(), id }
    }

    pub(crate) fn id(&self, store: &Opaque) -> Result<GlobalId> {
        store.check(self.store, "global")?;
        Ok(self.id)
    }
}
