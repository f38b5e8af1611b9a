//! Values. How they go to code and come back is in `val.rs`.

use crate::val::wasm_val_t;
use std::mem::MaybeUninit;

#[unsafe(no_mangle)]
extern "C" fn wasm_val_delete(value: &mut wasm_val_t) {
    *value = wasm_val_t::NULL;
}

#[unsafe(no_mangle)]
extern "C" fn wasm_val_copy(out: &mut MaybeUninit<wasm_val_t>, value: &wasm_val_t) {
    out.write(value.clone());
}
