//! The store: everything that instances have, and the embedder's data beside it. How entities are laid out and
//! collected is `sarsen-vm`'s matter, what guests may ask for `limits.rs`', how long they run `attend.rs`'.
//!
//! # Invariants
//!
//! - `host_data` of the runtime's store is the address of the `Inner<T>` that owns it, boxed for as long as it lives.
//! - Whoever has a [`StoreContextMut`] has the store exclusively.

use crate::attend::Attention;
use crate::epoch::Deadline;
use crate::gc::{ExnRef, Rooted};
use crate::limits::{Limiter, LimiterAsync, ResourceLimiter, ResourceLimiterAsync};
use crate::{Engine, Error, ErrorKind, Result};
use sarsen_module::TypeRegistry;
use sarsen_vm::{DEADLINE, GcStats, INTERRUPT, Reserved, RootMark};
use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// A store, with data of the embedder's.
pub struct Store<T: 'static> {
    pub(crate) inner: Box<Inner<T>>,
}

/// The part of a store that does not depend on the embedder's data.
pub(crate) struct Opaque {
    pub(crate) vm: sarsen_vm::Store,
    pub(crate) engine: Engine,
    id: u64,
    /// When code is asked, if it is by epochs.
    pub(crate) deadline: Option<Deadline>,
    /// The uncaught exception of the last failed call.
    pending: Option<sarsen_vm::OwnedRoot>,
    /// What other crates keep with a store, each under its own type.
    extensions: Vec<Box<dyn Any + Send>>,
}

/// All of a store. Its first part can be read by those who do not know the type of the second.
#[repr(C)]
pub(crate) struct Inner<T: 'static> {
    pub(crate) opaque: Opaque,
    pub(crate) data: T,
    pub(crate) attention: Attention<T>,
}

impl<T: 'static> Store<T> {
    /// A store of this engine.
    ///
    /// # Panics
    /// If the system has no room for the stack of wasm frames; see [`Store::try_new`].
    pub fn new(engine: &Engine, data: T) -> Store<T> {
        Store::try_new(engine, data).expect("the system has no room for the stack of a store")
    }

    /// A store of this engine.
    ///
    /// # Errors
    /// If the system has no room for the stack of wasm frames.
    pub fn try_new(engine: &Engine, data: T) -> Result<Store<T>> {
        static IDS: AtomicU64 = AtomicU64::new(1);
        let vm = sarsen_vm::Store::with_pool(engine.registry(), engine.config().store(), engine.pool());
        let vm = vm.ok_or_else(|| Error::of(ErrorKind::Limit, "no room for the stack of a store"))?;
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        let engine = engine.clone();
        let mut opaque = Opaque { vm, engine, id, deadline: None, pending: None, extensions: Vec::new() };
        let engine = &opaque.engine;
        if engine.config().code().fuel {
            opaque.vm.set_fuel(0);
        }
        if engine.config().has_epochs() {
            opaque.vm.asked().store(DEADLINE, Ordering::Relaxed);
        }
        let mut inner = Box::new(Inner { opaque, data, attention: Attention::default() });
        let address: *mut Inner<T> = &raw mut *inner;
        inner.opaque.vm.set_host_data(address.cast());
        Ok(Store { inner })
    }

    /// The embedder's data.
    pub fn data(&self) -> &T {
        &self.inner.data
    }

    /// The embedder's data.
    pub fn data_mut(&mut self) -> &mut T {
        &mut self.inner.data
    }

    /// The embedder's data; everything else is freed.
    pub fn into_data(self) -> T {
        self.inner.data
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.inner.opaque.engine
    }

    /// Sets who decides about growth: a part of the embedder's data.
    pub fn limiter(
        &mut self,
        limiter: impl FnMut(&mut T) -> &mut (dyn ResourceLimiter) + Send + Sync + 'static,
    ) {
        let data: *mut T = &raw mut self.inner.data;
        self.inner.opaque.vm.set_limiter(Some(Box::new(Limiter::new(data, limiter))));
    }

    /// Sets who decides about growth, and may take time for it: a part of the embedder's data. Guests have to be called such that
    /// they can wait then, as with [`TypedFunc::call_async`](crate::TypedFunc::call_async); otherwise, answers that are not
    /// there at once are errors.
    pub fn limiter_async(
        &mut self,
        limiter: impl FnMut(&mut T) -> &mut (dyn ResourceLimiterAsync) + Send + Sync + 'static,
    ) {
        let data: *mut T = &raw mut self.inner.data;
        self.inner.opaque.vm.set_limiter(Some(Box::new(LimiterAsync(Limiter::new(data, limiter)))));
    }

    /// A handle with which another thread can stop code in this store.
    ///
    /// # Panics
    /// If code is compiled such that it cannot be stopped: see
    /// [`Engine::is_interruptible`](crate::Engine::is_interruptible).
    #[track_caller]
    pub fn interrupt_handle(&self) -> InterruptHandle {
        assert!(
            self.engine().is_interruptible(),
            "code of this engine cannot be stopped: `Config::interruptible` is off, and it is compiled"
        );
        InterruptHandle(Arc::clone(self.inner.opaque.vm.asked()))
    }

    /// Frees what the garbage collector finds unreachable.
    pub fn gc(&mut self) {
        self.inner.opaque.vm.collect();
    }

    /// What its memories have reserved, for tests that know what the system's map of the process must say of it.
    #[doc(hidden)]
    pub fn reserved(&self) -> Vec<Reserved> {
        self.inner.opaque.vm.reserved()
    }

    /// What the garbage collector has done.
    pub fn gc_stats(&self) -> GcStats {
        self.inner.opaque.vm.gc_stats()
    }

    /// The exception that the last failed call threw, if it was one; it is taken out.
    pub fn take_pending_exception(&mut self) -> Option<Rooted<ExnRef>> {
        self.inner.opaque.take_pending_exception()
    }
}

