//! Fibers: runs of code on a native stack of their own, which can be left in the middle and gone on with later, on any
//! thread. What an embedder makes of them is the `sarsen` crate's matter, how stacks are switched `sys`'.
//!
//! A fiber is left where a host function waits for a future that is not done when it is first polled: from then on, it is
//! polled where the fiber is, not on it, so that nothing of the embedder's lies there but what the runtime keeps.
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
use crate::store::StoreInner;
use crate::sys::fiber::{Coroutine, NativeStack, Suspender};
use crate::sys::native::with_registers;
use crate::thread::{Here, here};
use sarsen_abi::{Slot, VmStore};
use std::cell::Cell;
use std::ffi::c_void;
use std::fmt;
use std::hint::cold_path;
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::ptr;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

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
    /// The thread of the activations.
    thread: *const Here,
    /// Whether it is that of a fiber that has been left, which can be looked at by any thread; what is around one that runs can
    /// only be looked at by its own.
    is_left: bool,
    /// Whose compiled code the thread runs.
    current: *mut VmStore,
    /// The stack that the thread runs on.
    stack: (usize, usize),
    /// The lowest address of the native stack that is in use, if compiled code is.
    pub(crate) native_stack: usize,
}

/// What a fiber waits for.
type Waits = *mut (dyn Future<Output = ()> + Send);

/// What a fiber and who polls it share.
pub(crate) struct Switch {
    /// What is not in the store.
    aside: Aside,
    /// What runs, and the stack for it as long as nothing does.
    coroutine: Option<Coroutine>,
    stack: Option<NativeStack>,
    /// How often the stack has been used.
    uses: u32,
    has_ended: bool,
    /// The way out of it, once it has begun.
    suspender: Cell<Option<Suspender>>,
    waits: Cell<Option<Waits>>,
    /// What polls, while the fiber runs.
    context: Cell<*mut c_void>,
    is_cancelled: Cell<bool>,
    /// The lowest address in use of the fiber's stack when it was left.
    left_at: Cell<usize>,
}

/// A run of code on a stack of its own, as something to be polled.
pub struct Fiber<'a> {
    /// Boxed; gone when it has ended.
    switch: *mut Switch,
    store: *mut StoreInner,
    has_ended: bool,
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

/// Why something was not waited for to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfinished {
    /// The fiber has to end.
    Dropped,
    /// There is none, or what is on it cannot go to other threads.
    CannotWait,
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unfinished::Dropped => "the asynchronous call was dropped before it had ended",
            Unfinished::CannotWait => {
                "something asynchronous has to wait: call the guest with `call_async`, and not from within another host \
                 function that is not asynchronous"
            }
        })
    }
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
    /// Exchanges what the store has of the code that runs in it for what was set aside: to enter a fiber, or to leave it.
    fn exchange(&mut self, with: &mut Aside, enters: bool) {
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
            thread: self.thread,
            is_left: !enters,
            current: ptr::null_mut(),
            stack: (0, 0),
            native_stack: 0,
        };
        let new = std::mem::replace(with, old);
        new.point.put(&mut self.vm);
        (self.vm.activation, self.vm.stack_top, self.vm.native_limit) =
            (new.activation, new.stack_top, new.native_limit);
        (self.stack_base, self.exit_stack, self.place) = (new.stack_base, new.exit_stack, new.place);
        (self.fiber, self.may_wait) = (new.fiber, new.may_wait);
        let here = here();
        // What is around may be another thread's, which waits.
        self.thread = if enters { here } else { new.thread };
        // SAFETY: the calling thread has not ended.
        unsafe {
            with.current = (*here).current.replace(new.current);
            with.stack = (*here).stack.replace(new.stack);
        }
    }

    /// Whether what is set aside can be looked at by this thread.
    pub(crate) fn can_see_aside(&self) -> bool {
        self.aside.iter().all(|&aside| {
            // SAFETY: what is set aside is there until it is taken out.
            let aside = unsafe { &*aside };
            aside.is_left || aside.activation.is_null() || aside.thread == here()
        })
    }

    /// Whether the code that runs has to end because nobody waits for it any more.
    pub(crate) fn is_cancelled(&self) -> bool {
        // SAFETY: the fiber that code runs on is there.
        !self.fiber.is_null() && unsafe { (*self.fiber).is_cancelled.get() }
    }

    /// The right to wait, of code that the runtime itself has called on a fiber.
    pub fn waiter(&mut self) -> Option<Waiter> {
        self.waiter_if(self.may_wait)
    }

    /// The same for those who have [taken](StoreInner::take_waiting) it.
    pub fn waiter_if(&mut self, may_wait: bool) -> Option<Waiter> {
        (!self.fiber.is_null() && may_wait).then(|| Waiter(ptr::from_mut(self)))
    }

    /// Whether others could have their turn, but for what is on the stack.
    pub(crate) fn keeps_turns(&self) -> bool {
        !self.fiber.is_null() && !self.may_wait
    }

    /// Takes the right to wait from code of the embedder's that is about to be called; whether there was one.
    #[inline]
    pub fn take_waiting(&mut self) -> bool {
        // Mostly there is none: looking is cheaper than writing, and going straight on than jumping.
        let may_wait = self.may_wait;
        if may_wait {
            cold_path();
            self.may_wait = false;
        }
        may_wait
    }

    /// Gives it back when that has returned.
    #[inline]
    pub fn give_waiting(&mut self, may_wait: bool) {
        if may_wait {
            cold_path();
            self.may_wait = true;
        }
    }

    /// Whether the native stack has frames of compiled code.
    fn has_native_frames(&self) -> bool {
        // SAFETY: it is the store's.
        unsafe { Activation::outermost(self.vm.activation, &NATIVE) }.is_some()
    }
}

