//! Globals.

use super::types::{wasm_externtype_t, wasm_globaltype_t};
use crate::failure::noted;
use crate::lent::held;
use crate::object::{Object, wasm_global_t, wasm_ref_t};
use crate::store::wasm_store_t;
use crate::val::{expect_forms, wasm_val_t};
use sarsen::{ExternType, Global};

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_global_new(
    store: *const wasm_store_t,
    ty: *const wasm_globaltype_t,
    value: *const wasm_val_t,
) -> Option<Box<wasm_global_t>> {
    // SAFETY: by the contract of pointers.
    let (wasm_store_t(store), ty, value) = unsafe { (held(store), (*ty).global(), held(value)) };
    let global = store.try_enter(|context| {
        let ty = ty?;
        let value = value.lower(&store, context, ty.content())?;
        Global::new(context, ty, value)
    });
    Some(wasm_ref_t::new(&store, Object::Global(noted(global)?)))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_global_type(global: *const wasm_global_t) -> Option<Box<wasm_globaltype_t>> {
    // SAFETY: by the contract of pointers.
    let global = unsafe { held(global) };
    let ty = global.as_global().and_then(|it| global.store.enter(|context| it.ty(context)));
    Some(Box::new(wasm_externtype_t::new(&ExternType::Global(noted(ty)?))))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_global_get(global: *const wasm_global_t, out: *mut wasm_val_t) {
    // SAFETY: by the contract of pointers.
    let global = unsafe { held(global) };
    let store = &global.store;
    let value = store.try_enter(|context| {
        let global = global.as_global()?;
        expect_forms([global.ty(&*context).content().clone()].into_iter())?;
        let value = global.get(&mut *context);
        wasm_val_t::lift(store, context, value)
    });
    // SAFETY: by the contract of pointers.
    unsafe { out.write(noted(value).unwrap_or(wasm_val_t::NULL)) };
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_global_set(global: *const wasm_global_t, value: *const wasm_val_t) {
    // SAFETY: by the contract of pointers.
    let (global, value) = unsafe { (held(global), held(value)) };
    let store = &global.store;
    let set = store.try_enter(|context| {
        let global = global.as_global()?;
        let ty = global.ty(&*context);
        let value = value.lower(store, context, ty.content())?;
        global.set(context, value)
    });
    noted(set);
}
