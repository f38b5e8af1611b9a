//! Values of any type, for calls whose types are not known when the embedder is compiled. Known types skip it:
//! `func/typed.rs`.

use crate::func::Func;
use crate::gc::{AnyRef, ExnRef, ExternRef, Rooted};
use crate::store::Opaque;
use crate::types::{HeapType, RefType, ValType};
use crate::{AsContext, Error, Result};
use sarsen_abi::RefTest;
use sarsen_isa::V128 as Vector;
use sarsen_vm::FuncPtr;

/// A vector of 128 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct V128(u128);

impl V128 {
    /// As an integer, lane 0 in the low bits.
    pub fn as_u128(self) -> u128 {
        self.0
    }
}

impl From<u128> for V128 {
    fn from(bits: u128) -> V128 {
        V128(bits)
    }
}

impl From<V128> for u128 {
    fn from(vector: V128) -> u128 {
        vector.0
    }
}

/// A value.
#[derive(Clone, Copy, Debug)]
pub enum Val {
    /// 32-bit integer.
    I32(i32),
    /// 64-bit integer.
    I64(i64),
    /// Bits of a 32-bit float.
    F32(u32),
    /// Bits of a 64-bit float.
    F64(u64),
    /// Vector.
    V128(V128),
    /// Reference to a function.
    FuncRef(Option<Func>),
    /// Reference to something of the host's.
    ExternRef(Option<Rooted<ExternRef>>),
    /// Internal reference.
    AnyRef(Option<Rooted<AnyRef>>),
    /// Reference to an exception.
    ExnRef(Option<Rooted<ExnRef>>),
}

/// A reference.
#[derive(Clone, Copy, Debug)]
pub enum Ref {
    /// To a function.
    Func(Option<Func>),
    /// To something of the host's.
    Extern(Option<Rooted<ExternRef>>),
    /// Internal.
    Any(Option<Rooted<AnyRef>>),
    /// To an exception.
    Exn(Option<Rooted<ExnRef>>),
}

impl Ref {
    /// Null of this type's hierarchy.
    pub fn null(heap_type: &HeapType) -> Ref {
        match heap_type {
            HeapType::Func | HeapType::NoFunc | HeapType::ConcreteFunc(_) => Ref::Func(None),
            HeapType::Extern | HeapType::NoExtern => Ref::Extern(None),
            HeapType::Exn | HeapType::NoExn => Ref::Exn(None),
            _ => Ref::Any(None),
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Ref::Func(None) | Ref::Extern(None) | Ref::Any(None) | Ref::Exn(None))
    }

    /// The function, if it is a reference to one.
    pub fn as_func(&self) -> Option<Option<&Func>> {
        match self {
            Ref::Func(func) => Some(func.as_ref()),
            _ => None,
        }
    }

    /// The function, or none if it is null.
    ///
    /// # Panics
    /// If it is a reference to something else.
    pub fn unwrap_func(&self) -> Option<&Func> {
        self.as_func().expect("a reference to a function")
    }
}

impl From<Ref> for Val {
    fn from(reference: Ref) -> Val {
        match reference {
            Ref::Func(func) => Val::FuncRef(func),
            Ref::Extern(reference) => Val::ExternRef(reference),
            Ref::Any(reference) => Val::AnyRef(reference),
            Ref::Exn(reference) => Val::ExnRef(reference),
        }
    }
}

/// Declares conversions into values, and accessors.
macro_rules! conversions {
    ($($variant:ident($raw:ty) from $from:ty, |$value:ident| $convert:expr, $get:ident $unwrap:ident -> $to:ty, |$bits:ident| $back:expr;)*) => {
        $(impl From<$from> for Val {
            fn from($value: $from) -> Val {
                Val::$variant($convert)
            }
        })*
        impl Val {
            $(/// The value, if it is of this type.
            pub fn $get(&self) -> Option<$to> {
                match *self {
                    Val::$variant($bits) => Some($back),
                    _ => None,
                }
            }

            /// The value.
            ///
            /// # Panics
            /// If it is of another type.
            pub fn $unwrap(&self) -> $to {
                self.$get().expect(concat!("expected ", stringify!($variant)))
            }
            )*
        }
    };
}

