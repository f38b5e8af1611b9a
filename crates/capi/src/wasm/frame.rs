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
#[derive(Clone)]
pub struct wasm_frame_t {
    instance: Option<wasm_instance_t>,
    info: FrameInfo,
    /// The function's name, for C.
    name: Option<CString>,
}

pub type wasm_frame_vec_t = Vector<Option<Box<wasm_frame_t>>>;

impl wasm_frame_t {
    fn new(instance: Option<wasm_instance_t>, info: &FrameInfo) -> wasm_frame_t {
        let name = info.func_name().and_then(|name| CString::new(name).ok());
        wasm_frame_t { instance, info: info.clone(), name }
    }

    pub(crate) fn name(&self) -> Option<&CString> {
        self.name.as_ref()
    }
}

/// The frames of a failure, innermost first; with their instances if the store is known, and can be asked.
pub(crate) fn frames(store: Option<&Arc<Shared>>, failure: &Failure) -> Vec<wasm_frame_t> {
    let frames = failure.frames();
    let known = store.and_then(|store| {
        let instances =
            store.enter(|context| frames.iter().map(|info| info.instance(&*context)).collect::<Vec<_>>());
        let instance = |instance| wasm_ref_t { store: Arc::clone(store), object: Object::Instance(instance) };
        Some(instances.ok()?.into_iter().map(|found| found.map(instance)).collect::<Vec<_>>())
    });
    let mut known = known.into_iter().flatten();
    let frame = |info| wasm_frame_t::new(known.next().flatten(), info);
    frames.iter().map(frame).collect()
}

owned! {
    wasm_frame_t: wasm_frame_delete wasm_frame_copy;
}

#[unsafe(no_mangle)]
extern "C" fn wasm_frame_instance(frame: &wasm_frame_t) -> Option<&wasm_instance_t> {
    frame.instance.as_ref()
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
