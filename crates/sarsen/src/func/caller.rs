//! What a host function knows about who called it. How it was called is `func/mod.rs`' matter.

use crate::externs::Extern;
use crate::store::{StoreContext, StoreContextMut};
use crate::{AsContext, AsContextMut, Engine};
use sarsen_abi::VmInstance;

/// The store, and the instance that calls.
pub struct Caller<'a, T: 'static> {
    store: StoreContextMut<'a, T>,
    instance: Option<Calling>,
}

/// The address of the instance that calls, which is used only with its store.
#[derive(Clone, Copy)]
struct Calling(*mut VmInstance);

// SAFETY: whoever has the store exclusively has its instances.
unsafe impl Send for Calling {}
// SAFETY: a shared address is not used.
unsafe impl Sync for Calling {}

impl<'a, T: 'static> Caller<'a, T> {
    pub(crate) fn new(store: StoreContextMut<'a, T>, instance: Option<*mut VmInstance>) -> Caller<'a, T> {
        Caller { store, instance: instance.map(Calling) }
    }

    /// The same for a shorter time.
    pub(crate) fn sub<'b>(caller: &'b mut Caller<'_, T>) -> Caller<'b, T> {
        Caller { instance: caller.instance, store: StoreContextMut(caller.store.0) }
    }

    /// An export of the instance that calls; none if the host does.
    pub fn get_export(&mut self, name: &str) -> Option<Extern> {
        let vm = &mut self.store.0.opaque.vm;
        // SAFETY: the caller is an instance of the store.
        let id = unsafe { vm.instance_id(self.instance?.0) };
        let export = vm.export(id, name)?;
        Some(Extern::lift(&self.store.0.opaque, export))
    }

    /// The embedder's data.
    pub fn data(&self) -> &T {
        self.store.data()
    }

    /// The embedder's data.
    pub fn data_mut(&mut self) -> &mut T {
        self.store.data_mut()
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        self.store.engine()
    }

    /// Fuel left.
    ///
    /// # Errors
    /// If the engine does not count fuel.
    pub fn get_fuel(&self) -> crate::Result<u64> {
        self.store.get_fuel()
    }

    /// Sets the fuel that is left.
    ///
    /// # Errors
    /// If the engine does not count fuel.
    pub fn set_fuel(&mut self, fuel: u64) -> crate::Result<()> {
        self.store.set_fuel(fuel)
    }

    /// Sets the deadline of the store to so many epochs from now: see
    /// [`Store::set_epoch_deadline`](crate::Store::set_epoch_deadline).
    pub fn set_epoch_deadline(&mut self, ticks: u64) {
        self.store.set_epoch_deadline(ticks);
    }

    /// Frees what the garbage collector finds unreachable; the code that calls keeps what it has.
    pub fn gc(&mut self) {
        self.store.gc();
    }
}

impl<T: 'static> AsContext for Caller<'_, T> {
    type Data = T;
    fn as_context(&self) -> StoreContext<'_, T> {
        self.store.as_context()
    }
}

impl<T: 'static> AsContextMut for Caller<'_, T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        self.store.as_context_mut()
    }
}

impl<'a, T: 'static> From<&'a mut Caller<'_, T>> for StoreContextMut<'a, T> {
    fn from(caller: &'a mut Caller<'_, T>) -> StoreContextMut<'a, T> {
        caller.store.as_context_mut()
    }
}

impl<'a, T: 'static> From<&'a mut crate::Store<T>> for StoreContextMut<'a, T> {
    fn from(store: &'a mut crate::Store<T>) -> StoreContextMut<'a, T> {
        store.as_context_mut()
    }
}
