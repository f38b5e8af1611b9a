//! Linking of components by name, with functions of the host's and WASI 0.2.

use super::component::{sarsen_component_instance_t, sarsen_component_t};
use super::component_val::sarsen_component_val_t;
use super::{done, give, sarsen_error_t};
use crate::definitions::Definitions;
use crate::failure::{Failure, noted};
use crate::info::{Finalizer, Owned};
use crate::lent::held;
use crate::store::{Data, lend, wasm_store_t};
use crate::text;
use crate::wasm::wasm_engine_t;
use sarsen::{AsContextMut, Error, Result, StoreContextMut};
use sarsen_component::{Linker, LinkerInstance, Val};
use sarsen_wasi::p2;
use std::ffi::{c_char, c_void};

/// Definitions by name, from which the imports of components are taken. Any number of instances can be made with it, in any
/// stores of its engine.
#[derive(Clone)]
pub struct sarsen_component_linker_t(pub(super) Definitions<Linker<Data>>);

/// A function of the host's for components. It borrows its arguments, and writes `result_count` results, which it gives away;
/// they are all false before. It returns null or an error, which ends the component's call.
pub type sarsen_component_callback_t = unsafe extern "C-unwind" fn(
    env: *mut c_void,
    args: *const sarsen_component_val_t,
    arg_count: usize,
    results: *mut sarsen_component_val_t,
    result_count: usize,
) -> Option<Box<sarsen_error_t>>;

/// A linker without definitions.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_linker_new(engine: &wasm_engine_t) -> Box<sarsen_component_linker_t> {
    Box::new(sarsen_component_linker_t(Definitions::new(Linker::new(&engine.0))))
}

/// Deletes a linker. Instances that were made with it stay.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_linker_delete(linker: Option<Box<sarsen_component_linker_t>>) {
    drop(linker);
}

/// Whether a name can be defined again. It cannot by default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_linker_allow_shadowing(
    linker: *mut sarsen_component_linker_t,
    allow: bool,
) {
    // SAFETY: by the contract of pointers.
    let linker = unsafe { held(linker) };
    noted(linker.0.change(|linker| {
        linker.allow_shadowing(allow);
        Ok(())
    }));
}

/// Defines WASI 0.2, for guests that are granted what `sarsen_store_set_wasi` says: nothing by default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_linker_define_wasi(
    linker: *mut sarsen_component_linker_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let linker = unsafe { held(linker) };
    done(linker.0.change(p2::add_to_linker))
}

/// Calls C, which gets values and gives values.
fn call(
    callback: sarsen_component_callback_t,
    env: &Owned,
    mut context: StoreContextMut<'_, Data>,
    arguments: &[Val],
    results: &mut [Val],
) -> Result<()> {
    let store = context.data().shared()?;
    let lift = |value: &Val| sarsen_component_val_t::lift(&store, value.clone());
    let given: Vec<sarsen_component_val_t> = arguments.iter().map(lift).collect::<Result<_>>()?;
    let mut returned = Vec::with_capacity(results.len());
    for _ in &*results {
        returned.push(sarsen_component_val_t::lift(&store, Val::Bool(false))?);
    }
    let error = lend(context.as_context_mut(), || {
        // SAFETY: by the contract of pointers, it is a function of this type; it gets two arrays with their sizes.
        unsafe { callback(env.data(), given.as_ptr(), given.len(), returned.as_mut_ptr(), returned.len()) }
    })?;
    if let Some(error) = error {
        return Err(error.into_failure().raise(&context));
    }
    for (number, (value, result)) in returned.iter().zip(results).enumerate() {
        let value = value.lower(&store);
        *result = value.map_err(|error| error.context(format!("result {number} of the callback")))?;
    }
    Ok(())
}

/// The interface and the name of a definition.
///
/// # Safety
/// As for [`text::text`].
pub(super) unsafe fn names<'a>(
    interface: *const c_char,
    name: *const c_char,
) -> Result<(Option<&'a str>, &'a str)> {
    // SAFETY: by contract.
    unsafe { Ok((text::optional_text(interface, "interface")?, text::text(name, "name")?)) }
}

/// The definitions of an interface, or those that are in none.
pub(super) fn inside<'a>(
    linker: &'a mut Linker<Data>,
    interface: Option<&str>,
) -> Result<LinkerInstance<'a, Data>> {
    match interface {
        Some(interface) => linker.instance(interface),
        None => Ok(linker.root()),
    }
}

/// Defines a function of the host's, in an interface or, if that is null, by itself. The finalizer, which can be null, is
/// called with `env` when the linker and all stores that have the function are gone, or at once if there is an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_linker_define_func(
    linker: *mut sarsen_component_linker_t,
    interface: *const c_char,
    name: *const c_char,
    callback: sarsen_component_callback_t,
    env: *mut c_void,
    finalizer: Finalizer,
) -> Option<Box<sarsen_error_t>> {
    let env = Owned::new(env, finalizer);
    // SAFETY: by the contract of pointers.
    let (linker, names) = unsafe { (held(linker), names(interface, name)) };
    done(linker.0.change(|linker| {
        let (interface, name) = names?;
        inside(linker, interface)?.func_new(name, move |context, _, arguments, results| {
            call(callback, &env, context, arguments, results)
        })
    }))
}

/// Defines functions that trap for all functions that a component imports and that are not defined.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_linker_define_unknown_imports_as_traps(
    linker: *mut sarsen_component_linker_t,
    component: *const sarsen_component_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (linker, component) = unsafe { (held(linker), held(component)) };
    done(linker.0.change(|linker| linker.define_unknown_imports_as_traps(&component.0)))
}

/// Makes an instance: the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_linker_instantiate(
    linker: *const sarsen_component_linker_t,
    store: *const wasm_store_t,
    component: *const sarsen_component_t,
    out: *mut Option<Box<sarsen_component_instance_t>>,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (linker, wasm_store_t(store), component) = unsafe { (held(linker), held(store), held(component)) };
    let ready = linker.0.read(|linker| linker.instantiate_pre(&component.0));
    let made = store.enter(|context| {
        let instance = ready.and_then(|ready| ready.instantiate(context.as_context_mut()));
        instance.map_err(|error| Failure::of_call(context, &error))
    });
    let instance = made.map_err(|error: Error| Failure::from_error(&error)).flatten();
    let instance = instance.map(|instance| sarsen_component_instance_t { store, instance });
    // SAFETY: by the contract of pointers.
    unsafe { give(instance, out) }
}
