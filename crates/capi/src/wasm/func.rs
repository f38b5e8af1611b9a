//! Functions: calls of code by C, and of C by code.
//!
//! # Invariants
//!
//! The store is lent while a callback runs, and what it gets and gives is C's until it has returned: see [`lend`].

use super::types::{wasm_externtype_t, wasm_functype_t};
use crate::failure::{Failure, noted};
use crate::info::{Finalizer, Owned};
use crate::lent::held;
use crate::object::{Object, wasm_func_t, wasm_ref_t, wasm_trap_t};
use crate::store::{Data, Shared, lend, wasm_store_t};
use crate::val::{expect_forms, wasm_val_t, wasm_val_vec_t};
use crate::vector::Vector;
use sarsen::{Caller, Error, ExternType, Func, FuncType, Result, StoreContextMut, Val, ValType};
use std::ffi::c_void;
use std::sync::Arc;

/// C code that guests call.
#[derive(Clone, Copy)]
pub(crate) enum Code {
    Plain(
        unsafe extern "C-unwind" fn(*const wasm_val_vec_t, *mut wasm_val_vec_t) -> Option<Box<wasm_trap_t>>,
    ),
    WithEnv(
        unsafe extern "C-unwind" fn(
            *mut c_void,
            *const wasm_val_vec_t,
            *mut wasm_val_vec_t,
        ) -> Option<Box<wasm_trap_t>>,
    ),
}

/// C code with what it is called with.
pub(crate) struct Callback {
    code: Code,
    env: Owned,
    results: Vec<ValType>,
}

impl Callback {
    /// Code for functions of a type.
    ///
    /// # Errors
    /// If C has no form for values of the type.
    pub(crate) fn new(code: Code, env: Owned, ty: &FuncType) -> Result<Callback> {
        expect_forms(ty.params().chain(ty.results()))?;
        Ok(Callback { code, env, results: ty.results().collect() })
    }

    /// Calls it.
    ///
    /// # Errors
    /// If it returns a trap, or what it returns is not of the type.
    pub(crate) fn call(
        &self,
        mut caller: Caller<'_, Data>,
        arguments: &[Val],
        results: &mut [Val],
    ) -> Result<()> {
        let store = caller.data().shared()?;
        let mut context = StoreContextMut::from(&mut caller);
        let mut given: wasm_val_vec_t = lift_all(&store, &mut context, arguments)?.into_iter().collect();
        let mut returned: wasm_val_vec_t = self.results.iter().map(wasm_val_t::zero).collect();
        let trap = lend(sarsen::AsContextMut::as_context_mut(&mut context), || {
            // SAFETY: by the contract of pointers, it is a function of this type; it gets two vectors.
            unsafe {
                match self.code {
                    Code::Plain(code) => code(&raw const given, &raw mut returned),
                    Code::WithEnv(code) => code(self.env.data(), &raw const given, &raw mut returned),
                }
            }
        });
        given.take();
        let returned = returned.take();
        if let Some(trap) = trap? {
            return Err(Arc::clone(trap.as_trap()?).raise(&context));
        }
        if returned.len() != self.results.len() {
            return Err(Error::msg(format!(
                "the callback has to return {} values, and returned {}",
                self.results.len(),
                returned.len()
            )));
        }
        for (number, ((ty, value), result)) in self.results.iter().zip(&returned).zip(results).enumerate() {
            *result = value
                .lower(&store, &mut context, ty)
                .map_err(|error| error.context(format!("result {number} of the callback")))?;
        }
        Ok(())
    }
}

/// What C gets for values.
fn lift_all(
    store: &Arc<Shared>,
    context: &mut StoreContextMut<'_, Data>,
    values: &[Val],
) -> Result<Vec<wasm_val_t>> {
    values.iter().map(|value| wasm_val_t::lift(store, context, *value)).collect()
}

/// Calls a function, for which there is room for so many results. They are returned, and not written to where they belong, as
/// that may be where the arguments are.
pub(crate) fn call(
    store: &Arc<Shared>,
    func: Func,
    arguments: &[wasm_val_t],
    room: usize,
) -> Result<Vec<wasm_val_t>, Arc<Failure>> {
    let called = store.enter(|context| {
        called(store, context, func, arguments, room).map_err(|error| Failure::of_call(context, &error))
    });
    called.map_err(|error| Failure::from_error(&error))?
}

