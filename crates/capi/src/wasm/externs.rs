//! What instances import and export.

use super::types::wasm_externtype_t;
use crate::failure::noted;
use crate::lent::held;
use crate::object::{Object, wasm_extern_t};

/// What `wasm.h` and `sarsen.h` call kinds of what can be imported; one that nothing has for what cannot.
#[unsafe(no_mangle)]
extern "C" fn wasm_extern_kind(value: &wasm_extern_t) -> u8 {
    match &value.object {
        Object::Func(_) => 0,
        Object::Global(_) => 1,
        Object::Table(_) => 2,
        Object::Memory(_) | Object::SharedMemory(_) => 3,
        Object::Tag(_) => 4,
        _ => u8::MAX,
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_extern_type(value: *const wasm_extern_t) -> Option<Box<wasm_externtype_t>> {
    // SAFETY: by the contract of pointers.
    let value = unsafe { held(value) };
    let ty = value.as_extern(&value.store).and_then(|it| value.store.enter(|context| it.ty(context)));
    Some(Box::new(wasm_externtype_t::new(&noted(ty)?)))
}
