//! What has gone wrong, as C keeps it: behind traps of `wasm.h` and errors of `sarsen.h`, which share it.

use crate::info::InfoSlot;
use crate::store::Data;
use sarsen::{Error, ErrorKind, FrameInfo, Result, StoreContextMut, ThrownException, Trap};
use sarsen_wasi::Exit;
use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// How many uncaught exceptions C has been told of, in all stores: a failure of one store may be raised in another.
static EXCEPTIONS: AtomicU64 = AtomicU64::new(0);

/// Something that has gone wrong.
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) trap: Option<Trap>,
    pub(crate) exit: Option<u32>,
    /// The frames of the innermost run of code that it went through, once there is one.
    frames: OnceLock<Vec<FrameInfo>>,
    /// Which of the process's uncaught exceptions it is.
    exception: Option<u64>,
    pub(crate) info: InfoSlot,
}

impl Failure {
    /// A failure of C's own.
    pub(crate) fn new(message: String) -> Failure {
        Failure::of(&Error::msg(message))
    }

    fn of(error: &Error) -> Failure {
        let frames = OnceLock::new();
        if let Some(backtrace) = error.backtrace() {
            frames.get_or_init(|| backtrace.frames().to_vec());
        }
        Failure {
            kind: error.kind(),
            message: format!("{error:#}"),
            trap: error.downcast_ref().copied(),
            exit: error.downcast_ref().map(|Exit(code)| code.cast_unsigned()),
            frames,
            exception: None,
            info: InfoSlot::default(),
        }
    }

    /// What C gets for an error. What came from C is the same again.
    pub(crate) fn from_error(error: &Error) -> Arc<Failure> {
        let Some(Raised(failure)) = error.downcast_ref::<Raised>() else {
            return Arc::new(Failure::of(error));
        };
        if let Some(backtrace) = error.backtrace() {
            failure.frames.get_or_init(|| backtrace.frames().to_vec());
        }
        Arc::clone(failure)
    }

    /// As [`Failure::from_error`] for an error of code in a store: an exception can go on where C lets it.
    pub(crate) fn of_call(context: &mut StoreContextMut<'_, Data>, error: &Error) -> Arc<Failure> {
        if !error.is::<ThrownException>() {
            return Failure::from_error(error);
        }
        let exception = Some(EXCEPTIONS.fetch_add(1, Ordering::Relaxed));
        context.data_mut().exception = exception;
        Arc::new(Failure { exception, ..Failure::of(error) })
    }

    /// As an error that ends the code that has called C: an exception is thrown on, if it is the store's last one.
    pub(crate) fn raise(self: Arc<Failure>, context: &StoreContextMut<'_, Data>) -> Error {
        if self.exception.is_some() && self.exception == context.data().exception {
            return Error::new(ThrownException);
        }
        Error::new(Raised(self))
    }

    pub(crate) fn frames(&self) -> &[FrameInfo] {
        self.frames.get().map_or(&[], Vec::as_slice)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// A failure on its way through code, from C to C.
#[derive(Debug)]
struct Raised(Arc<Failure>);

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Raised {}

thread_local! {
    /// Why the last function of `wasm.h` has failed that could not say so.
    static LAST: RefCell<Option<Arc<Failure>>> = const { RefCell::new(None) };
}

/// The value, or none, in which case C can ask why.
pub(crate) fn noted<R>(result: Result<R>) -> Option<R> {
    result.map_err(|error| note(&error)).ok()
}

/// Keeps an error for whoever asks.
pub(crate) fn note(error: &Error) {
    note_failure(Failure::from_error(error));
}

/// Keeps a failure for whoever asks, unless the thread is ending.
pub(crate) fn note_failure(failure: Arc<Failure>) {
    // What was there before may have a finalizer, which may come back here.
    let before = LAST.try_with(|last| last.borrow_mut().replace(failure));
    drop(before);
}

/// Why the last function has failed that could not say so; it is taken out.
pub(crate) fn take_noted() -> Option<Arc<Failure>> {
    LAST.try_with(|last| last.borrow_mut().take()).ok().flatten()
}
