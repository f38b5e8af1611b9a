//! Tables.

use super::types::{wasm_externtype_t, wasm_tabletype_t};
use crate::failure::noted;
use crate::object::{Object, wasm_ref_t, wasm_table_t};
use crate::store::{Data, wasm_store_t};
use crate::val::lower_ref;
use sarsen::{Error, ExternType, Result, StoreContextMut, Table};

/// Does something with a table and its store.
fn with<R>(
    table: &wasm_table_t,
    body: impl FnOnce(Table, &mut StoreContextMut<'_, Data>) -> Result<R>,
) -> Option<R> {
    noted(table.as_table().and_then(|it| table.store.try_enter(|context| body(it, context))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_table_new(
    store: &wasm_store_t,
    ty: &wasm_tabletype_t,
    init: Option<&wasm_ref_t>,
) -> Option<Box<wasm_table_t>> {
    let store = &store.0;
    let table = store.try_enter(|context| {
        let ty = ty.table()?;
        let init = lower_ref(init, store, context, ty.element().heap_type())?;
        Table::new(context, ty, init)
    });
    Some(wasm_ref_t::new(store, Object::Table(noted(table)?)))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_table_type(table: &wasm_table_t) -> Option<Box<wasm_tabletype_t>> {
    let ty = with(table, |it, context| Ok(it.ty(context)))?;
    Some(Box::new(wasm_externtype_t::new(&ExternType::Table(ty))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_table_get(table: &wasm_table_t, index: u32) -> Option<Box<wasm_ref_t>> {
    with(table, |it, context| {
        let element = it.get(&mut *context, index.into());
        let element = element.ok_or_else(|| Error::msg(format!("the table has no element {index}")))?;
        wasm_ref_t::from_ref(&table.store, context, element)
    })?
}

#[unsafe(no_mangle)]
extern "C" fn wasm_table_set(table: &wasm_table_t, index: u32, value: Option<&wasm_ref_t>) -> bool {
    let set = with(table, |it, context| {
        let ty = it.ty(&*context);
        let value = lower_ref(value, &table.store, context, ty.element().heap_type())?;
        it.set(context, index.into(), value)
    });
    set.is_some()
}

#[unsafe(no_mangle)]
extern "C" fn wasm_table_size(table: &wasm_table_t) -> u32 {
    let size = with(table, |it, context| Ok(it.size(context))).unwrap_or(0);
    u32::try_from(size).unwrap_or(u32::MAX)
}

#[unsafe(no_mangle)]
extern "C" fn wasm_table_grow(table: &wasm_table_t, delta: u32, init: Option<&wasm_ref_t>) -> bool {
    let grown = with(table, |it, context| {
        let ty = it.ty(&*context);
        let init = lower_ref(init, &table.store, context, ty.element().heap_type())?;
        it.grow(context, delta.into(), init)
    });
    grown.is_some()
}
