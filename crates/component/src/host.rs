//! Functions of the host that components import: closures on Rust types or on values.

use crate::abi::{
    ComponentNamedList, GuestOptions, Lift, LiftContext, Lower, LowerContext, TypeCheck, lift_values,
    lower_values,
};
use crate::call::{first_slots, result_place};
use crate::component::Component;
use crate::state::State;
use crate::types::{ComponentFunc, FuncTypeIndex, TypeContext, TypeTable};
use crate::val::Val;
use sarsen::{AnyStore, AsContextMut, Error, Result, StoreContextMut};
use std::sync::Arc;

/// How a component calls out.
pub(crate) struct Crossing<'a> {
    pub(crate) component: &'a Component,
    pub(crate) ty: FuncTypeIndex,
    pub(crate) options: GuestOptions,
}

/// A host function, called with the slots of a core function.
pub(crate) type HostCall<T> =
    Arc<dyn Fn(StoreContextMut<'_, T>, &Crossing<'_>, &mut [u64]) -> Result<()> + Send + Sync>;

/// What the host does when a resource of its own is dropped.
pub(crate) type HostDestructor<T> = Box<dyn Fn(StoreContextMut<'_, T>, u32) -> Result<()> + Send + Sync>;

/// Compares a type of functions with that of a closure.
type FuncCheck = fn(&TypeContext, FuncTypeIndex) -> Result<(), String>;

/// A host function before it is known what calls it.
pub(crate) struct HostFunc<T: 'static> {
    pub(crate) call: HostCall<T>,
    /// None for those on values, which are of any type.
    pub(crate) check: Option<FuncCheck>,
}

/// What results are before a closure sets them: of no type, as there are no tuples without values.
const UNSET: Val = Val::Tuple(Vec::new());

impl<T: 'static> Clone for HostFunc<T> {
    fn clone(&self) -> HostFunc<T> {
        HostFunc { call: Arc::clone(&self.call), check: self.check }
    }
}

