//! Calls of functions that components export: by the host, by other components, and of destructors.

use crate::abi::{GuestOptions, LiftContext, LowerContext, trap};
use crate::component::Component;
use crate::host::{HostDestructor, lift_paid};
use crate::instance::core_func;
use crate::resource::{Destructor, Origin, ResourceKey, ResourceType};
use crate::state::State;
use crate::types::{FuncPlan, FuncTypeIndex, TypeContext, TypeTable};
use sarsen::{AnyStore, Error, NumericFunc, Result, StoreContextMut};
use std::sync::Arc;

/// Slots that any call takes: 16 parameters, and where the result goes.
pub(crate) const SLOTS: usize = 17;

/// A function that a component exports, in a store.
#[derive(Debug)]
pub(crate) struct LiftedFunc {
    pub(crate) store: u64,
    pub(crate) component: Component,
    pub(crate) resources: Arc<[ResourceType]>,
    pub(crate) ty: FuncTypeIndex,
    pub(crate) options: GuestOptions,
    pub(crate) is_async: bool,
    pub(crate) core: NumericFunc,
    pub(crate) post_return: Option<NumericFunc>,
}

impl LiftedFunc {
    pub(crate) fn types(&self) -> &TypeTable {
        &self.component.program().types
    }

    pub(crate) fn plan(&self) -> &FuncPlan {
        self.types().plan(self.ty)
    }

    pub(crate) fn context(&self) -> TypeContext {
        TypeContext { component: self.component.clone(), resources: Some(Arc::clone(&self.resources)) }
    }

    /// Calls it for the host.
    pub(crate) fn call<R>(
        &self,
        store: &mut AnyStore<'_>,
        lower: impl FnOnce(&mut LowerContext<'_>, &mut [u64]) -> Result<()>,
        lift: impl FnOnce(&mut LiftContext<'_>, &[u64]) -> Result<R>,
    ) -> Result<R> {
        if store.id() != self.store {
            return Err(Error::msg("function belongs to another store"));
        }
        let has_borrows = self.plan().has_borrows;
        let call = has_borrows.then(|| store.extension::<State>().begin_call());
        let result = self.run(
            store,
            None,
            |store, slots| lower(&mut LowerContext::new(store, self.types(), self.options), slots),
            |store, slots| {
                let result = lift_paid(store, self.types(), self.options, |cx| lift(cx, slots))?;
                call.map_or(Ok(()), |call| store.extension::<State>().end_call(call))?;
                Ok(result)
            },
        );
        if let (Err(_), Some(call)) = (&result, call) {
            // Nothing is lent any more, whatever went wrong.
            let _ = store.extension::<State>().end_call(call);
        }
        result
    }

    /// Calls it with what puts parameters into slots, and what takes results out of them, for an instance or the host.
    pub(crate) fn run<R>(
        &self,
        store: &mut AnyStore<'_>,
        caller: Option<usize>,
        params: impl FnOnce(AnyStore<'_>, &mut [u64]) -> Result<()>,
        results: impl FnOnce(&mut AnyStore<'_>, &[u64]) -> Result<R>,
    ) -> Result<R> {
        if self.is_async {
            return Err(Error::msg("functions with the asynchronous ABI are not supported yet"));
        }
        let GuestOptions { root, instance, .. } = self.options;
        let entered = store.extension::<State>().enter(root, instance, caller)?;
        let mut slots = [0; SLOTS];
        if let Err(error) = params(store.reborrow(), &mut slots) {
            store.extension::<State>().exit(entered);
            // `realloc` may have thrown it, or the embedder when it was asked for fuel or time.
            return Err(store.end_exception(error));
        }
        // Only what the component does from here on is its own fault.
        let state = store.extension::<State>();
        let context = std::mem::take(&mut state.instances[instance].context);
        let result = self.run_core(store, &mut slots, results);
        let result = result.map_err(|error| store.end_exception(error));
        let state = store.extension::<State>();
        state.exit(entered);
        state.instances[instance].context = context;
        state.roots[root].is_poisoned |= result.is_err();
        result
    }

    fn run_core<R>(
        &self,
        store: &mut AnyStore<'_>,
        slots: &mut [u64; SLOTS],
        results: impl FnOnce(&mut AnyStore<'_>, &[u64]) -> Result<R>,
    ) -> Result<R> {
        self.core.call(store, slots)?;
        let result = results(store, slots)?;
        if let Some(post_return) = self.post_return {
            let instance = self.options.instance;
            let before =
                std::mem::replace(&mut store.extension::<State>().instances[instance].may_leave, false);
            post_return.call(store, slots)?;
            store.extension::<State>().instances[instance].may_leave = before;
        }
        Ok(result)
    }
}

/// Ends what an owned handle has stood for, which an instance or the host has dropped.
pub(crate) fn destroy<T: 'static>(
    store: &mut StoreContextMut<'_, T>,
    dropped_by: Option<usize>,
    (key, origin): (ResourceKey, Option<Origin>),
    rep: u32,
) -> Result<()> {
    let destructor = AnyStore::new(store).extension::<State>().destructor(key, origin);
    match destructor {
        Destructor::None => Ok(()),
        Destructor::Guest { root, instance, func } => {
            let mut store = AnyStore::new(store);
            let func = core_func(&mut store, root, &func)?;
            let state = store.extension::<State>();
            let entered = state.enter(root, instance, dropped_by)?;
            let context = std::mem::take(&mut state.instances[instance].context);
            let result = func.call(&mut store, &mut [rep.into()]);
            let result = result.map_err(|error| store.end_exception(error));
            let state = store.extension::<State>();
            state.exit(entered);
            state.instances[instance].context = context;
            state.roots[root].is_poisoned |= result.is_err();
            result
        }
        Destructor::Host(destructor) => {
            let destructor = destructor.downcast_ref::<HostDestructor<T>>();
            let destructor =
                destructor.ok_or_else(|| Error::bug("a destructor for another kind of store"))?;
            destructor(sarsen::AsContextMut::as_context_mut(store), rep)
                .map_err(|error| AnyStore::new(store).end_exception(error))
        }
    }
}

/// The error of a function of a root that cannot be entered any more.
pub(crate) fn poison(store: &mut AnyStore<'_>, root: usize, error: Error) -> Error {
    store.extension::<State>().roots[root].is_poisoned = true;
    error
}

/// The first slots, where parameters are, and the place of the result, which is needed when others have come.
pub(crate) fn first_slots(slots: &[u64]) -> [u64; SLOTS] {
    let mut first = [0; SLOTS];
    let used = slots.len().min(SLOTS);
    first[..used].copy_from_slice(&slots[..used]);
    first
}

/// Where a result goes, as the caller says: after its parameters.
pub(crate) fn result_place(
    memory: &[u8],
    types: &TypeTable,
    plan: &FuncPlan,
    slots: &[u64],
) -> Result<usize> {
    let ptr = u64::from(slots[plan.param_slots()] as u32);
    let layout = types.layout(plan.results);
    crate::abi::aligned(ptr, layout.align)?;
    crate::abi::part(memory, ptr, layout.size.into(), "pointer out of bounds of memory")?;
    usize::try_from(ptr).map_err(|_| trap("pointer out of bounds of memory"))
}
