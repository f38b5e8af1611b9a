//! Functions of vectors, the same for each type of elements.

use super::frame::wasm_frame_t;
use super::named::{wasm_exporttype_t, wasm_importtype_t};
use super::types::{wasm_externtype_t, wasm_valtype_t};
use crate::lent::{held, replaced};
use crate::object::wasm_ref_t;
use crate::val::wasm_val_t;
use crate::vector::Vector;

/// Exports the functions of vectors of a type of elements, which are this before anybody says what else.
macro_rules! vectors {
    ($($name:literal $module:ident: $element:ty, $empty:expr;)*) => {$(
        mod $module {
            use super::*;

            #[unsafe(export_name = concat!("wasm_", $name, "_vec_new_empty"))]
            unsafe extern "C" fn new_empty(out: *mut Vector<$element>) {
                // SAFETY: by the contract of pointers.
                unsafe { out.write(Vector::empty()) };
            }

            #[unsafe(export_name = concat!("wasm_", $name, "_vec_new_uninitialized"))]
            unsafe extern "C" fn new_uninitialized(out: *mut Vector<$element>, size: usize) {
                // SAFETY: by the contract of pointers.
                unsafe { out.write(Vector::filled(size, || $empty)) };
            }

            #[unsafe(export_name = concat!("wasm_", $name, "_vec_new"))]
            unsafe extern "C" fn new(
                out: *mut Vector<$element>,
                size: usize,
                data: *const $element,
            ) {
                // SAFETY: by the contract of pointers.
                unsafe { out.write(Vector::moved(size, data)) };
            }

            #[unsafe(export_name = concat!("wasm_", $name, "_vec_copy"))]
            unsafe extern "C" fn copy(out: *mut Vector<$element>, from: *const Vector<$element>) {
                // SAFETY: by the contract of pointers.
                unsafe { out.write(held(from).copy()) };
            }

            #[unsafe(export_name = concat!("wasm_", $name, "_vec_delete"))]
            unsafe extern "C" fn delete(vector: *mut Vector<$element>) {
                // SAFETY: by the contract of pointers.
                let vector = unsafe { replaced(vector, Vector::empty()) };
                drop(vector.map(|mut vector| vector.take()));
            }
        }
    )*};
}

vectors! {
    "byte" byte: u8, 0;
    "val" val: wasm_val_t, wasm_val_t::NULL;
    "valtype" valtype: Option<Box<wasm_valtype_t>>, None;
    "functype" functype: Option<Box<wasm_externtype_t>>, None;
    "globaltype" globaltype: Option<Box<wasm_externtype_t>>, None;
    "tabletype" tabletype: Option<Box<wasm_externtype_t>>, None;
    "memorytype" memorytype: Option<Box<wasm_externtype_t>>, None;
    "externtype" externtype: Option<Box<wasm_externtype_t>>, None;
    "importtype" importtype: Option<Box<wasm_importtype_t>>, None;
    "exporttype" exporttype: Option<Box<wasm_exporttype_t>>, None;
    "frame" frame: Option<Box<wasm_frame_t>>, None;
    "extern" external: Option<Box<wasm_ref_t>>, None;
}
