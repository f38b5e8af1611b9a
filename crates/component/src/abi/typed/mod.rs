//! Rust types that stand for types of components. The layouts of theirs are constants, so that a call does not look at types at
//! all unless there are handles in them.
//!
//! Owns the traits; each kind of types has its file, [`layout`] computes the constants, [`check`] compares Rust's types with a
//! component's.

mod check;
mod handle;
mod layout;
mod list;
mod scalar;
mod tuple;
mod variant;

pub use check::{TypeCheck, check_enum, check_flags, check_record, check_variant};
pub use layout::{Abi, alternatives, flags_abi, record_abi, variant_abi};

use super::lift::LiftContext;
use super::lower::LowerContext;
use crate::types::{TypeDef, TypeIndex, TypeTable};
use sarsen::Result;

/// A type of Rust that stands for a type of components.
///
/// It is implemented for numbers, `bool`, `char`, strings, vectors and slices, `Option`, `Result`, tuples, arrays, maps, and
/// resources, and [derived](macro@crate::ComponentType) for records, variants, enumerations and flags.
pub trait ComponentType {
    #[doc(hidden)]
    const ABI: Abi;

    /// Fails unless the type is this one, with where they differ.
    #[doc(hidden)]
    fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String>;
}

/// What can be passed into a component.
pub trait Lower: ComponentType {
    /// Into slots, of which there are as many as the type has core values; they are zero before.
    #[doc(hidden)]
    fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()>;

    /// To an address that is aligned and has room.
    #[doc(hidden)]
    fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()>;

    #[doc(hidden)]
    fn store_list(items: &[Self], cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()>
    where
        Self: Sized,
    {
        items.iter().enumerate().try_for_each(|(index, item)| item.store(cx, ty, at + index * Self::ABI.size))
    }
}

/// What can come out of a component.
pub trait Lift: ComponentType + Sized {
    /// From slots, of which there are as many as the type has core values.
    #[doc(hidden)]
    fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<Self>;

    /// From its bytes in memory.
    #[doc(hidden)]
    fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<Self>;

    #[doc(hidden)]
    fn load_list(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<Vec<Self>> {
        cx.collect(bytes.chunks_exact(Self::ABI.size.max(1)), |cx, bytes| Self::load(cx, ty, bytes))
    }
}

/// Parameters or results of a function: a tuple.
pub trait ComponentNamedList: ComponentType {}

/// The type of a list's items.
pub(super) fn item(types: &TypeTable, ty: TypeIndex) -> TypeIndex {
    match types.def(ty) {
        TypeDef::List(item, _) | TypeDef::Array(item, _) => *item,
        _ => ty,
    }
}

/// The type of a field or of what comes with a case.
pub(super) fn nth(types: &TypeTable, ty: TypeIndex, index: usize) -> TypeIndex {
    match types.def(ty) {
        TypeDef::Record(fields, _) => fields.get(index).map_or(ty, |field| field.ty),
        TypeDef::Variant(cases, _) => cases.get(index).and_then(|case| case.ty).unwrap_or(ty),
        _ => ty,
    }
}

/// The bits of flags in memory.
#[doc(hidden)]
pub fn lift_bits(bytes: &[u8]) -> u32 {
    super::lift::small_number(bytes)
}
