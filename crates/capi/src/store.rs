//! The store as C has it: shared by all its objects, and lent to one at a time.
//!
//! Functions of `wasm.h` name an object, not a context, and callbacks get no store; yet a callback may use the store that runs it.
//! So whoever needs the store asks here. Before a callback is called, the context of the host call is left here, and the
//! callback's requests get that.
//!
//! # Invariants
//!
//! - `state` says who may have the store: anybody (`Idle`), nobody (`Busy`: somebody has it), or the thread that is running a
//!   callback of the store (`Lent`). [`Shared::enter`] makes it `Busy` and puts back what was there; [`lend`] makes it `Lent` while
//!   a callback runs, and nothing else does.
//! - The context in `Lent` is borrowed by [`lend`], which does not touch it before the callback has returned. It is derived from
//!   the borrow that code is running with, so that there is one path of exclusive borrows at any time.
//! - What the store owns does not own the store: functions of the host know it by a weak reference.
//! - Whoever enters a store holds it by itself, and not by what C has: whatever runs in there may delete that.

use crate::info::{Finalizer, Owned};
use crate::object::{GcRef, Key};
use crate::sarsen_h::sarsen_error_t;
use crate::waits::Waits;
use sarsen::{
    AsContextMut, Engine, Error, InterruptHandle, Refuel, Result, RootScope, Store, StoreContextMut,
    StoreLimits, UpdateDeadline,
};
use sarsen_component::ResourceTable;
use sarsen_wasi::WasiCtxBuilder;
use sarsen_wasi::p1::WasiP1Ctx;
use sarsen_wasi::p2::{WasiCtx, WasiCtxView, WasiView};
use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, ThreadId};

/// A store.
#[derive(Clone)]
pub struct wasm_store_t(pub(crate) Arc<Shared>);

/// What the objects of a store have in common.
pub(crate) struct Shared {
    /// What C keeps with objects of the store. Before the store: finalizers may look at other things of theirs.
    infos: Mutex<HashMap<Key, Owned>>,
    /// References that C has deleted and that nobody has released yet.
    deleted: Mutex<Vec<GcRef>>,
    state: Mutex<State>,
    engine: Engine,
    interrupt: Option<InterruptHandle>,
    waits: Arc<Waits>,
    store: UnsafeCell<Store<Data>>,
    user: Owned,
}

// SAFETY: `store` is only touched by whom `state` lets, one at a time, and stores may go from thread to thread.
unsafe impl Sync for Shared {}
// SAFETY: as above; a context that is lent is used by the thread that runs the callback alone.
unsafe impl Send for Shared {}

/// Who may have the store.
enum State {
    Idle,
    Busy,
    Lent(ThreadId, NonNull<StoreContextMut<'static, Data>>),
}

/// The data of the Rust store.
#[derive(Default)]
pub(crate) struct Data {
    shared: Weak<Shared>,
    pub(crate) limits: StoreLimits,
    /// The last of its uncaught exceptions that C has been told of.
    pub(crate) exception: Option<u64>,
    /// What is asked when a deadline has passed.
    pub(crate) epoch: Option<Arc<MoreCallback>>,
    /// What is asked when fuel has run out.
    pub(crate) fuel: Option<Arc<MoreCallback>>,
    p1: Option<WasiP1Ctx>,
    p2: Option<WasiCtx>,
    waits: Arc<Waits>,
    resources: ResourceTable,
}

/// C code that says how much more code gets that has used up what it had: epochs, or fuel.
pub(crate) struct MoreCallback {
    pub(crate) code: extern "C-unwind" fn(*mut c_void, &mut u64) -> Option<Box<sarsen_error_t>>,
    pub(crate) env: Owned,
}

/// How much more C gives: nothing, if there is nobody to ask.
fn more(callback: Option<Arc<MoreCallback>>, mut context: StoreContextMut<'_, Data>) -> Result<u64> {
    let Some(callback) = callback else { return Ok(0) };
    let mut more = 0;
    let error = lend(context.as_context_mut(), || (callback.code)(callback.env.data(), &mut more))?;
    error.map_or(Ok(more), |error| Err(error.into_failure().raise(&context)))
}

/// What code does whose deadline has passed: it traps, unless C gives it more time.
fn pass_deadline(context: StoreContextMut<'_, Data>) -> Result<UpdateDeadline> {
    let ticks = more(context.data().epoch.clone(), context)?;
    Ok(if ticks == 0 { UpdateDeadline::Interrupt } else { UpdateDeadline::Continue(ticks) })
}

/// What code does whose fuel has run out: it traps, unless C gives it more.
fn refuel(context: StoreContextMut<'_, Data>) -> Result<Refuel> {
    let fuel = more(context.data().fuel.clone(), context)?;
    Ok(if fuel == 0 { Refuel::Stop } else { Refuel::Continue(fuel) })
}

impl Data {
    /// What a guest of preview 1 was granted: nothing, unless something was said.
    pub(crate) fn p1(&mut self) -> &mut WasiP1Ctx {
        self.p1.get_or_insert_with(|| {
            let ctx = WasiCtxBuilder::new().build_p1();
            self.waits.add(ctx.stop_handle());
            ctx
        })
    }

    /// Grants something to guests of both versions of WASI, in place of what is returned.
    pub(crate) fn grant(&mut self, p1: WasiP1Ctx, p2: WasiCtx) -> (Option<WasiP1Ctx>, Option<WasiCtx>) {
        self.waits.add(p1.stop_handle());
        self.waits.add(p2.stop_handle());
        (self.p1.replace(p1), self.p2.replace(p2))
    }

