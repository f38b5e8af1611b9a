//! Tables.

use super::types::{wasm_externtype_t, wasm_tabletype_t};
use crate::failure::noted;
use crate::lent::{held, held_if_any};
use crate::object::{Object, wasm_ref_t, wasm_table_t};
use crate::store::{Data, wasm_store_t};
use crate::val::lower_ref;
use sarsen::{Error, ExternType, Result, StoreContextMut, Table};

/// Does something with a table that is held, and its store.
fn with<R>(
    table: &wasm_table_t,
    body: impl FnOnce(Table, &mut StoreContextMut<'_, Data>) -> Result<R>,
) -> Option<R> {
    noted(table.as_table().and_then(|it| table.store.try_enter(|context| body(it, context))))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_table_new(
    store: *const wasm_store_t,
    ty: *const wasm_tabletype_t,
    init: *const wasm_ref_t,
) -> Option<Box<wasm_table_t>> {
    // SAFETY: by the contract of pointers.
    let (wasm_store_t(store), ty, init) = unsafe { (held(store), (*ty).table(), held_if_any(init)) };
    let table = store.try_enter(|context| {
        let ty = ty?;
        let init = lower_ref(init.as_ref(), &store, context, ty.element().heap_type())?;
        Table::new(context, ty, init)
    });
    Some(wasm_ref_t::new(&store, Object::Table(noted(table)?)))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_table_type(table: *const wasm_table_t) -> Option<Box<wasm_tabletype_t>> {
    // SAFETY: by the contract of pointers.
    let table = unsafe { held(table) };
    let ty = with(&table, |it, context| Ok(it.ty(context)))?;
    Some(Box::new(wasm_externtype_t::new(&ExternType::Table(ty))))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_table_get(table: *const wasm_table_t, index: u32) -> Option<Box<wasm_ref_t>> {
    // SAFETY: by the contract of pointers.
    let table = unsafe { held(table) };
    with(&table, |it, context| {
        let element = it.get(&mut *context, index.into());
        let element = element.ok_or_else(|| Error::msg(format!("the table has no element {index}")))?;
        wasm_ref_t::from_ref(&table.store, context, element)
    })?
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_table_set(
    table: *const wasm_table_t,
    index: u32,
    value: *const wasm_ref_t,
) -> bool {
    // SAFETY: by the contract of pointers.
    let (table, value) = unsafe { (held(table), held_if_any(value)) };
    let set = with(&table, |it, context| {
        let ty = it.ty(&*context);
        let value = lower_ref(value.as_ref(), &table.store, context, ty.element().heap_type())?;
        it.set(context, index.into(), value)
    });
    set.is_some()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_table_size(table: *const wasm_table_t) -> u32 {
    // SAFETY: by the contract of pointers.
    let table = unsafe { held(table) };
    let size = with(&table, |it, context| Ok(it.size(context))).unwrap_or(0);
    u32::try_from(size).unwrap_or(u32::MAX)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_table_grow(
    table: *const wasm_table_t,
    delta: u32,
    init: *const wasm_ref_t,
) -> bool {
    // SAFETY: by the contract of pointers.
    let (table, init) = unsafe { (held(table), held_if_any(init)) };
    let grown = with(&table, |it, context| {
        let ty = it.ty(&*context);
        let init = lower_ref(init.as_ref(), &table.store, context, ty.element().heap_type())?;
        it.grow(context, delta.into(), init)
    });
    grown.is_some()
}
