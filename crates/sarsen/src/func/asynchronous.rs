//! Functions that wait: calls as futures, and host functions that are. Where they wait is `fiber.rs`' matter.

use super::typed::{StoreRef, WasmTyList, larger};
use super::{
    Caller, Func, HostFunc, TypedFunc, WasmParams, WasmResults, WasmRet, lift, lower, with_caller_that_waits,
    with_room,
};
use crate::fiber::on_fiber;
use crate::store::Opaque;
use crate::types::{FuncType, ValType};
use crate::val::Val;
use crate::{AsContextMut, Engine, Result};
use sarsen_abi::Slot;
use sarsen_vm::{HostContext, HostFn};
use std::pin::Pin;

/// What an asynchronous host function returns.
type Later<'a, R> = Box<dyn Future<Output = R> + Send + 'a>;

impl Func {
    /// An asynchronous host function of this type: while it waits, so does the [`Func::call_async`] that the guest was called
    /// with.
    ///
    /// # Panics
    /// If the type belongs to another engine.
    pub fn new_async<T: Send + 'static>(
        mut store: impl AsContextMut<Data = T>,
        ty: FuncType,
        func: impl for<'a> Fn(Caller<'a, T>, &'a [Val], &'a mut [Val]) -> Later<'a, Result<()>>
        + Send
        + Sync
        + 'static,
    ) -> Func {
        let opaque = &mut store.as_context_mut().0.opaque;
        opaque.check_type(ty.registry()).expect("a type of the store's engine");
        let func = HostFunc::new_async(ty, func).in_store(opaque);
        Func::new_handle(opaque, func)
    }

    /// An asynchronous host function of the closure's type.
    pub fn wrap_async<T: Send + 'static, Params: WasmParams, R: WasmRet>(
        mut store: impl AsContextMut<Data = T>,
        func: impl for<'a> Fn(Caller<'a, T>, Params) -> Later<'a, R> + Send + Sync + 'static,
    ) -> Func {
        let opaque = &mut store.as_context_mut().0.opaque;
        let func = HostFunc::wrap_async(&opaque.engine, func).in_store(opaque);
        Func::new_handle(opaque, func)
    }

    /// Calls it on a stack of its own, so that it can wait: see [`TypedFunc::call_async`].
    ///
    /// # Errors
    /// As [`Func::call`].
    pub async fn call_async<T: Send + 'static>(
        &self,
        mut store: impl AsContextMut<Data = T>,
        params: &[Val],
        results: &mut [Val],
    ) -> Result<()> {
        on_fiber(store.as_context_mut(), |store| self.call(store, params, results)).await
    }
}

impl<Params: WasmParams, Results: WasmResults> TypedFunc<Params, Results> {
    /// Calls it on a stack of its own, so that it can wait: for asynchronous host functions, for a
    /// [limiter](crate::Store::limiter_async), or because it has been running for long
    /// ([`Store::epoch_deadline_async_yield_and_update`](crate::Store::epoch_deadline_async_yield_and_update),
    /// [`Store::fuel_async_yield_interval`](crate::Store::fuel_async_yield_interval)).
    ///
    /// The future can be polled by any executor, on one thread after the other. If it is dropped in the middle, the guest
    /// is stopped as by a trap; its store can be used afterwards.
    ///
    /// # Errors
    /// As [`TypedFunc::call`].
    pub async fn call_async<T: Send + 'static>(
        &self,
        mut store: impl AsContextMut<Data = T>,
        params: Params,
    ) -> Result<Results> {
        on_fiber(store.as_context_mut(), |store| self.call(store, params)).await
    }
}

impl HostFunc {
    /// An asynchronous host function from a closure on values.
    pub(crate) fn new_async<T: Send + 'static>(
        ty: FuncType,
        func: impl for<'a> Fn(Caller<'a, T>, &'a [Val], &'a mut [Val]) -> Later<'a, Result<()>>
        + Send
        + Sync
        + 'static,
    ) -> HostFunc {
        let params: Vec<ValType> = ty.params().collect();
        let results: Vec<ValType> = ty.results().collect();
        let call = move |context: HostContext<'_>, slots: &mut [Slot]| {
            with_caller_that_waits::<T>(context, |mut caller, may_wait| {
                with_room(Val::I32(0), params.len() + results.len(), |values| {
                    let (given, returned) = values.split_at_mut(params.len());
                    let opaque: *mut Opaque = &raw mut caller.as_context_mut().0.opaque;
                    // SAFETY: the store is the caller's.
                    lift(unsafe { &mut *opaque }, params.iter(), slots, given);
                    let future = Pin::from(func(Caller::sub(&mut caller), given, returned));
                    // SAFETY: the future has the caller.
                    unsafe { Opaque::wait(opaque, may_wait, future) }??;
                    lower(&mut caller.as_context_mut(), results.iter(), returned, slots)
                })
            })
        };
        let (params, results) = ty.slots();
        HostFunc::from_slots(ty, HostFn::new(params, results, call))
    }

    /// The asynchronous host function of a closure on its parameters.
    pub(crate) fn wrap_async<T: Send + 'static, P: WasmTyList, R: WasmRet>(
        engine: &Engine,
        func: impl for<'a> Fn(Caller<'a, T>, P) -> Later<'a, R> + Send + Sync + 'static,
    ) -> HostFunc {
        let ty = FuncType::new(engine, P::valtypes(), R::Values::valtypes());
        let call = move |context: HostContext<'_>, slots: &mut [Slot]| {
            let slots = &mut slots[..const { larger(P::SLOTS, R::Values::SLOTS) }];
            with_caller_that_waits::<T>(context, |mut caller, may_wait| {
                let opaque: *mut Opaque = &raw mut caller.as_context_mut().0.opaque;
                // SAFETY: the store is the caller's.
                let params = P::from_slots(&mut StoreRef(unsafe { &mut *opaque }), slots);
                let future = Pin::from(func(Caller::sub(&mut caller), params));
                // SAFETY: the future has the caller.
                let results = unsafe { Opaque::wait(opaque, may_wait, future) }?.into_result()?;
                results.into_slots(&mut StoreRef(&mut caller.as_context_mut().0.opaque), slots)
            })
        };
        HostFunc::from_slots(ty, HostFn::new(P::SLOTS, R::Values::SLOTS, call))
    }
}
