//! Rust types that stand for types of components. The layouts of theirs are constants, so that a call does not look at types at
//! all unless there are handles in them.

use super::lift::{LiftContext, character, discriminant};
use super::lower::LowerContext;
use super::trap;
use crate::resource::{Resource, ResourceAny, ResourceType};
use crate::types::{
    ListKind, RecordKind, Scalar, Type, TypeContext, TypeDef, TypeIndex, TypeTable, VariantKind,
};
use sarsen::Result;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

/// The layout of a Rust type's WIT type.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Abi {
    pub size: usize,
    pub align: usize,
    /// Core values.
    pub slots: usize,
    /// Whether its values are handles, or have some in them: then types are looked at.
    pub has_handles: bool,
    /// Where what comes with a case is.
    pub payload: usize,
    /// Bytes of the number of a case.
    pub discriminant: usize,
}

impl Abi {
    const fn scalar(size: usize) -> Abi {
        Abi { size, align: size, slots: 1, has_handles: false, payload: 0, discriminant: 0 }
    }

    const PAIR: Abi = Abi { slots: 2, align: 4, ..Abi::scalar(8) };

    const fn handles(self, has_handles: bool) -> Abi {
        Abi { has_handles, ..self }
    }
}

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

/// The types of a component, for those who compare theirs.
#[doc(hidden)]
pub struct TypeCheck<'a>(pub(crate) &'a TypeContext);

impl TypeCheck<'_> {
    fn def(&self, ty: TypeIndex) -> &TypeDef {
        self.0.table().def(ty)
    }

    /// The error of another type.
    fn expected(&self, ty: TypeIndex, rust: &str) -> String {
        format!("expected `{}`, found `{rust}`", Type::new(self.0, ty))
    }
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
        let count = bytes.len() / Self::ABI.size.max(1);
        cx.charge(count, size_of::<Self>())?;
        bytes.chunks_exact(Self::ABI.size.max(1)).map(|bytes| Self::load(cx, ty, bytes)).collect()
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

/// The layout of so many flags.
#[doc(hidden)]
pub const fn flags_abi(count: usize) -> Abi {
    match count {
        0..=8 => Abi::scalar(1),
        9..=16 => Abi::scalar(2),
        _ => Abi::scalar(4),
    }
}

/// The layout of a record, and where its fields are: in slots, and in memory.
#[doc(hidden)]
pub const fn record_abi<const N: usize>(fields: [Abi; N]) -> (Abi, [usize; N], [usize; N]) {
    let mut abi = Abi { align: 1, slots: 0, ..Abi::scalar(0) };
    let (mut slots, mut offsets) = ([0; N], [0; N]);
    let mut at = 0;
    while at < N {
        let field = fields[at];
        slots[at] = abi.slots;
        offsets[at] = abi.size.next_multiple_of(field.align);
        abi.size = offsets[at] + field.size;
        abi.slots += field.slots;
        if field.align > abi.align {
            abi.align = field.align;
        }
        abi.has_handles |= field.has_handles;
        at += 1;
    }
    abi.size = abi.size.next_multiple_of(abi.align);
    (abi, slots, offsets)
}

/// The layout of a variant with these cases.
#[doc(hidden)]
pub const fn variant_abi<const N: usize>(cases: [Option<Abi>; N]) -> Abi {
    let discriminant = alternatives(N);
    let mut abi = Abi { slots: 0, discriminant, ..Abi::scalar(discriminant) };
    let mut align = 1;
    let mut size = 0;
    let mut at = 0;
    while at < N {
        if let Some(case) = cases[at] {
            if case.align > align {
                align = case.align;
            }
            if case.size > size {
                size = case.size;
            }
            if case.slots > abi.slots {
                abi.slots = case.slots;
            }
            abi.has_handles |= case.has_handles;
        }
        at += 1;
    }
    abi.payload = discriminant.next_multiple_of(align);
    if align > abi.align {
        abi.align = align;
    }
    abi.size = (abi.payload + size).next_multiple_of(abi.align);
    abi.slots += 1;
    abi
}

/// Bytes that tell so many cases apart.
#[doc(hidden)]
pub const fn alternatives(cases: usize) -> usize {
    if cases <= 0x100 {
        1
    } else if cases <= 0x1_0000 {
        2
    } else {
        4
    }
}

