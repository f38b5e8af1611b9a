//! Modules, in the binary format or as text, with the reason if there is none.

use super::{done, given, sarsen_error_t};
use crate::failure::Failure;
use crate::lent::held;
use crate::object::{Object, wasm_module_t, wasm_ref_t};
use crate::store::wasm_store_t;
use crate::text;
use crate::vector::{Vector, wasm_byte_vec_t};
use crate::wasm::wasm_engine_t;
use sarsen::{Error, ErrorKind, Module, Result};
use std::ffi::c_char;

fn object(store: wasm_store_t, module: Result<Module>) -> Result<wasm_module_t> {
    Ok(wasm_ref_t { store: store.0, object: Object::module(module?) })
}

/// A module of `size` bytes, binary or text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_module_new(
    store: *const wasm_store_t,
    bytes: *const u8,
    size: usize,
    out: *mut Option<Box<wasm_module_t>>,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    unsafe {
        let store = held(store);
        let module = Module::new(store.0.engine(), text::bytes(bytes, size));
        given(object(store, module), out)
    }
}

/// A module of a file, binary or text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_module_new_from_file(
    store: *const wasm_store_t,
    path: *const c_char,
    out: *mut Option<Box<wasm_module_t>>,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    unsafe {
        let store = held(store);
        let module = text::text(path, "path").and_then(|path| Module::from_file(store.0.engine(), path));
        given(object(store, module), out)
    }
}

/// A module of a file with what `wasm_module_serialize` has given or `sarsen compile` has written. The file is mapped, and
/// must not change as long as the module is used. It is code, which can do all that this process can.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_module_deserialize_file(
    store: *const wasm_store_t,
    path: *const c_char,
    out: *mut Option<Box<wasm_module_t>>,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers, and by what the header says of the file.
    unsafe {
        let store = held(store);
        let module =
            text::text(path, "path").and_then(|path| Module::deserialize_file(store.0.engine(), path));
        given(object(store, module), out)
    }
}

/// Whether `size` bytes are a module in the binary format: null, or why not. Nothing of it is kept.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_module_validate(
    engine: &wasm_engine_t,
    bytes: *const u8,
    size: usize,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    done(Module::validate(&engine.0, unsafe { text::bytes(bytes, size) }))
}

/// The binary format of a module or component that is `size` bytes of text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_wat_to_wasm(
    text: *const c_char,
    size: usize,
    out: *mut wasm_byte_vec_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let bytes = unsafe { text::bytes(text.cast(), size) };
    let wasm = wat::parse_bytes(bytes).map_err(|error| Error::of(ErrorKind::Malformed, error));
    let (bytes, error) = match wasm {
        Ok(wasm) => (Vector::from_bytes(wasm), None),
        Err(error) => (Vector::empty(), Some(sarsen_error_t::new(Failure::from_error(&error)))),
    };
    // SAFETY: by the contract of pointers.
    unsafe { out.write(bytes) };
    error
}
