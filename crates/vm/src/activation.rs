//! Activations: runs of wasm code on the host's stack, in whatever tier, and backtraces through all of them.
//!
//! How code of a tier runs and how its frames are found is the tier's matter: it brings a [`Tier`] along.
//!
//! # Invariants
//!
//! `VmStore::activation` is null or the innermost [`Activation`], which lies in a frame of the native stack that has not
//! returned, and whose `previous` is likewise.

use crate::externs::InstanceId;
use crate::native::{NATIVE, is_in_use};
use crate::stack::ThreadStack;
use crate::store::StoreInner;
use crate::sys::native::stack;
use crate::thread::{Here, here};
use sarsen_abi::{Exit, Slot, VmEntry, VmInstance, VmStore};
use sarsen_module::Module;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

/// Frames that a backtrace holds at most: enough to see a recursion, bounded however deep it was.
pub const MAX_FRAMES: usize = 64;

/// Why a call did not complete.
#[derive(Debug)]
pub struct Failure {
    /// How code ended.
    pub exit: Exit,
    /// Where, innermost first, at most [`MAX_FRAMES`].
    pub frames: Vec<Frame>,
}

/// A frame of wasm code.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its module.
    pub module: Arc<Module>,
    /// Its instance, if the tier knows it: compiled code is that of all instances.
    pub instance: Option<InstanceId>,
    /// The function, by index in the module.
    pub function: u32,
    /// Module offset of the operator that it executes.
    pub offset: u32,
}

/// What activations have to know of a way of running code.
#[derive(Debug)]
pub struct Tier {
    /// Adds the frames of one activation, innermost first, until there are [`MAX_FRAMES`] of them.
    ///
    /// # Safety
    /// The point must be where code of this tier has stopped or called out, and its frames still as they were.
    pub collect: unsafe fn(point: &Point, frames: &mut Vec<Frame>),
}

/// Where the code of an activation stands, as it has left it in the store: in its order there, and aligned likewise.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(16))]
pub struct Point {
    /// Its position, if it is of the interpreter.
    pub position: *const c_void,
    /// Its frame, or that of what it called; null if it has not left any.
    pub frame: *mut Slot,
    /// Its instance, if it is of the interpreter.
    pub instance: *mut VmInstance,
    /// The limit of the value stack.
    pub stack_limit: *mut Slot,
    /// The frame through which compiled code was entered.
    pub entry: VmEntry,
}

impl Point {
    /// Where the innermost activation stands.
    ///
    /// # Safety
    /// `store` must be live.
    #[inline(always)]
    unsafe fn of(store: *const VmStore) -> Point {
        // SAFETY: by contract.
        Point::of_store(unsafe { &*store })
    }

    /// The same for those who have it.
    #[inline(always)]
    pub(crate) fn of_store(store: &VmStore) -> Point {
        Point {
            position: store.exit_position,
            frame: store.exit_frame,
            instance: store.exit_instance,
            stack_limit: store.stack_limit,
            entry: store.entry,
        }
    }

    /// Nowhere yet, with a value stack that ends there.
    pub(crate) fn at_start(stack_limit: *mut Slot) -> Point {
        let (position, frame, instance) = (ptr::null(), ptr::null_mut(), ptr::null_mut());
        Point { position, frame, instance, stack_limit, entry: VmEntry::default() }
    }

    /// Leaves it in the store.
    #[inline(always)]
    pub(crate) fn put(&self, store: &mut VmStore) {
        store.exit_position = self.position;
        store.exit_frame = self.frame;
        store.exit_instance = self.instance;
        store.stack_limit = self.stack_limit;
        store.entry = self.entry;
    }
}

/// One run of wasm code, on the host's stack. Keeps what the activation around it left in the store.
#[derive(Debug)]
pub struct Activation {
    previous: *const Activation,
    tier: &'static Tier,
    around: Point,
    stack_top: *mut Slot,
    /// The thread's value stack, if it is this activation for which the store has it.
    borrowed: Option<&'static ThreadStack>,
    /// Where the outermost activation lies on the native stack.
    native_base: usize,
}

