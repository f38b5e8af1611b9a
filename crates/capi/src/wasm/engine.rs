//! Configurations, engines and stores.

use crate::failure::noted;
use crate::store::{Shared, wasm_store_t};
use sarsen::{Config, Engine};

/// A configuration. Files of `sarsen.h` have what can be said.
pub struct wasm_config_t(pub(crate) Config);

/// An engine.
pub struct wasm_engine_t(pub(crate) Engine);

#[unsafe(no_mangle)]
extern "C" fn wasm_config_new() -> Box<wasm_config_t> {
    Box::new(wasm_config_t(Config::new()))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_config_delete(_config: Option<Box<wasm_config_t>>) {}

#[unsafe(no_mangle)]
extern "C" fn wasm_engine_new() -> Box<wasm_engine_t> {
    Box::new(wasm_engine_t(Engine::default()))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_engine_new_with_config(config: Box<wasm_config_t>) -> Option<Box<wasm_engine_t>> {
    Some(Box::new(wasm_engine_t(noted(Engine::new(&config.0))?)))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_engine_delete(_engine: Option<Box<wasm_engine_t>>) {}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_store_new(engine: *const wasm_engine_t) -> Option<Box<wasm_store_t>> {
    // SAFETY: by the contract of pointers.
    let shared = Shared::new(unsafe { &(*engine).0 }, std::ptr::null_mut(), None);
    Some(Box::new(wasm_store_t(noted(shared)?)))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_store_delete(_store: Option<Box<wasm_store_t>>) {}
