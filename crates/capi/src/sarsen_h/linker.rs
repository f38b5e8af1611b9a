//! Linking by name, with functions of the host's that any store can have, and WASI.

use super::{done, give, sarsen_error_t};
use crate::failure::Failure;
use crate::info::{Finalizer, Owned};
use crate::object::{wasm_extern_t, wasm_instance_t, wasm_module_t, wasm_trap_t};
use crate::store::{Data, wasm_store_t};
use crate::text;
use crate::val::wasm_val_vec_t;
use crate::wasm::{Callback, Code, instantiated, wasm_engine_t, wasm_functype_t};
use sarsen::{AsContextMut, Linker, Result};
use sarsen_wasi::p1;
use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::sync::Arc;

/// Definitions by name, from which the imports of modules are taken. Any number of instances can be made with it, in any
/// stores of its engine.
pub struct sarsen_linker_t(Linker<Data>);

/// The two names of a definition.
///
/// # Safety
/// As for [`text::text`].
unsafe fn names<'a>(module: *const c_char, name: *const c_char) -> Result<(&'a str, &'a str)> {
    // SAFETY: by contract.
    unsafe { Ok((text::text(module, "name of the module")?, text::text(name, "name")?)) }
}

/// A linker without definitions.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_linker_new(engine: &wasm_engine_t) -> Box<sarsen_linker_t> {
    Box::new(sarsen_linker_t(Linker::new(&engine.0)))
}

/// Deletes a linker. Instances that were made with it stay.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_linker_delete(linker: Option<Box<sarsen_linker_t>>) {
    drop(linker);
}

/// Whether a name can be defined again. It cannot by default.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_linker_allow_shadowing(linker: &mut sarsen_linker_t, allow: bool) {
    linker.0.allow_shadowing(allow);
}

/// Defines something of a store. It can be imported in that store alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_define(
    linker: &mut sarsen_linker_t,
    module: *const c_char,
    name: *const c_char,
    value: &wasm_extern_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let names = unsafe { names(module, name) };
    done(value.store.try_enter(|context| {
        let (module, name) = names?;
        let value = value.as_extern(&value.store)?;
        linker.0.define(context, module, name, value)?;
        Ok(())
    }))
}

/// Defines a function of the host's, for any store. The finalizer, which can be null, is called with `env` when the linker and
/// all stores that have the function are gone, or at once if there is an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_define_func(
    linker: &mut sarsen_linker_t,
    module: *const c_char,
    name: *const c_char,
    ty: &wasm_functype_t,
    callback: unsafe extern "C-unwind" fn(
        *mut c_void,
        *const wasm_val_vec_t,
        *mut wasm_val_vec_t,
    ) -> Option<Box<wasm_trap_t>>,
    env: *mut c_void,
    finalizer: Finalizer,
) -> Option<Box<sarsen_error_t>> {
    let env = Owned::new(env, finalizer);
    // SAFETY: by the contract of pointers.
    let names = unsafe { names(module, name) };
    let define = || {
        let (module, name) = names?;
        let ty = ty.func(linker.0.engine())?;
        let callback = Callback::new(Code::WithEnv(callback), env, &ty)?;
        linker.0.func_new(module, name, ty, move |caller, arguments, results| {
            callback.call(caller, arguments, results)
        })?;
        Ok(())
    };
    done(define())
}

/// Defines all exports of an instance. They can be imported in its store alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_define_instance(
    linker: &mut sarsen_linker_t,
    module: *const c_char,
    instance: &wasm_instance_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let module = unsafe { text::text(module, "name of the module") };
    done(instance.store.try_enter(|context| {
        linker.0.instance(context, module?, instance.as_instance()?)?;
        Ok(())
    }))
}

/// Defines WASI preview 1, for guests that are granted what `sarsen_store_set_wasi` says: nothing by default.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_linker_define_wasi(linker: &mut sarsen_linker_t) -> Option<Box<sarsen_error_t>> {
    done(p1::add_to_linker(&mut linker.0, Data::p1))
}

/// Defines functions that trap for all functions that a module imports and that are not defined.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_linker_define_unknown_imports_as_traps(
    linker: &mut sarsen_linker_t,
    module: &wasm_module_t,
) -> Option<Box<sarsen_error_t>> {
    done(module.as_module().and_then(|module| linker.0.define_unknown_imports_as_traps(module)))
}

/// Makes an instance: the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_instantiate(
    linker: *const sarsen_linker_t,
    store: *const wasm_store_t,
    module: *const wasm_module_t,
    out: &mut MaybeUninit<Option<Box<wasm_instance_t>>>,
) -> Option<Box<sarsen_error_t>> {
    // Callbacks may delete what they have been given: nothing of it is kept.
    // SAFETY: by the contract of pointers.
    let (store, ready) = unsafe {
        let module = (*module).as_module();
        (Arc::clone(&(*store).0), module.and_then(|module| (*linker).0.instantiate_pre(module)))
    };
    let instance = match ready {
        Ok(ready) => {
            instantiated(&store, ready.module(), |context| ready.instantiate(context.as_context_mut()))
        }
        Err(error) => Err(Failure::from_error(&error)),
    };
    give(instance.map(|instance| *instance), out)
}
