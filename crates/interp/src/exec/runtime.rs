//! Where running code meets the runtime: polls, builtins, host functions, calls between instances, and failure.
//!
//! Everything here is a slow path: reached by a tail call from a handler, free to have a frame of its own. What
//! builtins and host functions do is in `sarsen-vm`; where an exception goes, in [`crate::unwind`].

use crate::code::ModuleCode;
use crate::exec::call::{BRIDGE_SLOTS, frame_distance, load_accumulators, move_down, return_to};
use crate::exec::compiled;
use crate::exec::instructions;
use crate::machine::{Flow, Ip, Machine, Sp, aside};
use crate::payload::{self, at};
use crate::tiering::original;
use crate::unwind;
use sarsen_abi::{Builtin, CodeCell, Exit, VmFunc};
use sarsen_isa::Trap;
use std::ptr;
use std::sync::atomic::Ordering::{Acquire, Relaxed};

/// The countdown ran out: looks at what other threads want, and lets the module's tiering look at the code.
///
/// # Safety
/// The machine's invariants must hold, with `ip` where a back edge, or the entry of a function, has led.
pub(crate) unsafe fn poll(m: &mut Machine) -> Flow {
    // SAFETY: by contract; the store of a live instance is live.
    unsafe {
        let code = ModuleCode::of(m.ctx);
        (*m.store()).countdown = code.countdown();
        if (*(*m.store()).interrupt).load(Relaxed) != 0
            && let Err(flow) = call_out(m, code, sarsen_vm::attend, 0)
        {
            return flow;
        }
        match code.tiering() {
            Some(tiering) => compiled::look(m, code, tiering),
            None => Flow::Next,
        }
    }
}

/// The fuel is not enough for the block that starts here: gets more, and tries again.
///
/// # Safety
/// The machine's invariants must hold, with `ip` at the instruction that pays.
pub(crate) unsafe fn refuel(m: &mut Machine, cost: u32) -> Flow {
    // SAFETY: by contract; tier 0's part of the instance is the module's code.
    unsafe {
        let code = ModuleCode::of(m.ctx);
        call_out(m, code, sarsen_vm::refuel, cost.into()).map_or_else(|flow| flow, |()| Flow::Next)
    }
}

/// Calls a runtime function between two instructions. Whatever is live stays so: all of the frame, and the accumulator.
///
/// # Safety
/// The machine's invariants must hold, with `ip` inside a function whose frame is at `fp`.
#[inline(never)]
unsafe fn call_out(
    m: &mut Machine,
    code: &ModuleCode,
    function: Builtin,
    immediate: u64,
) -> Result<(), Flow> {
    let Some(frame) = code.find(m.ip).map(|function| function.frame_slots()) else { return Ok(()) };
    // SAFETY: by contract; there is some room behind every frame.
    unsafe {
        let top = m.fp.add(frame);
        *top = m.acc;
        leave(m, top.add(1));
        let exit = function(m.ctx, ptr::null_mut(), immediate);
        m.reload_memory();
        if exit.is_ok() { Ok(()) } else { Err(fail(m, exit)) }
    }
}

/// An access was outside the cached length of memory 0: runs it again if the memory has grown.
///
/// # Safety
/// The machine's invariants must hold.
pub(crate) unsafe fn recheck(m: &mut Machine) -> Flow {
    let before = m.len;
    // SAFETY: by contract.
    unsafe { m.reload_memory() };
    if m.len > before { Flow::Next } else { Flow::Trap(Trap::MemoryOutOfBounds) }
}

/// Translates defined function `index` of the running instance's module, so that the current instruction can run
/// again.
///
/// # Safety
/// The machine's invariants must hold.
pub(crate) unsafe fn translate(m: &mut Machine, index: u32) -> Flow {
    // SAFETY: tier 0's part of the instance is the module's code.
    let code = unsafe { ModuleCode::of(m.ctx) };
    match code.translate(index) {
        Ok(_) => Flow::Next,
        Err(error) => {
            // SAFETY: by contract.
            unsafe { sarsen_vm::set_error((*m.ctx).store, Box::new(error)) };
            m.acc = u64::from(Exit::ERROR.0);
            Flow::Exit
        }
    }
}

