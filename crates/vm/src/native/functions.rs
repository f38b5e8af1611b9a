//! What compiled code calls of the runtime's, as one table. What the builtins do is in `builtins`.
//!
//! # Invariants
//!
//! Compiled code calls these as the conventions of `sarsen-abi` say, on the thread that has the store.

use super::call::raise;
use crate::BUILTINS;
use crate::store::StoreInner;
use crate::sys::native::with_registers;
use sarsen_abi::{Builtin, Exit, Returned, Slot, VmFunc, VmFunctions, VmInstance, VmStore};
use sarsen_isa::Trap;
use std::ffi::c_void;

/// The table, for compiled code that calls these where it has no code of its own.
pub const fn functions(interpret: Builtin, find_entry: Builtin, resolve: Builtin) -> VmFunctions {
    VmFunctions {
        call_builtin,
        builtins: BUILTINS,
        raise,
        copy,
        fill,
        interpret,
        find_entry,
        resolve,
        attend: crate::attend::attend,
        refuel: crate::attend::refuel,
    }
}

/// The table of stores that nobody has told about an interpreter.
pub(crate) static INTERPRETED: VmFunctions = functions(nothing, nothing, nothing);

unsafe extern "C" fn nothing(_: *mut VmInstance, _: *mut Slot, _: u64) -> Exit {
    Exit::trap(Trap::UnreachableCodeReached)
}

/// A call of a builtin.
struct BuiltinCall {
    instance: *mut VmInstance,
    args: *mut Slot,
    imm: u64,
    builtin: Builtin,
    exit: Exit,
}

/// Calls a builtin with what compiled code has in registers above a known place of the stack. What builtins themselves leave
/// there, dead references among it, does not interest the collector then.
unsafe extern "C" fn call_builtin(
    instance: *mut VmInstance,
    args: *mut Slot,
    imm: u64,
    builtin: Builtin,
) -> Exit {
    let mut call = BuiltinCall { instance, args, imm, builtin, exit: Exit::OK };
    // SAFETY: `call_on_stack` gets the call back; for the rest, compiled code has called as builtins want it.
    unsafe { with_registers((&raw mut call).cast(), call_on_stack) };
    call.exit
}

/// Makes a [`BuiltinCall`], below which the stack is at `stack`.
unsafe extern "C" fn call_on_stack(call: *mut c_void, stack: usize) {
    // SAFETY: by `call_builtin`; the store of a live instance is live.
    unsafe {
        let call = &mut *call.cast::<BuiltinCall>();
        let store = (*call.instance).store;
        StoreInner::of(store).exit_stack = stack;
        call.exit = (call.builtin)(call.instance, call.args, call.imm);
        StoreInner::of(store).exit_stack = 0;
    }
}

/// Calls a function of an instance whose functions are interpreted, for code that has its record.
pub(crate) unsafe extern "C" fn call_interpreted(
    _: *mut VmStore,
    func: *const VmFunc,
    _: *mut VmInstance,
    args: *mut Slot,
) -> Exit {
    // SAFETY: compiled code passes the record and the slots of a call.
    unsafe {
        let instance = (*func).instance;
        ((*(*instance).functions).interpret)(instance, args, u64::from((*func).index))
    }
}

/// The same for one whose type fits in registers.
pub(crate) unsafe extern "C" fn call_interpreted_in_registers(
    func: *const VmFunc,
    first: Slot,
    second: Slot,
    third: Slot,
    fourth: Slot,
    fifth: Slot,
) -> Returned {
    let mut slots = [first, second, third, fourth, fifth];
    // SAFETY: compiled code passes the record.
    unsafe {
        let caller = (*func).caller;
        let exit = call_interpreted((*(*func).instance).store, func, caller, slots.as_mut_ptr());
        Returned::new(exit, slots[0], caller)
    }
}

/// Copies bytes of memories.
unsafe extern "C" fn copy(to: *mut u8, from: *const u8, len: usize) {
    // SAFETY: compiled code has checked that both ranges are inside their memories.
    unsafe { std::ptr::copy(from, to, len) }
}

/// Fills bytes of a memory.
unsafe extern "C" fn fill(to: *mut u8, value: u32, len: usize) {
    // SAFETY: as above.
    unsafe { to.write_bytes(value as u8, len) }
}
