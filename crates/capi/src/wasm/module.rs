//! Modules.

use super::named::{wasm_exporttype_t, wasm_importtype_t};
use crate::failure::noted;
use crate::lent::held;
use crate::object::{Object, wasm_module_t, wasm_ref_t};
use crate::store::wasm_store_t;
use crate::vector::{Vector, wasm_byte_vec_t};
use sarsen::{Engine, Error, ErrorKind, Module, Result};

/// A module that belongs to no store.
pub struct wasm_shared_module_t(Module);

/// What modules in the binary format begin with.
const MAGIC: &[u8] = b"\0asm";

/// Fails unless bytes look like the binary format: the engine reads text, too, and `wasm.h` does not.
fn expect_binary(bytes: &[u8]) -> Result<()> {
    if bytes.starts_with(MAGIC) {
        Ok(())
    } else {
        Err(Error::of(ErrorKind::Malformed, "magic header not detected: not a module in the binary format"))
    }
}

/// A module of bytes in the binary format.
pub(crate) fn binary(engine: &Engine, bytes: &[u8]) -> Result<Module> {
    expect_binary(bytes)?;
    Module::new(engine, bytes)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_module_new(
    store: *const wasm_store_t,
    bytes: *const wasm_byte_vec_t,
) -> Option<Box<wasm_module_t>> {
    // SAFETY: by the contract of pointers.
    let (wasm_store_t(store), bytes) = unsafe { (held(store), held(bytes)) };
    let module = noted(binary(store.engine(), bytes.elements()))?;
    Some(wasm_ref_t::new(&store, Object::module(module)))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_module_validate(store: *const wasm_store_t, bytes: *const wasm_byte_vec_t) -> bool {
    // SAFETY: by the contract of pointers.
    let (wasm_store_t(store), bytes) = unsafe { (held(store), held(bytes)) };
    let bytes = bytes.elements();
    let valid = expect_binary(bytes).and_then(|()| Module::validate(store.engine(), bytes));
    noted(valid).is_some()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_module_imports(
    module: *const wasm_module_t,
    out: *mut Vector<Option<Box<wasm_importtype_t>>>,
) {
    // SAFETY: by the contract of pointers.
    let module = unsafe { held(module) };
    let imports = noted(module.as_module()).into_iter().flat_map(Module::imports);
    let imports = imports.map(|import| Some(Box::new(wasm_importtype_t::new(&import)))).collect();
    // SAFETY: by the contract of pointers.
    unsafe { out.write(imports) };
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_module_exports(
    module: *const wasm_module_t,
    out: *mut Vector<Option<Box<wasm_exporttype_t>>>,
) {
    // SAFETY: by the contract of pointers.
    let module = unsafe { held(module) };
    let exports = noted(module.as_module()).into_iter().flat_map(Module::exports);
    let exports = exports.map(|export| Some(Box::new(wasm_exporttype_t::new(&export)))).collect();
    // SAFETY: by the contract of pointers.
    unsafe { out.write(exports) };
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_module_serialize(module: *const wasm_module_t, out: *mut wasm_byte_vec_t) {
    // SAFETY: by the contract of pointers.
    let module = unsafe { held(module) };
    // Without compiled code, the bytes that it was made of are all there is to keep.
    let bytes =
        noted(module.as_module()).map(|module| module.serialize().unwrap_or_else(|_| module.wasm().to_vec()));
    // SAFETY: by the contract of pointers.
    unsafe { out.write(bytes.map_or(Vector::empty(), Vector::from_bytes)) };
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_module_deserialize(
    store: *const wasm_store_t,
    bytes: *const wasm_byte_vec_t,
) -> Option<Box<wasm_module_t>> {
    // SAFETY: by the contract of pointers.
    let (wasm_store_t(store), bytes) = unsafe { (held(store), held(bytes)) };
    let (engine, bytes) = (store.engine(), bytes.elements());
    let module = if bytes.starts_with(MAGIC) {
        Module::new(engine, bytes)
    } else {
        // SAFETY: the header says that the bytes must be those of `wasm_module_serialize`.
        unsafe { Module::deserialize(engine, bytes) }
    };
    Some(wasm_ref_t::new(&store, Object::module(noted(module)?)))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_module_share(module: *const wasm_module_t) -> Option<Box<wasm_shared_module_t>> {
    // SAFETY: by the contract of pointers.
    let module = unsafe { held(module) };
    Some(Box::new(wasm_shared_module_t(noted(module.as_module())?.clone())))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_module_obtain(
    store: *const wasm_store_t,
    shared: *const wasm_shared_module_t,
) -> Option<Box<wasm_module_t>> {
    // SAFETY: by the contract of pointers.
    let (wasm_store_t(store), module) = unsafe { (held(store), (*shared).0.clone()) };
    if !Engine::same(store.engine(), module.engine()) {
        return noted(Err(Error::msg("the module belongs to another engine")));
    }
    Some(wasm_ref_t::new(&store, Object::module(module)))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_shared_module_delete(_shared: Option<Box<wasm_shared_module_t>>) {}
