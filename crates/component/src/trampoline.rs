//! Core functions that are no core code: what components call when they call the host, another component, or one of the functions
//! that handle resources.
//!
//! They are made once for all instances; the number that each is bound with says whose it is.

use crate::abi::{Transfer, trap};
use crate::call::{self, LiftedFunc};
use crate::component::Component;
use crate::decode::CoreSignature;
use crate::host::{Crossing, HostCall};
use crate::instance::{lifted, options};
use crate::linker::Given;
use crate::program::{FuncSource, Trampoline};
use crate::resource::{Dropped, Origin, ResourceKey};
use crate::state::State;
use crate::types::{FuncTypeIndex, ResourceIndex};
use crate::waiting::host_func;
use sarsen::{AnyStore, AsContextMut, Caller, Error, FuncType, NumericHostFunc, Result};
use std::sync::Arc;

/// Who a component function's code is.
enum Callee<T: 'static> {
    Host(HostCall<T>),
    /// Of the same component.
    Own(usize),
    /// Of another one.
    Other(Arc<LiftedFunc>),
}

/// Makes the core function of a trampoline of a component that is given these imports.
pub(crate) fn make<T: 'static>(
    component: &Component,
    (trampoline, (params, results)): &(Trampoline, CoreSignature),
    given: &[Given<T>],
) -> Result<NumericHostFunc> {
    let ty = FuncType::new(component.engine(), params.iter().cloned(), results.iter().cloned());
    match *trampoline {
        Trampoline::Lower { options, .. } if component.program().options[options].is_async => {
            needs_async(ty, "canon lower async", component.program().options[options].instance)
        }
        Trampoline::Lower { func, ty: func_ty, options } => {
            let callee = match func {
                FuncSource::Lifted(index) => Callee::Own(index),
                FuncSource::Leaf(leaf) => match &given[leaf] {
                    Given::Host(func) => Callee::Host(Arc::clone(&func.call)),
                    Given::Guest(func) => Callee::Other(Arc::clone(func)),
                    _ => return Err(Error::bug("a function is given as something else")),
                },
            };
            lower(component.clone(), ty, callee, func_ty, options)
        }
        Trampoline::ResourceNew { resource, instance } => {
            resources(ty, resource, instance, |store, key, instance, slots| {
                let state = store.extension::<State>();
                state.leave(instance)?;
                slots[0] = state.add_own(instance, key, slots[0] as u32)?.into();
                Ok(())
            })
        }
        Trampoline::ResourceRep { resource, instance } => {
            resources(ty, resource, instance, |store, key, instance, slots| {
                let state = store.extension::<State>();
                slots[0] = state.instances[instance].handles.rep(slots[0] as u32, key)?.into();
                Ok(())
            })
        }
        Trampoline::ResourceDrop { resource, instance } => drop_resource::<T>(ty, resource, instance),
        Trampoline::ContextGet { slot, instance } => {
            own_state(ty, instance, move |state, instance, slots| {
                slots[0] = state.instances[instance].context[slot.min(1)];
                Ok(())
            })
        }
        Trampoline::ContextSet { slot, instance } => {
            own_state(ty, instance, move |state, instance, slots| {
                state.instances[instance].context[slot.min(1)] = slots[0];
                Ok(())
            })
        }
        Trampoline::Backpressure { is_more, instance } => {
            own_state(ty, instance, move |state, instance, _| {
                let count = &mut state.instances[instance].backpressure;
                let changed = if is_more { count.checked_add(1) } else { count.checked_sub(1) };
                *count = changed.ok_or_else(|| trap("backpressure counter out of range"))?;
                Ok(())
            })
        }
        Trampoline::Async { name, instance } => needs_async(ty, name, instance),
    }
}

/// What cannot be called, though a component may have it.
fn needs_async(ty: FuncType, name: &'static str, instance: u32) -> Result<NumericHostFunc> {
    own_state(ty, instance, move |state, instance, _| {
        state.leave(instance)?;
        Err(Error::msg(format!("`{name}` needs the asynchronous ABI, which is not supported yet")))
    })
}

/// What looks at nothing but what an instance has.
fn own_state(
    ty: FuncType,
    instance: u32,
    run: impl Fn(&mut State, usize, &mut [u64]) -> Result<()> + Send + Sync + 'static,
) -> Result<NumericHostFunc> {
    NumericHostFunc::new_any(ty, move |mut store, root, slots| {
        let state = store.extension::<State>();
        let instance = state.roots[root as usize].first_instance + instance as usize;
        run(state, instance, slots)
    })
}

