//! From compiled code to the interpreter: functions that have no code of their own.
//!
//! # Invariants
//!
//! Compiled code calls with a live instance, whose store it has exclusively, and with as many slots as the function's
//! parameters or its results take.

use sarsen_abi::{Exit, Slot, VmFunc, VmFunctions, VmInstance};
use sarsen_isa::Builtin;

/// What compiled code calls of the runtime's.
pub(crate) static FUNCTIONS: VmFunctions = sarsen_vm::functions(interpret);

/// Calls function `index` of an instance in the interpreter.
unsafe extern "C" fn interpret(instance: *mut VmInstance, args: *mut Slot, index: u64) -> Exit {
    let mut record: Slot = 0;
    // SAFETY: by the invariants of this module; the builtin leaves the function's record, which lives as long as the store.
    unsafe {
        let exit = sarsen_vm::BUILTINS[Builtin::RefFunc as usize](instance, &raw mut record, index);
        if !exit.is_ok() {
            return exit;
        }
        let func: *const VmFunc = std::ptr::with_exposed_provenance(record as usize);
        let count = (*func).params.max((*func).results) as usize;
        let store = (*instance).store;
        match sarsen_interp::call(store, func, std::slice::from_raw_parts_mut(args, count)) {
            Ok(()) => Exit::OK,
            Err(failure) => failure.pass_on(store),
        }
    }
}
