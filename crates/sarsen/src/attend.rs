//! What a store does when its code is asked for something: at deadlines, and when fuel is used up. When code is asked is
//! `epoch.rs`' matter, and where it looks, that of the tiers.
//!
//! # Invariants
//!
//! While the embedder's function runs, the store has none: code that it calls is stopped by what the function was called for.

use crate::store::{Inner, Opaque};
use crate::{Error, Result, Store, StoreContextMut};
use sarsen_isa::Trap;
use sarsen_vm::{HostError, Panic};
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;

/// What follows when a store's [deadline](Store::set_epoch_deadline) has passed.
#[non_exhaustive]
pub enum UpdateDeadline {
    /// Code traps with [`Trap::Interrupt`].
    Interrupt,
    /// Code goes on, with a deadline so many epochs from now.
    Continue(u64),
    /// The same after others had their turn, if code may wait: see [`TypedFunc::call_async`](crate::TypedFunc::call_async).
    Yield(u64),
    /// The same after a future has ended, which has to be at once where code may not wait.
    YieldCustom(u64, Pin<Box<dyn Future<Output = ()> + Send>>),
}

/// What follows when code has [used up its fuel](Store::fuel_exhausted_callback).
#[non_exhaustive]
pub enum Refuel {
    /// Code traps with [`Trap::OutOfFuel`].
    Stop,
    /// Code gets so much more; if that is not enough for its next step, the function is called again.
    Continue(u64),
}

type Callback<T, R> = Box<dyn FnMut(StoreContextMut<'_, T>) -> Result<R> + Send + Sync>;

/// What a store does when its code attends.
pub(crate) struct Attention<T: 'static> {
    deadline: Option<Callback<T, UpdateDeadline>>,
    fuel: Option<Callback<T, Refuel>>,
    /// Whether others have their turn when a portion of fuel is used up.
    pauses: bool,
}

impl<T> Default for Attention<T> {
    fn default() -> Attention<T> {
        Attention { deadline: None, fuel: None, pauses: false }
    }
}

impl<T: 'static> Store<T> {
    /// Fuel left.
    ///
    /// # Errors
    /// If the engine does not count fuel.
    pub fn get_fuel(&self) -> Result<u64> {
        self.inner.opaque.get_fuel()
    }

    /// Sets the fuel that is left. Every operator of wasm code takes some; without it, code traps, or what
    /// [`Store::fuel_exhausted_callback`] says.
    ///
    /// # Errors
    /// If the engine does not count fuel.
    pub fn set_fuel(&mut self, fuel: u64) -> Result<()> {
        self.inner.opaque.set_fuel(fuel)
    }

    /// Sets what happens when fuel is used up: by default, code traps. The function may give more, and code goes on where it was,
    /// as if it had had it before.
    ///
    /// # Errors
    /// If the engine does not count fuel.
    pub fn fuel_exhausted_callback(
        &mut self,
        callback: impl FnMut(StoreContextMut<'_, T>) -> Result<Refuel> + Send + Sync + 'static,
    ) -> Result<()> {
        self.inner.opaque.expect_fuel()?;
        self.inner.attention.fuel = Some(Box::new(callback));
        self.inner.opaque.vm.attendant().fuel = Some(refuel::<T>);
        Ok(())
    }

    /// Lets others have their turn whenever code has used up so much fuel, if code may wait then: see
    /// [`TypedFunc::call_async`](crate::TypedFunc::call_async). How much it has altogether stays the same.
    ///
    /// # Errors
    /// If the engine does not count fuel, or the interval is zero.
    pub fn fuel_async_yield_interval(&mut self, interval: Option<u64>) -> Result<()> {
        self.inner.opaque.expect_fuel()?;
        if interval == Some(0) {
            return Err(Error::msg("an interval of no fuel never ends"));
        }
        self.inner.attention.pauses = interval.is_some();
        self.inner.opaque.vm.attendant().fuel = Some(refuel::<T>);
        self.inner.opaque.vm.set_fuel_portion(interval.unwrap_or(u64::MAX));
        Ok(())
    }

    /// Sets the deadline to so many epochs from now: see [`Engine::increment_epoch`](crate::Engine::increment_epoch). When it
    /// has passed, code traps with [`Trap::Interrupt`] at its next loop or call, until there is another; or it does what
    /// [`Store::epoch_deadline_callback`] says.
    ///
    /// Stores of engines with [`Config::epoch_interruption`](crate::Config::epoch_interruption) begin with a deadline that has
    /// passed; others have none, and need an engine whose code [can be stopped](crate::Engine::is_interruptible).
    pub fn set_epoch_deadline(&mut self, ticks: u64) {
        self.inner.opaque.set_epoch_deadline(ticks);
    }

    /// Lets code trap when the deadline has passed, as it does by default.
    pub fn epoch_deadline_trap(&mut self) {
        self.inner.attention.deadline = None;
        self.inner.opaque.vm.attendant().deadline = None;
    }

    /// Calls a function when the deadline has passed, which says how code goes on. Its errors end the code's call.
    pub fn epoch_deadline_callback(
        &mut self,
        callback: impl FnMut(StoreContextMut<'_, T>) -> Result<UpdateDeadline> + Send + Sync + 'static,
    ) {
        self.inner.attention.deadline = Some(Box::new(callback));
        self.inner.opaque.vm.attendant().deadline = Some(pass_deadline::<T>);
    }

    /// Lets others have their turn when the deadline has passed, if code may wait: see
    /// [`TypedFunc::call_async`](crate::TypedFunc::call_async). Then the deadline is so many epochs from now.
    pub fn epoch_deadline_async_yield_and_update(&mut self, ticks: u64) {
        self.epoch_deadline_callback(move |_| Ok(UpdateDeadline::Yield(ticks)));
    }
}

impl<T> StoreContextMut<'_, T> {
    /// Fuel left.
    ///
    /// # Errors
    /// If the engine does not count fuel.
    pub fn get_fuel(&self) -> Result<u64> {
        self.0.opaque.get_fuel()
    }

    /// Sets the fuel that is left.
    ///
    /// # Errors
    /// If the engine does not count fuel.
    pub fn set_fuel(&mut self, fuel: u64) -> Result<()> {
        self.0.opaque.set_fuel(fuel)
    }

    /// Sets the deadline to so many epochs from now: see [`Store::set_epoch_deadline`].
    pub fn set_epoch_deadline(&mut self, ticks: u64) {
        self.0.opaque.set_epoch_deadline(ticks);
    }
}

