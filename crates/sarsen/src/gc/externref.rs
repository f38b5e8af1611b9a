//! References to something of the host's. When they are dropped is decided by the collector of `sarsen-vm`.

use super::{AnyRef, Rooted};
use crate::{AsContextMut, Error, Result};
use std::any::Any;

/// Something of the host's, opaque to guests. Used as [`Rooted<ExternRef>`].
#[derive(Debug)]
pub enum ExternRef {}

impl ExternRef {
    /// A new reference to `value`, which is dropped when nothing refers to it any more.
    ///
    /// # Errors
    /// If the GC heap is full.
    pub fn new(
        mut store: impl AsContextMut,
        value: impl Any + Send + Sync + 'static,
    ) -> Result<Rooted<ExternRef>> {
        let store = store.as_context_mut();
        let reference = store.0.opaque.vm.new_extern(Box::new(value)).map_err(Error::new)?;
        Ok(Rooted::new(&mut store.0.opaque, reference))
    }

    /// An internal reference as one of the host's.
    ///
    /// # Errors
    /// If it is of another store or its scope has ended.
    pub fn convert_any(store: impl AsContextMut, any: Rooted<AnyRef>) -> Result<Rooted<ExternRef>> {
        any.reference(&store.as_context().0.opaque)?;
        Ok(any.cast())
    }
}

impl Rooted<ExternRef> {
    /// What it refers to; none if it is an internal reference.
    ///
    /// # Errors
    /// If it is of another store or its scope has ended.
    pub fn data<'a, T: 'static>(
        &self,
        store: impl Into<crate::StoreContext<'a, T>>,
    ) -> Result<Option<&'a (dyn Any + Send + Sync)>> {
        let store = store.into();
        let reference = self.reference(&store.0.opaque)?;
        Ok(store.0.opaque.vm.extern_data(reference))
    }
}
