//! Functions: of guests and of the host. Values of single types go into slots and out in `val.rs` and `typed.rs`; code
//! runs in `sarsen-interp`.
//!
//! # Invariants
//!
//! - A handle's record is alive as long as the store that the handle names.
//! - `host_data` of a store is the address of the `Inner<T>` with the type for which its host functions were made.
//! - No panic unwinds wasm frames: host functions and the runtime's builtins catch it, and the call that entered the wasm
//!   code goes on with it.

/// Calls a macro with the names of the types and values of 1 to 16 parameters.
macro_rules! for_each_arity {
    ($define:ident) => {
        $define! {
            (A1 a1);
            (A1 a1 A2 a2);
            (A1 a1 A2 a2 A3 a3);
            (A1 a1 A2 a2 A3 a3 A4 a4);
            (A1 a1 A2 a2 A3 a3 A4 a4 A5 a5);
            (A1 a1 A2 a2 A3 a3 A4 a4 A5 a5 A6 a6);
            (A1 a1 A2 a2 A3 a3 A4 a4 A5 a5 A6 a6 A7 a7);
            (A1 a1 A2 a2 A3 a3 A4 a4 A5 a5 A6 a6 A7 a7 A8 a8);
            (A1 a1 A2 a2 A3 a3 A4 a4 A5 a5 A6 a6 A7 a7 A8 a8 A9 a9);
            (A1 a1 A2 a2 A3 a3 A4 a4 A5 a5 A6 a6 A7 a7 A8 a8 A9 a9 A10 a10);
            (A1 a1 A2 a2 A3 a3 A4 a4 A5 a5 A6 a6 A7 a7 A8 a8 A9 a9 A10 a10 A11 a11);
            (A1 a1 A2 a2 A3 a3 A4 a4 A5 a5 A6 a6 A7 a7 A8 a8 A9 a9 A10 a10 A11 a11 A12 a12);
            (A1 a1 A2 a2 A3 a3 A4 a4 A5 a5 A6 a6 A7 a7 A8 a8 A9 a9 A10 a10 A11 a11 A12 a12 A13 a13);
            (A1 a1 A2 a2 A3 a3 A4 a4 A5 a5 A6 a6 A7 a7 A8 a8 A9 a9 A10 a10 A11 a11 A12 a12 A13 a13 A14 a14);
            (A1 a1 A2 a2 A3 a3 A4 a4 A5 a5 A6 a6 A7 a7 A8 a8 A9 a9 A10 a10 A11 a11 A12 a12 A13 a13 A14 a14 A15 a15);
            (A1 a1 A2 a2 A3 a3 A4 a4 A5 a5 A6 a6 A7 a7 A8 a8 A9 a9 A10 a10 A11 a11 A12 a12 A13 a13 A14 a14 A15 a15 A16 a16);
        }
    };
}

mod asynchronous;
mod caller;
mod numeric;
mod typed;
mod wrap;

pub use caller::Caller;
pub use numeric::{NumericFunc, NumericHostFunc};
pub use typed::{TypedFunc, WasmParams, WasmResults, WasmTy};
pub use wrap::{IntoFunc, WasmRet};

use crate::backtrace::WasmBacktrace;
use crate::store::{Inner, Opaque};
use crate::types::{FuncType, ValType};
use crate::val::Val;
use crate::{AsContext, AsContextMut, Error, ErrorKind, Result, StoreContextMut, ThrownException};
use sarsen_abi::{Exit, Slot};
use sarsen_interp::TranslateError;
use sarsen_vm::{Failure, FuncPtr, HostContext, HostError, HostFn, Panic, RootMark};
use std::borrow::Borrow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A function of a store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Func {
    store: u64,
    func: FuncPtr,
}

/// A host function that no store has yet. Public only because [`IntoFunc`] names it.
#[doc(hidden)]
#[derive(Clone)]
pub struct HostFunc {
    pub(crate) ty: FuncType,
    function: HostFn,
}