/// The code of a wasm function, translated now if it has not been yet.
///
/// # Safety
/// `callee` must be a record of a wasm function.
unsafe fn code_of(m: &mut Machine, callee: *const VmFunc) -> Result<Ip, Flow> {
    // SAFETY: by contract.
    unsafe {
        let cell: &CodeCell = &*(*callee).cell;
        let known = cell.0.load(Acquire);
        if !known.is_null() {
            return Ok(known.cast());
        }
        let code = ModuleCode::of((*callee).instance);
        match code.translate_function((*callee).index) {
            Ok(entry) => Ok(entry),
            Err(error) => {
                sarsen_vm::set_error((*m.ctx).store, Box::new(error));
                m.acc = u64::from(Exit::ERROR.0);
                Err(Flow::Exit)
            }
        }
    }
}

/// Calls any function from a call instruction of `words` words whose arguments lie `arguments` slots up.
///
/// # Safety
/// The machine's invariants must hold; `callee` must be a function record whose type fits the arguments.
pub(crate) unsafe fn call_record(
    m: &mut Machine,
    callee: *const VmFunc,
    arguments: u16,
    words: usize,
) -> Flow {
    // SAFETY: by contract.
    unsafe {
        let ret = m.ip.add(words);
        let frame = m.fp.add(usize::from(arguments));
        if (*callee).instance.is_null() {
            return match host(m, callee, frame) {
                Exit::OK => {
                    m.ip = ret;
                    load_accumulators(m, frame);
                    Flow::Next
                }
                exit => fail(m, exit),
            };
        }
        let code = match code_of(m, callee) {
            Ok(code) => code,
            Err(flow) => return flow,
        };
        m.acc = ret.expose_provenance() as u64;
        if (*callee).instance != m.ctx && !push_bridge(m, callee, ret, m.fp) {
            return Flow::Trap(Trap::StackOverflow);
        }
        m.fp = frame;
        m.ip = code;
        Flow::Next
    }
}

/// Tail-calls any function, from an instruction whose payload starts with `arguments header slots`. Does not go to compiled
/// code, as [`ReturnCall`](crate::exec::call::ReturnCall) does not.
///
/// # Safety
/// As for [`call_record`].
pub(crate) unsafe fn tail_call_record(m: &mut Machine, callee: *const VmFunc) -> Flow {
    // SAFETY: by contract.
    unsafe {
        let (from, header, count) =
            (m.slot(at!(TailCall.arguments)), m.slot(at!(TailCall.header)), m.u16_at(at!(TailCall.slots)));
        let code = if (*callee).instance.is_null() {
            None
        } else {
            match code_of(m, callee) {
                Ok(code) => Some(original(code)),
                Err(flow) => return flow,
            }
        };
        let ret: Ip = ptr::with_exposed_provenance(*header as usize);
        move_down(from, m.fp, count);
        let Some(code) = code else {
            let frame = m.fp;
            // The frame is gone: a failure belongs to the caller.
            m.fp = m.fp.sub(frame_distance(ret));
            m.ip = ret.sub(1);
            return match host(m, callee, frame) {
                Exit::OK => {
                    m.fp = frame;
                    load_accumulators(m, frame);
                    return_to(m, ret)
                }
                exit => fail(m, exit),
            };
        };
        m.acc = ret.expose_provenance() as u64;
        if (*callee).instance != m.ctx {
            let stubs = ModuleCode::of(m.ctx).stubs();
            if stubs.is_stub(ret) {
                // A bridge, or the host, already waits there; whatever it restores is right for the new callee too.
                m.ctx = (*callee).instance;
                m.reload_memory();
            } else if !push_bridge(m, callee, ret, m.fp.sub(frame_distance(ret))) {
                return Flow::Trap(Trap::StackOverflow);
            }
        }
        m.ip = code;
        Flow::Next
    }
}