impl Opaque {
    pub(crate) fn get_fuel(&self) -> Result<u64> {
        self.expect_fuel()?;
        Ok(self.vm.fuel())
    }

    pub(crate) fn set_fuel(&mut self, fuel: u64) -> Result<()> {
        self.expect_fuel()?;
        self.vm.set_fuel(fuel);
        Ok(())
    }

    pub(crate) fn expect_fuel(&self) -> Result<()> {
        if self.engine.config().code().fuel {
            Ok(())
        } else {
            Err(Error::msg("the engine does not count fuel"))
        }
    }

    fn set_epoch_deadline(&mut self, ticks: u64) {
        let (id, asked) = (self.id(), self.vm.asked());
        let deadline = self.deadline.get_or_insert_with(|| self.engine.epochs().watch(id, asked));
        deadline.set(ticks);
    }
}

/// Asks the embedder, whose function is taken out meanwhile.
///
/// # Safety
/// `data` must be the address of an `Inner<T>` that is exclusively the caller's.
unsafe fn ask<T, R>(
    data: *mut c_void,
    callback: fn(&mut Attention<T>) -> &mut Option<Callback<T, R>>,
    otherwise: Trap,
    then: impl FnOnce(&mut Opaque, R) -> Result<(), HostError>,
) -> Result<(), HostError> {
    // SAFETY: by contract.
    let inner = unsafe { &mut *data.cast::<Inner<T>>() };
    let Some(mut call) = callback(&mut inner.attention).take() else {
        return Err(HostError::Trap(otherwise));
    };
    let may_wait = inner.opaque.vm.take_waiting();
    let scope = inner.opaque.vm.root_scope();
    let answer = catch_unwind(AssertUnwindSafe(|| call(StoreContextMut(&mut *inner))));
    inner.opaque.vm.end_root_scope(scope);
    inner.opaque.vm.give_waiting(may_wait);
    *callback(&mut inner.attention) = Some(call);
    match answer {
        Ok(Ok(answer)) => then(&mut inner.opaque, answer),
        Ok(Err(error)) => Err(failed(error)),
        Err(panic) => Err(HostError::Error(Box::new(Panic::new(panic)))),
    }
}

fn failed(error: Error) -> HostError {
    HostError::Error(Box::new(error))
}

/// Does what follows when a deadline has passed.
///
/// # Safety
/// As for [`ask`].
unsafe fn pass_deadline<T: 'static>(data: *mut c_void) -> Result<(), HostError> {
    let then = |opaque: &mut Opaque, answer| match answer {
        UpdateDeadline::Interrupt => Err(HostError::Trap(Trap::Interrupt)),
        UpdateDeadline::Continue(ticks) => {
            opaque.set_epoch_deadline(ticks);
            Ok(())
        }
        UpdateDeadline::Yield(ticks) => {
            opaque.pause().map_err(failed)?;
            opaque.set_epoch_deadline(ticks);
            Ok(())
        }
        UpdateDeadline::YieldCustom(ticks, future) => {
            let may_wait = opaque.vm.take_waiting();
            // SAFETY: nobody uses the store, which is exclusively ours.
            let waited = unsafe { Opaque::wait(opaque, may_wait, future) };
            opaque.vm.give_waiting(may_wait);
            waited.map_err(failed)?;
            opaque.set_epoch_deadline(ticks);
            Ok(())
        }
    };
    // SAFETY: by contract.
    unsafe { ask::<T, _>(data, |attention| &mut attention.deadline, Trap::Interrupt, then) }
}

/// Does what follows when there is less fuel than code needs.
///
/// # Safety
/// As for [`ask`].
unsafe fn refuel<T: 'static>(data: *mut c_void, needed: u64) -> Result<(), HostError> {
    let then = |opaque: &mut Opaque, answer| match answer {
        Refuel::Stop | Refuel::Continue(0) => Err(HostError::Trap(Trap::OutOfFuel)),
        Refuel::Continue(fuel) => {
            let left = opaque.vm.fuel();
            opaque.vm.set_fuel(left.saturating_add(fuel));
            Ok(())
        }
    };
    // There may be some that code does not have yet.
    // SAFETY: by contract.
    while unsafe { &*data.cast::<Inner<T>>() }.opaque.vm.fuel() < needed {
        // SAFETY: by contract.
        unsafe { ask::<T, _>(data, |attention| &mut attention.fuel, Trap::OutOfFuel, then) }?;
    }
    // SAFETY: by contract.
    let inner = unsafe { &mut *data.cast::<Inner<T>>() };
    if inner.attention.pauses { inner.opaque.pause().map_err(failed) } else { Ok(()) }
}
