//! Types of Rust that say what type they stand for, and turn into values of any type and back.
//!
//! Owns the types of Rust's library; `derived` has those with names. Does not know how a type crosses.

use crate::types::Ty;
use sarsen_component::{Lift, Lower, Val};
use std::collections::BTreeMap;

/// A type of Rust beside a type of any kind.
pub(crate) trait Described: Lift + Lower + Clone + Send + Sync + 'static {
    fn ty() -> Ty;

    /// The value as one of this type.
    fn of(val: &Val) -> Self;

    fn val(&self) -> Val;

    /// The type as that of a case, which may have none.
    fn payload_ty() -> Option<Box<Ty>> {
        Some(Box::new(Self::ty()))
    }

    fn of_payload(val: Option<&Val>) -> Self {
        Self::of(val.expect("a case with a value"))
    }

    fn payload(&self) -> Option<Box<Val>> {
        Some(Box::new(self.val()))
    }
}

/// The value is not of the type.
pub(crate) fn other<T>(val: &Val) -> T {
    panic!("{val:?} is no {}", std::any::type_name::<T>())
}

macro_rules! simple {
    ($($ty:ty = $case:ident $name:literal;)*) => {$(
        impl Described for $ty {
            fn ty() -> Ty {
                Ty::Simple($name)
            }

            fn of(val: &Val) -> $ty {
                match val {
                    Val::$case(value) => value.clone(),
                    val => other(val),
                }
            }

            fn val(&self) -> Val {
                Val::$case(self.clone())
            }
        }
    )*};
}

simple! {
    bool = Bool "bool";
    i8 = S8 "s8";
    u8 = U8 "u8";
    i16 = S16 "s16";
    u16 = U16 "u16";
    i32 = S32 "s32";
    u32 = U32 "u32";
    i64 = S64 "s64";
    u64 = U64 "u64";
    f32 = Float32 "f32";
    f64 = Float64 "f64";
    char = Char "char";
    String = String "string";
}

/// Nothing: only the value of a case.
impl Described for () {
    fn ty() -> Ty {
        unreachable!("nothing has no type of its own")
    }

    fn of(val: &Val) {
        other(val)
    }

    fn val(&self) -> Val {
        unreachable!("nothing is no value")
    }

    fn payload_ty() -> Option<Box<Ty>> {
        None
    }

    fn of_payload(_: Option<&Val>) {}

    fn payload(&self) -> Option<Box<Val>> {
        None
    }
}

impl<T: Described> Described for Vec<T> {
    fn ty() -> Ty {
        Ty::List(Box::new(T::ty()))
    }

    fn of(val: &Val) -> Vec<T> {
        match val {
            Val::List(items) => items.iter().map(T::of).collect(),
            val => other(val),
        }
    }

    fn val(&self) -> Val {
        Val::List(self.iter().map(T::val).collect())
    }
}

impl<T: Described, const N: usize> Described for [T; N] {
    fn ty() -> Ty {
        Ty::Array(Box::new(T::ty()), N as u32)
    }

    fn of(val: &Val) -> [T; N] {
        match val {
            Val::FixedLengthList(items) => std::array::from_fn(|at| T::of(&items[at])),
            val => other(val),
        }
    }

    fn val(&self) -> Val {
        Val::FixedLengthList(self.iter().map(T::val).collect())
    }
}

impl<T: Described> Described for BTreeMap<String, T> {
    fn ty() -> Ty {
        Ty::Map("string", Box::new(T::ty()))
    }

    fn of(val: &Val) -> BTreeMap<String, T> {
        match val {
            Val::Map(pairs) => pairs.iter().map(|(key, value)| (String::of(key), T::of(value))).collect(),
            val => other(val),
        }
    }

    fn val(&self) -> Val {
        Val::Map(self.iter().map(|(key, value)| (key.val(), value.val())).collect())
    }
}

impl<T: Described> Described for Option<T> {
    fn ty() -> Ty {
        Ty::Option(Box::new(T::ty()))
    }

    fn of(val: &Val) -> Option<T> {
        match val {
            Val::Option(value) => value.as_deref().map(T::of),
            val => other(val),
        }
    }

    fn val(&self) -> Val {
        Val::Option(self.as_ref().map(|value| Box::new(value.val())))
    }
}

impl<T: Described, E: Described> Described for Result<T, E> {
    fn ty() -> Ty {
        Ty::Result(T::payload_ty(), E::payload_ty())
    }

    fn of(val: &Val) -> Result<T, E> {
        match val {
            Val::Result(Ok(value)) => Ok(T::of_payload(value.as_deref())),
            Val::Result(Err(value)) => Err(E::of_payload(value.as_deref())),
            val => other(val),
        }
    }

    fn val(&self) -> Val {
        Val::Result(self.as_ref().map(T::payload).map_err(E::payload))
    }
}

macro_rules! tuples {
    ($(($($ty:ident $at:tt)*);)*) => {$(
        impl<$($ty: Described),*> Described for ($($ty,)*) {
            fn ty() -> Ty {
                Ty::Tuple(vec![$($ty::ty()),*])
            }

            fn of(val: &Val) -> Self {
                match val {
                    Val::Tuple(parts) => ($($ty::of(&parts[$at]),)*),
                    val => other(val),
                }
            }

            fn val(&self) -> Val {
                Val::Tuple(vec![$(self.$at.val()),*])
            }
        }
    )*};
}

tuples! {
    (A 0);
    (A 0 B 1);
    (A 0 B 1 C 2);
    (A 0 B 1 C 2 D 3);
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6);
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14 P 15);
}
