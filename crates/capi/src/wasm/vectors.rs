//! Functions of vectors, the same for each type of elements.

use super::frame::wasm_frame_t;
use super::named::{wasm_exporttype_t, wasm_importtype_t};
use super::types::{wasm_externtype_t, wasm_valtype_t};
use crate::failure::noted;
use crate::object::wasm_ref_t;
use crate::val::wasm_val_t;
use crate::vector::Vector;
use std::mem::MaybeUninit;

/// Elements that can be copied by the same function, whatever they are.
fn copied(object: &Option<Box<wasm_ref_t>>) -> Option<Box<wasm_ref_t>> {
    noted(object.as_ref()?.copy())
}

/// Exports the functions of vectors of a type of elements: what elements are before anybody says what else, and how they are
/// copied.
macro_rules! vectors {
    ($($name:literal $module:ident: $element:ty, $empty:expr, $copy:expr;)*) => {$(
        mod $module {
            use super::*;

            #[unsafe(export_name = concat!("wasm_", $name, "_vec_new_empty"))]
            extern "C" fn new_empty(out: &mut MaybeUninit<Vector<$element>>) {
                out.write(Vector::empty());
            }

            #[unsafe(export_name = concat!("wasm_", $name, "_vec_new_uninitialized"))]
            extern "C" fn new_uninitialized(out: &mut MaybeUninit<Vector<$element>>, size: usize) {
                out.write(Vector::filled(size, || $empty));
            }

            #[unsafe(export_name = concat!("wasm_", $name, "_vec_new"))]
            unsafe extern "C" fn new(
                out: &mut MaybeUninit<Vector<$element>>,
                size: usize,
                data: *const $element,
            ) {
                // SAFETY: by the contract of pointers.
                out.write(unsafe { Vector::moved(size, data) });
            }

            #[unsafe(export_name = concat!("wasm_", $name, "_vec_copy"))]
            extern "C" fn copy(out: &mut MaybeUninit<Vector<$element>>, from: &Vector<$element>) {
                out.write(from.elements().iter().map($copy).collect());
            }

            #[unsafe(export_name = concat!("wasm_", $name, "_vec_delete"))]
            extern "C" fn delete(vector: &mut Vector<$element>) {
                vector.take();
            }
        }
    )*};
}

vectors! {
    "byte" byte: u8, 0, |byte| *byte;
    "val" val: wasm_val_t, wasm_val_t::NULL, Clone::clone;
    "valtype" valtype: Option<Box<wasm_valtype_t>>, None, Clone::clone;
    "functype" functype: Option<Box<wasm_externtype_t>>, None, Clone::clone;
    "globaltype" globaltype: Option<Box<wasm_externtype_t>>, None, Clone::clone;
    "tabletype" tabletype: Option<Box<wasm_externtype_t>>, None, Clone::clone;
    "memorytype" memorytype: Option<Box<wasm_externtype_t>>, None, Clone::clone;
    "externtype" externtype: Option<Box<wasm_externtype_t>>, None, Clone::clone;
    "importtype" importtype: Option<Box<wasm_importtype_t>>, None, Clone::clone;
    "exporttype" exporttype: Option<Box<wasm_exporttype_t>>, None, Clone::clone;
    "frame" frame: Option<Box<wasm_frame_t>>, None, Clone::clone;
    "extern" external: Option<Box<wasm_ref_t>>, None, copied;
}
