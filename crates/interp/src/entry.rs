//! From the host into wasm code and back.
//!
//! What the functions do is in [`crate::exec`]; how frames are found, in [`crate::frames`]. The value stack and the chain of
//! activations are the runtime's.
//!
//! # Invariants
//!
//! Code of this tier runs inside an activation of [`TIER`].

use crate::code::ModuleCode;
use crate::frames::Walk;
use crate::machine::{Ip, Machine};
use crate::translate::TranslateError;
use sarsen_abi::{Exit, Slot, VmFunc, VmStore};
use sarsen_isa::Trap;
use sarsen_vm::{Activation, Failure, Frame, InstanceId, MAX_FRAMES, Point, Tier};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// What activations know of this tier.
static TIER: Tier = Tier { collect };

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
        Activation::run(store, &TIER, || {
            if has_room(store, slots.len()) {
                run(store, func, module, entry, slots)
            } else {
                Err(Exit::trap(Trap::StackOverflow))
            }
        })
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
        if (*(*store).interrupt).load(Relaxed) != 0 {
            // What it was asked before is looked at by the first poll, not the thousandth.
            (*store).countdown = 0;
        }
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

/// Adds the frames of an activation.
///
/// # Safety
/// As for [`Tier::collect`].
unsafe fn collect(point: &Point, frames: &mut Vec<Frame>) {
    // SAFETY: by contract.
    let mut walk =
        unsafe { Walk::new(point.stack_limit, point.position.cast(), point.frame, point.instance) };
    while frames.len() < MAX_FRAMES {
        // SAFETY: by contract.
        let Some(found) = (unsafe { walk.next() }) else { return };
        // SAFETY: the frame's instance is live.
        let (module, instance) =
            unsafe { (ModuleCode::of(found.instance).module(), InstanceId::of(found.instance)) };
        frames.push(Frame {
            module: Arc::clone(module),
            instance: Some(instance),
            function: found.code.index + module.imported().funcs,
            offset: found.code.word(found.position).map_or(0, |word| found.code.offset(word)),
        });
    }
}
