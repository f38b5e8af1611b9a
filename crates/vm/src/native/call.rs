//! Into compiled code and out of it: calls from the host, and the ways in which they end early.
//!
//! Compiled code that stops does so by calling [`raise`], or goes there when it faults. That function looks for a handler of the
//! exception in flight, or for the way out of the innermost activation, and jumps there: the frames in between are of
//! compiled code, and of runtime functions that have nothing left to do.
//!
//! # Invariants
//!
//! - While compiled code runs, its store's innermost activation is of [`NATIVE`], and `VmStore::entry` is the frame of the
//!   trampoline through which it was entered.
//! - When a runtime function that compiled code calls is running, `exit_frame` is the frame of what the innermost
//!   compiled function called; when it has faulted, `VmStore::fault`, which looks like one.
//! - `StoreInner::exit_stack` is zero, or lies in the frame of a call of a builtin that has neither returned nor stopped: perhaps not the
//!   innermost one, and perhaps in an activation further out.

use super::frames::{Found, Walk, collect};
use super::image::{ContextLocation, Site};
use super::{faults, registry};
use crate::activation::{Activation, Failure, Tier};
use crate::store::StoreInner;
use crate::sys::native::{Target, resume};
use sarsen_abi::{Enter, Exit, Slot, VmFunc, VmInstance, VmStore, VmTag};
use sarsen_isa::Trap;
use std::ffi::c_void;

/// What activations know of compiled code.
pub(crate) static NATIVE: Tier = Tier { collect };

/// Frames and handlers that are looked at between two looks at the interrupt flag.
const POLL_STEPS: u32 = 10_000;

/// Calls a function with an entry for the host: arguments in `slots` from the first on, results likewise. `slots` holds
/// whichever is more.
///
/// # Errors
/// If the function stops.
///
/// # Safety
/// `store` must be live and exclusively the caller's; `func` must be a function record of it whose `enter` is not null; the
/// arguments must be values of the parameter types.
#[inline]
pub unsafe fn call_native(
    store: *mut VmStore,
    func: *const VmFunc,
    slots: &mut [Slot],
) -> Result<(), Failure> {
    // SAFETY: by contract; the record lives as long as the store, and the code as long as the record.
    unsafe {
        // An error that nobody has left is a bug.
        let Some(enter) = (*func).enter else {
            return Err(Failure { exit: Exit::ERROR, frames: Vec::new() });
        };
        enter_native(store, enter, (*func).context, (*func).native, slots.as_mut_ptr())
    }
}

/// Runs compiled code as a new activation: `enter` calls `native` with `context`, with arguments in slots from `slots` on,
/// and results likewise.
///
/// # Errors
/// If the code stops.
///
/// # Safety
/// `store` must be live and exclusively the caller's; `enter` must be an entry for code such as `native`, which must be
/// alive until it has returned; `context` must be what the code takes; the slots must hold what it takes, and have room for
/// what it returns.
#[inline]
pub unsafe fn enter_native(
    store: *mut VmStore,
    enter: Enter,
    context: *mut c_void,
    native: *const c_void,
    slots: *mut Slot,
) -> Result<(), Failure> {
    // SAFETY: by contract.
    unsafe {
        Activation::run(store, &NATIVE, || {
            let around = faults::enter(store);
            let exit = enter(context, native, slots, store);
            faults::exit(store, around);
            if exit.is_ok() { Ok(()) } else { Err(stopped(store)) }
        })
    }
}

/// How the innermost activation has stopped, as [`raise`] has left it.
///
/// # Safety
/// `store` must be live.
#[cold]
unsafe fn stopped(store: *mut VmStore) -> Exit {
    // SAFETY: by contract.
    unsafe {
        match &StoreInner::of(store).stopped {
            Some(stopped) => stopped.exit,
            // An entry that is not compiled itself may pass on what it got from a call: an exception needs no frames.
            None if (*store).exception != 0 => Exit::EXCEPTION,
            None => Exit::ERROR,
        }
    }
}

/// Stops compiled code.
///
/// # Safety
/// The invariants of this file must hold, `store` must be live and exclusively the caller's, and no function between here and
/// compiled code may have anything left to do.
pub(super) unsafe extern "C" fn raise(store: *mut VmStore, exit: Exit) -> ! {
    // SAFETY: by contract; a target has nothing to be dropped, and what made it is done.
    unsafe { resume(target(store, exit)) }
}

