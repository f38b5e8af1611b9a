//! Calls that can wait: on stacks of their own, as futures. What is called there is in `func/` and `instance.rs`; how code is left
//! and gone on with, in `sarsen-vm`.
//!
//! # Invariants
//!
//! The future that a call is has the store exclusively until it has ended or is dropped, which ends the call.

use crate::store::Opaque;
use crate::{Error, ErrorKind, Result, StoreContextMut};
use sarsen_vm::{Fiber, FiberError};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::{Context, Waker};

/// Calls a function on a stack of its own: what is called there may wait.
///
/// Dropped in the middle, it ends what it has called: whatever waits fails, and guests trap.
pub(crate) async fn on_fiber<T: Send + 'static, R: Send>(
    store: StoreContextMut<'_, T>,
    call: impl FnOnce(StoreContextMut<'_, T>) -> Result<R> + Send,
) -> Result<R> {
    let mut returned = None;
    let mut fiber = {
        let vm = store.0.opaque.vm.address();
        let inner = Exclusive(&raw mut *store.0);
        let returned = Exclusive(&raw mut returned);
        let run = move || {
            let (inner, returned) = (inner.get(), returned.get());
            // SAFETY: `store` and `returned` are there until the fiber has ended, and nobody else uses them.
            unsafe {
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
fn cancelled() -> Error {
    Error::msg("the asynchronous call was dropped before it had ended")
}

impl Opaque {
    /// Waits for a future, if that is possible here, and `may_wait`; otherwise, it must be done at once.
    ///
    /// # Safety
    /// Until this returns, the store must be used by nobody but the future; nothing of the embedder's may be on the stack but that.
    pub(crate) unsafe fn wait<R: Send>(
        opaque: *mut Opaque,
        may_wait: bool,
        future: impl Future<Output = R> + Send,
    ) -> Result<R> {
        let mut result = None;
        let has_ended = {
            let mut future = pin!(async { result = Some(future.await) });
            // SAFETY: by contract; there is nothing in this frame that could not go to another thread.
            let waiter = unsafe {
                (*opaque).vm.give_waiting(may_wait);
                (*opaque).vm.waiter()
            };
            let has_ended = match waiter {
                // SAFETY: as above.
                Some(waiter) => unsafe { waiter.wait(future.as_mut()) },
                None => {
                    let mut context = Context::from_waker(Waker::noop());
                    future.as_mut().poll(&mut context).is_ready()
                }
            };
            // What the future does when it is dropped is the embedder's again.
            // SAFETY: by contract.
            unsafe { (*opaque).vm.take_waiting() };
            has_ended.then_some(()).ok_or_else(|| if waiter.is_some() { cancelled() } else { cannot_wait() })
        };
        has_ended?;
        result.ok_or_else(|| Error::bug("what was waited for has not ended"))
    }

    /// Lets others run, if that is possible.
    pub(crate) fn pause(&mut self) -> Result<()> {
        match self.vm.waiter() {
            // SAFETY: nobody uses the store, which is exclusively ours.
            Some(waiter) if !unsafe { waiter.pause() } => Err(cancelled()),
            _ => Ok(()),
        }
    }
}

/// Why a future that is not done at once is not waited for.
fn cannot_wait() -> Error {
    Error::msg(
        "an asynchronous host function has to wait: call the guest with `call_async`, and not from within another host function \
         that is not asynchronous",
    )
}
