//! Tuples, which are also what parameters and results are.

use super::check::Check;
use super::{Abi, ComponentNamedList, ComponentType, Lift, Lower, TypeCheck, record_abi};
use crate::abi::lift::LiftContext;
use crate::abi::lower::LowerContext;
use crate::types::{RecordKind, TypeDef, TypeIndex};
use sarsen::Result;

/// Implements the traits for tuples: types, names of values, and numbers.
macro_rules! tuples {
    ($(($($name:ident $value:ident $index:tt)*);)*) => {
        $(impl<$($name: ComponentType),*> ComponentType for ($($name,)*) {
            const ABI: Abi = record_abi([$($name::ABI),*]).0;
            fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
                let checks: &[Check] = &[$($name::check),*];
                match cx.def(ty) {
                    TypeDef::Record(fields, RecordKind::Tuple) if fields.len() == checks.len() => {
                        fields.iter().zip(checks).try_for_each(|(field, check)| {
                            check(cx, field.ty).map_err(|error| format!("`{}`: {error}", field.name))
                        })
                    }
                    TypeDef::Record(fields, RecordKind::Tuple) => {
                        Err(format!("expected {} values, found {}", fields.len(), checks.len()))
                    }
                    _ => Err(cx.expected(ty, "tuple")),
                }
            }
        }

        impl<$($name: Lower),*> Lower for ($($name,)*) {
            #[inline]
            fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
                let at = const { record_abi([$($name::ABI),*]).1 };
                let ($($value,)*) = self;
                $($value.lower(cx, cx.part_type::<$name>(ty, $index), &mut slots[at[$index]..])?;)*
                let _ = (cx, ty, slots, at);
                Ok(())
            }

            #[inline]
            fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
                let offsets = const { record_abi([$($name::ABI),*]).2 };
                let ($($value,)*) = self;
                $($value.store(cx, cx.part_type::<$name>(ty, $index), at + offsets[$index])?;)*
                let _ = (cx, ty, at, offsets);
                Ok(())
            }
        }

        impl<$($name: Lift),*> Lift for ($($name,)*) {
            #[inline]
            fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<Self> {
                let at = const { record_abi([$($name::ABI),*]).1 };
                let _ = (&cx, ty, slots, at);
                Ok(($($name::lift(cx, cx.part_type::<$name>(ty, $index), &slots[at[$index]..])?,)*))
            }

            #[inline]
            fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<Self> {
                let offsets = const { record_abi([$($name::ABI),*]).2 };
                let _ = (&cx, ty, bytes, offsets);
                Ok(($({
                    let bytes = &bytes[offsets[$index]..][..$name::ABI.size];
                    $name::load(cx, cx.part_type::<$name>(ty, $index), bytes)?
                },)*))
            }
        }

        impl<$($name: ComponentType),*> ComponentNamedList for ($($name,)*) {}
        )*
    };
}

tuples! {
    ();
    (A1 a1 0);
    (A1 a1 0 A2 a2 1);
    (A1 a1 0 A2 a2 1 A3 a3 2);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3 A5 a5 4);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3 A5 a5 4 A6 a6 5);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3 A5 a5 4 A6 a6 5 A7 a7 6);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3 A5 a5 4 A6 a6 5 A7 a7 6 A8 a8 7);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3 A5 a5 4 A6 a6 5 A7 a7 6 A8 a8 7 A9 a9 8);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3 A5 a5 4 A6 a6 5 A7 a7 6 A8 a8 7 A9 a9 8 A10 a10 9);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3 A5 a5 4 A6 a6 5 A7 a7 6 A8 a8 7 A9 a9 8 A10 a10 9 A11 a11 10);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3 A5 a5 4 A6 a6 5 A7 a7 6 A8 a8 7 A9 a9 8 A10 a10 9 A11 a11 10 A12 a12 11);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3 A5 a5 4 A6 a6 5 A7 a7 6 A8 a8 7 A9 a9 8 A10 a10 9 A11 a11 10 A12 a12 11
        A13 a13 12);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3 A5 a5 4 A6 a6 5 A7 a7 6 A8 a8 7 A9 a9 8 A10 a10 9 A11 a11 10 A12 a12 11
        A13 a13 12 A14 a14 13);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3 A5 a5 4 A6 a6 5 A7 a7 6 A8 a8 7 A9 a9 8 A10 a10 9 A11 a11 10 A12 a12 11
        A13 a13 12 A14 a14 13 A15 a15 14);
    (A1 a1 0 A2 a2 1 A3 a3 2 A4 a4 3 A5 a5 4 A6 a6 5 A7 a7 6 A8 a8 7 A9 a9 8 A10 a10 9 A11 a11 10 A12 a12 11
        A13 a13 12 A14 a14 13 A15 a15 14 A16 a16 15);
}
