//! Components, their instances, and calls of what they export.

use super::component_val::sarsen_component_val_t;
use super::{given, sarsen_error_t};
use crate::failure::{Failure, noted};
use crate::lent::held;
use crate::store::Shared;
use crate::text;
use crate::wasm::{wasm_engine_t, write};
use sarsen::{AsContextMut, Error, Result};
use sarsen_component::{Component, Func, Instance, Val};
use std::ffi::c_char;
use std::sync::Arc;

/// A component. Any number of threads can use it at once.
#[derive(Clone)]
pub struct sarsen_component_t(pub(super) Component);

/// An instance of a component. It keeps its store.
#[derive(Clone)]
pub struct sarsen_component_instance_t {
    pub(super) store: Arc<Shared>,
    pub(super) instance: Instance,
}

/// A function of an instance. It keeps its store.
#[derive(Clone)]
pub struct sarsen_component_func_t {
    store: Arc<Shared>,
    pub(super) func: Func,
}

/// A component of `size` bytes, binary or text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_new(
    engine: *const wasm_engine_t,
    bytes: *const u8,
    size: usize,
    out: *mut Option<Box<sarsen_component_t>>,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    unsafe {
        let component = Component::new(&(*engine).0, text::bytes(bytes, size));
        given(component.map(sarsen_component_t), out)
    }
}

/// A component of a file, binary or text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_new_from_file(
    engine: *const wasm_engine_t,
    path: *const c_char,
    out: *mut Option<Box<sarsen_component_t>>,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    unsafe {
        let path = text::text(path, "path");
        given(path.and_then(|path| Component::from_file(&(*engine).0, path)).map(sarsen_component_t), out)
    }
}

/// Whether bytes in the binary format are a component, and not a module.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_is_component(bytes: *const u8, size: usize) -> bool {
    // SAFETY: by the contract of pointers.
    Component::is_component(unsafe { text::bytes(bytes, size) })
}

/// Deletes a component. Its instances stay.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_delete(component: Option<Box<sarsen_component_t>>) {
    drop(component);
}

/// Deletes an instance: the caller's hold on it.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_instance_delete(instance: Option<Box<sarsen_component_instance_t>>) {
    drop(instance);
}

/// A function that an instance exports, in an interface (`"wasi:cli/run@0.2.0"` for example) or, if that is null, by itself:
/// the caller's; null if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_instance_func(
    instance: *const sarsen_component_instance_t,
    interface: *const c_char,
    name: *const c_char,
) -> Option<Box<sarsen_component_func_t>> {
    // SAFETY: by the contract of pointers.
    let (instance, names) =
        unsafe { (held(instance), (text::optional_text(interface, "interface"), text::text(name, "name"))) };
    let find = || -> Result<sarsen_component_func_t> {
        let (interface, name) = (names.0?, names.1?);
        let func = instance.store.enter(|context| match interface {
            Some(interface) => instance.instance.get_func(context, (interface, name)),
            None => instance.instance.get_func(context, name),
        })?;
        let func = func.ok_or_else(|| Error::msg(format!("the component exports no function `{name}`")))?;
        Ok(sarsen_component_func_t { store: Arc::clone(&instance.store), func })
    };
    noted(find()).map(Box::new)
}

/// Deletes a function: the caller's hold on it.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_func_delete(func: Option<Box<sarsen_component_func_t>>) {
    drop(func);
}

/// How many parameters a function has.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_func_param_count(func: &sarsen_component_func_t) -> usize {
    func.func.ty().params().len()
}

/// How many results a function has: one or none.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_func_result_count(func: &sarsen_component_func_t) -> usize {
    func.func.ty().results().len()
}

/// Calls a function with `arg_count` arguments, which stay the caller's; it has to have `result_count` results, for which there is
/// room at `results`. They are the caller's, if there is no error; if there is one, the instance cannot be called any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_func_call(
    func: *const sarsen_component_func_t,
    args: *const sarsen_component_val_t,
    arg_count: usize,
    results: *mut sarsen_component_val_t,
    result_count: usize,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (sarsen_component_func_t { store, func }, args) =
        unsafe { (held(func), text::values(args, arg_count)) };
    let called = store.enter(|context| {
        let mut call = || -> Result<Vec<sarsen_component_val_t>> {
            // Before there is room for as many as C says: a function has one result at most.
            let expected = func.ty().results().len();
            if result_count != expected {
                let message = format!("expected room for {expected} results, found {result_count}");
                return Err(Error::msg(message));
            }
            let args: Vec<Val> = args.iter().map(|value| value.lower(&store)).collect::<Result<_>>()?;
            let mut returned = vec![Val::Bool(false); result_count];
            func.call(context.as_context_mut(), &args, &mut returned)?;
            returned.into_iter().map(|value| sarsen_component_val_t::lift(&store, value)).collect()
        };
        call().map_err(|error| Failure::of_call(context, &error))
    });
    match called.map_err(|error| Failure::from_error(&error)).flatten() {
        Ok(returned) => {
            // SAFETY: by the contract of pointers, there is room for as many.
            unsafe { write(returned, results) };
            None
        }
        Err(failure) => Some(sarsen_error_t::new(failure)),
    }
}