fn resources(
    ty: FuncType,
    resource: ResourceIndex,
    instance: u32,
    run: impl Fn(&mut AnyStore<'_>, ResourceKey, usize, &mut [u64]) -> Result<()> + Send + Sync + 'static,
) -> Result<NumericHostFunc> {
    NumericHostFunc::new_any(ty, move |mut store, root, slots| {
        let (key, instance) = find(&mut store, root, resource, instance);
        run(&mut store, key, instance, slots)
    })
}

/// A type of resources and an instance, in a root.
fn find(store: &mut AnyStore<'_>, root: u64, resource: ResourceIndex, instance: u32) -> (ResourceKey, usize) {
    let root = &store.extension::<State>().roots[root as usize];
    (root.resources[resource.0 as usize], root.first_instance + instance as usize)
}

fn drop_resource<T: 'static>(
    ty: FuncType,
    resource: ResourceIndex,
    instance: u32,
) -> Result<NumericHostFunc> {
    host_func(ty, move |mut caller: Caller<'_, T>, root, slots| {
        let mut store = AnyStore::new(&mut caller);
        let (key, instance) = find(&mut store, root, resource, instance);
        let origin = Origin { root: root as usize, resource };
        let state = store.extension::<State>();
        state.leave(instance)?;
        match state.instances[instance].handles.drop(slots[0] as u32, key)? {
            Dropped::Own(rep) => {
                call::destroy(&mut caller.as_context_mut(), Some(instance), (key, Some(origin)), rep)
            }
            Dropped::Borrow(call) => {
                state.returned(call);
                Ok(())
            }
        }
    })
}

fn lower<T: 'static>(
    component: Component,
    core: FuncType,
    callee: Callee<T>,
    ty: FuncTypeIndex,
    index: usize,
) -> Result<NumericHostFunc> {
    host_func(core, move |mut caller: Caller<'_, T>, root, slots| {
        let root = root as usize;
        let mut store = AnyStore::new(&mut caller);
        let options = options(&mut store, root, index)?;
        store.extension::<State>().leave(options.instance)?;
        let crossing = Crossing { component: &component, ty, options };
        match &callee {
            Callee::Host(call) => call(caller.as_context_mut(), &crossing, slots)
                .map_err(|error| AnyStore::new(&mut caller).end_exception(error)),
            Callee::Own(index) => {
                let callee = lifted(&mut store, root, *index)?;
                between(&mut store, &crossing, &callee, slots)
            }
            Callee::Other(callee) => between(&mut store, &crossing, callee, slots),
        }
    })
}

/// Calls a function of a component's for another.
fn between(
    store: &mut AnyStore<'_>,
    crossing: &Crossing<'_>,
    callee: &LiftedFunc,
    slots: &mut [u64],
) -> Result<()> {
    let types = &crossing.component.program().types;
    let plan = types.plan(crossing.ty);
    let call = plan.has_borrows.then(|| store.extension::<State>().begin_call());
    let caller = (crossing.options, types);
    let (callee_side, callee_plan) = ((callee.options, callee.types()), callee.plan());
    let given = call::first_slots(slots);
    let result = callee.run(
        store,
        Some(crossing.options.instance),
        |store, slots| {
            let mut transfer = Transfer::new(store, caller, callee_side);
            let layout = callee.types().layout(callee_plan.params);
            let is_flat = plan.flat_params.is_some();
            let mut place = 0;
            transfer.tuple((plan.params, callee_plan.params), &given, slots, is_flat, |cx| {
                place = cx.allocate(layout.size as usize, layout.align)?;
                Ok(place)
            })?;
            if !is_flat {
                slots[0] = place as u64;
            }
            Ok(())
        },
        |store, results| {
            call.map_or(Ok(()), |call| store.extension::<State>().end_call(call))?;
            let mut transfer = Transfer::new(store.reborrow(), callee_side, caller);
            let is_flat = plan.flat_results.is_some();
            let place =
                |cx: &mut crate::abi::LowerContext<'_>| call::result_place(cx.memory()?, types, plan, &given);
            transfer.tuple((callee_plan.results, plan.results), results, slots, is_flat, place)
        },
    );
    if let (Err(_), Some(call)) = (&result, call) {
        let _ = store.extension::<State>().end_call(call);
    }
    result
}
