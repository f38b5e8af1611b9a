//! Host functions from closures with Rust types: arguments and results go straight from and into slots. Panics, errors
//! and scopes around the closure are taken care of in `func/mod.rs`.

use super::typed::{StoreRef, WasmTy, WasmTyList, larger, sealed};
use super::{Caller, HostFunc, with_caller};
use crate::types::FuncType;
use crate::{AsContextMut, Engine, Error, Result};
use sarsen_abi::Slot;
use sarsen_vm::{HostContext, HostFn};

/// What the closure of a host function may return: results, or a [`Result`] of them. Sealed as [`WasmTy`] is.
pub trait WasmRet: sealed::Ret + Send + 'static {
    /// The results.
    #[doc(hidden)]
    type Values: WasmTyList;
    #[doc(hidden)]
    fn into_result(self) -> Result<Self::Values>;
}

impl<L: WasmTyList> sealed::Ret for L {}
impl<L: WasmTyList> WasmRet for L {
    type Values = L;
    fn into_result(self) -> Result<L> {
        Ok(self)
    }
}

impl<L: WasmTyList, E: Into<Error> + Send + 'static> sealed::Ret for Result<L, E> {}
impl<L: WasmTyList, E: Into<Error> + Send + 'static> WasmRet for Result<L, E> {
    type Values = L;
    fn into_result(self) -> Result<L> {
        self.map_err(Into::into)
    }
}

/// Closures that can be host functions: up to 16 parameters, the first of which may be a [`Caller`]. Sealed: what is not
/// such a closure becomes a function with [`Func::new`](super::Func::new).
pub trait IntoFunc<T, Params, Results>: sealed::Closure<T, Params, Results> + Send + Sync + 'static {
    #[doc(hidden)]
    fn into_func(self, engine: &Engine) -> HostFunc;
}

/// The host function of a closure on its parameters.
fn host_func<T: 'static, P: WasmTyList, R: WasmRet>(
    engine: &Engine,
    func: impl Fn(Caller<'_, T>, P) -> R + Send + Sync + 'static,
) -> HostFunc {
    let ty = FuncType::new(engine, P::valtypes(), R::Values::valtypes());
    let call = move |context: HostContext<'_>, slots: &mut [Slot]| {
        // So that the compiler knows how many there are.
        let slots = &mut slots[..const { larger(P::SLOTS, R::Values::SLOTS) }];
        with_caller::<T>(context, |mut caller| {
            let params = P::from_slots(&mut StoreRef(&mut caller.as_context_mut().0.opaque), slots);
            let results = func(Caller::sub(&mut caller), params).into_result()?;
            results.into_slots(&mut StoreRef(&mut caller.as_context_mut().0.opaque), slots)
        })
    };
    HostFunc::from_slots(ty, HostFn::new(P::SLOTS, R::Values::SLOTS, call))
}

/// Implements [`IntoFunc`] for closures of each number of parameters.
macro_rules! closures {
    ($(($($name:ident $value:ident)*);)*) => {
        $(impl<T: 'static, F, $($name: WasmTy,)* R: WasmRet> sealed::Closure<T, ($($name,)*), R> for F where
            F: Fn($($name),*) -> R + Send + Sync + 'static
        {
        }

        impl<T: 'static, F, $($name: WasmTy,)* R: WasmRet> IntoFunc<T, ($($name,)*), R> for F
        where
            F: Fn($($name),*) -> R + Send + Sync + 'static,
        {
            fn into_func(self, engine: &Engine) -> HostFunc {
                host_func(engine, move |_: Caller<'_, T>, ($($value,)*): ($($name,)*)| self($($value),*))
            }
        }

        impl<T: 'static, F, $($name: WasmTy,)* R: WasmRet> sealed::Closure<T, (Caller<'_, T>, $($name,)*), R> for F where
            F: Fn(Caller<'_, T>, $($name),*) -> R + Send + Sync + 'static
        {
        }

        impl<T: 'static, F, $($name: WasmTy,)* R: WasmRet> IntoFunc<T, (Caller<'_, T>, $($name,)*), R> for F
        where
            F: Fn(Caller<'_, T>, $($name),*) -> R + Send + Sync + 'static,
        {
            fn into_func(self, engine: &Engine) -> HostFunc {
                host_func(engine, move |caller: Caller<'_, T>, ($($value,)*): ($($name,)*)| self(caller, $($value),*))
            }
        })*
    };
}

closures! { (); }
for_each_arity!(closures);
