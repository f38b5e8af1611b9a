//! Handles of resources.

use super::{Abi, ComponentType, Lift, Lower, TypeCheck};
use crate::abi::lift::{LiftContext, small_number};
use crate::abi::lower::LowerContext;
use crate::resource::{Resource, ResourceAny, ResourceType};
use crate::types::{TypeDef, TypeIndex};
use sarsen::Result;

impl<T: 'static> ComponentType for Resource<T> {
    const ABI: Abi = Abi::scalar(4).handles(true);
    fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
        let (TypeDef::Own(resource) | TypeDef::Borrow(resource)) = cx.def(ty) else {
            return Err(cx.expected(ty, "resource"));
        };
        let (wanted, rust) = (cx.0.resource(*resource), ResourceType::host::<T>());
        if wanted == rust { Ok(()) } else { Err(format!("expected a {wanted}, found a {rust}")) }
    }
}

impl<T: 'static> Lower for Resource<T> {
    fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
        slots[0] = self.handle(cx, ty)?.into();
        Ok(())
    }

    fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
        let handle = self.handle(cx, ty)?;
        cx.write(at, &handle.to_le_bytes())
    }
}

impl<T: 'static> Resource<T> {
    /// A handle for the guest.
    fn handle(&self, cx: &mut LowerContext<'_>, ty: TypeIndex) -> Result<u32> {
        match *cx.types.def(ty) {
            TypeDef::Own(_) if !self.owned() => {
                Err(sarsen::Error::msg("a resource that is only lent cannot be passed on"))
            }
            TypeDef::Own(resource) => cx.give_own(resource, self.rep()),
            TypeDef::Borrow(resource) => cx.give_borrow(resource, self.rep()),
            _ => Err(sarsen::Error::bug("a handle of a type that has none")),
        }
    }

    fn of_handle(cx: &mut LiftContext<'_>, ty: TypeIndex, handle: u32) -> Result<Resource<T>> {
        match *cx.types.def(ty) {
            TypeDef::Own(resource) => cx.take_own(resource, handle).map(Resource::new_own),
            TypeDef::Borrow(resource) => cx.lend(resource, handle).map(Resource::new_borrow),
            _ => Err(sarsen::Error::bug("a handle of a type that has none")),
        }
    }
}

impl<T: 'static> Lift for Resource<T> {
    fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<Resource<T>> {
        Resource::of_handle(cx, ty, slots[0] as u32)
    }

    fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<Resource<T>> {
        Resource::of_handle(cx, ty, small_number(bytes))
    }
}

impl ComponentType for ResourceAny {
    const ABI: Abi = Abi::scalar(4).handles(true);
    fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
        match cx.def(ty) {
            TypeDef::Own(_) | TypeDef::Borrow(_) => Ok(()),
            _ => Err(cx.expected(ty, "resource")),
        }
    }
}

impl Lower for ResourceAny {
    fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
        slots[0] = ResourceAny::lower(*self, cx, ty)?.into();
        Ok(())
    }

    fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
        let handle = ResourceAny::lower(*self, cx, ty)?;
        cx.write(at, &handle.to_le_bytes())
    }
}

impl Lift for ResourceAny {
    fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<ResourceAny> {
        ResourceAny::lift(cx, ty, slots[0] as u32)
    }

    fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<ResourceAny> {
        ResourceAny::lift(cx, ty, small_number(bytes))
    }
}
