//! Waiting with the thread for what is asynchronous, whoever makes it go on.
//!
//! Does not run futures of others meanwhile: an executor whose thread waits here has to be told, by a [`BlockOn`] of its own.

use crate::state::State;
use sarsen::{AnyStore, AsContextMut, Error, Result};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
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

/// Waits for a future. Most are done when they are first asked.
pub(crate) fn block_on<R: Send>(
    how: Option<BlockOn>,
    mut future: Pin<Box<dyn Future<Output = Result<R>> + Send + '_>>,
) -> Result<R> {
    if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return result;
    }
    let mut result = Err(Error::bug("a future that was waited for has not ended"));
    {
        let waited = pin!(async { result = future.await });
        how.unwrap_or(park)(waited);
    }
    result
}

fn park(mut future: Pin<&mut (dyn Future<Output = ()> + Send + '_)>) {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    while future.as_mut().poll(&mut context).is_pending() {
        thread::park();
    }
}
