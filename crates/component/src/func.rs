//! Functions that components export, for the host to call.

use crate::abi::{ComponentNamedList, Lift, Lower, lift_values, lower_values};
use crate::call::LiftedFunc;
use crate::host::{check_export, lift_tuple};
use crate::types::{ComponentFunc, Type};
use crate::val::Val;
use crate::waiting::on_stack;
use sarsen::{AnyStore, AsContextMut, Error, Result};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// A function that an instance exports.
#[derive(Clone)]
pub struct Func(Arc<LiftedFunc>);

impl fmt::Debug for Func {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.ty())
    }
}

impl Func {
    pub(crate) fn new(func: Arc<LiftedFunc>) -> Func {
        Func(func)
    }

    pub(crate) fn lifted(&self) -> &Arc<LiftedFunc> {
        &self.0
    }

    /// Its type.
    pub fn ty(&self) -> ComponentFunc {
        ComponentFunc { cx: self.0.context(), ty: self.0.ty }
    }

    /// Names and types of its parameters.
    pub fn params(&self) -> Vec<(String, Type)> {
        self.ty().params().map(|(name, ty)| (name.to_owned(), ty)).collect()
    }

    /// Calls it on a stack of its own, so that it can wait: see [`TypedFunc::call_async`].
    ///
    /// # Errors
    /// As [`Func::call`].
    pub async fn call_async<T: Send + 'static>(
        &self,
        store: impl AsContextMut<Data = T>,
        params: &[Val],
        results: &mut [Val],
    ) -> Result<()> {
        on_stack(store, |store| self.call(store, params, results)).await
    }

    /// Calls it.
    ///
    /// # Errors
    /// If the arguments are not of its types, `results` is not as long as it has results, it belongs to another store, or it
    /// fails. When it has failed, its instance cannot be called any more.
    pub fn call(&self, mut store: impl AsContextMut, params: &[Val], results: &mut [Val]) -> Result<()> {
        let func = &*self.0;
        let (types, plan, cx) = (func.types(), func.plan(), func.context());
        let def = types.func(func.ty);
        if params.len() != def.params.len() {
            return Err(Error::msg(format!(
                "expected {} arguments, found {}",
                def.params.len(),
                params.len()
            )));
        }
        if results.len() != usize::from(def.result.is_some()) {
            let expected = usize::from(def.result.is_some());
            return Err(Error::msg(format!("expected room for {expected} results, found {}", results.len())));
        }
        for ((name, ty), value) in def.params.iter().zip(params) {
            value.check(&cx, *ty).map_err(|error| Error::msg(format!("argument `{name}`: {error}")))?;
        }
        let values = func.call(
            &mut AnyStore::new(&mut store),
            |cx, slots| {
                let layout = types.layout(plan.params);
                let mut place = None;
                lower_values(cx, plan.params, params, slots, plan.flat_params.is_some(), |cx| {
                    let ptr = cx.allocate(layout.size as usize, layout.align)?;
                    place = Some(ptr as u64);
                    Ok(ptr)
                })?;
                if let Some(place) = place {
                    slots[0] = place;
                }
                Ok(())
            },
            |cx, slots| lift_values(cx, plan.results, slots, plan.flat_results.is_some()),
        )?;
        for (result, value) in results.iter_mut().zip(values) {
            *result = value;
        }
        Ok(())
    }

    /// As a function whose types are known.
    ///
    /// # Errors
    /// If its types are others; the message says where they differ.
    pub fn typed<P, R>(&self, _store: impl AsContextMut) -> Result<TypedFunc<P, R>>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        let checked = check_export::<P, R>(&self.0.context(), self.0.ty);
        checked.map_err(|error| Error::msg(format!("type mismatch: {error}")))?;
        Ok(TypedFunc { func: self.clone(), types: PhantomData })
    }

    /// Calls it with types that were compared with its own before; with others, values make no sense.
    pub(crate) fn call_checked<P, R>(&self, mut store: impl AsContextMut, params: P) -> Result<R>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        let func = &*self.0;
        let plan = func.plan();
        func.call(
            &mut AnyStore::new(&mut store),
            |cx, slots| {
                if plan.flat_params.is_some() {
                    return params.lower(cx, plan.params, slots);
                }
                let place = cx.allocate(P::ABI.size, P::ABI.align as u32)?;
                slots[0] = place as u64;
                params.store(cx, plan.params, place)
            },
            |cx, slots| lift_tuple(cx, plan.results, slots, plan.flat_results.is_some()),
        )
    }
}

/// A function that an instance exports whose types are known: tuples of parameters and of the result.
pub struct TypedFunc<P, R> {
    func: Func,
    types: PhantomData<fn(P) -> R>,
}

impl<P, R> Clone for TypedFunc<P, R> {
    fn clone(&self) -> Self {
        TypedFunc { func: self.func.clone(), types: PhantomData }
    }
}

impl<P, R> fmt::Debug for TypedFunc<P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TypedFunc").field(&self.func).finish()
    }
}

impl<P, R> TypedFunc<P, R>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    /// The function, its types forgotten.
    pub fn func(&self) -> &Func {
        &self.func
    }

    /// Calls it.
    ///
    /// # Errors
    /// If it fails, or belongs to another store. When it has failed, its instance cannot be called any more.
    pub fn call(&self, store: impl AsContextMut, params: P) -> Result<R> {
        self.func.call_checked(store, params)
    }

    /// Calls it on a stack of its own, so that it can wait, as [`sarsen::TypedFunc::call_async`] does: for asynchronous functions of
    /// the host, or for others to have their turn. Dropped in the middle, the call fails.
    ///
    /// # Errors
    /// As [`TypedFunc::call`].
    pub async fn call_async<T: Send + 'static>(
        &self,
        store: impl AsContextMut<Data = T>,
        params: P,
    ) -> Result<R>
    where
        P: Send + Sync,
        R: Send,
    {
        on_stack(store, |store| self.call(store, params)).await
    }
}