impl<T: Default + 'static> Default for Store<T> {
    /// A store of a new engine.
    fn default() -> Store<T> {
        Store::new(&Engine::default(), T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Store<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("data", &self.inner.data).finish_non_exhaustive()
    }
}

/// Stops code in a store from any thread: it traps at its next loop or call.
#[derive(Clone, Debug)]
pub struct InterruptHandle(Arc<AtomicU32>);

impl InterruptHandle {
    /// Asks code in the store to stop. If none is running, the next that runs does.
    pub fn interrupt(&self) {
        self.0.fetch_or(INTERRUPT, Ordering::Relaxed);
    }
}

impl Opaque {
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Fails unless a handle is this store's.
    pub(crate) fn check(&self, id: u64, what: &str) -> Result<()> {
        if self.id == id { Ok(()) } else { Err(Error::msg(format!("{what} belongs to another store"))) }
    }

    /// Fails unless types of a registry are those of this store's engine.
    pub(crate) fn check_type(&self, registry: &Arc<TypeRegistry>) -> Result<()> {
        if Arc::ptr_eq(registry, self.engine.registry()) {
            Ok(())
        } else {
            Err(Error::msg("the type belongs to another engine"))
        }
    }

    /// Panics unless a handle is this store's: for methods that have no other way to say so.
    #[track_caller]
    pub(crate) fn expect(&self, id: u64, what: &str) {
        assert!(self.id == id, "{what} belongs to another store");
    }

    /// What another crate keeps with the store; made if there is none yet.
    pub(crate) fn extension<E: Default + Send + 'static>(&mut self) -> &mut E {
        let found = self.extensions.iter().position(|extension| extension.is::<E>());
        let index = found.unwrap_or_else(|| {
            self.extensions.push(Box::new(E::default()));
            self.extensions.len() - 1
        });
        let extension = self.extensions[index].downcast_mut();
        extension.unwrap_or_else(|| unreachable!("found by its type"))
    }

    /// Keeps an uncaught exception for the embedder.
    pub(crate) fn set_pending_exception(&mut self, reference: u32) {
        let root = self.vm.own_root(reference);
        if let Some(old) = self.pending.replace(root) {
            self.vm.release_root(old);
        }
    }

    /// The reference of the exception that was kept.
    pub(crate) fn take_pending_reference(&mut self) -> Option<u32> {
        let root = self.pending.take()?;
        let reference = self.vm.owned_root(root);
        self.vm.release_root(root);
        Some(reference)
    }

    fn take_pending_exception(&mut self) -> Option<Rooted<ExnRef>> {
        let reference = self.take_pending_reference()?;
        Some(Rooted::new(self, reference))
    }
}

/// Shared access to a store.
pub struct StoreContext<'a, T: 'static>(pub(crate) &'a Inner<T>);

/// Exclusive access to a store.
pub struct StoreContextMut<'a, T: 'static>(pub(crate) &'a mut Inner<T>);

impl<'a, T> StoreContext<'a, T> {
    /// The embedder's data.
    pub fn data(&self) -> &'a T {
        &self.0.data
    }

    /// Its engine.
    pub fn engine(&self) -> &'a Engine {
        &self.0.opaque.engine
    }
}