impl HostFunc {
    /// A host function from a closure on values.
    pub(crate) fn new<T: 'static>(
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<()> + Send + Sync + 'static,
    ) -> HostFunc {
        let params: Vec<ValType> = ty.params().collect();
        let results: Vec<ValType> = ty.results().collect();
        let call = move |context: HostContext<'_>, slots: &mut [Slot]| {
            with_caller::<T>(context, |mut caller| {
                with_room(Val::I32(0), params.len() + results.len(), |values| {
                    let (given, returned) = values.split_at_mut(params.len());
                    lift(&mut caller.as_context_mut().0.opaque, params.iter(), slots, given);
                    func(Caller::sub(&mut caller), given, returned)?;
                    lower(&mut caller.as_context_mut(), results.iter(), returned, slots)
                })
            })
        };
        let (params, results) = ty.slots();
        HostFunc { ty, function: HostFn::new(params, results, call) }
    }

    pub(crate) fn from_slots(ty: FuncType, function: HostFn) -> HostFunc {
        HostFunc { ty, function }
    }

    /// The function in a store.
    pub(crate) fn in_store(&self, store: &mut Opaque) -> FuncPtr {
        store.vm.host_func(self.ty.id(), self.function.clone())
    }
}

/// Runs the body of a host function: opens a scope for references, and turns errors and panics into what code
/// understands.
#[inline]
pub(crate) fn with_caller<T: 'static>(
    context: HostContext<'_>,
    body: impl FnOnce(Caller<'_, T>) -> Result<()>,
) -> Result<(), HostError> {
    with_caller_that_waits(context, |caller, _| body(caller))
}

/// The same for a body that may wait, if it is told so: it [gives the store](sarsen_vm::StoreInner::give_waiting) the right to
/// when nothing of the embedder's is on the stack any more.
#[inline]
fn with_caller_that_waits<T: 'static>(
    context: HostContext<'_>,
    body: impl FnOnce(Caller<'_, T>, bool) -> Result<()>,
) -> Result<(), HostError> {
    let instance = context.caller;
    // SAFETY: by the invariants of this module; the runtime's store is inside, and is not used while `inner` is.
    let inner = unsafe { &mut *context.store.host_data().cast::<Inner<T>>() };
    let scope = inner.opaque.vm.root_scope();
    // What lies on the stack while the embedder's code runs need not be such that it can go to another thread.
    let may_wait = inner.opaque.vm.take_waiting();
    // A panic leaves the store as consistent as an error would: the runtime has nothing open while the host runs.
    let call = AssertUnwindSafe(|| body(Caller::new(StoreContextMut(&mut *inner), instance), may_wait));
    let result = catch_unwind(call);
    inner.opaque.vm.give_waiting(may_wait);
    ended(&mut inner.opaque, scope, result)
}

/// The same for a body that does not look at the embedder's data.
#[inline]
pub(crate) fn with_opaque(
    context: HostContext<'_>,
    body: impl FnOnce(&mut Opaque) -> Result<()>,
) -> Result<(), HostError> {
    // SAFETY: by the invariants of this module, this is the address of an `Inner` of some type, which begins with what does
    // not depend on that.
    let opaque = unsafe { &mut *context.store.host_data().cast::<Opaque>() };
    let scope = opaque.vm.root_scope();
    let may_wait = opaque.vm.take_waiting();
    let result = catch_unwind(AssertUnwindSafe(|| body(&mut *opaque)));
    opaque.vm.give_waiting(may_wait);
    ended(opaque, scope, result)
}

/// What code understands of how a host function has ended.
#[inline]
fn ended(
    store: &mut Opaque,
    scope: RootMark,
    result: std::thread::Result<Result<()>>,
) -> Result<(), HostError> {
    store.vm.end_root_scope(scope);
    let result = result.map_err(|payload| HostError::Error(Box::new(Panic::new(payload))))?;
    result.map_err(|error| {
        if error.is::<ThrownException>()
            && let Some(reference) = store.take_pending_reference()
        {
            return HostError::Exception(reference);
        }
        HostError::Error(Box::new(error))
    })
}

/// Values or slots that a call can have without allocating.
const FEW: usize = 16;

