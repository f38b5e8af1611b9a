//! Values. How they go to code and come back is in `val.rs`.

use crate::lent::{held, replaced};
use crate::val::wasm_val_t;

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_val_delete(value: *mut wasm_val_t) {
    // SAFETY: by the contract of pointers.
    drop(unsafe { replaced(value, wasm_val_t::NULL) });
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_val_copy(out: *mut wasm_val_t, value: *const wasm_val_t) {
    // SAFETY: by the contract of pointers.
    unsafe { out.write(held(value)) };
}