/// Compares the type of a field or case with one of Rust.
type Check = fn(&TypeCheck<'_>, TypeIndex) -> Result<(), String>;

/// Whether a type is a record with these fields.
#[doc(hidden)]
pub fn check_record(
    cx: &TypeCheck<'_>,
    ty: TypeIndex,
    rust: &str,
    fields: &[(&str, Check)],
) -> Result<(), String> {
    let TypeDef::Record(wanted, RecordKind::Record) = cx.def(ty) else { return Err(cx.expected(ty, rust)) };
    if wanted.len() != fields.len() {
        return Err(format!("expected {} fields, `{rust}` has {}", wanted.len(), fields.len()));
    }
    for (wanted, (name, check)) in wanted.iter().zip(fields) {
        if *wanted.name != **name {
            return Err(format!("expected a field `{}`, `{rust}` has `{name}`", wanted.name));
        }
        check(cx, wanted.ty).map_err(|error| format!("field `{name}`: {error}"))?;
    }
    Ok(())
}

/// Whether a type is a variant with these cases.
#[doc(hidden)]
pub fn check_variant(
    cx: &TypeCheck<'_>,
    ty: TypeIndex,
    rust: &str,
    cases: &[(&str, Option<Check>)],
) -> Result<(), String> {
    check_cases(cx, ty, rust, VariantKind::Variant, cases)
}

/// Whether a type is an enumeration of these names.
#[doc(hidden)]
pub fn check_enum(cx: &TypeCheck<'_>, ty: TypeIndex, rust: &str, names: &[&str]) -> Result<(), String> {
    let cases: Vec<_> = names.iter().map(|&name| (name, None)).collect();
    check_cases(cx, ty, rust, VariantKind::Enum, &cases)
}

fn check_cases(
    cx: &TypeCheck<'_>,
    ty: TypeIndex,
    rust: &str,
    kind: VariantKind,
    cases: &[(&str, Option<Check>)],
) -> Result<(), String> {
    let wanted = match cx.def(ty) {
        TypeDef::Variant(wanted, found) if *found == kind => wanted,
        _ => return Err(cx.expected(ty, rust)),
    };
    if wanted.len() != cases.len() {
        return Err(format!("expected {} cases, `{rust}` has {}", wanted.len(), cases.len()));
    }
    for (wanted, (name, check)) in wanted.iter().zip(cases) {
        if *wanted.name != **name {
            return Err(format!("expected a case `{}`, `{rust}` has `{name}`", wanted.name));
        }
        match (wanted.ty, check) {
            (Some(ty), Some(check)) => check(cx, ty).map_err(|error| format!("case `{name}`: {error}"))?,
            (None, None) => {}
            (Some(_), None) => return Err(format!("case `{name}`: expected a value, found none")),
            (None, Some(_)) => return Err(format!("case `{name}`: expected no value, found one")),
        }
    }
    Ok(())
}

/// Whether a type is flags of these names.
#[doc(hidden)]
pub fn check_flags(cx: &TypeCheck<'_>, ty: TypeIndex, rust: &str, names: &[&str]) -> Result<(), String> {
    match cx.def(ty) {
        TypeDef::Flags(wanted) if wanted.len() == names.len() => {
            match wanted.iter().zip(names).find(|(wanted, name)| ***wanted != ***name) {
                Some((wanted, name)) => Err(format!("expected a flag `{wanted}`, `{rust}` has `{name}`")),
                None => Ok(()),
            }
        }
        TypeDef::Flags(wanted) => {
            Err(format!("expected {} flags, `{rust}` has {}", wanted.len(), names.len()))
        }
        _ => Err(cx.expected(ty, rust)),
    }
}

/// The bits of flags in memory.
#[doc(hidden)]
pub fn lift_bits(bytes: &[u8]) -> u32 {
    super::lift::small_number(bytes)
}

/// Implements the traits for scalars: how bits become the type, and the other way around, and how many bytes it has.
macro_rules! scalars {
    ($($ty:ty = $scalar:ident $size:literal, |$value:ident| $to:expr, |$bits:ident| $from:expr,
        |$bytes:ident| $load:expr;)*) => {
        $(impl ComponentType for $ty {
            const ABI: Abi = Abi::scalar($size);
            fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
                match cx.def(ty) {
                    TypeDef::Scalar(Scalar::$scalar) => Ok(()),
                    _ => Err(cx.expected(ty, Scalar::$scalar.name())),
                }
            }
        }

        impl Lower for $ty {
            #[inline]
            fn lower(&self, _: &mut LowerContext<'_>, _: TypeIndex, slots: &mut [u64]) -> Result<()> {
                let $value = *self;
                slots[0] = $to;
                Ok(())
            }

            #[inline]
            fn store(&self, cx: &mut LowerContext<'_>, _: TypeIndex, at: usize) -> Result<()> {
                let $value = *self;
                let bits: u64 = $to;
                cx.write(at, &bits.to_le_bytes()[..$size])
            }

            #[inline]
            fn store_list(items: &[$ty], cx: &mut LowerContext<'_>, _: TypeIndex, at: usize) -> Result<()> {
                let place = cx.memory_mut()?.get_mut(at..at + items.len() * $size);
                let place = place.ok_or_else(|| trap("pointer out of bounds of memory"))?;
                for (bytes, item) in place.chunks_exact_mut($size).zip(items) {
                    let $value = *item;
                    let bits: u64 = $to;
                    bytes.copy_from_slice(&bits.to_le_bytes()[..$size]);
                }
                Ok(())
            }
        }

        impl Lift for $ty {
            #[inline]
            fn lift(_: &mut LiftContext<'_>, _: TypeIndex, slots: &[u64]) -> Result<$ty> {
                let $bits = slots[0];
                $from
            }

            #[inline]
            fn load(_: &mut LiftContext<'_>, _: TypeIndex, bytes: &[u8]) -> Result<$ty> {
                let $bytes: [u8; $size] = bytes.try_into().unwrap_or_default();
                $load
            }

            #[inline]
            fn load_list(cx: &mut LiftContext<'_>, _: TypeIndex, bytes: &[u8]) -> Result<Vec<$ty>> {
                cx.charge(bytes.len(), size_of::<$ty>().div_ceil($size))?;
                let (chunks, _) = bytes.as_chunks::<$size>();
                chunks.iter().map(|&$bytes| $load).collect()
            }
        })*
    };
}

