//! Linking of components by name, with functions of the host's and WASI 0.2.

use super::component::{sarsen_component_instance_t, sarsen_component_t};
use super::component_val::sarsen_component_val_t;
use super::{done, give, sarsen_error_t};
use crate::failure::Failure;
use crate::info::{Finalizer, Owned};
use crate::store::{Data, lend, wasm_store_t};
use crate::text;
use crate::wasm::wasm_engine_t;
use sarsen::{AsContextMut, Error, Result, StoreContextMut};
use sarsen_component::{Linker, Val};
use sarsen_wasi::p2;
use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::sync::Arc;

/// Definitions by name, from which the imports of components are taken. Any number of instances can be made with it, in any
/// stores of its engine.
pub struct sarsen_component_linker_t(Linker<Data>);

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
    Box::new(sarsen_component_linker_t(Linker::new(&engine.0)))
}

/// Deletes a linker. Instances that were made with it stay.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_linker_delete(linker: Option<Box<sarsen_component_linker_t>>) {
    drop(linker);
}

/// Defines WASI 0.2, for guests that are granted what `sarsen_store_set_wasi` says: nothing by default.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_linker_define_wasi(
    linker: &mut sarsen_component_linker_t,
) -> Option<Box<sarsen_error_t>> {
    done(p2::add_to_linker(&mut linker.0))
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

/// Defines a function of the host's, in an interface or, if that is null, by itself. The finalizer, which can be null, is
/// called with `env` when the linker and all stores that have the function are gone, or at once if there is an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_linker_define_func(
    linker: &mut sarsen_component_linker_t,
    interface: *const c_char,
    name: *const c_char,
    callback: sarsen_component_callback_t,
    env: *mut c_void,
    finalizer: Finalizer,
) -> Option<Box<sarsen_error_t>> {
    let env = Owned::new(env, finalizer);
    // SAFETY: by the contract of pointers.
    let names = unsafe { (text::optional_text(interface, "interface"), text::text(name, "name")) };
    let define = || -> Result<()> {
        let (interface, name) = (names.0?, names.1?);
        let mut instance = match interface {
            Some(interface) => linker.0.instance(interface)?,
            None => linker.0.root(),
        };
        instance.func_new(name, move |context, _, arguments, results| {
            call(callback, &env, context, arguments, results)
        })
    };
    done(define())
}

/// Defines functions that trap for all functions that a component imports and that are not defined.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_linker_define_unknown_imports_as_traps(
    linker: &mut sarsen_component_linker_t,
    component: &sarsen_component_t,
) -> Option<Box<sarsen_error_t>> {
    done(linker.0.define_unknown_imports_as_traps(&component.0))
}

/// Makes an instance: the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_linker_instantiate(
    linker: *const sarsen_component_linker_t,
    store: *const wasm_store_t,
    component: *const sarsen_component_t,
    out: &mut MaybeUninit<Option<Box<sarsen_component_instance_t>>>,
) -> Option<Box<sarsen_error_t>> {
    // Functions of the host's may delete what they have been given: nothing of it is kept.
    // SAFETY: by the contract of pointers.
    let (store, ready) = unsafe { (Arc::clone(&(*store).0), (*linker).0.instantiate_pre(&(*component).0)) };
    let made = store.enter(|context| {
        let instance = ready.and_then(|ready| ready.instantiate(context.as_context_mut()));
        instance.map_err(|error| Failure::of_call(context, &error))
    });
    let instance = made.map_err(|error: Error| Failure::from_error(&error)).flatten();
    give(instance.map(|instance| sarsen_component_instance_t { store, instance }), out)
}
