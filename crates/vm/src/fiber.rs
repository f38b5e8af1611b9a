//! Fibers: runs of code on a native stack of their own, which can be left in the middle and gone on with later, on any
//! thread. What an embedder makes of them is the `sarsen` crate's matter, how stacks are switched `sys`'.
//!
//! A fiber is left where a host function waits for a future, which is then polled where the fiber was polled, not on the fiber: so
//! stacks can be small, and nothing of the embedder's lies on them but what the runtime keeps there.
//!
//! # Invariants
//!
//! - While a fiber is left, the store is as it was when the fiber was gone on with, and what it had on the fiber is set
//!   [`Aside`]; while it runs, what was around is set aside.
//! - Nothing that belongs to one thread lies on a fiber where it is left: only the runtime's own frames, and guests', do. So the
//!   embedder's closures are called with `may_wait` off.
//! - A fiber that is dropped in the middle is gone on with until it has ended, and every attempt to wait there fails.
//!   One that is forgotten is never gone on with, and what it has stays allocated.

use crate::activation::{Activation, Place, Point};
use crate::native::NATIVE;
use crate::pool::Pool;
use crate::stack::ValueStack;
use crate::store::StoreInner;
use crate::sys::fiber::{Coroutine, NativeStack, Suspender};
use crate::sys::native::with_registers;
use crate::thread::here;
use sarsen_abi::{Slot, VmStore};
use std::cell::Cell;
use std::ffi::c_void;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::ptr;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Fibers of a store within one another at most: each takes stack of the thread that polls the outermost.
const MAX_NESTED: usize = 32;

/// What a store has of the code that runs in it, set aside.
#[derive(Debug)]
pub(crate) struct Aside {
    pub(crate) activation: *const c_void,
    point: Point,
    pub(crate) stack_base: *mut Slot,
    pub(crate) stack_top: *mut Slot,
    native_limit: usize,
    exit_stack: usize,
    place: Place,
    fiber: *const Switch,
    may_wait: bool,
    /// Whose compiled code the thread runs.
    current: *mut VmStore,
    /// The lowest address of the native stack that is in use, if compiled code is.
    pub(crate) native_stack: usize,
}

/// What a fiber waits for.
type Waits = *mut (dyn Future<Output = ()> + Send);

/// What a fiber and who polls it share.
pub(crate) struct Switch {
    /// What is not in the store.
    aside: Aside,
    /// Put in when it has its own address.
    coroutine: Option<Coroutine>,
    has_ended: bool,
    /// The way out of it, once it has begun.
    suspender: Cell<Option<Suspender>>,
    waits: Cell<Option<Waits>>,
    is_cancelled: Cell<bool>,
    /// The lowest address in use of the fiber's stack when it was left.
    left_at: Cell<usize>,
}

/// A run of code on a stack of its own, as something to be polled.
pub struct Fiber<'a> {
    switch: *mut Switch,
    store: *mut StoreInner,
    /// The rest of its stack; none when it has ended.
    rest: Option<StackRest>,
    lives: PhantomData<&'a mut StoreInner>,
}

// SAFETY: what lies on its stack where it is left can go to another thread, by the invariants; what it was made of is `Send`.
unsafe impl Send for Fiber<'_> {}

/// Why there is no fiber.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FiberError {
    /// The system has no room for another stack, or none for such stacks at all.
    NoRoom,
    /// Too many of the store's are within one another.
    TooDeep,
}

impl fmt::Display for FiberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FiberError::NoRoom => "no room for the stack of an asynchronous call",
            FiberError::TooDeep => "too many asynchronous calls within one another",
        })
    }
}

impl StoreInner {
    /// Exchanges what the store has of the code that runs in it for what was set aside.
    fn exchange(&mut self, with: &mut Aside) {
        let old = Aside {
            activation: self.vm.activation,
            point: Point::of_store(&self.vm),
            stack_base: self.stack_base,
            stack_top: self.vm.stack_top,
            native_limit: self.vm.native_limit,
            exit_stack: self.exit_stack,
            place: self.place,
            fiber: self.fiber,
            may_wait: self.may_wait,
            current: ptr::null_mut(),
            native_stack: 0,
        };
        let new = std::mem::replace(with, old);
        new.point.put(&mut self.vm);
        (self.vm.activation, self.vm.stack_top, self.vm.native_limit) =
            (new.activation, new.stack_top, new.native_limit);
        (self.stack_base, self.exit_stack, self.place) = (new.stack_base, new.exit_stack, new.place);
        (self.fiber, self.may_wait) = (new.fiber, new.may_wait);
        self.thread = here();
        // SAFETY: the calling thread has not ended.
        with.current = unsafe { (*self.thread).current.replace(new.current) };
    }

    /// The right to wait, of code that the runtime itself has called on a fiber.
    pub fn waiter(&mut self) -> Option<Waiter> {
        (!self.fiber.is_null() && self.may_wait).then(|| Waiter(ptr::from_mut(self)))
    }

