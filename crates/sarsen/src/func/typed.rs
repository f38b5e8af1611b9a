//! Functions whose types are known when the embedder is compiled: arguments and results go straight into slots. The
//! call itself is that of `func/mod.rs`.

use super::Func;
use crate::gc::{AnyRef, ExternRef, Rooted};
use crate::store::Opaque;
use crate::types::{RefType, ValType};
use crate::val::V128;
use crate::{AsContextMut, Error, Result};
use sarsen_abi::Slot;
use sarsen_isa::V128 as Vector;
use sarsen_vm::FuncPtr;
use std::fmt;
use std::marker::PhantomData;

/// Slots that a typed call can hold without allocating: 16 parameters of any type.
const MAX_SLOTS: usize = 32;
const FEW_SLOTS: usize = 4;

/// What keeps the traits of this folder to itself: their methods handle slots, whose layout may change, and whoever wrote
/// a wrong one could make references out of numbers. It is public only to the compiler.
pub(super) mod sealed {
    /// Of [`WasmTy`](super::WasmTy).
    pub trait Ty {}
    /// Of [`WasmTyList`](super::WasmTyList).
    pub trait List {}
    /// Of [`WasmRet`](super::super::WasmRet).
    pub trait Ret {}
    /// Of [`IntoFunc`](super::super::IntoFunc).
    pub trait Closure<T, Params, Results> {}
}

/// A Rust type that stands for a WebAssembly type: integers, floats, [`V128`], and optional references.
///
/// The trait is sealed: it cannot be implemented outside of this crate, because the layout of values on the stack is not
/// a promise.
///
/// ```compile_fail,E0277
/// struct Celsius(f64);
/// impl sarsen::WasmTy for Celsius {
///     fn valtype() -> sarsen::ValType {
///         sarsen::ValType::F64
///     }
/// }
/// ```
pub trait WasmTy: sealed::Ty + Send + Sized + 'static {
    /// Slots that it takes.
    #[doc(hidden)]
    const SLOTS: usize;

    /// The WebAssembly type.
    fn valtype() -> ValType;

    #[doc(hidden)]
    fn into_slots(self, store: &mut StoreRef<'_>, slots: &mut [Slot]) -> Result<()>;

    #[doc(hidden)]
    fn from_slots(store: &mut StoreRef<'_>, slots: &[Slot]) -> Self;
}

/// The part of a store that conversions need.
#[doc(hidden)]
pub struct StoreRef<'a>(pub(crate) &'a mut Opaque);

/// Implements [`WasmTy`] for numbers.
macro_rules! numbers {
    ($($ty:ty = $val:ident, |$value:ident| $to:expr, |$bits:ident| $from:expr;)*) => {
        $(impl sealed::Ty for $ty {}
        impl WasmTy for $ty {
            const SLOTS: usize = 1;
            fn valtype() -> ValType {
                ValType::$val
            }
            #[inline]
            fn into_slots(self, _: &mut StoreRef<'_>, slots: &mut [Slot]) -> Result<()> {
                let $value = self;
                slots[0] = $to;
                Ok(())
            }
            #[inline]
            fn from_slots(_: &mut StoreRef<'_>, slots: &[Slot]) -> $ty {
                let $bits = slots[0];
                $from
            }
        })*
    };
}

numbers! {
    i32 = I32, |value| u64::from(value as u32), |bits| bits as i32;
    u32 = I32, |value| u64::from(value), |bits| bits as u32;
    i64 = I64, |value| value as u64, |bits| bits as i64;
    u64 = I64, |value| value, |bits| bits;
    f32 = F32, |value| u64::from(value.to_bits()), |bits| f32::from_bits(bits as u32);
    f64 = F64, |value| value.to_bits(), |bits| f64::from_bits(bits);
}