impl<T: 'static> HostFunc<T> {
    /// From a closure on Rust types.
    pub(crate) fn typed<P, R>(
        func: impl Fn(StoreContextMut<'_, T>, P) -> Result<R> + Send + Sync + 'static,
    ) -> HostFunc<T>
    where
        P: ComponentNamedList + Lift + 'static,
        R: ComponentNamedList + Lower + 'static,
    {
        let call = move |mut store: StoreContextMut<'_, T>, crossing: &Crossing<'_>, slots: &mut [u64]| {
            let plan = crossing.component.program().types.plan(crossing.ty);
            lending(&mut store, plan.has_borrows, |store| {
                let params = lift_params(store, crossing, slots)?;
                func(store.as_context_mut(), params)
            })
            .and_then(|results| lower_results(&mut store, crossing, &results, slots))
        };
        HostFunc { call: Arc::new(call), check: Some(check_import::<P, R>) }
    }

    /// From a closure on values.
    pub(crate) fn dynamic(
        func: impl Fn(StoreContextMut<'_, T>, ComponentFunc, &[Val], &mut [Val]) -> Result<()>
        + Send
        + Sync
        + 'static,
    ) -> HostFunc<T> {
        let call = move |mut store: StoreContextMut<'_, T>, crossing: &Crossing<'_>, slots: &mut [u64]| {
            let (types, ty) = (&crossing.component.program().types, crossing.ty);
            let (plan, result) = (types.plan(ty), types.func(ty).result);
            let root = crossing.options.root;
            let resources =
                Arc::clone(&AnyStore::new(&mut store).extension::<State>().roots[root].resource_types);
            let cx = TypeContext { component: crossing.component.clone(), resources: Some(resources) };
            let mut results = vec![UNSET; usize::from(result.is_some())];
            lending(&mut store, plan.has_borrows, |store| {
                let params = lift_paid(&mut AnyStore::new(store), types, crossing.options, |cx| {
                    lift_values(cx, plan.params, slots, plan.flat_params.is_some())
                })?;
                let ty = ComponentFunc { cx: cx.clone(), ty };
                func(store.as_context_mut(), ty, &params, &mut results)
            })?;
            if let (Some(ty), [result]) = (result, &*results) {
                if *result == UNSET {
                    return Err(Error::msg("a host function has not set its result"));
                }
                result
                    .check(&cx, ty)
                    .map_err(|error| Error::msg(format!("result of a host function: {error}")))?;
            }
            let mut lower = LowerContext::new(AnyStore::new(&mut store), types, crossing.options);
            let given = first_slots(slots);
            lower_values(&mut lower, plan.results, &results, slots, plan.flat_results.is_some(), |cx| {
                result_place(cx.memory()?, types, plan, &given)
            })
        };
        HostFunc { call: Arc::new(call), check: None }
    }
}

/// Compares the type of a function that is imported with parameters and results in Rust.
fn check_import<P: ComponentNamedList, R: ComponentNamedList>(
    cx: &TypeContext,
    ty: FuncTypeIndex,
) -> Result<(), String> {
    if cx.table().func(ty).is_async {
        return Err("expected an async function, found one that is not".into());
    }
    check_values::<P, R>(cx, ty)
}

/// Compares the type of a function that is exported with parameters and results in Rust.
pub(crate) fn check_export<P: ComponentNamedList, R: ComponentNamedList>(
    cx: &TypeContext,
    ty: FuncTypeIndex,
) -> Result<(), String> {
    if cx.table().func(ty).is_async {
        return Err("expected a function that is not async, found an async function".into());
    }
    check_values::<P, R>(cx, ty)
}

fn check_values<P: ComponentNamedList, R: ComponentNamedList>(
    cx: &TypeContext,
    ty: FuncTypeIndex,
) -> Result<(), String> {
    let plan = cx.table().plan(ty);
    P::check(&TypeCheck(cx), plan.params).map_err(|error| format!("parameters: {error}"))?;
    R::check(&TypeCheck(cx), plan.results).map_err(|error| format!("result: {error}"))
}

/// Does something for which handles may be lent.
fn lending<T: 'static, R>(
    store: &mut StoreContextMut<'_, T>,
    lends: bool,
    run: impl FnOnce(&mut StoreContextMut<'_, T>) -> Result<R>,
) -> Result<R> {
    if !lends {
        return run(store);
    }
    let call = AnyStore::new(store).extension::<State>().begin_call();
    let result = run(store);
    let ended = AnyStore::new(store).extension::<State>().end_call(call);
    let result = result?;
    ended.map(|()| result)
}

fn lift_params<T: 'static, P: Lift>(
    store: &mut StoreContextMut<'_, T>,
    crossing: &Crossing<'_>,
    slots: &[u64],
) -> Result<P> {
    let types = &crossing.component.program().types;
    let plan = types.plan(crossing.ty);
    lift_paid(&mut AnyStore::new(store), types, crossing.options, |cx| {
        lift_tuple(cx, plan.params, slots, plan.flat_params.is_some())
    })
}

/// Lifts values, and charges for the bytes that were copied.
pub(crate) fn lift_paid<R>(
    store: &mut AnyStore<'_>,
    types: &TypeTable,
    options: GuestOptions,
    lift: impl FnOnce(&mut LiftContext<'_>) -> Result<R>,
) -> Result<R> {
    let mut cx = LiftContext::new(store, types, options)?;
    let values = lift(&mut cx)?;
    let taken = cx.taken();
    if taken > 0 {
        // What was lifted can be such that no other thread may have it.
        store.without_waiting(|mut store| store.spend(taken))?;
    }
    Ok(values)
}

/// Lifts parameters or results.
pub(crate) fn lift_tuple<P: Lift>(
    cx: &mut LiftContext<'_>,
    ty: crate::types::TypeIndex,
    slots: &[u64],
    is_flat: bool,
) -> Result<P> {
    if is_flat {
        return P::lift(cx, ty, slots);
    }
    let layout = cx.types.layout(ty);
    let bytes = cx.pointed(u64::from(slots[0] as u32), layout.size, layout.align)?;
    P::load(cx, ty, bytes)
}

fn lower_results<T: 'static, R: Lower>(
    store: &mut StoreContextMut<'_, T>,
    crossing: &Crossing<'_>,
    results: &R,
    slots: &mut [u64],
) -> Result<()> {
    let types = &crossing.component.program().types;
    let plan = types.plan(crossing.ty);
    let mut cx = LowerContext::new(AnyStore::new(store), types, crossing.options);
    if plan.flat_results.is_some() {
        let mut lowered = [0; 2];
        results.lower(&mut cx, plan.results, &mut lowered)?;
        if let Some(first) = slots.first_mut() {
            *first = lowered[0];
        }
        return Ok(());
    }
    let place = result_place(cx.memory()?, types, plan, slots)?;
    results.store(&mut cx, plan.results, place)
}