scalars! {
    bool = Bool 1, |value| u64::from(value), |bits| Ok(bits as u32 != 0), |bytes| Ok(bytes[0] != 0);
    i8 = S8 1, |value| u64::from(i32::from(value) as u32), |bits| Ok(bits as i8), |bytes| Ok(bytes[0] as i8);
    u8 = U8 1, |value| u64::from(value), |bits| Ok(bits as u8), |bytes| Ok(bytes[0]);
    i16 = S16 2, |value| u64::from(i32::from(value) as u32), |bits| Ok(bits as i16),
        |bytes| Ok(i16::from_le_bytes(bytes));
    u16 = U16 2, |value| u64::from(value), |bits| Ok(bits as u16), |bytes| Ok(u16::from_le_bytes(bytes));
    i32 = S32 4, |value| u64::from(value as u32), |bits| Ok(bits as i32), |bytes| Ok(i32::from_le_bytes(bytes));
    u32 = U32 4, |value| u64::from(value), |bits| Ok(bits as u32), |bytes| Ok(u32::from_le_bytes(bytes));
    i64 = S64 8, |value| value as u64, |bits| Ok(bits as i64), |bytes| Ok(i64::from_le_bytes(bytes));
    u64 = U64 8, |value| value, |bits| Ok(bits), |bytes| Ok(u64::from_le_bytes(bytes));
    f32 = F32 4, |value| u64::from(value.to_bits()), |bits| Ok(f32::from_bits(bits as u32)),
        |bytes| Ok(f32::from_le_bytes(bytes));
    f64 = F64 8, |value| value.to_bits(), |bits| Ok(f64::from_bits(bits)), |bytes| Ok(f64::from_le_bytes(bytes));
    char = Char 4, |value| u64::from(u32::from(value)), |bits| character(bits as u32),
        |bytes| character(u32::from_le_bytes(bytes));
}

