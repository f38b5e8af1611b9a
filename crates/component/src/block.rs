//! Waiting with the thread for what is asynchronous, in calls that are not asynchronous themselves, whoever makes it go on.
//!
//! Does not run futures of others meanwhile: an executor whose thread waits here has to be told, by a [`BlockOn`] of its own.

use crate::state::State;
use sarsen::{AnyStore, AsContextMut};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread::{self, Thread};

/// Waits with the thread until a future is done.
pub type BlockOn = fn(Pin<&mut (dyn Future<Output = ()> + Send + '_)>);

/// Says how calls of asynchronous host functions in a store wait that are not done at once: by parking the thread, unless
/// something else is said here. A thread of an executor has to let another one take over.
pub fn set_block_on(mut store: impl AsContextMut, block_on: BlockOn) {
    AnyStore::new(&mut store).extension::<State>().block_on = Some(block_on);
}

/// Wakes a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// How calls in a store wait that were not made such that they can be left meanwhile.
pub(crate) fn block_on(store: &mut impl AsContextMut) -> BlockOn {
    AnyStore::new(store).extension::<State>().block_on.unwrap_or(park)
}

fn park(mut future: Pin<&mut (dyn Future<Output = ()> + Send + '_)>) {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    while future.as_mut().poll(&mut context).is_pending() {
        thread::park();
    }
}
