//! Functions, memories and exports, where wasm.h leaves something out.

use super::{done, sarsen_error_t};
use crate::failure::{Failure, noted};
use crate::lent::held;
use crate::object::{Object, wasm_extern_t, wasm_func_t, wasm_instance_t, wasm_memory_t, wasm_ref_t};
use crate::text;
use crate::val::wasm_val_t;
use crate::wasm::{call, copy_bytes, with_memory, write};
use std::ffi::{c_char, c_void};
use std::sync::Arc;

/// Calls a function with `arg_count` arguments; there is room for `result_count` results at `results`, and it has no more.
/// They are the caller's, if there is no error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_func_call(
    func: *const wasm_func_t,
    args: *const wasm_val_t,
    arg_count: usize,
    results: *mut wasm_val_t,
    result_count: usize,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (store, func) = unsafe { (Arc::clone(&(*func).store), (*func).as_func()) };
    // SAFETY: by the contract of pointers.
    let args = unsafe { text::values(args, arg_count) };
    let called = match func {
        Ok(func) => call(&store, func, args, result_count),
        Err(error) => Err(Failure::from_error(&error)),
    };
    match called {
        Ok(returned) => {
            // SAFETY: by the contract of pointers, there is room for at least as many.
            unsafe { write(returned, results) };
            None
        }
        Err(failure) => Some(sarsen_error_t::new(failure)),
    }
}

/// An export of an instance by its name: the caller's; null if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_instance_export(
    instance: *const wasm_instance_t,
    name: *const c_char,
) -> Option<Box<wasm_extern_t>> {
    // SAFETY: by the contract of pointers.
    let (instance, name) = unsafe { (held(instance), text::text(name, "name of the export")) };
    let (store, name) = (&instance.store, noted(name)?);
    let export = store.try_enter(|context| Ok(instance.as_instance()?.get_export(context, name)));
    Some(wasm_ref_t::new(store, Object::from(noted(export)??)))
}

/// Copies `size` bytes of a memory, from `offset` on, to `buffer`, which may be in the memory, too. Nothing is copied if they are
/// not all inside.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_memory_read(
    memory: *const wasm_memory_t,
    offset: u64,
    buffer: *mut c_void,
    size: usize,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let memory = unsafe { held(memory) };
    done(with_memory(&memory, |bytes, context| {
        let from = bytes.range(context, offset, size)?;
        // SAFETY: by the contract of pointers; the store is ours, so that only those change the memory meanwhile who share it.
        unsafe { copy_bytes(from, buffer.cast(), size, bytes.is_shared()) };
        Ok(())
    }))
}

/// Copies `size` bytes from `buffer`, which may be in the memory, too, to a memory, from `offset` on. Nothing is copied if they
/// would not all be inside.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_memory_write(
    memory: *const wasm_memory_t,
    offset: u64,
    buffer: *const c_void,
    size: usize,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let memory = unsafe { held(memory) };
    done(with_memory(&memory, |bytes, context| {
        let to = bytes.range(context, offset, size)?;
        // SAFETY: as above.
        unsafe { copy_bytes(buffer.cast(), to, size, bytes.is_shared()) };
        Ok(())
    }))
}
