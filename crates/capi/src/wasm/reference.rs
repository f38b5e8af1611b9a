//! What all references have in common: copies, identity, host info, conversions.

use crate::failure::noted;
use crate::info::{Finalizer, Owned};
use crate::lent::{held, held_if_any};
use crate::object::{Object, wasm_ref_t};
use std::ffi::c_void;

/// Exports what is the same for every kind of references.
macro_rules! references {
    ($($name:literal $module:ident;)*) => {$(
        mod $module {
            use super::*;

            #[unsafe(export_name = concat!("wasm_", $name, "_delete"))]
            extern "C" fn delete(_object: Option<Box<wasm_ref_t>>) {}

            #[unsafe(export_name = concat!("wasm_", $name, "_copy"))]
            extern "C" fn copy(object: Option<&wasm_ref_t>) -> Option<Box<wasm_ref_t>> {
                Some(Box::new(object?.clone()))
            }

            #[unsafe(export_name = concat!("wasm_", $name, "_same"))]
            unsafe extern "C" fn same(a: *const wasm_ref_t, b: *const wasm_ref_t) -> bool {
                // SAFETY: by the contract of pointers.
                match unsafe { (held_if_any(a), held_if_any(b)) } {
                    (Some(a), Some(b)) => noted(a.same(&b)).unwrap_or(false),
                    (a, b) => a.is_none() && b.is_none(),
                }
            }

            #[unsafe(export_name = concat!("wasm_", $name, "_get_host_info"))]
            extern "C" fn get_host_info(object: &wasm_ref_t) -> *mut c_void {
                object.info()
            }

            #[unsafe(export_name = concat!("wasm_", $name, "_set_host_info"))]
            unsafe extern "C" fn set_host_info(object: *const wasm_ref_t, info: *mut c_void) {
                // SAFETY: by the contract of pointers.
                unsafe { held(object) }.set_info(Owned::new(info, None));
            }

            #[unsafe(export_name = concat!("wasm_", $name, "_set_host_info_with_finalizer"))]
            unsafe extern "C" fn set_host_info_with_finalizer(
                object: *const wasm_ref_t,
                info: *mut c_void,
                finalizer: Finalizer,
            ) {
                // SAFETY: by the contract of pointers.
                unsafe { held(object) }.set_info(Owned::new(info, finalizer));
            }
        }
    )*};
}

references! {
    "ref" reference;
    "trap" trap;
    "foreign" foreign;
    "module" module;
    "func" func;
    "global" global;
    "table" table;
    "memory" memory;
    "extern" external;
    "instance" instance;
}

/// Exports conversions between a kind of references and one that has it among others. Up, nothing is asked; down, whether the
/// object is of the kind. What C may change stays a pointer, as others may be looking at the object.
macro_rules! conversions {
    ($($up:literal $down:literal $module:ident: $is:expr;)*) => {$(
        mod $module {
            use super::*;

            #[unsafe(export_name = $up)]
            extern "C" fn up(object: *mut wasm_ref_t) -> *mut wasm_ref_t {
                object
            }

            #[unsafe(export_name = $down)]
            unsafe extern "C" fn down(object: *mut wasm_ref_t) -> *mut wasm_ref_t {
                // SAFETY: by the contract of pointers.
                let is = unsafe { object.as_ref() }.is_some_and(|object| $is(&object.object));
                if is { object } else { std::ptr::null_mut() }
            }

            #[unsafe(export_name = concat!($up, "_const"))]
            extern "C" fn up_const(object: Option<&wasm_ref_t>) -> Option<&wasm_ref_t> {
                object
            }

            #[unsafe(export_name = concat!($down, "_const"))]
            extern "C" fn down_const(object: Option<&wasm_ref_t>) -> Option<&wasm_ref_t> {
                object.filter(|object| $is(&object.object))
            }
        }
    )*};
}

fn is_func(object: &Object) -> bool {
    matches!(object, Object::Func(_))
}

fn is_global(object: &Object) -> bool {
    matches!(object, Object::Global(_))
}

fn is_table(object: &Object) -> bool {
    matches!(object, Object::Table(_))
}

fn is_memory(object: &Object) -> bool {
    matches!(object, Object::Memory(_) | Object::SharedMemory(_))
}

conversions! {
    "wasm_trap_as_ref" "wasm_ref_as_trap" ref_trap: |object: &Object| matches!(object, Object::Trap(_));
    "wasm_foreign_as_ref" "wasm_ref_as_foreign" ref_foreign:
        |object: &Object| matches!(object, Object::Foreign(_));
    "wasm_module_as_ref" "wasm_ref_as_module" ref_module: |object: &Object| matches!(object, Object::Module(_));
    "wasm_func_as_ref" "wasm_ref_as_func" ref_func: is_func;
    "wasm_global_as_ref" "wasm_ref_as_global" ref_global: is_global;
    "wasm_table_as_ref" "wasm_ref_as_table" ref_table: is_table;
    "wasm_memory_as_ref" "wasm_ref_as_memory" ref_memory: is_memory;
    "wasm_extern_as_ref" "wasm_ref_as_extern" ref_extern: Object::is_extern;
    "wasm_instance_as_ref" "wasm_ref_as_instance" ref_instance:
        |object: &Object| matches!(object, Object::Instance(_));
    "wasm_func_as_extern" "wasm_extern_as_func" extern_func: is_func;
    "wasm_global_as_extern" "wasm_extern_as_global" extern_global: is_global;
    "wasm_table_as_extern" "wasm_extern_as_table" extern_table: is_table;
    "wasm_memory_as_extern" "wasm_extern_as_memory" extern_memory: is_memory;
}