/// Bytes of a thread's stack that are left to the runtime and to host functions where compiled code must stop, unless that
/// were more than half of what there is.
const MIN_LEFT: usize = 128 << 10;

/// Bytes by which the outermost activation may lie below others: frames of one function may lie in any order.
const SLACK: usize = size_of::<Activation>() + 1024;

/// Where an outermost activation is, and all that the limit of its native stack depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Place {
    here: usize,
    /// The stack that it is on, if that is known: its lowest address, and its end.
    stack: (usize, usize),
}

impl Place {
    /// Whether the stack is known.
    #[inline(always)]
    fn is_known(&self) -> bool {
        self.stack.1 != 0
    }
}

/// The lowest address that stack pointers may have, if they are at `at` now, on this stack, and may go down by `budget` bytes.
fn native_limit(at: usize, (lowest, end): (usize, usize), budget: usize) -> usize {
    let limit = at.saturating_sub(budget);
    // Whoever runs on a stack that is not known to be here knows its size.
    if !(lowest..end).contains(&at) {
        return limit;
    }
    limit.max(lowest + MIN_LEFT.min((at - lowest) / 2))
}

/// Sets the limit of the native stack for an outermost activation.
///
/// # Safety
/// `store` must be live.
#[inline(never)]
unsafe fn set_native_limit(store: *mut VmStore, at: usize) {
    // SAFETY: by contract.
    unsafe {
        let inner = StoreInner::of(store);
        let stack = inner.native_stack(is_in_use());
        (*store).native_limit = native_limit(at, stack, inner.config.native_stack);
        inner.place = Place { here: at, stack };
    }
}

/// The stack of the calling thread.
#[cold]
fn find_stack(here: &Here) -> (usize, usize) {
    // Nobody is on a stack that ends at the first address.
    let found = stack().map_or((0, 1), |stack| (stack.start, stack.end));
    here.stack.set(found);
    found
}

impl Activation {
    /// Runs code of a tier as a new activation, unless there is too little native stack for it.
    ///
    /// # Safety
    /// `store` must be live and exclusively the caller's; `run` must be ready for what code of the tier does, and must not
    /// panic.
    #[inline(always)]
    pub unsafe fn run(
        store: *mut VmStore,
        tier: &'static Tier,
        run: impl FnOnce() -> Result<(), Exit>,
    ) -> Result<(), Failure> {
        // SAFETY: by contract; the activation leaves the store before it goes.
        unsafe {
            let activation = Activation::new(store, tier);
            (*store).activation = (&raw const activation).cast();
            let result = if activation.is_too_deep(store) {
                Err(Exit::trap(sarsen_isa::Trap::StackOverflow))
            } else {
                run()
            };
            let result = match result {
                Ok(()) => Ok(()),
                Err(exit) => Err(activation.failure(store, exit)),
            };
            activation.exit(store);
            result
        }
    }

    /// Notes what the activation around left in the store.
    ///
    /// # Safety
    /// `store` must be live.
    #[inline(always)]
    unsafe fn new(store: *mut VmStore, tier: &'static Tier) -> Activation {
        // SAFETY: by contract.
        unsafe {
            let previous: *const Activation = (*store).activation.cast();
            let native_base = if previous.is_null() {
                // Nested activations share what the outermost has.
                let at = (&raw const previous).addr();
                let inner = StoreInner::of(store);
                inner.thread = here();
                let place = Place { here: at, stack: (*inner.thread).stack.get() };
                // Most calls come from where the last one came from.
                if inner.place != place || !place.is_known() {
                    set_native_limit(store, at);
                }
                at
            } else {
                let inner = StoreInner::of(store);
                if !inner.place.is_known() && inner.thread == here() {
                    // Interpreted code takes nothing of the native stack, but what it has called and has come here does; and the
                    // first compiled code may have been published since.
                    let stack = inner.native_stack(true);
                    let limit = native_limit((&raw const previous).addr(), stack, inner.config.native_stack);
                    (*store).native_limit = limit.max((*store).native_limit);
                    inner.place = Place { here: 0, stack };
                }
                (*previous).native_base
            };
            // Compiled code does without.
            let needs_stack = !ptr::eq(tier, &NATIVE) && (*store).stack_limit.is_null();
            let borrowed = if needs_stack { StoreInner::of(store).find_stack() } else { None };
            let around = Point::of(store);
            let activation =
                Activation { previous, tier, around, stack_top: (*store).stack_top, borrowed, native_base };
            (*store).exit_frame = ptr::null_mut();
            activation
        }
    }