conversions! {
    I32(i32) from i32, |value| value, i32 unwrap_i32 -> i32, |bits| bits;
    I64(i64) from i64, |value| value, i64 unwrap_i64 -> i64, |bits| bits;
    F32(u32) from f32, |value| value.to_bits(), f32 unwrap_f32 -> f32, |bits| f32::from_bits(bits);
    F64(u64) from f64, |value| value.to_bits(), f64 unwrap_f64 -> f64, |bits| f64::from_bits(bits);
    V128(V128) from V128, |value| value, v128 unwrap_v128 -> V128, |bits| bits;
    FuncRef(Option<Func>) from Func, |value| Some(value), func_ref unwrap_func_ref -> Option<Func>, |bits| bits;
    ExternRef(Option<Rooted<ExternRef>>) from Rooted<ExternRef>, |value| Some(value), extern_ref unwrap_extern_ref -> Option<Rooted<ExternRef>>, |bits| bits;
    AnyRef(Option<Rooted<AnyRef>>) from Rooted<AnyRef>, |value| Some(value), any_ref unwrap_any_ref -> Option<Rooted<AnyRef>>, |bits| bits;
    ExnRef(Option<Rooted<ExnRef>>) from Rooted<ExnRef>, |value| Some(value), exn_ref unwrap_exn_ref -> Option<Rooted<ExnRef>>, |bits| bits;
}

impl Val {
    /// Null of this type's hierarchy.
    pub fn null_ref(heap_type: &HeapType) -> Val {
        Ref::null(heap_type).into()
    }

    /// A null reference to a function.
    pub const fn null_func_ref() -> Val {
        Val::FuncRef(None)
    }

    /// A null reference to something of the host's.
    pub const fn null_extern_ref() -> Val {
        Val::ExternRef(None)
    }

    /// A null internal reference.
    pub const fn null_any_ref() -> Val {
        Val::AnyRef(None)
    }

    /// The value that locals of this type start with, if there is one.
    pub fn default_for_ty(ty: &ValType) -> Option<Val> {
        Some(match ty {
            ValType::I32 => Val::I32(0),
            ValType::I64 => Val::I64(0),
            ValType::F32 => Val::F32(0),
            ValType::F64 => Val::F64(0),
            ValType::V128 => Val::V128(V128(0)),
            ValType::Ref(ty) if ty.is_nullable() => Val::null_ref(ty.heap_type()),
            ValType::Ref(_) => return None,
        })
    }

    /// The reference, if it is one.
    pub fn as_ref(&self) -> Option<Ref> {
        Some(match *self {
            Val::FuncRef(func) => Ref::Func(func),
            Val::ExternRef(reference) => Ref::Extern(reference),
            Val::AnyRef(reference) => Ref::Any(reference),
            Val::ExnRef(reference) => Ref::Exn(reference),
            _ => return None,
        })
    }

    /// The most precise type of it that is known.
    ///
    /// # Errors
    /// If it is a reference of another store or its scope has ended.
    pub fn ty(&self, store: impl AsContext) -> Result<ValType> {
        let store = store.as_context();
        self.reference_bits(&store.0.opaque)?;
        let reference = |heap: HeapType, null: bool| Ok(ValType::Ref(RefType::new(null, heap)));
        match self {
            Val::I32(_) => Ok(ValType::I32),
            Val::I64(_) => Ok(ValType::I64),
            Val::F32(_) => Ok(ValType::F32),
            Val::F64(_) => Ok(ValType::F64),
            Val::V128(_) => Ok(ValType::V128),
            Val::FuncRef(None) => reference(HeapType::NoFunc, true),
            Val::FuncRef(Some(func)) => reference(HeapType::ConcreteFunc(func.ty(&store)), false),
            Val::ExternRef(value) => reference(
                if value.is_none() { HeapType::NoExtern } else { HeapType::Extern },
                value.is_none(),
            ),
            Val::ExnRef(value) => {
                reference(if value.is_none() { HeapType::NoExn } else { HeapType::Exn }, value.is_none())
            }
            Val::AnyRef(None) => reference(HeapType::None, true),
            Val::AnyRef(Some(any)) => {
                if any.is_i31(&store)? {
                    return reference(HeapType::I31, false);
                }
                let bits = any.reference(&store.0.opaque)?;
                let registry = store.0.opaque.engine.registry();
                reference(
                    store.0.opaque.vm.object_type(bits).map_or(HeapType::Any, |id| {
                        HeapType::lift(registry, sarsen_module::HeapType::Concrete(id))
                    }),
                    false,
                )
            }
        }
    }