impl<T> StoreContextMut<'_, T> {
    /// The embedder's data.
    pub fn data(&self) -> &T {
        &self.0.data
    }

    /// The embedder's data.
    pub fn data_mut(&mut self) -> &mut T {
        &mut self.0.data
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.0.opaque.engine
    }

    /// Frees what the garbage collector finds unreachable; code that waits for this host function keeps what it has.
    pub fn gc(&mut self) {
        self.0.opaque.vm.collect();
    }

    /// Throws an exception: return the error from the host function.
    pub fn throw<R>(&mut self, exception: Rooted<ExnRef>) -> Result<R> {
        let reference = exception.reference(&self.0.opaque)?;
        self.0.opaque.set_pending_exception(reference);
        Err(Error::new(crate::ThrownException))
    }

    /// The exception that the last failed call threw, if it was one; it is taken out.
    pub fn take_pending_exception(&mut self) -> Option<Rooted<ExnRef>> {
        self.0.opaque.take_pending_exception()
    }
}

/// Anything through which a store can be read.
pub trait AsContext {
    /// The embedder's data.
    type Data: 'static;

    /// Shared access to the store.
    fn as_context(&self) -> StoreContext<'_, Self::Data>;
}

/// Anything through which a store can be changed.
pub trait AsContextMut: AsContext {
    /// Exclusive access to the store.
    fn as_context_mut(&mut self) -> StoreContextMut<'_, Self::Data>;
}

impl<T: 'static> AsContext for Store<T> {
    type Data = T;
    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext(&self.inner)
    }
}

impl<T: 'static> AsContextMut for Store<T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        StoreContextMut(&mut self.inner)
    }
}

impl<T: 'static> AsContext for StoreContext<'_, T> {
    type Data = T;
    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext(self.0)
    }
}

impl<T: 'static> AsContext for StoreContextMut<'_, T> {
    type Data = T;
    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext(self.0)
    }
}

impl<T: 'static> AsContextMut for StoreContextMut<'_, T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        StoreContextMut(self.0)
    }
}

impl<C: AsContext> AsContext for &C {
    type Data = C::Data;
    fn as_context(&self) -> StoreContext<'_, C::Data> {
        C::as_context(self)
    }
}

impl<C: AsContext> AsContext for &mut C {
    type Data = C::Data;
    fn as_context(&self) -> StoreContext<'_, C::Data> {
        C::as_context(self)
    }
}

impl<C: AsContextMut> AsContextMut for &mut C {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, C::Data> {
        C::as_context_mut(self)
    }
}

impl<'a, C: AsContext> From<&'a C> for StoreContext<'a, C::Data> {
    fn from(store: &'a C) -> StoreContext<'a, C::Data> {
        store.as_context()
    }
}

impl<'a, C: AsContext> From<&'a mut C> for StoreContext<'a, C::Data> {
    fn from(store: &'a mut C) -> StoreContext<'a, C::Data> {
        let store: &'a C = store;
        store.as_context()
    }
}

impl<'a, T: 'static> From<StoreContextMut<'a, T>> for StoreContext<'a, T> {
    fn from(store: StoreContextMut<'a, T>) -> StoreContext<'a, T> {
        StoreContext(store.0)
    }
}

impl<'a, C: AsContextMut> From<&'a mut C> for StoreContextMut<'a, C::Data> {
    fn from(store: &'a mut C) -> StoreContextMut<'a, C::Data> {
        store.as_context_mut()
    }
}

/// References made while it is open are released when it is dropped.
pub struct RootScope<C: AsContextMut> {
    store: C,
    mark: RootMark,
}

impl<C: AsContextMut> RootScope<C> {
    /// Opens a scope.
    pub fn new(store: C) -> RootScope<C> {
        let mark = store.as_context().0.opaque.vm.root_scope();
        RootScope { store, mark }
    }
}

impl<C: AsContextMut> Drop for RootScope<C> {
    fn drop(&mut self) {
        let mark = self.mark;
        self.store.as_context_mut().0.opaque.vm.end_root_scope(mark);
    }
}

impl<C: AsContextMut> AsContext for RootScope<C> {
    type Data = C::Data;
    fn as_context(&self) -> StoreContext<'_, C::Data> {
        self.store.as_context()
    }
}

impl<C: AsContextMut> AsContextMut for RootScope<C> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, C::Data> {
        self.store.as_context_mut()
    }
}
