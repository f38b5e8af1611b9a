//! Functions, memories and exports, where wasm.h leaves something out.

use super::{done, sarsen_error_t};
use crate::failure::{Failure, noted};
use crate::object::{Object, wasm_extern_t, wasm_func_t, wasm_instance_t, wasm_memory_t, wasm_ref_t};
use crate::text;
use crate::val::wasm_val_t;
use crate::wasm::{Bytes, call, with_memory, write};
use sarsen::Error;
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
    // A callback may delete the reference that the call was made with: nothing of it is kept.
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
    instance: &wasm_instance_t,
    name: *const c_char,
) -> Option<Box<wasm_extern_t>> {
    let store = &instance.store;
    // SAFETY: by the contract of pointers.
    let name = noted(unsafe { text::text(name, "name of the export") })?;
    let export = store.try_enter(|context| Ok(instance.as_instance()?.get_export(context, name)));
    Some(wasm_ref_t::new(store, Object::from(noted(export)??)))
}

/// Copies `size` bytes of a memory, from `offset` on, to `buffer`. Nothing is copied if they are not all inside.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_memory_read(
    memory: &wasm_memory_t,
    offset: u64,
    buffer: *mut c_void,
    size: usize,
) -> Option<Box<sarsen_error_t>> {
    let read = with_memory(memory, |bytes, context| {
        let at = usize::try_from(offset).map_err(|_| outside(offset, size))?;
        let (_, len) = bytes.place(context);
        if at.checked_add(size).is_none_or(|end| end > len) {
            return Err(outside(offset, size));
        }
        let mut copy = vec![0; size];
        let read = match bytes {
            Bytes::Own(memory) => memory.read(context, at, &mut copy),
            Bytes::Shared(memory) => memory.read(at, &mut copy),
        };
        read.map_err(|_| outside(offset, size))?;
        Ok(copy)
    });
    done(read.map(|copy| {
        // SAFETY: by the contract of pointers.
        unsafe { buffer.cast::<u8>().copy_from(copy.as_ptr(), size) };
    }))
}

/// Copies `size` bytes from `buffer` to a memory, from `offset` on. Nothing is copied if they would not all be inside.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_memory_write(
    memory: &wasm_memory_t,
    offset: u64,
    buffer: *const c_void,
    size: usize,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let from = unsafe { text::bytes(buffer.cast(), size) };
    done(with_memory(memory, |bytes, context| {
        let at = usize::try_from(offset).map_err(|_| outside(offset, size))?;
        let written = match bytes {
            Bytes::Own(memory) => memory.write(context, at, from),
            Bytes::Shared(memory) => memory.write(at, from),
        };
        written.map_err(|_| outside(offset, size))
    }))
}

fn outside(offset: u64, size: usize) -> Error {
    Error::msg(format!("{size} bytes at {offset:#x} are not inside the memory"))
}