/// Moves to the callee's instance, and leaves a bridge that leads back to `ret`, `fp` and the current one. False if
/// the stack is full.
///
/// # Safety
/// As for [`call_record`].
unsafe fn push_bridge(m: &mut Machine, callee: *const VmFunc, ret: Ip, fp: Sp) -> bool {
    // SAFETY: `enter` left `STACK_SLACK` slots between every frame and the limit.
    unsafe {
        let store = m.store();
        let bridge = (*store).stack_limit.sub(BRIDGE_SLOTS);
        if bridge < m.fp.add(crate::exec::call::STACK_SLACK) {
            return false;
        }
        *bridge = ret.expose_provenance() as u64;
        *bridge.add(1) = fp.expose_provenance() as u64;
        *bridge.add(2) = m.ctx.expose_provenance() as u64;
        (*store).stack_limit = bridge;
        m.acc = ModuleCode::of(m.ctx).stubs().bridge().expose_provenance() as u64;
        m.ctx = (*callee).instance;
        m.reload_memory();
    }
    true
}

/// Calls a host function with its arguments at `frame`.
///
/// # Safety
/// As for [`call_record`], with a host function's record.
unsafe fn host(m: &mut Machine, callee: *const VmFunc, frame: Sp) -> Exit {
    // SAFETY: by contract.
    unsafe {
        let slots = (*callee).params.max((*callee).results) as usize;
        leave(m, frame.add(slots));
        let exit = sarsen_vm::call_host(m.store(), callee, m.ctx, frame);
        back_from_outside(m);
        exit
    }
}

/// What follows a call of code that is not of this tier.
///
/// # Safety
/// `ctx` must be live.
pub(crate) unsafe fn back_from_outside(m: &mut Machine) {
    // SAFETY: by contract; the flag lives as long as the store.
    unsafe {
        m.reload_memory();
        let store = m.store();
        if (*(*store).interrupt).load(Relaxed) != 0 {
            // It may have taken its time: what was asked meanwhile is looked at by the next poll, not the thousandth.
            (*store).countdown = 0;
        }
    }
}

/// Records where code stands before it calls into the runtime; `top` is the end of the live part of the stack.
///
/// # Safety
/// The machine's invariants must hold.
#[inline(always)]
pub(crate) unsafe fn leave(m: &Machine, top: Sp) {
    // SAFETY: by contract.
    unsafe {
        let store = m.store();
        (*store).stack_top = top;
        (*store).exit_position = m.ip.cast();
        (*store).exit_frame = m.fp;
        (*store).exit_instance = m.ctx;
    }
}

/// Records where code stopped for good.
///
/// # Safety
/// The machine's invariants must hold.
pub(crate) unsafe fn leave_stopped(m: &Machine) {
    // SAFETY: by contract.
    unsafe { leave(m, m.fp) };
}

/// What follows from a failed call into the runtime.
///
/// # Safety
/// The machine's invariants must hold, with `ip` at (or inside) the instruction that called.
pub(crate) unsafe fn fail(m: &mut Machine, exit: Exit) -> Flow {
    if exit == Exit::EXCEPTION {
        // SAFETY: by contract.
        return unsafe { unwind::unwind(m) };
    }
    match exit.as_trap() {
        Some(trap) => Flow::Trap(trap),
        None => {
            m.acc = u64::from(exit.0);
            Flow::Exit
        }
    }
}

instructions! {
    /// `builtin operands top immediate`: calls a runtime function on the slots from `operands` on.
    CallBuiltin |m| {
        leave(m, m.slot(at!(CallBuiltin.top)));
        let builtin = sarsen_vm::BUILTINS[usize::from(m.u16_at(at!(CallBuiltin.builtin)))];
        let exit = builtin(m.ctx, m.slot(at!(CallBuiltin.operands)), m.u64_at(at!(CallBuiltin.immediate)));
        m.reload_memory();
        if exit.is_ok() {
            m.advance(payload::CallBuiltin::WORDS);
            return Flow::Next;
        }
        aside(m, move |m| fail(m, exit))
    }

    /// `exception`: throws it.
    ThrowRef |m| {
        let exception = *m.slot(at!(ThrowRef.exception)) as u32;
        if exception == 0 {
            return Flow::Trap(Trap::NullExceptionReference);
        }
        (*m.store()).exception = exception;
        aside(m, move |m| unwind::unwind(m))
    }
}
