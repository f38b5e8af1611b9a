//! Linking by name, with functions of the host's that any store can have, and WASI.

use super::{done, give, sarsen_error_t};
use crate::definitions::Definitions;
use crate::failure::{Failure, noted};
use crate::info::{Finalizer, Owned};
use crate::lent::held;
use crate::object::{wasm_extern_t, wasm_instance_t, wasm_module_t, wasm_trap_t};
use crate::store::{Data, wasm_store_t};
use crate::text;
use crate::val::wasm_val_vec_t;
use crate::wasm::{Callback, Code, instantiated, wasm_engine_t, wasm_functype_t};
use sarsen::{AsContextMut, Linker, Result, StoreContextMut};
use sarsen_wasi::p1;
use std::ffi::{c_char, c_void};

/// Definitions by name, from which the imports of modules are taken. Any number of instances can be made with it, in any
/// stores of its engine.
#[derive(Clone)]
pub struct sarsen_linker_t(Definitions<Linker<Data>>);

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
    Box::new(sarsen_linker_t(Definitions::new(Linker::new(&engine.0))))
}

/// Deletes a linker. Instances that were made with it stay.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_linker_delete(linker: Option<Box<sarsen_linker_t>>) {
    drop(linker);
}

/// Whether a name can be defined again. It cannot by default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_allow_shadowing(linker: *mut sarsen_linker_t, allow: bool) {
    // SAFETY: by the contract of pointers.
    let linker = unsafe { held(linker) };
    noted(linker.0.change(|linker| {
        linker.allow_shadowing(allow);
        Ok(())
    }));
}

/// Defines something of a store. It can be imported in that store alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_define(
    linker: *mut sarsen_linker_t,
    module: *const c_char,
    name: *const c_char,
    value: *const wasm_extern_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (linker, names, value) = unsafe { (held(linker), names(module, name), held(value)) };
    let define = |context: &mut StoreContextMut<'_, Data>| {
        let (module, name) = names?;
        let external = value.as_extern(&value.store)?;
        linker.0.change(|linker| linker.define(context, module, name, external).map(|_| ()))
    };
    done(value.store.try_enter(define))
}

/// Defines a function of the host's, for any store. The finalizer, which can be null, is called with `env` when the linker and
/// all stores that have the function are gone, or at once if there is an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_define_func(
    linker: *mut sarsen_linker_t,
    module: *const c_char,
    name: *const c_char,
    ty: *const wasm_functype_t,
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
    let (linker, names, ty) = unsafe { (held(linker), names(module, name), &*ty) };
    let define = |linker: &mut Linker<Data>| {
        let (module, name) = names?;
        let ty = ty.func(linker.engine())?;
        let callback = Callback::new(Code::WithEnv(callback), env, &ty)?;
        linker.func_new(module, name, ty, move |caller, arguments, results| {
            callback.call(caller, arguments, results)
        })?;
        Ok(())
    };
    done(linker.0.change(define))
}

/// Defines all exports of an instance. They can be imported in its store alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_define_instance(
    linker: *mut sarsen_linker_t,
    module: *const c_char,
    instance: *const wasm_instance_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (linker, module, instance) =
        unsafe { (held(linker), text::text(module, "name of the module"), held(instance)) };
    let define = |context: &mut StoreContextMut<'_, Data>| {
        let (module, exporting) = (module?, instance.as_instance()?);
        linker.0.change(|linker| linker.instance(context, module, exporting).map(|_| ()))
    };
    done(instance.store.try_enter(define))
}

/// Defines the exports of a module, whose imports are taken from what is defined by now. One that exports the function `_start` is
/// a program: each call of one of its functions makes an instance for that call alone. Any other is a library: it is
/// instantiated in this store, where it can be imported, and its function `_initialize` is called, if there is one. Functions of
/// the host's that are called meanwhile cannot use the linker.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_define_module(
    linker: *mut sarsen_linker_t,
    store: *const wasm_store_t,
    name: *const c_char,
    module: *const wasm_module_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (linker, wasm_store_t(store), name, module) =
        unsafe { (held(linker), held(store), text::text(name, "name of the module"), held(module)) };
    let defined = store.enter(|context| {
        let defined = linker
            .0
            .change(|linker| linker.module(context.as_context_mut(), name?, module.as_module()?).map(|_| ()));
        defined.map_err(|error| Failure::of_call(context, &error))
    });
    let defined = defined.map_err(|error| Failure::from_error(&error)).flatten();
    defined.err().map(sarsen_error_t::new)
}

/// Gives all definitions of one module another module's name too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_alias_module(
    linker: *mut sarsen_linker_t,
    module: *const c_char,
    as_module: *const c_char,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (linker, names) = unsafe { (held(linker), names(module, as_module)) };
    done(linker.0.change(|linker| {
        let (module, as_module) = names?;
        linker.alias_module(module, as_module)
    }))
}

/// Defines WASI preview 1, for guests that are granted what `sarsen_store_set_wasi` says: nothing by default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_define_wasi(
    linker: *mut sarsen_linker_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let linker = unsafe { held(linker) };
    done(linker.0.change(|linker| p1::add_to_linker(linker, Data::p1)))
}

/// Defines functions that trap for all functions that a module imports and that are not defined.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_define_unknown_imports_as_traps(
    linker: *mut sarsen_linker_t,
    module: *const wasm_module_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (linker, module) = unsafe { (held(linker), held(module)) };
    let module = module.as_module();
    done(linker.0.change(|linker| linker.define_unknown_imports_as_traps(module?)))
}

/// Makes an instance: the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_linker_instantiate(
    linker: *const sarsen_linker_t,
    store: *const wasm_store_t,
    module: *const wasm_module_t,
    out: *mut Option<Box<wasm_instance_t>>,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (linker, wasm_store_t(store), module) = unsafe { (held(linker), held(store), held(module)) };
    let ready = module.as_module().and_then(|module| linker.0.read(|linker| linker.instantiate_pre(module)));
    let instance = match ready {
        Ok(ready) => instantiated(&store, |context| ready.instantiate(context.as_context_mut())),
        Err(error) => Err(Failure::from_error(&error)),
    };
    // SAFETY: by the contract of pointers.
    unsafe { give(instance.map(|instance| *instance), out) }
}