/// The right to wait, in a store that is where it was when this was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
            let switch = (*self.0).fiber;
            if (*switch).is_cancelled.get() {
                return false;
            }
            let mut future = future;
            let context: *mut Context<'_> = (*switch).context.get().cast();
            // While the embedder's code is on the stack, nothing waits here; if it panics, nothing does any more.
            let may_wait = (*self.0).take_waiting();
            let is_ready = future.as_mut().poll(&mut *context).is_ready();
            (*self.0).give_waiting(may_wait);
            if is_ready {
                return true;
            }
            let future: *mut (dyn Future<Output = ()> + Send + '_) = future.get_unchecked_mut();
            self.leave(Some(std::mem::transmute::<*mut (dyn Future<Output = ()> + Send + '_), Waits>(future)))
        }
    }

    /// Waits for what a future returns, if there is a right to; otherwise, it must be done at once.
    ///
    /// # Errors
    /// If it is not, or the fiber has to end.
    ///
    /// # Safety
    /// As for [`Waiter::wait`].
    pub unsafe fn wait_for<R: Send>(
        waiter: Option<Waiter>,
        future: impl Future<Output = R> + Send,
    ) -> Result<R, Unfinished> {
        let mut result = None;
        {
            let mut future = pin!(async { result = Some(future.await) });
            match waiter {
                // SAFETY: by contract.
                Some(waiter) if unsafe { waiter.wait(future.as_mut()) } => {}
                Some(_) => return Err(Unfinished::Dropped),
                None => {
                    let mut context = Context::from_waker(Waker::noop());
                    if future.as_mut().poll(&mut context).is_pending() {
                        return Err(Unfinished::CannotWait);
                    }
                }
            }
        }
        result.ok_or(Unfinished::Dropped)
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
        let slot_bytes = slots.checked_mul(size_of::<Slot>()).ok_or(FiberError::NoRoom)?;
        let switch = Switch::find(native, slot_bytes, inner.pool.as_ref()).ok_or(FiberError::NoRoom)?;
        let switch = Box::into_raw(switch);
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
            if let Some(stack) = (*switch).stack.take() {
                (*switch).coroutine = Some(Coroutine::new(stack, begin));
            }
            inner.aside.push(&raw const (*switch).aside);
        }
        Ok(Fiber { switch, store, has_ended: false, lives: PhantomData })
    }

    /// Goes on until the code has ended, or cannot go on.
    ///
    /// # Panics
    /// If a future does that the code waits for.
    pub fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.has_ended {
            return Poll::Ready(());
        }
        // SAFETY: the switch is there until the fiber has ended; who waits keeps the future where it is.
        unsafe {
            if let Some(future) = (*self.switch).waits.get() {
                if Pin::new_unchecked(&mut *future).poll(context).is_pending() {
                    return Poll::Pending;
                }
                (*self.switch).waits.set(None);
            }
            (*self.switch).context.set(ptr::from_mut(context).cast());
            if self.go_on() {
                return Poll::Ready(());
            }
            if (*self.switch).waits.get().is_none() {
                context.waker().wake_by_ref();
            }
            Poll::Pending
        }
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
            inner.exchange(&mut (*switch).aside, true);
            if has_native_frames {
                with_registers(switch.cast(), go_on_from);
            } else {
                go_on_from(switch.cast(), 0);
            }
            let inner = &mut *self.store;
            inner.exchange(&mut (*switch).aside, false);
            (*switch).aside.native_stack = (*switch).left_at.get();
            self.has_ended = (*switch).has_ended;
            if self.has_ended {
                self.end();
            }
        }
        self.has_ended
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
            let mut switch = Box::from_raw(self.switch);
            switch.stack = switch.coroutine.take().map(Coroutine::into_stack);
            switch.give_back(inner.pool.as_ref());
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
        if self.has_ended {
            return;
        }
        // SAFETY: the fiber has not ended. What it waits for will not be polled again.
        unsafe {
            (*self.switch).is_cancelled.set(true);
            (*self.switch).waits.set(None);
            (*self.switch).context.set(ptr::null_mut());
            while !self.go_on() {}
        }
    }
}

