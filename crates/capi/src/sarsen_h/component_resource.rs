//! Resources: those of the host's, and what is done with any.

use super::component_linker::{inside, names, sarsen_component_linker_t};
use super::component_val::{
    SARSEN_COMPONENT_RESOURCE, sarsen_component_of_t, sarsen_component_resource_t, sarsen_component_val_t,
};
use super::{done, sarsen_error_t};
use crate::failure::Failure;
use crate::info::{Finalizer, Owned};
use crate::lent::held;
use crate::store::{Data, lend, wasm_store_t};
use sarsen::{AsContextMut, Result, StoreContextMut};
use sarsen_component::{ResourceDynamic, ResourceType};
use std::ffi::{c_char, c_void};

/// What is done when an owned resource of the host's is dropped: its number is given. It may use the store. It returns null, or an
/// error, which ends the component's call.
pub type sarsen_component_destructor_t =
    Option<unsafe extern "C-unwind" fn(env: *mut c_void, rep: u32) -> Option<Box<sarsen_error_t>>>;

fn destroy(
    destructor: sarsen_component_destructor_t,
    env: &Owned,
    mut context: StoreContextMut<'_, Data>,
    rep: u32,
) -> Result<()> {
    let Some(destructor) = destructor else { return Ok(()) };
    // SAFETY: by the contract of pointers, it is a function of this type.
    let error = lend(context.as_context_mut(), || unsafe { destructor(env.data(), rep) })?;
    error.map_or(Ok(()), |error| Err(error.into_failure().raise(&context)))
}

/// Defines a type of resources of the host's, in an interface or, if that is null, by itself. `type` is a number below 2^31 that
/// tells it from other types. The destructor can be null. The finalizer, which can be null, is called with `env` when the
/// linker and all stores that have the type are gone, or at once if there is an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_linker_define_resource(
    linker: *mut sarsen_component_linker_t,
    interface: *const c_char,
    name: *const c_char,
    r#type: u32,
    destructor: sarsen_component_destructor_t,
    env: *mut c_void,
    finalizer: Finalizer,
) -> Option<Box<sarsen_error_t>> {
    let env = Owned::new(env, finalizer);
    // SAFETY: by the contract of pointers.
    let (linker, names) = unsafe { (held(linker), names(interface, name)) };
    done(linker.0.change(|linker| {
        let (interface, name) = names?;
        let ty = ResourceType::host_dynamic(r#type);
        inside(linker, interface)?
            .resource(name, ty, move |context, rep| destroy(destructor, &env, context, rep))
    }))
}

/// A resource of the host's, which owns it, to be given to a component or to be dropped. An instance in the store has to know the
/// type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_resource_new(
    store: *const wasm_store_t,
    r#type: u32,
    rep: u32,
    out: *mut sarsen_component_val_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let wasm_store_t(store) = unsafe { held(store) };
    let made = store.try_enter(|context| {
        ResourceDynamic::new_own(rep, r#type).try_into_resource_any(context.as_context_mut())
    });
    let (value, error) = match made {
        Ok(any) => {
            let resource = Box::into_raw(Box::new(sarsen_component_resource_t { store, any }));
            let of = sarsen_component_of_t { resource };
            (sarsen_component_val_t::new(SARSEN_COMPONENT_RESOURCE, of), Ok(()))
        }
        Err(error) => (sarsen_component_val_t::none(), Err(error)),
    };
    // SAFETY: by the contract of pointers.
    unsafe { out.write(value) };
    done(error)
}

/// The number that a resource of the host's stands for, if it is of this type. It stays whose it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_resource_rep(
    resource: *const sarsen_component_resource_t,
    r#type: u32,
    out: *mut u32,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let sarsen_component_resource_t { store, any } = unsafe { held(resource) };
    let rep =
        store.try_enter(|context| any.rep(context.as_context_mut(), ResourceType::host_dynamic(r#type)));
    // SAFETY: by the contract of pointers.
    done(rep.map(|rep| unsafe { out.write(rep) }))
}

/// Whether a resource is owned: to be passed on or dropped. Otherwise it was lent for a call.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_resource_is_owned(resource: &sarsen_component_resource_t) -> bool {
    resource.any.owned()
}

/// Ends a resource: the destructor of whoever has defined it is called. The value that has it is still to be deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_resource_drop(
    resource: *const sarsen_component_resource_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let sarsen_component_resource_t { store, any } = unsafe { held(resource) };
    let dropped = store.enter(|context| {
        any.resource_drop(context.as_context_mut()).map_err(|error| Failure::of_call(context, &error))
    });
    let dropped = dropped.map_err(|error| Failure::from_error(&error)).flatten();
    dropped.err().map(sarsen_error_t::new)
}