    /// Gives the store back as it was.
    ///
    /// # Safety
    /// `store` must be the one of [`Activation::new`].
    #[inline(always)]
    unsafe fn exit(&self, store: *mut VmStore) {
        // SAFETY: by contract.
        unsafe {
            (*store).activation = self.previous.cast();
            self.around.put(&mut *store);
            (*store).stack_top = self.stack_top;
            if let Some(borrowed) = self.borrowed {
                StoreInner::of(store).leave_stack(borrowed);
            }
        }
    }

    /// Whether too much of the native stack lies between here and the outermost activation: it does if that is on the stack of
    /// another thread, which waits for this one.
    ///
    /// # Safety
    /// As for [`Activation::exit`].
    #[inline(always)]
    unsafe fn is_too_deep(&self, store: *const VmStore) -> bool {
        let here = (&raw const *self).addr();
        // SAFETY: by contract.
        here < unsafe { (*store).native_limit } || here > self.native_base + SLACK
    }

    /// Why this activation has not completed.
    ///
    /// # Safety
    /// As for [`Activation::exit`].
    #[cold]
    unsafe fn failure(&self, store: *mut VmStore, exit: Exit) -> Failure {
        // SAFETY: by contract.
        let stopped = unsafe { StoreInner::of(store) }.stopped.take();
        // SAFETY: by contract.
        stopped
            .filter(|stopped| stopped.exit == exit)
            .unwrap_or_else(|| unsafe { Failure::here(store, exit) })
    }

    /// The innermost activation, as an address on the native stack; none if there is none, or it is of another tier.
    ///
    /// # Safety
    /// `store` must be live.
    pub(crate) unsafe fn innermost(store: *const VmStore, tier: &'static Tier) -> Option<usize> {
        // SAFETY: by the invariants, it is on the native stack.
        unsafe {
            let activation: *const Activation = (*store).activation.cast();
            (!activation.is_null() && ptr::eq((*activation).tier, tier)).then(|| activation.addr())
        }
    }

    /// The outermost activation of a tier among one and those around it, as an address on the native stack; none if there is
    /// none.
    ///
    /// # Safety
    /// `activation` must be what a store has, or had when its code was set aside.
    pub(crate) unsafe fn outermost(activation: *const c_void, tier: &'static Tier) -> Option<usize> {
        let mut found = None;
        let activation: *const Activation = activation.cast();
        // SAFETY: by the invariants, all are on the native stack.
        unsafe {
            let mut activation = activation;
            while !activation.is_null() {
                if ptr::eq((*activation).tier, tier) {
                    found = Some(activation.addr());
                }
                activation = (*activation).previous;
            }
        }
        found
    }
}

/// Whether at most half of the native stack that the outermost activation may use is in use: then code that can do without
/// may go on with code that takes some of it. There is none on the stack of another thread than that activation's.
///
/// # Safety
/// `store` must be live.
pub unsafe fn has_native_room(store: *const VmStore) -> bool {
    let here = (&raw const store).addr();
    // SAFETY: by the invariants, the activation is on the native stack.
    unsafe {
        let activation: *const Activation = (*store).activation.cast();
        if activation.is_null() {
            return true;
        }
        let (base, limit) = ((*activation).native_base, (*store).native_limit);
        (limit + base.saturating_sub(limit) / 2..=base + SLACK).contains(&here)
    }
}