/// Calls a function with so many copies of something.
fn with_room<C: Copy, R>(of: C, count: usize, body: impl FnOnce(&mut [C]) -> R) -> R {
    match [of; FEW].get_mut(..count) {
        Some(room) => body(room),
        None => body(&mut vec![of; count]),
    }
}

/// Values from slots.
fn lift(
    store: &mut Opaque,
    types: impl Iterator<Item = impl Borrow<ValType>>,
    slots: &[Slot],
    values: &mut [Val],
) {
    let mut at = 0;
    for (ty, value) in types.zip(values) {
        let ty = ty.borrow();
        let count = ty.lower().slots() as usize;
        let bits = [slots[at], if count == 2 { slots[at + 1] } else { 0 }];
        *value = Val::from_bits(store, ty, bits);
        at += count;
    }
}

/// Values into slots, if they are of the types.
fn lower<T: 'static>(
    store: &mut StoreContextMut<'_, T>,
    types: impl ExactSizeIterator<Item = impl Borrow<ValType>>,
    values: &[Val],
    slots: &mut [Slot],
) -> Result<()> {
    if types.len() != values.len() {
        return Err(Error::msg(format!("expected {} values, found {}", types.len(), values.len())));
    }
    let mut at = 0;
    for (number, (ty, value)) in types.zip(values).enumerate() {
        let ty = ty.borrow();
        value.expect_type(store, ty).map_err(|error| error.context(format!("value {number}")))?;
        let bits = value.to_bits(&mut store.0.opaque)?;
        let count = ty.lower().slots() as usize;
        slots[at..at + count].copy_from_slice(&bits[..count]);
        at += count;
    }
    Ok(())
}

impl Func {
    /// A host function of this type.
    ///
    /// # Panics
    /// If the type belongs to another engine.
    pub fn new<T: 'static>(
        mut store: impl AsContextMut<Data = T>,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<()> + Send + Sync + 'static,
    ) -> Func {
        let opaque = &mut store.as_context_mut().0.opaque;
        opaque.check_type(ty.registry()).expect("a type of the store's engine");
        let func = HostFunc::new(ty, func).in_store(opaque);
        Func::new_handle(opaque, func)
    }

    /// A host function of the closure's type.
    pub fn wrap<T: 'static, Params, Results>(
        mut store: impl AsContextMut<Data = T>,
        func: impl IntoFunc<T, Params, Results>,
    ) -> Func {
        let opaque = &mut store.as_context_mut().0.opaque;
        let func = func.into_func(&opaque.engine).in_store(opaque);
        Func::new_handle(opaque, func)
    }

    /// Its type.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> FuncType {
        let opaque = &store.as_context().0.opaque;
        opaque.expect(self.store, "function");
        FuncType::lift(opaque.engine.registry(), opaque.vm.func_type_id(self.func))
    }

    /// Calls it. A panic of the embedder's that it runs into, of a host function, a limiter, or a destructor of host data,
    /// goes on here.
    ///
    /// # Errors
    /// If the arguments are not of its types, `results` has another length, it belongs to another store, or it fails.
    pub fn call(&self, mut store: impl AsContextMut, params: &[Val], results: &mut [Val]) -> Result<()> {
        let mut store = store.as_context_mut();
        store.0.opaque.check(self.store, "function")?;
        let ty = self.ty(&store);
        if ty.results().len() != results.len() {
            return Err(Error::msg(format!(
                "expected room for {} results, found {}",
                ty.results().len(),
                results.len()
            )));
        }
        let record = store.0.opaque.vm.func_record(self.func);
        with_room(0, record.params.max(record.results) as usize, |slots| {
            lower(&mut store, ty.params(), params, slots).map_err(|error| error.context("arguments"))?;
            self.call_slots(&mut store.0.opaque, slots)?;
            lift(&mut store.0.opaque, ty.results(), slots, results);
            Ok(())
        })
    }

    /// Calls it with arguments that are known to be of its types.
    pub(crate) fn call_slots(&self, store: &mut Opaque, slots: &mut [Slot]) -> Result<()> {
        let func = self.func.record();
        // SAFETY: the record is this store's, and the slots hold values of its types.
        let result = unsafe {
            match (*func).enter {
                Some(_) => sarsen_vm::call_native(store.vm.vm(), func, slots),
                None => sarsen_interp::call(store.vm.vm(), func, slots),
            }
        };
        result.map_err(|failure| error_of(store, failure))
    }

    /// As a function whose types are known.
    ///
    /// # Errors
    /// If its types are others.
    pub fn typed<Params: WasmParams, Results: WasmResults>(
        &self,
        store: impl AsContext,
    ) -> Result<TypedFunc<Params, Results>> {
        let store = store.as_context();
        store.0.opaque.check(self.store, "function")?;
        let ty = self.ty(&store);
        Params::check(ty.params(), true).map_err(|error| error.context("parameters"))?;
        Results::check(ty.results(), false).map_err(|error| error.context("results"))?;
        Ok(TypedFunc::new(*self))
    }

    pub(crate) fn new_handle(store: &Opaque, func: FuncPtr) -> Func {
        Func { store: store.id(), func }
    }

    pub(crate) fn pointer(&self, store: &Opaque) -> Result<FuncPtr> {
        store.check(self.store, "function")?;
        Ok(self.func)
    }

    /// Its bits, for code that may call it.
    pub(crate) fn to_slot(self, store: &Opaque) -> Result<Slot> {
        Ok(self.pointer(store)?.to_slot())
    }
}

