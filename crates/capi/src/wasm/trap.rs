//! Traps, and foreign objects, which are nothing but their host info.

use super::frame::{frames, wasm_frame_t, wasm_frame_vec_t};
use crate::failure::{Failure, noted};
use crate::lent::held;
use crate::object::{Object, wasm_foreign_t, wasm_ref_t, wasm_trap_t};
use crate::store::wasm_store_t;
use crate::vector::{Vector, wasm_byte_vec_t};
use std::sync::Arc;

#[unsafe(no_mangle)]
extern "C" fn wasm_trap_new(store: &wasm_store_t, message: &wasm_byte_vec_t) -> Box<wasm_trap_t> {
    let bytes = message.elements();
    let message = String::from_utf8_lossy(bytes.strip_suffix(&[0]).unwrap_or(bytes)).into_owned();
    wasm_ref_t::new(&store.0, Object::Trap(Arc::new(Failure::new(message))))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_trap_message(trap: *const wasm_trap_t, out: *mut wasm_byte_vec_t) {
    // SAFETY: by the contract of pointers.
    let trap = unsafe { held(trap) };
    let message = noted(trap.as_trap()).map(|failure| Vector::message(&failure.message));
    // SAFETY: by the contract of pointers.
    unsafe { out.write(message.unwrap_or(Vector::empty())) };
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_trap_origin(trap: *const wasm_trap_t) -> Option<Box<wasm_frame_t>> {
    // SAFETY: by the contract of pointers.
    let trap = unsafe { held(trap) };
    frames(Some(&trap.store), noted(trap.as_trap())?).into_iter().next().map(Box::new)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_trap_trace(trap: *const wasm_trap_t, out: *mut wasm_frame_vec_t) {
    // SAFETY: by the contract of pointers.
    let trap = unsafe { held(trap) };
    let frames = noted(trap.as_trap()).map(|failure| frames(Some(&trap.store), failure));
    // SAFETY: by the contract of pointers.
    unsafe { out.write(frames.into_iter().flatten().map(|frame| Some(Box::new(frame))).collect()) };
}

#[unsafe(no_mangle)]
extern "C" fn wasm_foreign_new(store: &wasm_store_t) -> Box<wasm_foreign_t> {
    wasm_ref_t::new(&store.0, Object::Foreign(Arc::default()))
}
