//! Modules.

use super::named::{wasm_exporttype_t, wasm_importtype_t};
use crate::failure::noted;
use crate::object::{Object, wasm_module_t, wasm_ref_t};
use crate::store::wasm_store_t;
use crate::vector::{Vector, wasm_byte_vec_t};
use sarsen::{Engine, Error, ErrorKind, Module, Result};
use std::mem::MaybeUninit;

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
extern "C" fn wasm_module_new(store: &wasm_store_t, bytes: &wasm_byte_vec_t) -> Option<Box<wasm_module_t>> {
    let module = noted(binary(store.0.engine(), bytes.elements()))?;
    Some(wasm_ref_t::new(&store.0, Object::module(module)))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_validate(store: &wasm_store_t, bytes: &wasm_byte_vec_t) -> bool {
    let bytes = bytes.elements();
    let valid = expect_binary(bytes).and_then(|()| Module::validate(store.0.engine(), bytes));
    noted(valid).is_some()
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_imports(
    module: &wasm_module_t,
    out: &mut MaybeUninit<Vector<Option<Box<wasm_importtype_t>>>>,
) {
    let imports = noted(module.as_module()).into_iter().flat_map(Module::imports);
    out.write(imports.map(|import| Some(Box::new(wasm_importtype_t::new(&import)))).collect());
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_exports(
    module: &wasm_module_t,
    out: &mut MaybeUninit<Vector<Option<Box<wasm_exporttype_t>>>>,
) {
    let exports = noted(module.as_module()).into_iter().flat_map(Module::exports);
    out.write(exports.map(|export| Some(Box::new(wasm_exporttype_t::new(&export)))).collect());
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_serialize(module: &wasm_module_t, out: &mut MaybeUninit<wasm_byte_vec_t>) {
    // Without compiled code, the bytes that it was made of are all there is to keep.
    let bytes =
        noted(module.as_module()).map(|module| module.serialize().unwrap_or_else(|_| module.wasm().to_vec()));
    out.write(bytes.map_or(Vector::empty(), Vector::from_bytes));
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_deserialize(
    store: &wasm_store_t,
    bytes: &wasm_byte_vec_t,
) -> Option<Box<wasm_module_t>> {
    let (engine, bytes) = (store.0.engine(), bytes.elements());
    let module = if bytes.starts_with(MAGIC) {
        Module::new(engine, bytes)
    } else {
        // SAFETY: the header says that the bytes must be those of `wasm_module_serialize`.
        unsafe { Module::deserialize(engine, bytes) }
    };
    Some(wasm_ref_t::new(&store.0, Object::module(noted(module)?)))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_share(module: &wasm_module_t) -> Option<Box<wasm_shared_module_t>> {
    Some(Box::new(wasm_shared_module_t(noted(module.as_module())?.clone())))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_obtain(
    store: &wasm_store_t,
    shared: &wasm_shared_module_t,
) -> Option<Box<wasm_module_t>> {
    let module = shared.0.clone();
    if !Engine::same(store.0.engine(), module.engine()) {
        return noted(Err(Error::msg("the module belongs to another engine")));
    }
    Some(wasm_ref_t::new(&store.0, Object::module(module)))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_shared_module_delete(_shared: Option<Box<wasm_shared_module_t>>) {}
