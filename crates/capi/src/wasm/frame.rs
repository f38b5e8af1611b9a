//! Frames of backtraces.

use super::types::owned;
use crate::failure::Failure;
use crate::object::{Object, wasm_instance_t, wasm_ref_t};
use crate::store::Shared;
use crate::vector::Vector;
use sarsen::FrameInfo;
use std::ffi::CString;
use std::sync::Arc;

/// A frame.
pub struct wasm_frame_t {
    instance: Option<Box<wasm_instance_t>>,
    info: FrameInfo,
    /// The function's name, for C.
    name: Option<CString>,
}

pub type wasm_frame_vec_t = Vector<Option<Box<wasm_frame_t>>>;

impl wasm_frame_t {
    fn new(store: Option<&Arc<Shared>>, info: &FrameInfo) -> wasm_frame_t {
        let instance = |store: &Arc<Shared>| {
            let instance = store.only_instance(|module| info.is_of(module))?;
            Some(wasm_ref_t::new(store, Object::Instance(instance)))
        };
        let name = info.func_name().and_then(|name| CString::new(name).ok());
        wasm_frame_t { instance: store.and_then(instance), info: info.clone(), name }
    }

    pub(crate) fn name(&self) -> Option<&CString> {
        self.name.as_ref()
    }
}

impl Clone for wasm_frame_t {
    fn clone(&self) -> wasm_frame_t {
        wasm_frame_t::new(self.instance.as_ref().map(|instance| &instance.store), &self.info)
    }
}

/// The frames of a failure, innermost first; with their instances if the store is known.
pub(crate) fn frames(
    store: Option<&Arc<Shared>>,
    failure: &Failure,
) -> impl Iterator<Item = Box<wasm_frame_t>> {
    failure.frames().iter().map(move |info| Box::new(wasm_frame_t::new(store, info)))
}

owned! {
    wasm_frame_t: wasm_frame_delete wasm_frame_copy;
}

#[unsafe(no_mangle)]
extern "C" fn wasm_frame_instance(frame: &wasm_frame_t) -> Option<&wasm_instance_t> {
    frame.instance.as_deref()
}

#[unsafe(no_mangle)]
extern "C" fn wasm_frame_func_index(frame: &wasm_frame_t) -> u32 {
    frame.info.func_index()
}

#[unsafe(no_mangle)]
extern "C" fn wasm_frame_func_offset(frame: &wasm_frame_t) -> usize {
    frame.info.func_offset().unwrap_or(0)
}

#[unsafe(no_mangle)]
extern "C" fn wasm_frame_module_offset(frame: &wasm_frame_t) -> usize {
    frame.info.module_offset().unwrap_or(0)
}