impl sealed::Ty for V128 {}
impl WasmTy for V128 {
    const SLOTS: usize = 2;
    fn valtype() -> ValType {
        ValType::V128
    }
    fn into_slots(self, _: &mut StoreRef<'_>, slots: &mut [Slot]) -> Result<()> {
        slots[..2].copy_from_slice(&Vector::from(self.as_u128()).to_slots());
        Ok(())
    }
    fn from_slots(_: &mut StoreRef<'_>, slots: &[Slot]) -> V128 {
        V128::from(u128::from(Vector::from_slots([slots[0], slots[1]])))
    }
}

/// Implements [`WasmTy`] for nullable references.
macro_rules! references {
    ($($ty:ty = $ref:ident, |$store:ident, $value:ident| $to:expr, |$from_store:ident, $bits:ident| $from:expr;)*) => {
        $(impl sealed::Ty for Option<$ty> {}
        impl WasmTy for Option<$ty> {
            const SLOTS: usize = 1;
            fn valtype() -> ValType {
                ValType::Ref(RefType::$ref)
            }
            fn into_slots(self, $store: &mut StoreRef<'_>, slots: &mut [Slot]) -> Result<()> {
                slots[0] = match self {
                    None => 0,
                    Some($value) => $to,
                };
                Ok(())
            }
            fn from_slots($from_store: &mut StoreRef<'_>, slots: &[Slot]) -> Option<$ty> {
                let $bits = slots[0];
                $from
            }
        })*
    };
}

references! {
    Func = FUNCREF, |store, func| func.to_slot(store.0)?,
        |store, bits| FuncPtr::from_slot(bits).map(|func| Func::new_handle(store.0, func));
    Rooted<ExternRef> = EXTERNREF, |store, value| value.reference(store.0)?.into(),
        |store, bits| (bits != 0).then(|| Rooted::new(store.0, bits as u32));
    Rooted<AnyRef> = ANYREF, |store, value| value.reference(store.0)?.into(),
        |store, bits| (bits != 0).then(|| Rooted::new(store.0, bits as u32));
}

