//! Calls that can wait: on stacks of their own, as futures. What is called there is in `func/` and `instance.rs`; how code is left
//! and gone on with, in `sarsen-vm`.
//!
//! # Invariants
//!
//! The future that a call is has the store exclusively until it has ended or is dropped, which ends the call.

use crate::store::Opaque;
use crate::{AnyStore, Error, ErrorKind, Result, StoreContextMut};
use sarsen_vm::{Fiber, FiberError, Unfinished, Waiter};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Calls a function on a stack of its own: what is called there may wait.
///
/// Dropped in the middle, it ends what it has called: whatever waits fails, and guests trap.
pub(crate) async fn on_fiber<T: Send + 'static, R: Send>(
    store: StoreContextMut<'_, T>,
    call: impl FnOnce(StoreContextMut<'_, T>) -> Result<R> + Send,
) -> Result<R> {
    let (mut returned, mut call) = (None, Some(call));
    let mut fiber = {
        let vm = store.0.opaque.vm.address();
        let inner = Exclusive(&raw mut *store.0);
        let returned = Exclusive(&raw mut returned);
        // By address, as whatever begins on a fiber is written to its stack unseen.
        let call = Exclusive(&raw mut call);
        let run = move || {
            let (inner, returned, call) = (inner.get(), returned.get(), call.get());
            // SAFETY: all three are there until the fiber has ended, and nobody else uses them.
            unsafe {
                let Some(call) = (*call).take() else { return };
                let call = || call(StoreContextMut(&mut *inner));
                *returned = Some(catch_unwind(AssertUnwindSafe(call)));
            }
        };
        // SAFETY: the future has the store, and the fiber is dropped before it. What the runtime keeps while it calls guests, and
        // waits, can go to another thread; what the caller does, too, which says so.
        unsafe { Fiber::new(vm, run) }.map_err(error_of)?
    };
    poll_fn(|context| fiber.poll(context)).await;
    drop(fiber);
    match returned {
        Some(Ok(result)) => result,
        Some(Err(panic)) => resume_unwind(panic),
        None => Err(Error::bug("an asynchronous call has ended without a result")),
    }
}

impl<T: Send + 'static> StoreContextMut<'_, T> {
    /// Calls a function on a stack of its own, so that what it calls can wait, as
    /// [`TypedFunc::call_async`](crate::TypedFunc::call_async) does: for those who build such calls of other kinds.
    ///
    /// # Errors
    /// As the function, and if there is no stack.
    ///
    /// # Safety
    /// While it calls guests, the function may keep on its stack only what can go to another thread; what it calls of others'
    /// code, it calls [without waiting](StoreContextMut::without_waiting).
    pub async unsafe fn call_on_stack<R: Send>(
        &mut self,
        call: impl FnOnce(StoreContextMut<'_, T>) -> Result<R> + Send,
    ) -> Result<R> {
        on_fiber(StoreContextMut(&mut *self.0), call).await
    }
}

impl<T: 'static> StoreContextMut<'_, T> {
    /// Calls a function that does not have to be ready to go to another thread: what it calls does not wait.
    pub fn without_waiting<R>(&mut self, call: impl FnOnce(StoreContextMut<'_, T>) -> R) -> R {
        let may_wait = self.0.opaque.vm.take_waiting();
        let result = call(StoreContextMut(&mut *self.0));
        self.0.opaque.vm.give_waiting(may_wait);
        result
    }

    /// Waits for a future that has the store: where the call of the guest is polled, if it was made such that it can wait, and
    /// otherwise with the thread, by `block_on`, unless it is done at once.
    ///
    /// # Errors
    /// If the call is dropped meanwhile.
    pub fn wait_for<R: Send>(
        &mut self,
        block_on: impl FnOnce(Pin<&mut (dyn Future<Output = ()> + Send + '_)>),
        make: impl for<'b> FnOnce(StoreContextMut<'b, T>) -> Pin<Box<dyn Future<Output = R> + Send + 'b>>,
    ) -> Result<R> {
        let may_wait = self.0.opaque.vm.take_waiting();
        let opaque = &raw mut self.0.opaque;
        let result = {
            let mut future = make(StoreContextMut(&mut *self.0));
            if may_wait {
                // SAFETY: the future has the store, and nothing else is on the stack of those who may wait.
                unsafe { Opaque::wait(opaque, may_wait, future.as_mut()) }
            } else if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            {
                Ok(result)
            } else {
                let mut result = None;
                block_on(pin!(async { result = Some(future.as_mut().await) }));
                result.ok_or_else(|| Error::bug("a future that was waited for has not ended"))
            }
        };
        self.0.opaque.vm.give_waiting(may_wait);
        result
    }
}

impl AnyStore<'_> {
    /// As [`StoreContextMut::without_waiting`].
    pub fn without_waiting<R>(&mut self, call: impl FnOnce(AnyStore<'_>) -> R) -> R {
        let may_wait = self.0.vm.take_waiting();
        let result = call(AnyStore(&mut *self.0));
        self.0.vm.give_waiting(may_wait);
        result
    }
}

/// An address of something that whoever has the address has exclusively.
struct Exclusive<V>(*mut V);

// SAFETY: as for a `&mut V`.
unsafe impl<V: Send> Send for Exclusive<V> {}

impl<V> Exclusive<V> {
    fn get(&self) -> *mut V {
        self.0
    }
}

fn error_of(error: FiberError) -> Error {
    Error::of(ErrorKind::Limit, error)
}

/// Why what was asked to wait did not.
pub(crate) fn unfinished(why: Unfinished) -> Error {
    Error::msg(why)
}

impl Opaque {
    /// Waits for a future, if that is possible here, and the right to that was taken; otherwise, it must be done at once.
    ///
    /// # Safety
    /// Until this returns, the store must be used by nobody but the future; nothing of the embedder's may be on the stack but that.
    pub(crate) unsafe fn wait<R: Send>(
        opaque: *mut Opaque,
        may_wait: bool,
        future: impl Future<Output = R> + Send,
    ) -> Result<R> {
        // SAFETY: by contract; there is nothing in this frame that could not go to another thread.
        let result = unsafe { Waiter::wait_for((*opaque).vm.waiter_if(may_wait), future) };
        result.map_err(unfinished)
    }

    /// Lets others run, if that is possible.
    pub(crate) fn pause(&mut self) -> Result<()> {
        match self.vm.waiter() {
            // SAFETY: nobody uses the store, which is exclusively ours.
            Some(waiter) if !unsafe { waiter.pause() } => Err(unfinished(Unfinished::Dropped)),
            _ => Ok(()),
        }
    }
}