    /// Lets everything arrive that guests have written.
    pub(crate) fn flush(&self) -> Result<()> {
        self.p1.as_ref().map_or(Ok(()), WasiP1Ctx::flush)?;
        self.p2.as_ref().map_or(Ok(()), WasiCtx::flush)?;
        Ok(())
    }

    /// The store that has these data.
    pub(crate) fn shared(&self) -> Result<Arc<Shared>> {
        self.shared.upgrade().ok_or_else(|| Error::bug("code runs in a store that nobody has"))
    }
}

impl WasiView for Data {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let ctx = self.p2.get_or_insert_with(|| {
            let ctx = WasiCtxBuilder::new().build();
            self.waits.add(ctx.stop_handle());
            ctx
        });
        WasiCtxView { ctx, table: &mut self.resources }
    }
}

/// Puts back who may have the store.
struct GiveBack<'a> {
    shared: &'a Shared,
    state: Option<State>,
}

impl Drop for GiveBack<'_> {
    fn drop(&mut self) {
        if let Some(state) = self.state.take() {
            *lock(&self.shared.state) = state;
        }
    }
}

/// A lock; nothing panics while one is held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// A store of an engine, with a pointer of C's.
    pub(crate) fn new(engine: &Engine, data: *mut c_void, finalizer: Finalizer) -> Result<Arc<Shared>> {
        let user = Owned::new(data, finalizer);
        let waits = Arc::new(Waits::default());
        let mut store = Store::try_new(engine, Data { waits: Arc::clone(&waits), ..Data::default() })?;
        store.limiter(|data| &mut data.limits);
        store.epoch_deadline_callback(pass_deadline);
        if store.get_fuel().is_ok() {
            store.fuel_exhausted_callback(refuel)?;
        }
        let interrupt = engine.is_interruptible().then(|| store.interrupt_handle());
        let shared = Arc::new(Shared {
            infos: Mutex::default(),
            deleted: Mutex::default(),
            state: Mutex::new(State::Idle),
            engine: engine.clone(),
            interrupt,
            waits,
            store: UnsafeCell::new(store),
            user,
        });
        let weak = Arc::downgrade(&shared);
        shared.enter(|context| context.data_mut().shared = weak)?;
        Ok(shared)
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn interrupt(&self) -> Option<&InterruptHandle> {
        self.interrupt.as_ref()
    }

    pub(crate) fn waits(&self) -> &Arc<Waits> {
        &self.waits
    }

    pub(crate) fn user_data(&self) -> *mut c_void {
        self.user.data()
    }

    /// Does something with the store, which may run C code.
    ///
    /// # Errors
    /// If somebody else has it: another thread, or what called a finalizer that asks here.
    pub(crate) fn enter<R>(&self, body: impl FnOnce(&mut StoreContextMut<'_, Data>) -> R) -> Result<R> {
        let state = {
            let mut state = lock(&self.state);
            match &*state {
                State::Busy => return Err(in_use()),
                State::Lent(thread, _) if *thread != thread::current().id() => return Err(in_use()),
                State::Idle | State::Lent(..) => std::mem::replace(&mut *state, State::Busy),
            }
        };
        let lent = if let State::Lent(_, context) = &state { Some(*context) } else { None };
        let _give_back = GiveBack { shared: self, state: Some(state) };
        Ok(match lent {
            // SAFETY: by the invariants of this module: the callback's requests are the only ones, and `lend` waits.
            Some(mut context) => self.run(unsafe { context.as_mut() }.as_context_mut(), body),
            // SAFETY: by the invariants of this module: the state was `Idle` and is `Busy`.
            None => self.run(unsafe { &mut *self.store.get() }.as_context_mut(), body),
        })
    }

    /// Runs the body in a scope of its own, so that references of C's are the only ones that stay.
    fn run<R>(
        &self,
        mut context: StoreContextMut<'_, Data>,
        body: impl FnOnce(&mut StoreContextMut<'_, Data>) -> R,
    ) -> R {
        // Two statements: the lock is free again when references are released.
        let deleted = std::mem::take(&mut *lock(&self.deleted));
        for reference in deleted {
            reference.release(&mut context);
        }
        let mut scope = RootScope::new(context);
        body(&mut scope.as_context_mut())
    }

    /// As [`Shared::enter`], for what can fail itself.
    pub(crate) fn try_enter<R>(
        &self,
        body: impl FnOnce(&mut StoreContextMut<'_, Data>) -> Result<R>,
    ) -> Result<R> {
        self.enter(body)?
    }

    /// Lets the collector have what a reference refers to, when somebody has the store the next time.
    pub(crate) fn release(&self, reference: GcRef) {
        lock(&self.deleted).push(reference);
    }

    pub(crate) fn info(&self, key: &Key) -> *mut c_void {
        lock(&self.infos).get(key).map_or(std::ptr::null_mut(), Owned::data)
    }

    pub(crate) fn set_info(&self, key: Key, info: Owned) {
        // Two statements: what was there before is finalized when the lock is free again.
        let before = lock(&self.infos).insert(key, info);
        drop(before);
    }
}

fn in_use() -> Error {
    Error::msg("the store is in use: by another thread, or by what has called this finalizer")
}

/// Calls C code that may use the store in which it is called.
pub(crate) fn lend<R>(mut context: StoreContextMut<'_, Data>, body: impl FnOnce() -> R) -> Result<R> {
    let shared = context.data().shared()?;
    let pointer = NonNull::from(&mut context).cast::<StoreContextMut<'static, Data>>();
    let busy = std::mem::replace(&mut *lock(&shared.state), State::Lent(thread::current().id(), pointer));
    let _give_back = GiveBack { shared: &shared, state: Some(busy) };
    Ok(body())
}
