//! Functions on nothing but numbers, called with their bits: for those who know a signature only when they run, as
//! embedders of other languages and the component model do.
//!
//! A bit pattern is always a number, so that nothing here can make a reference out of one.

use super::{Caller, Func, HostFunc, with_caller, with_caller_that_waits, with_opaque};
use crate::any_store::AnyStore;
use crate::types::{FuncType, ValType};
use crate::{AsContextMut, Error, Result};
use sarsen_vm::{HostContext, HostFn};

/// A function whose parameters and results are integers and floats of 32 and 64 bits.
///
/// A number of 32 bits is in the lower half of a slot; the upper half of what comes back is not to be relied on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumericFunc {
    func: Func,
    slots: u32,
}

impl NumericFunc {
    /// A function, if its type has only numbers.
    ///
    /// # Errors
    /// If it has others, or the function belongs to another store.
    pub fn new(store: &AnyStore<'_>, func: Func) -> Result<NumericFunc> {
        store.0.check(func.store, "function")?;
        let ty = FuncType::lift(store.0.engine.registry(), store.0.vm.func_type_id(func.func));
        let slots = slots_of(&ty)?;
        Ok(NumericFunc { func, slots: u32::try_from(slots).unwrap_or(u32::MAX) })
    }

    /// The function.
    pub fn func(&self) -> &Func {
        &self.func
    }

    /// Slots that a call needs: as many as the function has parameters or results.
    pub fn slots(&self) -> usize {
        self.slots as usize
    }

    /// Calls it with its arguments in `slots`, from the first on, where its results will be too.
    ///
    /// # Errors
    /// If there are too few slots, it fails, or it belongs to another store.
    pub fn call(&self, store: &mut AnyStore<'_>, slots: &mut [u64]) -> Result<()> {
        store.0.check(self.func.store, "function")?;
        if slots.len() < self.slots() {
            return Err(Error::msg(format!("expected {} slots, found {}", self.slots, slots.len())));
        }
        self.func.call_slots(store.0, slots)
    }
}

/// A host function on numbers that any store of its engine can have, any number of times, each with a number of its own.
#[derive(Clone)]
pub struct NumericHostFunc(HostFunc);

impl NumericHostFunc {
    /// A host function from a closure on slots: it is called with the number that the function was
    /// [bound](NumericHostFunc::bind) with and at least as many slots as it has parameters or results. What is in those behind its
    /// parameters is of no meaning, and it must write all its results.
    ///
    /// # Errors
    /// If the type has others than numbers.
    pub fn new<T: 'static>(
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, u64, &mut [u64]) -> Result<()> + Send + Sync + 'static,
    ) -> Result<NumericHostFunc> {
        slots_of(&ty)?;
        let call = move |context: HostContext<'_>, slots: &mut [u64]| {
            let datum = context.datum;
            with_caller::<T>(context, |caller| func(caller, datum, slots))
        };
        let (params, results) = ty.slots();
        Ok(NumericHostFunc(HostFunc::from_slots(ty, HostFn::new(params, results, call))))
    }

    /// As [`NumericHostFunc::new`], from a closure that lets what it calls wait.
    ///
    /// # Errors
    /// If the type has others than numbers.
    ///
    /// # Safety
    /// While it calls guests, or [waits](crate::StoreContextMut::wait_for), the closure may keep on its stack only what can go to another
    /// thread; what it calls of others' code, it calls [without waiting](crate::StoreContextMut::without_waiting).
    pub unsafe fn new_waiting<T: 'static>(
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, u64, &mut [u64]) -> Result<()> + Send + Sync + 'static,
    ) -> Result<NumericHostFunc> {
        slots_of(&ty)?;
        let call = move |context: HostContext<'_>, slots: &mut [u64]| {
            let datum = context.datum;
            with_caller_that_waits::<T>(context, |mut caller, may_wait| {
                caller.as_context_mut().0.opaque.vm.give_waiting(may_wait);
                func(caller, datum, slots)
            })
        };
        let (params, results) = ty.slots();
        Ok(NumericHostFunc(HostFunc::from_slots(ty, HostFn::new(params, results, call))))
    }

    /// As [`NumericHostFunc::new`], for stores of any data, with which the closure does nothing.
    ///
    /// # Errors
    /// If the type has others than numbers.
    pub fn new_any(
        ty: FuncType,
        func: impl Fn(AnyStore<'_>, u64, &mut [u64]) -> Result<()> + Send + Sync + 'static,
    ) -> Result<NumericHostFunc> {
        slots_of(&ty)?;
        let call = move |context: HostContext<'_>, slots: &mut [u64]| {
            let datum = context.datum;
            with_opaque(context, |store| func(AnyStore(store), datum, slots))
        };
        let (params, results) = ty.slots();
        Ok(NumericHostFunc(HostFunc::from_slots(ty, HostFn::new(params, results, call))))
    }

    /// The function in a store, with a number.
    ///
    /// # Errors
    /// If the store belongs to another engine.
    pub fn bind(&self, mut store: impl AsContextMut, datum: u64) -> Result<Func> {
        let opaque = &mut store.as_context_mut().0.opaque;
        opaque.check_type(self.0.ty.registry())?;
        let func = opaque.vm.host_func(self.0.ty.id(), self.0.function.with_datum(datum));
        Ok(Func::new_handle(opaque, func))
    }
}

/// Slots that a call of a function of only numbers needs.
fn slots_of(ty: &FuncType) -> Result<usize> {
    let is_number = |ty: &ValType| matches!(ty, ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64);
    match ty.params().chain(ty.results()).find(|ty| !is_number(ty)) {
        Some(other) => Err(Error::msg(format!("expected only numbers, found {other}"))),
        None => Ok(ty.params().len().max(ty.results().len())),
    }
}
