//! From the host into wasm code and back: activations, and backtraces through all of them.
//!
//! What the functions do is in [`crate::exec`]; how frames are found, in [`crate::frames`]. The value stack is the
//! runtime's.
//!
//! # Invariants
//!
//! `VmStore::activation` is null or the innermost [`Activation`], which lies in a frame of the native stack that has not
//! returned, and whose `previous` is likewise.

use crate::code::ModuleCode;
use crate::frames::Walk;
use crate::machine::{Ip, Machine, Sp};
use crate::translate::TranslateError;
use sarsen_abi::{Exit, Slot, VmFunc, VmInstance, VmStore};
use sarsen_isa::Trap;
use sarsen_module::Module;
use std::ptr;
use std::sync::Arc;

/// Frames that a backtrace holds at most: enough to see a recursion, bounded however deep it was.
pub const MAX_FRAMES: usize = 64;

/// Bytes of native stack that activations nested through host functions may take together. The value stack does not see
/// them; threads have 2 MiB or more.
const MAX_NATIVE_STACK: usize = 512 << 10;

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
    /// The function, by index in the module.
    pub function: u32,
    /// Module offset of the operator that it executes.
    pub offset: u32,
}

/// One run of wasm code, on the host's stack. Keeps what the activation around it left in the store.
struct Activation {
    previous: *const Activation,
    position: Ip,
    fp: Sp,
    instance: *mut VmInstance,
    stack_limit: Sp,
    stack_top: Sp,
    /// Where the outermost activation lies on the native stack.
    native_base: usize,
}

/// Calls a function: arguments in `slots` from the first on, results likewise. `slots` holds whichever is more.
///
/// # Safety
/// `store` must be live and exclusively the caller's; `func` must be a function record of it; the arguments must be
/// values of the parameter types.
pub unsafe fn call(store: *mut VmStore, func: *const VmFunc, slots: &mut [Slot]) -> Result<(), Failure> {
    // SAFETY: by contract.
    unsafe {
        if (*func).instance.is_null() {
            return match sarsen_vm::call_host(store, func, ptr::null_mut(), slots.as_mut_ptr()) {
                Exit::OK => Ok(()),
                exit => Err(Failure { exit, frames: Vec::new() }),
            };
        }
        let module = ModuleCode::of((*func).instance);
        let entry = match module.translate_function((*func).index) {
            Ok(entry) => entry,
            Err(error) => return Err(untranslatable(store, error)),
        };
        let activation = Activation::new(store);
        (*store).activation = (&raw const activation).cast();
        let result = if activation.is_too_deep() || !has_room(store, slots.len()) {
            Err(Exit::trap(Trap::StackOverflow))
        } else {
            run(store, func, module, entry, slots)
        };
        let result = result.map_err(|exit| Failure { exit, frames: activation.backtrace(store, exit) });
        activation.exit(store);
        result
    }
}

/// Runs translated code on the part of the stack that is free.
///
/// # Safety
/// As for [`call`], with room for the slots.
unsafe fn run(
    store: *mut VmStore,
    func: *const VmFunc,
    module: &ModuleCode,
    entry: Ip,
    slots: &mut [Slot],
) -> Result<(), Exit> {
    // SAFETY: by contract.
    unsafe {
        let fp = (*store).stack_top;
        fp.copy_from_nonoverlapping(slots.as_ptr(), slots.len());
        let mut machine = Machine {
            ctx: (*func).instance,
            ip: entry,
            fp,
            mem: ptr::null_mut(),
            len: 0,
            acc: module.stubs().halt().expose_provenance() as u64,
            f: 0.0,
            d: 0.0,
        };
        machine.reload_memory();
        match module.dispatch().run(machine) {
            Exit::OK => {
                slots.as_mut_ptr().copy_from_nonoverlapping(fp, slots.len());
                Ok(())
            }
            exit => Err(exit),
        }
    }
}