impl fmt::Debug for Fiber<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fiber").field("has_ended", &self.has_ended).finish_non_exhaustive()
    }
}

/// Every so many uses, a stack gives back what lies deep: something may have gone there once.
const USES_BETWEEN_TRIMS: u32 = 64;

/// Bytes of each stack that it keeps then.
const KEPT: usize = 64 << 10;

// SAFETY: nothing runs on the stack of one that no fiber has, and its addresses lead nowhere else.
unsafe impl Send for Switch {}

impl Switch {
    /// One with a stack for code and one for interpreted frames of these sizes.
    fn find(native: usize, values: usize, pool: Option<&Arc<Pool>>) -> Option<Box<Switch>> {
        let is_like = |switch: &Switch| {
            let (native, values) = (NativeStack::rounded(native), NativeStack::rounded(values));
            switch.stack.as_ref().is_some_and(|stack| stack.sizes() == (native, values))
        };
        let mut switch = match pool.and_then(|pool| pool.take_fiber(is_like)) {
            Some(spare) => spare,
            None => Box::new(Switch {
                aside: Aside::new(),
                coroutine: None,
                stack: Some(NativeStack::new(native, values).or_else(|| {
                    // Perhaps it is the pool that has taken all addresses.
                    pool?.clear();
                    NativeStack::new(native, values)
                })?),
                uses: 0,
                has_ended: false,
                suspender: Cell::new(None),
                waits: Cell::new(None),
                context: Cell::new(ptr::null_mut()),
                is_cancelled: Cell::new(false),
                left_at: Cell::new(0),
            }),
        };
        if let Some(stack) = &switch.stack {
            switch.aside.start(stack, values);
        }
        Some(switch)
    }

    /// Leaves it to the next fiber.
    fn give_back(mut self: Box<Switch>, pool: Option<&Arc<Pool>>) {
        let Some(pool) = pool else { return };
        self.has_ended = false;
        (self.suspender, self.waits) = (Cell::new(None), Cell::new(None));
        (self.context, self.is_cancelled) = (Cell::new(ptr::null_mut()), Cell::new(false));
        self.uses = self.uses.wrapping_add(1);
        if self.uses.is_multiple_of(USES_BETWEEN_TRIMS)
            && let Some(stack) = &mut self.stack
        {
            stack.trim(KEPT);
        }
        pool.keep_fiber(self);
    }
}

impl fmt::Debug for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Switch").field("stack", &self.stack).field("uses", &self.uses).finish_non_exhaustive()
    }
}

impl Aside {
    /// Nothing.
    fn new() -> Aside {
        Aside {
            activation: ptr::null(),
            point: Point::at_start(ptr::null_mut()),
            stack_base: ptr::null_mut(),
            stack_top: ptr::null_mut(),
            native_limit: 0,
            exit_stack: 0,
            place: Place::default(),
            fiber: ptr::null(),
            may_wait: false,
            thread: ptr::null(),
            is_left: true,
            current: ptr::null_mut(),
            stack: (0, 0),
            native_stack: 0,
        }
    }

    /// Makes it what a store has of code that has not begun, on a stack with so many bytes for interpreted frames.
    fn start(&mut self, stack: &NativeStack, values: usize) {
        let base: *mut Slot = stack.values().cast();
        *self = Aside {
            point: Point::at_start(base.wrapping_byte_add(values)),
            stack_base: base,
            stack_top: base,
            stack: stack.bounds(),
            may_wait: true,
            ..Aside::new()
        };
    }
}