/// Where what is in memory is, and how long, as bytes.
fn pair(bytes: &[u8]) -> (u32, u32) {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap_or_default());
    (word(0), word(4))
}

fn write_pair(cx: &mut LowerContext<'_>, at: usize, ptr: usize, len: usize) -> Result<()> {
    let pair = (len as u64) << 32 | ptr as u64;
    cx.write(at, &pair.to_le_bytes())
}

fn check_string(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
    if matches!(cx.def(ty), TypeDef::String) { Ok(()) } else { Err(cx.expected(ty, "string")) }
}

/// Implements what lowers like another type.
macro_rules! lower_as {
    ($([$($generics:tt)*] [$($lower:tt)*] $ty:ty => $other:ty, |$value:ident| $as:expr;)*) => {
        $(impl<$($generics)*> ComponentType for $ty {
            const ABI: Abi = <$other>::ABI;
            fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
                <$other>::check(cx, ty)
            }
        }

        impl<$($lower)*> Lower for $ty {
            #[inline]
            fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
                let $value = self;
                <$other>::lower($as, cx, ty, slots)
            }
            #[inline]
            fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
                let $value = self;
                <$other>::store($as, cx, ty, at)
            }
        })*
    };
}

impl ComponentType for str {
    const ABI: Abi = Abi::PAIR;
    fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
        check_string(cx, ty)
    }
}

impl Lower for str {
    fn lower(&self, cx: &mut LowerContext<'_>, _: TypeIndex, slots: &mut [u64]) -> Result<()> {
        let (ptr, units) = cx.string(self)?;
        (slots[0], slots[1]) = (ptr.into(), units.into());
        Ok(())
    }

    fn store(&self, cx: &mut LowerContext<'_>, _: TypeIndex, at: usize) -> Result<()> {
        let (ptr, units) = cx.string(self)?;
        write_pair(cx, at, ptr as usize, units as usize)
    }
}

impl<T: ComponentType> ComponentType for [T] {
    const ABI: Abi = Abi::PAIR.handles(T::ABI.has_handles);
    fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
        match cx.def(ty) {
            TypeDef::List(item, ListKind::List) => {
                T::check(cx, *item).map_err(|error| format!("item: {error}"))
            }
            _ => Err(cx.expected(ty, "list")),
        }
    }
}

/// Puts a list into the guest's memory.
fn lower_list<T: Lower>(items: &[T], cx: &mut LowerContext<'_>, ty: TypeIndex) -> Result<usize> {
    let size = items.len().checked_mul(T::ABI.size).ok_or_else(|| trap("a list is too long"))?;
    let ptr = cx.allocate(size, T::ABI.align as u32)?;
    T::store_list(items, cx, cx.item_type::<T>(ty), ptr)?;
    Ok(ptr)
}

impl<T: Lower> Lower for [T] {
    fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
        (slots[0], slots[1]) = (lower_list(self, cx, ty)? as u64, self.len() as u64);
        Ok(())
    }

    fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
        let ptr = lower_list(self, cx, ty)?;
        write_pair(cx, at, ptr, self.len())
    }
}

lower_as! {
    [T: ComponentType + ?Sized] [T: Lower + ?Sized] &T => T, |value| *value;
    [T: ComponentType + ?Sized] [T: Lower + ?Sized] Box<T> => T, |value| &**value;
    [T: ComponentType + ?Sized] [T: Lower + ?Sized] std::sync::Arc<T> => T, |value| &**value;
    [] [] String => str, |value| value;
    [T: ComponentType] [T: Lower] Vec<T> => [T], |value| value;
}

impl Lift for String {
    fn lift(cx: &mut LiftContext<'_>, _: TypeIndex, slots: &[u64]) -> Result<String> {
        Ok(cx.string(slots[0] as u32, slots[1] as u32)?.into_owned())
    }

    fn load(cx: &mut LiftContext<'_>, _: TypeIndex, bytes: &[u8]) -> Result<String> {
        let (ptr, units) = pair(bytes);
        Ok(cx.string(ptr, units)?.into_owned())
    }
}