/// A list of Rust types that stands for a list of WebAssembly types: `()`, a type, or a tuple. Sealed as [`WasmTy`] is.
pub trait WasmTyList: sealed::List + Send + Sized + 'static {
    #[doc(hidden)]
    const SLOTS: usize;
    #[doc(hidden)]
    fn valtypes() -> Vec<ValType>;
    #[doc(hidden)]
    fn into_slots(self, store: &mut StoreRef<'_>, slots: &mut [Slot]) -> Result<()>;
    #[doc(hidden)]
    fn from_slots(store: &mut StoreRef<'_>, slots: &[Slot]) -> Self;

    /// Fails unless the types are these. Parameters may be given what is more special, results taken as what is more
    /// general.
    #[doc(hidden)]
    fn check(types: impl ExactSizeIterator<Item = ValType>, are_params: bool) -> Result<()> {
        let rust = Self::valtypes();
        if rust.len() != types.len() {
            return Err(Error::msg(format!("expected {}, found {}", types.len(), rust.len())));
        }
        for (number, (wasm, rust)) in types.zip(&rust).enumerate() {
            let fits = if are_params { rust.matches(&wasm) } else { wasm.matches(rust) };
            if !fits {
                return Err(Error::msg(format!("type mismatch at {number}: expected {wasm}, found {rust}")));
            }
        }
        Ok(())
    }
}

/// Parameters of a [`TypedFunc`]: `()`, a [`WasmTy`], or a tuple of up to 16. Sealed.
pub trait WasmParams: WasmTyList {}
/// Results of a [`TypedFunc`]: `()`, a [`WasmTy`], or a tuple of up to 16. Sealed.
pub trait WasmResults: WasmTyList {}
impl<L: WasmTyList> WasmParams for L {}
impl<L: WasmTyList> WasmResults for L {}

impl<A: WasmTy> sealed::List for A {}
impl<A: WasmTy> WasmTyList for A {
    const SLOTS: usize = A::SLOTS;
    fn valtypes() -> Vec<ValType> {
        vec![A::valtype()]
    }
    #[inline]
    fn into_slots(self, store: &mut StoreRef<'_>, slots: &mut [Slot]) -> Result<()> {
        A::into_slots(self, store, slots)
    }
    #[inline]
    fn from_slots(store: &mut StoreRef<'_>, slots: &[Slot]) -> A {
        A::from_slots(store, slots)
    }
}

impl sealed::List for () {}
impl WasmTyList for () {
    const SLOTS: usize = 0;
    fn valtypes() -> Vec<ValType> {
        Vec::new()
    }
    #[inline]
    fn into_slots(self, _: &mut StoreRef<'_>, _: &mut [Slot]) -> Result<()> {
        Ok(())
    }
    #[inline]
    fn from_slots(_: &mut StoreRef<'_>, _: &[Slot]) -> Self {}
}

/// Implements [`WasmTyList`] for tuples.
macro_rules! tuples {
    ($(($($name:ident $value:ident)*);)*) => {
        $(impl<$($name: WasmTy),*> sealed::List for ($($name,)*) {}
        impl<$($name: WasmTy),*> WasmTyList for ($($name,)*) {
            const SLOTS: usize = 0 $(+ $name::SLOTS)*;
            fn valtypes() -> Vec<ValType> {
                vec![$($name::valtype()),*]
            }
            #[inline]
            fn into_slots(self, store: &mut StoreRef<'_>, mut slots: &mut [Slot]) -> Result<()> {
                let ($($value,)*) = self;
                $($value.into_slots(store, slots.split_off_mut(..$name::SLOTS).unwrap_or_default())?;)*
                Ok(())
            }
            #[inline]
            fn from_slots(store: &mut StoreRef<'_>, mut slots: &[Slot]) -> Self {
                ($($name::from_slots(store, slots.split_off(..$name::SLOTS).unwrap_or_default()),)*)
            }
        })*
    };
}

for_each_arity!(tuples);

/// A function whose types are known.
pub struct TypedFunc<Params, Results> {
    func: Func,
    types: PhantomData<fn(Params) -> Results>,
}

impl<Params, Results> Clone for TypedFunc<Params, Results> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Params, Results> Copy for TypedFunc<Params, Results> {}

impl<Params, Results> fmt::Debug for TypedFunc<Params, Results> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TypedFunc").field(&self.func).finish()
    }
}

impl<Params: WasmParams, Results: WasmResults> TypedFunc<Params, Results> {
    pub(super) fn new(func: Func) -> Self {
        TypedFunc { func, types: PhantomData }
    }

    /// The function, its types forgotten.
    pub fn func(&self) -> &Func {
        &self.func
    }

    /// Calls it.
    ///
    /// # Errors
    /// If it fails, or belongs to another store.
    pub fn call(&self, mut store: impl AsContextMut, params: Params) -> Result<Results> {
        let opaque = &mut store.as_context_mut().0.opaque;
        opaque.check(self.func.store, "function")?;
        // Most calls need few: the others are not paid for.
        if const { larger(Params::SLOTS, Results::SLOTS) <= FEW_SLOTS } {
            self.call_with(opaque, params, &mut Room([0; FEW_SLOTS]).0)
        } else {
            self.call_with(opaque, params, &mut Room([0; MAX_SLOTS]).0)
        }
    }

    #[inline]
    fn call_with(&self, store: &mut Opaque, params: Params, slots: &mut [Slot]) -> Result<Results> {
        let slots = &mut slots[..const { larger(Params::SLOTS, Results::SLOTS) }];
        params.into_slots(&mut StoreRef(store), slots)?;
        self.func.call_slots(store, slots)?;
        Ok(Results::from_slots(&mut StoreRef(store), slots))
    }
}

/// Room for slots, aligned so that no pair of them lies across two pages: a call would take some twenty cycles more.
#[repr(align(32))]
struct Room<const SLOTS: usize>([Slot; SLOTS]);

/// The larger of two numbers.
pub(super) const fn larger(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}