/// Whether `slots` slots fit on the value stack.
///
/// # Safety
/// `store` must be live.
unsafe fn has_room(store: *const VmStore, slots: usize) -> bool {
    // SAFETY: by contract.
    unsafe { (*store).stack_top.wrapping_add(slots + crate::exec::call::STACK_SLACK) <= (*store).stack_limit }
}

/// The failure of a call whose callee cannot be translated.
///
/// # Safety
/// `store` must be live.
unsafe fn untranslatable(store: *mut VmStore, error: TranslateError) -> Failure {
    // SAFETY: by contract.
    unsafe { sarsen_vm::set_error(store, Box::new(error)) };
    Failure { exit: Exit::ERROR, frames: Vec::new() }
}

impl Activation {
    /// Notes what the activation around left in the store.
    ///
    /// # Safety
    /// `store` must be live.
    unsafe fn new(store: *mut VmStore) -> Activation {
        // SAFETY: by contract; the previous activation is on the native stack further out.
        unsafe {
            let previous: *const Activation = (*store).activation.cast();
            let here = (&raw const previous).addr();
            let activation = Activation {
                previous,
                position: (*store).exit_position.cast(),
                fp: (*store).exit_frame,
                instance: (*store).exit_instance,
                stack_limit: (*store).stack_limit,
                stack_top: (*store).stack_top,
                native_base: if previous.is_null() { here } else { (*previous).native_base },
            };
            (*store).exit_position = ptr::null();
            activation
        }
    }

    /// Gives the store back as it was.
    ///
    /// # Safety
    /// `store` must be the one of [`Activation::new`].
    unsafe fn exit(&self, store: *mut VmStore) {
        // SAFETY: by contract.
        unsafe {
            (*store).activation = self.previous.cast();
            (*store).exit_position = self.position.cast();
            (*store).exit_frame = self.fp;
            (*store).exit_instance = self.instance;
            (*store).stack_limit = self.stack_limit;
            (*store).stack_top = self.stack_top;
        }
    }

    /// Whether too much of the native stack lies between here and the outermost activation.
    fn is_too_deep(&self) -> bool {
        let here = (&raw const *self).addr();
        self.native_base.abs_diff(here) > MAX_NATIVE_STACK
    }

    /// The frames of this activation, which has stopped, and of those around it.
    ///
    /// # Safety
    /// `store` must be the one of [`Activation::new`].
    unsafe fn backtrace(&self, store: *const VmStore, exit: Exit) -> Vec<Frame> {
        let mut frames = Vec::new();
        if exit == Exit::EXCEPTION {
            // Exceptions are values: a host that catches one does not pay for a backtrace.
            return frames;
        }
        // SAFETY: by contract; every activation keeps the position of the one around it.
        unsafe {
            let (mut position, mut fp, mut instance): (Ip, Sp, _) =
                ((*store).exit_position.cast(), (*store).exit_frame, (*store).exit_instance);
            let mut limit = (*store).stack_limit;
            let mut activation: *const Activation = self;
            while frames.len() < MAX_FRAMES {
                if !position.is_null() {
                    let walk = Walk::new(limit, position, fp, instance);
                    collect(walk, &mut frames);
                }
                if (*activation).previous.is_null() {
                    break;
                }
                (position, fp, instance) = ((*activation).position, (*activation).fp, (*activation).instance);
                limit = (*activation).stack_limit;
                activation = (*activation).previous;
            }
        }
        frames
    }
}

/// Adds the frames of a walk.
///
/// # Safety
/// As for [`Walk::next`].
unsafe fn collect(mut walk: Walk, frames: &mut Vec<Frame>) {
    while frames.len() < MAX_FRAMES {
        // SAFETY: by contract.
        let Some(found) = (unsafe { walk.next() }) else { return };
        // SAFETY: the frame's instance is live.
        let module = unsafe { ModuleCode::of(found.instance) }.module();
        frames.push(Frame {
            module: Arc::clone(module),
            function: found.code.index + module.imported().funcs,
            offset: found.code.word(found.position).map_or(0, |word| found.code.offset(word)),
        });
    }
}
