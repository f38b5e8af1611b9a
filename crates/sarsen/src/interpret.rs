//! From compiled code to functions that it has no code for: to the interpreter, or to where there is some by now.
//!
//! # Invariants
//!
//! Compiled code calls with a live instance, whose store it has exclusively, and with as many slots as the function's
//! parameters or its results take.

use crate::store::Opaque;
use crate::{Error, Result, tier};
use sarsen_abi::{Exit, Slot, VmFunc, VmFunctions, VmInstance};
use sarsen_isa::Builtin;
use std::ffi::c_void;

/// What compiled code calls of the runtime's.
pub(crate) static FUNCTIONS: VmFunctions = sarsen_vm::functions(interpret, find_entry, resolve);

/// Calls function `index` of an instance in the interpreter, unless it is compiled by now.
unsafe extern "C" fn interpret(instance: *mut VmInstance, args: *mut Slot, index: u64) -> Exit {
    let mut record: Slot = 0;
    // SAFETY: by the invariants of this module; the builtin leaves the function's record, which lives as long as the store.
    unsafe {
        let exit = sarsen_vm::BUILTINS[Builtin::RefFunc as usize](instance, &raw mut record, index);
        if !exit.is_ok() {
            return exit;
        }
        let func: *mut VmFunc = std::ptr::with_exposed_provenance_mut(record as usize);
        let count = (*func).params.max((*func).results) as usize;
        let (store, slots) = ((*instance).store, std::slice::from_raw_parts_mut(args, count));
        let result = match tier::resolve_compiled(func) {
            Some(_) => sarsen_vm::call_native(store, func, slots),
            None => sarsen_interp::call(store, func, slots),
        };
        match result {
            Ok(()) => Exit::OK,
            Err(failure) => failure.pass_on(store),
        }
    }
}

/// Leaves an entry of defined function `index` for compiled callers in the first slot.
unsafe extern "C" fn find_entry(instance: *mut VmInstance, args: *mut Slot, index: u64) -> Exit {
    // SAFETY: by the invariants of this module.
    unsafe {
        let tier = tier::of(instance);
        if let Some(tier) = tier {
            // Whoever stands in for several learns which is meant.
            (*(*instance).store).uncompiled = u64::from(tier.func_index(index as u32));
        }
        answer(instance, args, || tier.ok_or_else(not_tiered)?.find_entry(index as u32))
    }
}

/// Leaves an entry of the function whose record is in the first slot there.
unsafe extern "C" fn resolve(instance: *mut VmInstance, args: *mut Slot, _: u64) -> Exit {
    // SAFETY: by the invariants of this module, and those of `store.rs`; the slot is the record's address.
    unsafe {
        let record = std::ptr::with_exposed_provenance_mut(*args as usize);
        let opaque: *const Opaque = sarsen_vm::host_data((*instance).store).cast();
        answer(instance, args, || tier::resolve(&(*opaque).engine, record))
    }
}

fn not_tiered() -> Error {
    Error::bug("code of a module whose functions are not compiled one by one")
}

/// Leaves an address in the first slot.
///
/// # Safety
/// By the invariants of this module.
unsafe fn answer(
    instance: *mut VmInstance,
    args: *mut Slot,
    find: impl FnOnce() -> Result<*const c_void>,
) -> Exit {
    match find() {
        Ok(address) => {
            // SAFETY: by contract.
            unsafe { *args = address.expose_provenance() as Slot };
            Exit::OK
        }
        Err(error) => {
            // SAFETY: by contract.
            unsafe { sarsen_vm::set_error((*instance).store, Box::new(error)) };
            Exit::ERROR
        }
    }
}
