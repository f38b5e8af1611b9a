//! What components import and export, by names, kinds and types.

use super::component::{sarsen_component_func_t, sarsen_component_t};
use crate::vector::{Vector, wasm_byte_vec_t};
use sarsen_component::component_types::ComponentItem;
use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

/// What kind of thing a component imports or exports.
pub type sarsen_component_item_kind_t = u8;
/// A function: see `sarsen_component_items_type`.
pub const SARSEN_COMPONENT_ITEM_FUNC: u8 = 0;
/// An instance, an interface for example: see `sarsen_component_items_of`.
pub const SARSEN_COMPONENT_ITEM_INSTANCE: u8 = 1;
/// A type of resources.
pub const SARSEN_COMPONENT_ITEM_RESOURCE: u8 = 2;
/// A type of values: see `sarsen_component_items_type`.
pub const SARSEN_COMPONENT_ITEM_TYPE: u8 = 3;
/// A core module.
pub const SARSEN_COMPONENT_ITEM_MODULE: u8 = 4;
/// A component.
pub const SARSEN_COMPONENT_ITEM_COMPONENT: u8 = 5;
/// A type of something else.
pub const SARSEN_COMPONENT_ITEM_OTHER: u8 = 6;
/// There is nothing of this number.
pub const SARSEN_COMPONENT_ITEM_NONE: u8 = 255;

/// What a component or an instance imports or exports, in its order.
pub struct sarsen_component_items_t(Vec<Item>);

struct Item {
    name: CString,
    item: ComponentItem,
}

impl sarsen_component_items_t {
    fn new(items: Vec<(&str, ComponentItem)>) -> Box<sarsen_component_items_t> {
        // Names of components have no NUL in them.
        let item =
            |(name, item): (&str, ComponentItem)| Item { name: CString::new(name).unwrap_or_default(), item };
        Box::new(sarsen_component_items_t(items.into_iter().map(item).collect()))
    }
}

/// What a component imports.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_imports(component: &sarsen_component_t) -> Box<sarsen_component_items_t> {
    sarsen_component_items_t::new(component.0.imports())
}

/// What a component exports.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_exports(component: &sarsen_component_t) -> Box<sarsen_component_items_t> {
    sarsen_component_items_t::new(component.0.exports())
}

/// How many there are.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_items_count(items: &sarsen_component_items_t) -> usize {
    items.0.len()
}

/// The name of the one of this number, the first is 0; null if there is none. The text lives as long as the items.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_items_name(
    items: &sarsen_component_items_t,
    number: usize,
) -> *const c_char {
    items.0.get(number).map_or(std::ptr::null(), |item| item.name.as_ptr())
}

/// What kind of thing the one of this number is.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_items_kind(
    items: &sarsen_component_items_t,
    number: usize,
) -> sarsen_component_item_kind_t {
    match items.0.get(number).map(|item| &item.item) {
        None => SARSEN_COMPONENT_ITEM_NONE,
        Some(ComponentItem::ComponentFunc(_)) => SARSEN_COMPONENT_ITEM_FUNC,
        Some(ComponentItem::ComponentInstance(_)) => SARSEN_COMPONENT_ITEM_INSTANCE,
        Some(ComponentItem::Resource(_)) => SARSEN_COMPONENT_ITEM_RESOURCE,
        Some(ComponentItem::Type(_)) => SARSEN_COMPONENT_ITEM_TYPE,
        Some(ComponentItem::Module) => SARSEN_COMPONENT_ITEM_MODULE,
        Some(ComponentItem::Component) => SARSEN_COMPONENT_ITEM_COMPONENT,
        Some(_) => SARSEN_COMPONENT_ITEM_OTHER,
    }
}

/// The type of the one of this number, if it is a function or a type of values, in the words of WIT, with a NUL at the end:
/// `"func(a: u32) -> string"` for example. Types with names are written out, and types of resources have none. It is empty for
/// anything else.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_items_type(
    items: &sarsen_component_items_t,
    number: usize,
    out: &mut MaybeUninit<wasm_byte_vec_t>,
) {
    out.write(match items.0.get(number).map(|item| &item.item) {
        Some(ComponentItem::ComponentFunc(ty)) => Vector::message(&ty.to_string()),
        Some(ComponentItem::Type(ty)) => Vector::message(&ty.to_string()),
        _ => Vector::empty(),
    });
}

/// What the one of this number has, if it is an instance: the caller's; null if it is none.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_items_of(
    items: &sarsen_component_items_t,
    number: usize,
) -> Option<Box<sarsen_component_items_t>> {
    match &items.0.get(number)?.item {
        ComponentItem::ComponentInstance(ty) => Some(sarsen_component_items_t::new(ty.exports())),
        _ => None,
    }
}

/// Deletes them. What was asked of them stays, except names.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_items_delete(items: Option<Box<sarsen_component_items_t>>) {
    drop(items);
}

/// The type of a function, in the words of WIT, with a NUL at the end.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_func_type(
    func: &sarsen_component_func_t,
    out: &mut MaybeUninit<wasm_byte_vec_t>,
) {
    out.write(Vector::message(&func.func.ty().to_string()));
}