    /// Takes the right to wait from code of the embedder's that is about to be called; whether there was one.
    #[inline]
    pub fn take_waiting(&mut self) -> bool {
        std::mem::take(&mut self.may_wait)
    }

    /// Gives it back when that has returned.
    #[inline]
    pub fn give_waiting(&mut self, may_wait: bool) {
        self.may_wait = may_wait;
    }

    /// Whether the native stack has frames of compiled code.
    fn has_native_frames(&self) -> bool {
        // SAFETY: it is the store's.
        unsafe { Activation::outermost(self.vm.activation, &NATIVE) }.is_some()
    }
}

/// The right to wait, in a store that is where it was when this was made.
#[derive(Clone, Copy, Debug)]
pub struct Waiter(*mut StoreInner);

impl Waiter {
    /// Waits for a future, which is polled where the fiber is. False if it has not ended, because the fiber has to.
    ///
    /// # Safety
    /// The store must be as it was when this was made, and used meanwhile by nobody but the future. Nothing in frames
    /// between here and the fiber's start may be such that it cannot go to another thread.
    pub unsafe fn wait(self, future: Pin<&mut (dyn Future<Output = ()> + Send + '_)>) -> bool {
        // SAFETY: the future is polled and forgotten before this returns, whatever its lifetime is; it is not moved.
        unsafe {
            let future: *mut (dyn Future<Output = ()> + Send + '_) = future.get_unchecked_mut();
            self.leave(Some(std::mem::transmute::<*mut (dyn Future<Output = ()> + Send + '_), Waits>(future)))
        }
    }

    /// Lets others run. False if the fiber has to end.
    ///
    /// # Safety
    /// As for [`Waiter::wait`].
    pub unsafe fn pause(self) -> bool {
        // SAFETY: by contract.
        unsafe { self.leave(None) }
    }

    /// # Safety
    /// As for [`Waiter::wait`].
    unsafe fn leave(self, waits: Option<Waits>) -> bool {
        // SAFETY: by contract, the fiber is the one that runs, and lives as long as it does.
        unsafe {
            let switch = (*self.0).fiber;
            if (*switch).is_cancelled.get() {
                return false;
            }
            (*switch).waits.set(waits);
            if (*self.0).has_native_frames() {
                with_registers(switch.cast_mut().cast(), leave_from);
            } else {
                leave_from(switch.cast_mut().cast(), 0);
            }
            !(*switch).is_cancelled.get()
        }
    }
}

/// Leaves a fiber whose stack is in use from `stack` on.
///
/// # Safety
/// `switch` must be the one of the fiber that runs.
unsafe extern "C" fn leave_from(switch: *mut c_void, stack: usize) {
    // SAFETY: by contract.
    unsafe {
        let switch: *const Switch = switch.cast();
        (*switch).left_at.set(stack);
        if let Some(suspender) = (*switch).suspender.get() {
            suspender.leave();
        }
    }
}

impl<'a> Fiber<'a> {
    /// A fiber on which `run` will be called when it is first polled.
    ///
    /// # Errors
    /// If there is no stack for it.
    ///
    /// # Safety
    /// `store` must be live for as long as the fiber is, or for ever if that is forgotten, and exclusively the fiber's and that of
    /// what is called on it. `run`, and what it makes and keeps while it calls what may wait, must be such that they can go to
    /// other threads. It must not panic.
    pub unsafe fn new(store: *mut StoreInner, run: impl FnOnce() + 'a) -> Result<Fiber<'a>, FiberError> {
        // SAFETY: by contract.
        let inner = unsafe { &mut *store };
        if inner.aside.len() >= MAX_NESTED {
            return Err(FiberError::TooDeep);
        }
        let (native, slots) = (inner.config.fiber_stack, inner.config.stack_slots);
        let stack = FiberStack::find(native, slots, inner.pool.as_ref()).ok_or(FiberError::NoRoom)?;
        let FiberStack { native, rest } = stack;
        let switch = Box::into_raw(Box::new(Switch {
            aside: Aside::on_stack(native.bounds(), &rest.values),
            coroutine: None,
            has_ended: false,
            suspender: Cell::new(None),
            waits: Cell::new(None),
            is_cancelled: Cell::new(false),
            left_at: Cell::new(0),
        }));
        let begin = move |suspender| {
            // SAFETY: the fiber ends before this does.
            let is_cancelled = unsafe {
                (*switch).suspender.set(Some(suspender));
                (*switch).is_cancelled.get()
            };
            if !is_cancelled {
                run();
            }
        };
        // SAFETY: the box is ours; by contract for the rest.
        unsafe {
            (*switch).aside.fiber = switch;
            (*switch).coroutine = Some(Coroutine::new(native, begin));
            inner.aside.push(&raw const (*switch).aside);
        }
        Ok(Fiber { switch, store, rest: Some(rest), lives: PhantomData })
    }

    /// Goes on until the code has ended, or cannot go on.
    ///
    /// # Panics
    /// If a future does that the code waits for.
    pub fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while self.rest.is_some() {
            // SAFETY: the switch is there until the fiber has ended; who waits keeps the future where it is.
            unsafe {
                if let Some(future) = (*self.switch).waits.get() {
                    if Pin::new_unchecked(&mut *future).poll(context).is_pending() {
                        return Poll::Pending;
                    }
                    (*self.switch).waits.set(None);
                }
                let has_ended = self.go_on();
                if !has_ended && (*self.switch).waits.get().is_none() {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(())
    }

    /// Goes on until the code has ended or waits; whether it has ended.
    ///
    /// # Safety
    /// It must not have ended.
    unsafe fn go_on(&mut self) -> bool {
        // SAFETY: by contract, the switch is there, and nobody else has the store.
        unsafe {
            let (inner, switch) = (&mut *self.store, self.switch);
            let has_native_frames = inner.has_native_frames();
            inner.exchange(&mut (*switch).aside);
            if has_native_frames {
                with_registers(switch.cast(), go_on_from);
            } else {
                go_on_from(switch.cast(), 0);
            }
            let inner = &mut *self.store;
            inner.exchange(&mut (*switch).aside);
            (*switch).aside.native_stack = (*switch).left_at.get();
            let has_ended = (*switch).has_ended;
            if has_ended {
                self.end();
            }
            has_ended
        }
    }

    /// Gives back what the fiber had.
    ///
    /// # Safety
    /// It must have ended.
    unsafe fn end(&mut self) {
        // SAFETY: by contract, nobody has the switch any more.
        unsafe {
            let inner = &mut *self.store;
            inner.aside.retain(|&aside| aside != &raw const (*self.switch).aside);
            let switch = Box::from_raw(self.switch);
            if let (Some(coroutine), Some(rest)) = (switch.coroutine, self.rest.take()) {
                FiberStack { native: coroutine.into_stack(), rest }.give_back(inner.pool.as_ref());
            }
        }
    }
}

/// Goes on with a fiber; the stack of who does is in use from `stack` on.
///
/// # Safety
/// `switch` must be that of a fiber that has not ended and does not run.
unsafe extern "C" fn go_on_from(switch: *mut c_void, stack: usize) {
    // SAFETY: by contract.
    unsafe {
        let switch: *mut Switch = switch.cast();
        (*switch).aside.native_stack = stack;
        let coroutine = &raw mut (*switch).coroutine;
        if let Some(coroutine) = &mut *coroutine {
            (*switch).has_ended = coroutine.go_on();
        }
    }
}

impl Drop for Fiber<'_> {
    fn drop(&mut self) {
        if self.rest.is_none() {
            return;
        }
        // SAFETY: the fiber has not ended. What it waits for will not be polled again.
        unsafe {
            (*self.switch).is_cancelled.set(true);
            (*self.switch).waits.set(None);
            while !self.go_on() {}
        }
    }
}

impl fmt::Debug for Fiber<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fiber").field("has_ended", &self.rest.is_none()).finish_non_exhaustive()
    }
}

impl Aside {
    /// What a store has of code that has not begun, on these stacks.
    fn on_stack(native: (usize, usize), values: &ValueStack) -> Aside {
        Aside {
            activation: ptr::null(),
            point: Point::at_start(values.end()),
            stack_base: values.base(),
            stack_top: values.base(),
            native_limit: 0,
            exit_stack: 0,
            place: Place::on(native),
            fiber: ptr::null(),
            may_wait: true,
            current: ptr::null_mut(),
            native_stack: 0,
        }
    }
}

/// A native stack for code that may be left in the middle, and a value stack for the interpreted frames of that code.
#[derive(Debug)]
pub(crate) struct FiberStack {
    native: NativeStack,
    rest: StackRest,
}

#[derive(Debug)]
struct StackRest {
    values: ValueStack,
    /// How often they have been used.
    uses: u32,
}

/// Every so many uses, a stack gives back what lies deep: something may have gone there once.
const USES_BETWEEN_TRIMS: u32 = 64;

/// Bytes of each stack that it keeps then.
const KEPT: usize = 64 << 10;

impl FiberStack {
    /// A pair of stacks of these sizes.
    fn find(native: usize, slots: usize, pool: Option<&Arc<Pool>>) -> Option<FiberStack> {
        let is_like = |stack: &FiberStack| {
            stack.native.len() == NativeStack::rounded(native) && stack.rest.values.slots() == slots
        };
        if let Some(spare) = pool.and_then(|pool| pool.take_fiber(is_like)) {
            return Some(spare);
        }
        let native = NativeStack::new(native)?;
        // Not from the pool, which would keep itself alive so.
        Some(FiberStack { native, rest: StackRest { values: ValueStack::new(slots, None)?, uses: 0 } })
    }

    /// Leaves them to the next.
    fn give_back(mut self, pool: Option<&Arc<Pool>>) {
        let Some(pool) = pool else { return };
        self.rest.uses += 1;
        if self.rest.uses.is_multiple_of(USES_BETWEEN_TRIMS) {
            self.native.trim(KEPT);
            self.rest.values.trim(KEPT);
        }
        pool.keep_fiber(self);
    }
}
