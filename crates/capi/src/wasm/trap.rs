//! Traps, and foreign objects, which are nothing but their host info.

use super::frame::{frames, wasm_frame_t, wasm_frame_vec_t};
use crate::failure::{Failure, noted};
use crate::object::{Object, wasm_foreign_t, wasm_ref_t, wasm_trap_t};
use crate::store::wasm_store_t;
use crate::vector::{Vector, wasm_byte_vec_t};
use std::mem::MaybeUninit;
use std::sync::Arc;

#[unsafe(no_mangle)]
extern "C" fn wasm_trap_new(store: &wasm_store_t, message: &wasm_byte_vec_t) -> Box<wasm_trap_t> {
    let bytes = message.elements();
    let message = String::from_utf8_lossy(bytes.strip_suffix(&[0]).unwrap_or(bytes)).into_owned();
    wasm_ref_t::new(&store.0, Object::Trap(Arc::new(Failure::new(message))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_trap_message(trap: &wasm_trap_t, out: &mut MaybeUninit<wasm_byte_vec_t>) {
    let failure = noted(trap.as_trap());
    out.write(failure.map_or(Vector::empty(), |failure| Vector::message(&failure.message)));
}

#[unsafe(no_mangle)]
extern "C" fn wasm_trap_origin(trap: &wasm_trap_t) -> Option<Box<wasm_frame_t>> {
    frames(Some(&trap.store), noted(trap.as_trap())?).next()
}

#[unsafe(no_mangle)]
extern "C" fn wasm_trap_trace(trap: &wasm_trap_t, out: &mut MaybeUninit<wasm_frame_vec_t>) {
    let failure = noted(trap.as_trap());
    let frames = failure.into_iter().flat_map(|failure| frames(Some(&trap.store), failure));
    out.write(frames.map(Some).collect());
}

#[unsafe(no_mangle)]
extern "C" fn wasm_foreign_new(store: &wasm_store_t) -> Box<wasm_foreign_t> {
    wasm_ref_t::new(&store.0, Object::Foreign(Arc::default()))
}