    /// Whether it is a value of this type.
    ///
    /// # Errors
    /// If it is a reference of another store or its scope has ended.
    pub fn matches_ty(&self, store: impl AsContext, ty: &ValType) -> Result<bool> {
        let store = store.as_context();
        self.matches(&store.0.opaque, ty)
    }

    pub(crate) fn matches(&self, store: &Opaque, expected: &ValType) -> Result<bool> {
        let ty = match (self, expected) {
            (Val::I32(_), ValType::I32) | (Val::I64(_), ValType::I64) => return Ok(true),
            (Val::F32(_), ValType::F32) | (Val::F64(_), ValType::F64) => return Ok(true),
            (Val::V128(_), ValType::V128) => return Ok(true),
            (_, ValType::Ref(ty)) => ty,
            _ => return Ok(false),
        };
        let same_hierarchy = match Ref::null(ty.heap_type()) {
            Ref::Func(_) => matches!(self, Val::FuncRef(_)),
            Ref::Extern(_) => matches!(self, Val::ExternRef(_)),
            Ref::Any(_) => matches!(self, Val::AnyRef(_)),
            Ref::Exn(_) => matches!(self, Val::ExnRef(_)),
        };
        if !same_hierarchy || !expected.is_of(store.engine.registry()) {
            return Ok(false);
        }
        let test: RefTest = sarsen_vm::ref_test(ty.lower());
        Ok(store.vm.ref_matches(self.reference_bits(store)?, test))
    }

    /// Fails unless it is a value of this type.
    pub(crate) fn expect_type<T: 'static>(
        &self,
        store: &crate::StoreContextMut<'_, T>,
        ty: &ValType,
    ) -> Result<()> {
        if self.matches(&store.0.opaque, ty)? {
            return Ok(());
        }
        if !ty.is_of(store.0.opaque.engine.registry()) {
            return Err(Error::msg("the type belongs to another engine"));
        }
        let found = self.ty(store).map_or_else(|_| "a value of another type".to_owned(), |ty| ty.to_string());
        Err(Error::msg(format!("type mismatch: expected {ty}, found {found}")))
    }

    fn reference_bits(&self, store: &Opaque) -> Result<u64> {
        Ok(match self {
            Val::FuncRef(Some(func)) => func.to_slot(store)?,
            Val::ExternRef(Some(reference)) => reference.reference(store)?.into(),
            Val::AnyRef(Some(reference)) => reference.reference(store)?.into(),
            Val::ExnRef(Some(reference)) => reference.reference(store)?.into(),
            _ => 0,
        })
    }

    /// Its bits in slots.
    pub(crate) fn to_bits(self, store: &mut Opaque) -> Result<[u64; 2]> {
        Ok(match self {
            Val::I32(value) => [u64::from(value as u32), 0],
            Val::I64(value) => [value as u64, 0],
            Val::F32(bits) => [bits.into(), 0],
            Val::F64(bits) => [bits, 0],
            Val::V128(value) => Vector::from(value.0).to_slots(),
            Val::FuncRef(Some(func)) => [func.to_slot(store)?, 0],
            reference => [reference.reference_bits(store)?, 0],
        })
    }

    /// The value of this type with these bits.
    pub(crate) fn from_bits(store: &mut Opaque, ty: &ValType, bits: [u64; 2]) -> Val {
        let low = bits[0];
        match ty {
            ValType::I32 => Val::I32(low as i32),
            ValType::I64 => Val::I64(low as i64),
            ValType::F32 => Val::F32(low as u32),
            ValType::F64 => Val::F64(low),
            ValType::V128 => Val::V128(V128(Vector::from_slots(bits).into())),
            ValType::Ref(ty) => match Ref::null(ty.heap_type()) {
                Ref::Func(_) => {
                    Val::FuncRef(FuncPtr::from_slot(low).map(|func| Func::new_handle(store, func)))
                }
                Ref::Extern(_) => Val::ExternRef(root(store, low)),
                Ref::Any(_) => Val::AnyRef(root(store, low)),
                Ref::Exn(_) => Val::ExnRef(root(store, low)),
            },
        }
    }
}

fn root<R>(store: &mut Opaque, bits: u64) -> Option<Rooted<R>> {
    (bits != 0).then(|| Rooted::new(store, bits as u32))
}