fn called(
    store: &Arc<Shared>,
    context: &mut StoreContextMut<'_, Data>,
    func: Func,
    arguments: &[wasm_val_t],
    room: usize,
) -> Result<Vec<wasm_val_t>> {
    let ty = func.ty(&*context);
    expect_forms(ty.results())?;
    let (params, results) = (ty.params(), ty.results().len());
    if params.len() != arguments.len() {
        return Err(Error::msg(format!("expected {} arguments, found {}", params.len(), arguments.len())));
    }
    if results > room {
        return Err(Error::msg(format!("expected room for {results} results, found {room}")));
    }
    // While references are lowered, a finalizer may run, and what it deletes may be the arguments.
    let kept;
    let arguments = if arguments.iter().any(wasm_val_t::is_ref) {
        kept = arguments.to_vec();
        &kept
    } else {
        arguments
    };
    let mut lowered = Vec::with_capacity(arguments.len());
    for (number, (ty, value)) in params.zip(arguments).enumerate() {
        let value = value.lower(store, context, &ty);
        lowered.push(value.map_err(|error| error.context(format!("argument {number}")))?);
    }
    let mut returned = vec![Val::I32(0); results];
    func.call(&mut *context, &lowered, &mut returned)?;
    lift_all(store, context, &returned)
}

/// A function of the host's.
///
/// # Safety
/// By the contract of pointers.
unsafe fn new(
    store: *const wasm_store_t,
    ty: *const wasm_functype_t,
    code: Code,
    env: Owned,
) -> Option<Box<wasm_func_t>> {
    // SAFETY: by contract.
    let (wasm_store_t(store), ty) = unsafe { (held(store), &*ty) };
    let callback = ty.func(store.engine()).and_then(|ty| Ok((Callback::new(code, env, &ty)?, ty)));
    let func = callback.and_then(|(callback, ty)| {
        store.enter(|context| {
            Func::new(context, ty, move |caller, arguments, results| {
                callback.call(caller, arguments, results)
            })
        })
    });
    Some(wasm_ref_t::new(&store, Object::Func(noted(func)?)))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_func_new(
    store: *const wasm_store_t,
    ty: *const wasm_functype_t,
    callback: unsafe extern "C-unwind" fn(
        *const wasm_val_vec_t,
        *mut wasm_val_vec_t,
    ) -> Option<Box<wasm_trap_t>>,
) -> Option<Box<wasm_func_t>> {
    // SAFETY: by the contract of pointers.
    unsafe { new(store, ty, Code::Plain(callback), Owned::new(std::ptr::null_mut(), None)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_func_new_with_env(
    store: *const wasm_store_t,
    ty: *const wasm_functype_t,
    callback: unsafe extern "C-unwind" fn(
        *mut c_void,
        *const wasm_val_vec_t,
        *mut wasm_val_vec_t,
    ) -> Option<Box<wasm_trap_t>>,
    env: *mut c_void,
    finalizer: Finalizer,
) -> Option<Box<wasm_func_t>> {
    // SAFETY: by the contract of pointers.
    unsafe { new(store, ty, Code::WithEnv(callback), Owned::new(env, finalizer)) }
}

/// The type of a function, if the store can be asked.
///
/// # Safety
/// By the contract of pointers.
unsafe fn func_type(func: *const wasm_func_t) -> Option<FuncType> {
    // SAFETY: by contract.
    let func = unsafe { held(func) };
    noted(func.as_func().and_then(|it| func.store.enter(|context| it.ty(context))))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_func_type(func: *const wasm_func_t) -> Option<Box<wasm_functype_t>> {
    // SAFETY: by the contract of pointers.
    let ty = unsafe { func_type(func) }?;
    Some(Box::new(wasm_externtype_t::new(&ExternType::Func(ty))))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_func_param_arity(func: *const wasm_func_t) -> usize {
    // SAFETY: by the contract of pointers.
    unsafe { func_type(func) }.map_or(0, |ty| ty.params().len())
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_func_result_arity(func: *const wasm_func_t) -> usize {
    // SAFETY: by the contract of pointers.
    unsafe { func_type(func) }.map_or(0, |ty| ty.results().len())
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_func_call(
    func: *const wasm_func_t,
    arguments: *const wasm_val_vec_t,
    results: *const wasm_val_vec_t,
) -> Option<Box<wasm_trap_t>> {
    // SAFETY: by the contract of pointers.
    let (store, func, arguments, room) = unsafe {
        let results = results.as_ref().copied();
        let arguments = arguments.as_ref().map_or(&[][..], Vector::elements);
        (Arc::clone(&(*func).store), (*func).as_func(), arguments, results.unwrap_or(Vector::empty()))
    };
    let called = match func {
        Ok(func) => call(&store, func, arguments, room.parts().0),
        Err(error) => Err(Failure::from_error(&error)),
    };
    match called {
        Ok(returned) => {
            // SAFETY: by the contract of pointers, there is room for at least as many.
            unsafe { write(returned, room.parts().1) };
            None
        }
        Err(failure) => Some(wasm_ref_t::new(&store, Object::Trap(failure))),
    }
}

/// Moves values to where C wants them; what is there is not dropped.
///
/// # Safety
/// There is room for so many.
pub(crate) unsafe fn write<T>(values: Vec<T>, room: *mut T) {
    for (index, value) in values.into_iter().enumerate() {
        // SAFETY: by contract.
        unsafe { room.add(index).write(value) };
    }
}
