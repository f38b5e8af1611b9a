//! `Option` and `Result`.

use super::check::{Check, check_cases};
use super::{Abi, ComponentType, Lift, Lower, TypeCheck, variant_abi};
use crate::abi::lift::{LiftContext, discriminant};
use crate::abi::lower::LowerContext;
use crate::types::{TypeIndex, VariantKind};
use sarsen::Result;

impl<T: ComponentType> ComponentType for Option<T> {
    const ABI: Abi = variant_abi([None, Some(T::ABI)]);
    fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
        check_cases(cx, ty, "option", VariantKind::Option, &[("none", None), ("some", Some(T::check))])
    }
}

impl<T: Lower> Lower for Option<T> {
    fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
        slots[0] = self.is_some().into();
        match self {
            Some(value) => value.lower(cx, cx.part_type::<T>(ty, 1), &mut slots[1..]),
            None => Ok(()),
        }
    }

    fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
        cx.write(at, &[self.is_some().into()])?;
        match self {
            Some(value) => value.store(cx, cx.part_type::<T>(ty, 1), at + Self::ABI.payload),
            None => Ok(()),
        }
    }
}

impl<T: Lift> Lift for Option<T> {
    fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<Option<T>> {
        match discriminant(slots[0] as u32, 2)? {
            0 => Ok(None),
            _ => T::lift(cx, cx.part_type::<T>(ty, 1), &slots[1..]).map(Some),
        }
    }

    fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<Option<T>> {
        match discriminant(bytes[0].into(), 2)? {
            0 => Ok(None),
            _ => T::load(cx, cx.part_type::<T>(ty, 1), &bytes[Self::ABI.payload..][..T::ABI.size]).map(Some),
        }
    }
}

/// How to compare what comes with success or failure, which is nothing for `()`.
const fn payload_check<T: ComponentType>() -> Option<Check> {
    if T::ABI.slots == 0 { None } else { Some(T::check) }
}

impl<T: ComponentType, E: ComponentType> ComponentType for std::result::Result<T, E> {
    const ABI: Abi = variant_abi([Some(T::ABI), Some(E::ABI)]);
    fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
        let cases = [("ok", payload_check::<T>()), ("error", payload_check::<E>())];
        check_cases(cx, ty, "result", VariantKind::Result, &cases)
    }
}

impl<T: Lower, E: Lower> Lower for std::result::Result<T, E> {
    fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
        slots[0] = self.is_err().into();
        match self {
            Ok(value) => value.lower(cx, cx.part_type::<T>(ty, 0), &mut slots[1..]),
            Err(value) => value.lower(cx, cx.part_type::<E>(ty, 1), &mut slots[1..]),
        }
    }

    fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
        cx.write(at, &[self.is_err().into()])?;
        match self {
            Ok(value) => value.store(cx, cx.part_type::<T>(ty, 0), at + Self::ABI.payload),
            Err(value) => value.store(cx, cx.part_type::<E>(ty, 1), at + Self::ABI.payload),
        }
    }
}

impl<T: Lift, E: Lift> Lift for std::result::Result<T, E> {
    fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<Self> {
        Ok(match discriminant(slots[0] as u32, 2)? {
            0 => Ok(T::lift(cx, cx.part_type::<T>(ty, 0), &slots[1..])?),
            _ => Err(E::lift(cx, cx.part_type::<E>(ty, 1), &slots[1..])?),
        })
    }

    fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<Self> {
        let payload = &bytes[Self::ABI.payload..];
        Ok(match discriminant(bytes[0].into(), 2)? {
            0 => Ok(T::load(cx, cx.part_type::<T>(ty, 0), &payload[..T::ABI.size])?),
            _ => Err(E::load(cx, cx.part_type::<E>(ty, 1), &payload[..E::ABI.size])?),
        })
    }
}
