//! Components whose imports have been found, ready to be instantiated in many stores.

use super::definition::Given;
use crate::component::Component;
use crate::instance::{Instance, instantiate};
use crate::waiting::on_stack;
use sarsen::{AsContextMut, Engine, NumericHostFunc, Result};
use std::fmt;
use std::sync::Arc;

/// A component with all that it is given.
pub(crate) struct Prepared<T: 'static> {
    pub(crate) component: Component,
    pub(crate) given: Vec<Given<T>>,
    pub(crate) trampolines: Vec<NumericHostFunc>,
    /// The store that what it is given belongs to, if something does.
    pub(crate) store: Option<u64>,
}

/// A component whose imports have been found.
pub struct InstancePre<T: 'static>(pub(super) Arc<Prepared<T>>);

impl<T> Clone for InstancePre<T> {
    fn clone(&self) -> InstancePre<T> {
        InstancePre(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for InstancePre<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InstancePre").field(&self.0.component).finish()
    }
}

impl<T: 'static> InstancePre<T> {
    /// The component.
    pub fn component(&self) -> &Component {
        &self.0.component
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        self.0.component.engine()
    }

    /// Makes an instance.
    ///
    /// # Errors
    /// If a limit is hit, or initialization fails.
    pub fn instantiate(&self, store: impl AsContextMut<Data = T>) -> Result<Instance> {
        instantiate(store, &self.0)
    }

    /// Makes an instance on a stack of its own, so that it can wait: see [`TypedFunc::call_async`](crate::TypedFunc::call_async).
    ///
    /// # Errors
    /// As [`InstancePre::instantiate`].
    pub async fn instantiate_async(&self, store: impl AsContextMut<Data = T>) -> Result<Instance>
    where
        T: Send,
    {
        on_stack(store, |store| self.instantiate(store)).await
    }
}
