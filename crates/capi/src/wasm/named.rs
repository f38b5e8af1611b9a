//! What modules import and export: types with names.

use super::types::{given, owned, wasm_externtype_t};
use crate::vector::{Vector, wasm_name_t};

/// An import of a module.
#[derive(Debug)]
pub struct wasm_importtype_t {
    module: wasm_name_t,
    name: wasm_name_t,
    ty: Box<wasm_externtype_t>,
}

/// An export of a module.
#[derive(Debug)]
pub struct wasm_exporttype_t {
    name: wasm_name_t,
    ty: Box<wasm_externtype_t>,
}

impl wasm_importtype_t {
    pub(crate) fn new(import: &sarsen::ImportType<'_>) -> wasm_importtype_t {
        wasm_importtype_t {
            module: Vector::from_bytes(import.module()),
            name: Vector::from_bytes(import.name()),
            ty: Box::new(wasm_externtype_t::new(&import.ty())),
        }
    }
}

impl wasm_exporttype_t {
    pub(crate) fn new(export: &sarsen::ExportType<'_>) -> wasm_exporttype_t {
        wasm_exporttype_t {
            name: Vector::from_bytes(export.name()),
            ty: Box::new(wasm_externtype_t::new(&export.ty())),
        }
    }
}

impl Clone for wasm_importtype_t {
    fn clone(&self) -> wasm_importtype_t {
        wasm_importtype_t { module: self.module.copy(), name: self.name.copy(), ty: self.ty.clone() }
    }
}

impl Clone for wasm_exporttype_t {
    fn clone(&self) -> wasm_exporttype_t {
        wasm_exporttype_t { name: self.name.copy(), ty: self.ty.clone() }
    }
}

impl Drop for wasm_importtype_t {
    fn drop(&mut self) {
        self.module.take();
        self.name.take();
    }
}

impl Drop for wasm_exporttype_t {
    fn drop(&mut self) {
        self.name.take();
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_importtype_new(
    module: *mut wasm_name_t,
    name: *mut wasm_name_t,
    ty: Option<Box<wasm_externtype_t>>,
) -> Option<Box<wasm_importtype_t>> {
    // Both are taken, one after the other, whatever follows.
    // SAFETY: by the contract of pointers.
    let (module, name) = unsafe { ((*module).take(), (*name).take()) };
    let ty = given(ty, "type of the import")?;
    Some(Box::new(wasm_importtype_t {
        module: Vector::from_bytes(module),
        name: Vector::from_bytes(name),
        ty,
    }))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_importtype_module(import: &wasm_importtype_t) -> &wasm_name_t {
    &import.module
}

#[unsafe(no_mangle)]
extern "C" fn wasm_importtype_name(import: &wasm_importtype_t) -> &wasm_name_t {
    &import.name
}

#[unsafe(no_mangle)]
extern "C" fn wasm_importtype_type(import: &wasm_importtype_t) -> &wasm_externtype_t {
    &import.ty
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_exporttype_new(
    name: *mut wasm_name_t,
    ty: Option<Box<wasm_externtype_t>>,
) -> Option<Box<wasm_exporttype_t>> {
    // SAFETY: by the contract of pointers.
    let name = unsafe { (*name).take() };
    let ty = given(ty, "type of the export")?;
    Some(Box::new(wasm_exporttype_t { name: Vector::from_bytes(name), ty }))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_exporttype_name(export: &wasm_exporttype_t) -> &wasm_name_t {
    &export.name
}

#[unsafe(no_mangle)]
extern "C" fn wasm_exporttype_type(export: &wasm_exporttype_t) -> &wasm_externtype_t {
    &export.ty
}

owned! {
    wasm_importtype_t: wasm_importtype_delete wasm_importtype_copy;
    wasm_exporttype_t: wasm_exporttype_delete wasm_exporttype_copy;
}