impl StoreInner {
    /// Whether this is the thread on whose stack the store's activations are, if there are any.
    pub(crate) fn is_on_its_thread(&self) -> bool {
        self.vm.activation.is_null() || self.thread == here()
    }

    /// The native stack that code of this store runs on, if it is known, or asked for: to find it takes time.
    fn native_stack(&self, is_needed: bool) -> (usize, usize) {
        // SAFETY: the thread of the activations is this one, which has not ended.
        let here = unsafe { &*self.thread };
        match here.stack.get() {
            (_, 0) if is_needed => find_stack(here),
            known => known,
        }
    }
}

impl Failure {
    /// The failure of code that has stopped, with the frames of its activation and of those around.
    ///
    /// # Safety
    /// `store` must be live, with an activation, whose frames are still as they were when it noted where it stands.
    pub(crate) unsafe fn here(store: *const VmStore, exit: Exit) -> Failure {
        let mut frames = Vec::new();
        if exit == Exit::EXCEPTION {
            // Exceptions are values: a host that catches one does not pay for a backtrace.
            return Failure { exit, frames };
        }
        // SAFETY: by contract; every activation keeps the point of the one around it.
        unsafe {
            let mut point = Point::of(store);
            let mut activation: *const Activation = (*store).activation.cast();
            while !activation.is_null() && frames.len() < MAX_FRAMES {
                if !point.frame.is_null() {
                    ((*activation).tier.collect)(&point, &mut frames);
                }
                point = (*activation).around;
                activation = (*activation).previous;
            }
        }
        Failure { exit, frames }
    }

    /// Leaves the frames in the store, for the activation around, which is about to stop with the exit that this is.
    ///
    /// # Safety
    /// `store` must be live and exclusively the caller's.
    pub unsafe fn pass_on(self, store: *mut VmStore) -> Exit {
        let exit = self.exit;
        if exit != Exit::EXCEPTION {
            // SAFETY: by contract.
            unsafe { StoreInner::of(store) }.stopped = Some(self);
        }
        exit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    static TIER: Tier = Tier { collect: |_, _| {} };

    /// Takes native stack, at least a page at a time, as long as there is room. Returns how many times.
    ///
    /// # Safety
    /// As for [`has_native_room`].
    #[inline(never)]
    unsafe fn descend(store: *const VmStore) -> usize {
        let page = black_box([0u8; 4 << 10]);
        // SAFETY: by contract.
        let deeper = unsafe { if has_native_room(store) { 1 + descend(store) } else { 0 } };
        deeper + usize::from(black_box(page)[0])
    }

    #[test]
    fn room_ends_with_half_of_the_native_stack() {
        let mut store = crate::testing::store();
        let vm = store.vm();
        let mut depth = 0;
        // SAFETY: the store is exclusively ours.
        unsafe {
            assert!(has_native_room(vm), "nothing runs");
            let result = Activation::run(vm, &TIER, || {
                depth = descend(vm);
                Activation::run(vm, &TIER, || {
                    assert!(has_native_room(vm), "the room is that of the outermost activation");
                    Ok(())
                })
                .map_err(|failure| failure.exit)
            });
            assert!(result.is_ok());
        }
        let pages = crate::DEFAULT_NATIVE_STACK / (4 << 10);
        assert!((pages / 10..=pages / 2).contains(&depth), "{depth} of {pages} pages");
    }

    #[test]
    fn limits_are_inside_of_stacks() {
        let stack = (1 << 20, 2 << 20);
        let here = (2 << 20) - 100;
        assert_eq!(native_limit(here, stack, 2 << 20), (1 << 20) + MIN_LEFT);
        assert_eq!(native_limit((1 << 20) + 1000, stack, 2 << 20), (1 << 20) + 500);
        assert_eq!(native_limit(here, stack, 512 << 10), here - (512 << 10));
        assert_eq!(native_limit(3 << 20, stack, 2 << 20), 1 << 20, "another stack");
        assert_eq!(native_limit(100, stack, 200), 0);
        assert_eq!(native_limit(here, (0, 0), 512 << 10), here - (512 << 10));
    }
}
