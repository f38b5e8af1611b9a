//! Into code that another tier has compiled, and back: at calls, and at polls.
//!
//! Compiled code runs in an activation of its own, inside of the interpreter's. For that time the interpreter stands at the
//! call that led to the function, whose frame is not there any more: it has become a few slots, of arguments and then of
//! results. What compiled code leads to is in [`crate::tiering`]; when something is compiled is for others to say.

use crate::code::ModuleCode;
use crate::exec::call::{back_at_call, fits, load_accumulators};
use crate::exec::instructions;
use crate::exec::runtime::{back_from_outside, fail, leave};
use crate::machine::{Flow, Ip, Machine, Sp, aside};
use crate::tiering::{Compiled, Look, Place, Stub, Tiering};
use sarsen_abi::Slot;
use sarsen_isa::Trap;

instructions! {
    /// `frame`, and a stub: the entry of a function that has been compiled.
    EnterCompiled |m| {
        aside(m, move |m| enter(m))
    }
}

/// Enters compiled code, or goes on with what it was compiled from if little is left of the native stack, which
/// interpreted code does not need.
///
/// # Safety
/// As for the entry of a function, with `ip` at a stub.
unsafe fn enter(m: &mut Machine) -> Flow {
    // SAFETY: by contract.
    unsafe {
        let stub = &*Stub::at(m.ip);
        if !fits(m, stub.slots) {
            back_at_call(m);
            return Flow::Trap(Trap::StackOverflow);
        }
        if !sarsen_vm::has_native_room(m.store()) {
            m.ip = stub.original;
            return Flow::Next;
        }
        run(m, stub.compiled, m.fp, m.fp.add(stub.slots))
    }
}

/// Lets compiled code run in the place of a function: `slots` is what it is given, `top` the end of what is live of the
/// frame.
///
/// # Safety
/// `fp` must be the frame of the function for which the code is, with the return address in `acc`, and hold its results when
/// the code has run.
unsafe fn run(m: &mut Machine, compiled: Compiled, slots: *mut Slot, top: Sp) -> Flow {
    let frame = m.fp;
    let ret: Ip = std::ptr::with_exposed_provenance(m.acc as usize);
    // SAFETY: by contract. The code is good, says who published it.
    unsafe {
        back_at_call(m);
        leave(m, top);
        let Compiled { enter, native } = compiled;
        let result = sarsen_vm::enter_native(m.store(), enter, m.ctx.cast(), native, slots);
        back_from_outside(m);
        match result {
            Ok(()) => {
                m.ip = ret;
                load_accumulators(m, frame);
                Flow::Next
            }
            Err(failure) => {
                let exit = failure.pass_on(m.store());
                fail(m, exit)
            }
        }
    }
}

/// Lets `tiering` look at the code, and goes on in compiled code if there is some for the rest of the function.
///
/// # Safety
/// As for [`poll`](crate::exec::runtime::poll), with the code of the running instance's module.
#[inline(never)]
pub(crate) unsafe fn look(m: &mut Machine, code: &ModuleCode, tiering: &dyn Tiering) -> Flow {
    let Some(function) = code.find(m.ip) else { return Flow::Next };
    let (index, header) = (function.index, function.header());
    let (bias, _) = function.frame_at(m.ip);
    // SAFETY: the function's frames are as its layout says; where a loop or an entry is found, `fp` is their start.
    unsafe {
        let place = function.place(m.ip);
        // Nothing that is to be dropped may be left when compiled code runs.
        drop(function);
        let call = match place {
            Place::Entry => code.call_before(std::ptr::with_exposed_provenance(*m.fp.add(header) as usize)),
            _ => None,
        };
        let found = tiering.look(code, &Look { function: index, place, frame: m.fp.sub(bias).addr(), call });
        match (place, found) {
            (Place::Loop { .. }, Some(compiled)) if sarsen_vm::has_native_room(m.store()) => {
                m.acc = *m.fp.add(header);
                let mut frame = m.fp.expose_provenance() as Slot;
                // The code reads what it wants of the frame before anything else can be there.
                let results = code.result_slots(index);
                run(m, compiled, &raw mut frame, m.fp.add(results))
            }
            (Place::Entry, _) => match code.published(index) {
                // Nothing has run: the call can be made again. The arguments still lie where they were.
                Some(stub) if sarsen_vm::has_native_room(m.store()) => {
                    m.acc = *m.fp.add(header);
                    run(m, stub.compiled, m.fp, m.fp.add(stub.slots))
                }
                _ => Flow::Next,
            },
            _ => Flow::Next,
        }
    }
}

#[cfg(test)]
mod tests;