/// Where code goes on that stops with `exit`.
///
/// # Safety
/// As for [`raise`].
unsafe fn target(store: *mut VmStore, mut exit: Exit) -> Target {
    // SAFETY: by contract.
    unsafe {
        StoreInner::of(store).exit_stack = 0;
        if exit == Exit::EXCEPTION {
            match handler(store) {
                Ok(Some(target)) => return target,
                Ok(None) => {}
                Err(trap) => {
                    (*store).exception = 0;
                    exit = Exit::trap(trap);
                }
            }
        }
        // Frames of a nested activation that this one ends with are kept, and include those of this one.
        let inner = StoreInner::of(store);
        let failure = inner.stopped.take().filter(|stopped| stopped.exit == exit);
        inner.stopped = Some(failure.unwrap_or_else(|| Failure::here(store, exit)));
        let entry = (*store).entry;
        Target { position: entry.handler, stack: entry.stack, frame: entry.frame, payload: exit.0 as usize }
    }
}

/// The handler for the exception in flight in the innermost activation, which takes it out of the store.
///
/// # Safety
/// As for [`raise`].
unsafe fn handler(store: *mut VmStore) -> Result<Option<Target>, Trap> {
    // SAFETY: by contract.
    unsafe {
        let thrown = StoreInner::of(store).exception_tag((*store).exception);
        let mut walk = Walk::new((*store).exit_frame.addr(), (*store).entry);
        let mut steps = 0;
        while let Some(frame) = walk.next() {
            if let Some((position, site)) = handler_in(store, frame, thrown, &mut steps)? {
                let exception = std::mem::take(&mut (*store).exception);
                return Ok(Some(Target {
                    position,
                    stack: frame.frame.wrapping_sub(site.frame as usize),
                    frame: frame.frame,
                    payload: exception as usize,
                }));
            }
        }
        Ok(None)
    }
}

/// The first handler of a frame that takes an exception with this tag: its address, and the call that it is for.
///
/// # Safety
/// As for [`raise`], with a frame of the innermost activation.
unsafe fn handler_in(
    store: *const VmStore,
    frame: Found,
    thrown: *const VmTag,
    steps: &mut u32,
) -> Result<Option<(usize, Site)>, Trap> {
    let looked_up = registry::at(frame.ret.wrapping_sub(1), |code, before| {
        let site = code.image().site(before.saturating_add(1));
        *steps += 1;
        // SAFETY: by contract.
        unsafe { poll(store, *steps) }?;
        let Some(site) = site else { return Ok(None) };
        // SAFETY: by contract, the frame is as the image says.
        let instance = unsafe { instance(frame, &site) };
        for index in site.handlers.clone() {
            *steps += 1;
            // SAFETY: by contract.
            unsafe { poll(store, *steps) }?;
            let Some(handler) = code.image().handler(index) else { break };
            let takes = match handler.tag {
                None => true,
                Some(_) if instance.is_null() => false,
                // SAFETY: the instance is live, and the tag one of its module's.
                Some(tag) => thrown == unsafe { *(*instance).tags.add(tag as usize) },
            };
            if takes {
                return Ok(code.address(handler.target).map(|address| (address.addr(), site)));
            }
        }
        Ok(None)
    });
    looked_up.unwrap_or(Ok(None))
}

/// The instance of a frame that is in a call; null if that is not known.
///
/// # Safety
/// As for [`handler_in`].
unsafe fn instance(frame: Found, site: &Site) -> *mut VmInstance {
    match site.context {
        ContextLocation::Stack(offset) => {
            let at = frame.frame.wrapping_sub(site.frame as usize).wrapping_add(offset as usize);
            let at: *const *mut VmInstance = std::ptr::with_exposed_provenance(at);
            // SAFETY: by contract.
            unsafe { at.read() }
        }
        ContextLocation::None => std::ptr::null_mut(),
    }
}

/// Looks at what other threads want, now and then.
///
/// # Safety
/// `store` must be live.
unsafe fn poll(store: *const VmStore, steps: u32) -> Result<(), Trap> {
    // SAFETY: by contract; the flag lives as long as the store.
    unsafe {
        if steps.is_multiple_of(POLL_STEPS) && crate::attend::must_stop(store.cast_mut()) {
            return Err(Trap::Interrupt);
        }
    }
    Ok(())
}