/// The error of work for a guest that was stopped.
pub(crate) fn error_of_exit(store: &mut Opaque, exit: Exit) -> Error {
    match exit.as_trap() {
        Some(trap) => Error::new(trap),
        None => host_error(store),
    }
}

/// The error of a failed call.
fn error_of(store: &mut Opaque, failure: Failure) -> Error {
    let error = if let Some(trap) = failure.exit.as_trap() {
        Error::new(trap)
    } else if failure.exit == Exit::EXCEPTION {
        let reference = store.vm.take_exception();
        store.set_pending_exception(reference);
        Error::new(ThrownException)
    } else {
        host_error(store)
    };
    if store.engine.config().has_backtraces() {
        error.with_backtrace(WasmBacktrace::new(store.id(), failure.frames))
    } else {
        error
    }
}

/// The error of a limiter. A panic goes on.
pub(crate) fn refused(error: HostError) -> Error {
    match error {
        HostError::Error(error) => error_in(error),
        HostError::Trap(trap) => Error::new(trap),
        HostError::Exception(_) => Error::bug("a limiter has thrown an exception"),
    }
}

/// The error that a host function or the runtime left in the store. A panic goes on.
fn host_error(store: &mut Opaque) -> Error {
    let Some(error) = store.vm.take_error() else {
        return Error::bug("code ended without saying why");
    };
    error_in(error)
}

fn error_in(error: Box<dyn std::any::Any + Send + Sync>) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(error) => match error.downcast::<TranslateError>() {
            Ok(error) => untranslatable(&error.to_string(), error.is_limit()),
            Err(error) => match error.downcast::<Panic>() {
                Ok(panic) => panic.resume(),
                Err(_) => Error::msg("a host function failed"),
            },
        },
    }
}

/// The error of a valid function that the interpreter has no code for.
fn untranslatable(message: &str, is_limit: bool) -> Error {
    if is_limit {
        Error::of(ErrorKind::Limit, format!("limit of the interpreter: {message}"))
    } else {
        Error::bug(format!("a valid function cannot be translated: {message}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_the_interpreter_are_told_from_its_bugs() {
        let error = untranslatable("function needs too much code", true);
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_eq!(error.message(), "limit of the interpreter: function needs too much code");
        let error = untranslatable("operand stack underflow", false);
        assert_eq!(error.kind(), ErrorKind::Bug);
        assert!(error.message().starts_with("bug in Sarsen: "), "{error}");
        assert!(error.message().ends_with("operand stack underflow"), "{error}");
    }
}