fn lift_list<T: Lift>(cx: &mut LiftContext<'_>, ty: TypeIndex, ptr: u32, count: u32) -> Result<Vec<T>> {
    let bytes = cx.list(ptr, count, T::ABI.size as u32, T::ABI.align as u32)?;
    let item = cx.item_type::<T>(ty);
    T::load_list(cx, item, bytes)
}

impl<T: Lift> Lift for Vec<T> {
    fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<Vec<T>> {
        lift_list(cx, ty, slots[0] as u32, slots[1] as u32)
    }

    fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<Vec<T>> {
        let (ptr, count) = pair(bytes);
        lift_list(cx, ty, ptr, count)
    }
}

impl<T: Lift> Lift for Box<T> {
    fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<Box<T>> {
        T::lift(cx, ty, slots).map(Box::new)
    }

    fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<Box<T>> {
        T::load(cx, ty, bytes).map(Box::new)
    }
}

impl<T: ComponentType, const N: usize> ComponentType for [T; N] {
    const ABI: Abi = Abi { size: T::ABI.size * N, slots: T::ABI.slots * N, ..T::ABI };
    fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
        match cx.def(ty) {
            TypeDef::Array(item, count) if *count as usize == N => {
                T::check(cx, *item).map_err(|error| format!("item: {error}"))
            }
            _ => Err(cx.expected(ty, &format!("list of {N}"))),
        }
    }
}

impl<T: Lower, const N: usize> Lower for [T; N] {
    fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
        let ty = cx.item_type::<T>(ty);
        let each = slots.chunks_exact_mut(T::ABI.slots.max(1));
        self.iter().zip(each).try_for_each(|(item, slots)| item.lower(cx, ty, slots))
    }

    fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
        T::store_list(self, cx, cx.item_type::<T>(ty), at)
    }
}

impl<T: Lift, const N: usize> Lift for [T; N] {
    fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<[T; N]> {
        let ty = cx.item_type::<T>(ty);
        let each = slots.chunks_exact(T::ABI.slots.max(1)).take(N);
        exactly(each.map(|slots| T::lift(cx, ty, slots)).collect::<Result<_>>()?)
    }

    fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<[T; N]> {
        let ty = cx.item_type::<T>(ty);
        exactly(T::load_list(cx, ty, bytes)?)
    }
}

fn exactly<T, const N: usize>(items: Vec<T>) -> Result<[T; N]> {
    items.try_into().map_err(|_| sarsen::Error::bug("a list of a fixed length has another"))
}

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

/// Implements the traits for maps.
macro_rules! maps {
    ($($(#[$doc:meta])* [$($generics:tt)*] $ty:ty, [$($bounds:tt)*];)*) => {
        $(impl<$($generics)*> ComponentType for $ty where K: ComponentType, V: ComponentType {
            const ABI: Abi = Abi::PAIR.handles(K::ABI.has_handles || V::ABI.has_handles);
            fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
                match cx.def(ty) {
                    TypeDef::List(pair, ListKind::Map) => <(K, V)>::check(cx, *pair),
                    _ => Err(cx.expected(ty, "map")),
                }
            }
        }

        impl<$($generics)*> Lower for $ty where K: Lower, V: Lower {
            fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
                let pairs: Vec<(&K, &V)> = self.iter().collect();
                pairs.lower(cx, ty, slots)
            }
            fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
                let pairs: Vec<(&K, &V)> = self.iter().collect();
                pairs.store(cx, ty, at)
            }
        }

        impl<$($generics)*> Lift for $ty where K: Lift + $($bounds)*, V: Lift {
            fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<Self> {
                let pairs = lift_list::<(K, V)>(cx, ty, slots[0] as u32, slots[1] as u32)?;
                Ok(pairs.into_iter().collect())
            }
            fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<Self> {
                let (ptr, count) = pair(bytes);
                Ok(lift_list::<(K, V)>(cx, ty, ptr, count)?.into_iter().collect())
            }
        })*
    };
}

maps! {
    [K, V] BTreeMap<K, V>, [Ord];
    [K, V, S: BuildHasher + Default] HashMap<K, V, S>, [Eq + Hash];
}

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
        Resource::of_handle(cx, ty, super::lift::small_number(bytes))
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
        ResourceAny::lift(cx, ty, super::lift::small_number(bytes))
    }
}
