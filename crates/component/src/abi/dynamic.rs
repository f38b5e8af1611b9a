//! Values of any type: [`Val`]s out of core code and into it, by the layouts of their types.

use super::lift::LiftContext;
use super::lower::LowerContext;
use super::place::{Place, list};
use super::{trap, unsupported};
use crate::resource::ResourceAny;
use crate::types::{Case, ListKind, RecordKind, Scalar, TypeDef, TypeIndex, VariantKind};
use crate::val::Val;
use sarsen::{Error, Result};

/// Lifts the parts of a tuple: parameters or results.
pub(crate) fn lift_values(
    cx: &mut LiftContext<'_>,
    tuple: TypeIndex,
    slots: &[u64],
    is_flat: bool,
) -> Result<Vec<Val>> {
    let types = cx.types;
    let place = Place::of(slots, is_flat, types.layout(tuple), cx.memory)?;
    types.fields(tuple).iter().map(|field| lift(cx, field.ty, place.field(field))).collect()
}

fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, place: Place<'_>) -> Result<Val> {
    let types = cx.types;
    Ok(match types.def(ty) {
        TypeDef::Scalar(scalar) => lift_scalar(*scalar, place.scalar(cx.memory, *scalar)?)?,
        TypeDef::String => {
            let (ptr, units) = place.pair(cx.memory)?;
            Val::String(cx.string(ptr, units)?.into_owned())
        }
        TypeDef::List(item, kind) => {
            let (ptr, count) = place.pair(cx.memory)?;
            list(cx.memory, (ptr, count), types, *item)?;
            let place = Place::At(ptr.into());
            match kind {
                ListKind::List => Val::List(lift_items(cx, *item, place, count)?),
                ListKind::Map => Val::Map(lift_pairs(cx, *item, place, count)?),
            }
        }
        TypeDef::Array(item, count) => Val::FixedLengthList(lift_items(cx, *item, place, *count)?),
        TypeDef::Record(fields, RecordKind::Tuple) => {
            Val::Tuple(cx.collect(fields.iter(), |cx, field| lift(cx, field.ty, place.field(field)))?)
        }
        TypeDef::Record(fields, RecordKind::Record) => {
            cx.charge(fields.iter().map(|field| field.name.len()).sum(), 1)?;
            Val::Record(cx.collect(fields.iter(), |cx, field| {
                Ok((field.name.to_string(), lift(cx, field.ty, place.field(field))?))
            })?)
        }
        TypeDef::Variant(cases, kind) => {
            let (index, payload) = place.case(cx.memory, types.layout(ty), cases.len())?;
            let case = &cases[index];
            cx.charge(case.name.len() + size_of::<Val>(), 1)?;
            let value = case.ty.map(|ty| lift(cx, ty, payload).map(Box::new)).transpose()?;
            lift_case(case, index, *kind, value)
        }
        TypeDef::Flags(names) => {
            let bits = place.flags(cx.memory, types.layout(ty), names.len())?;
            let set: Vec<_> = (0..).zip(names.iter()).filter(|(bit, _)| bits >> bit & 1 != 0).collect();
            cx.charge(set.iter().map(|(_, name)| name.len()).sum(), 1)?;
            Val::Flags(cx.collect(set.into_iter(), |_, (_, name)| Ok(name.to_string()))?)
        }
        TypeDef::Own(_) | TypeDef::Borrow(_) => {
            let handle = place.handle(cx.memory)?;
            Val::Resource(ResourceAny::lift(cx, ty, handle)?)
        }
        TypeDef::ErrorContext | TypeDef::Stream(_) | TypeDef::Future(_) => return Err(unsupported()),
    })
}

fn lift_items(cx: &mut LiftContext<'_>, item: TypeIndex, place: Place<'_>, count: u32) -> Result<Vec<Val>> {
    let layout = cx.types.layout(item);
    cx.collect(0..count as usize, |cx, index| lift(cx, item, place.item(layout, index as u32)))
}

/// The entries of a map.
fn lift_pairs(
    cx: &mut LiftContext<'_>,
    pair: TypeIndex,
    place: Place<'_>,
    count: u32,
) -> Result<Vec<(Val, Val)>> {
    let types = cx.types;
    let (layout, fields) = (types.layout(pair), types.fields(pair));
    cx.collect(0..count as usize, |cx, index| {
        let place = place.item(layout, index as u32);
        let mut part = |field: usize| lift(cx, fields[field].ty, place.field(&fields[field]));
        Ok((part(0)?, part(1)?))
    })
}

fn lift_case(case: &Case, index: usize, kind: VariantKind, value: Option<Box<Val>>) -> Val {
    match kind {
        VariantKind::Variant => Val::Variant(case.name.to_string(), value),
        VariantKind::Enum => Val::Enum(case.name.to_string()),
        VariantKind::Option => Val::Option(value),
        VariantKind::Result if index == 0 => Val::Result(Ok(value)),
        VariantKind::Result => Val::Result(Err(value)),
    }
}

fn lift_scalar(scalar: Scalar, bits: u64) -> Result<Val> {
    Ok(match scalar {
        Scalar::Bool => Val::Bool(bits != 0),
        Scalar::S8 => Val::S8(bits as i8),
        Scalar::U8 => Val::U8(bits as u8),
        Scalar::S16 => Val::S16(bits as i16),
        Scalar::U16 => Val::U16(bits as u16),
        Scalar::S32 => Val::S32(bits as i32),
        Scalar::U32 => Val::U32(bits as u32),
        Scalar::S64 => Val::S64(bits as i64),
        Scalar::U64 => Val::U64(bits),
        Scalar::F32 => Val::Float32(f32::from_bits(bits as u32)),
        Scalar::F64 => Val::Float64(f64::from_bits(bits)),
        Scalar::Char => Val::Char(super::lift::character(bits as u32)?),
    })
}

/// Lowers values, known to be of the types of a tuple's parts, into slots or to `to`.
pub(crate) fn lower_values(
    cx: &mut LowerContext<'_>,
    tuple: TypeIndex,
    values: &[Val],
    slots: &mut [u64],
    is_flat: bool,
    to: impl FnOnce(&mut LowerContext<'_>) -> Result<usize>,
) -> Result<()> {
    let types = cx.types;
    let fields = types.fields(tuple);
    if is_flat {
        return fields
            .iter()
            .zip(values)
            .try_for_each(|(field, value)| lower(cx, field.ty, value, &mut slots[field.slot as usize..]));
    }
    let to = to(cx)?;
    fields
        .iter()
        .zip(values)
        .try_for_each(|(field, value)| store(cx, field.ty, value, to + field.offset as usize))
}

/// The error of a value that is not of its type, which was checked.
fn mistyped() -> Error {
    Error::bug("a value is not of its type")
}

fn lower(cx: &mut LowerContext<'_>, ty: TypeIndex, value: &Val, slots: &mut [u64]) -> Result<()> {
    let types = cx.types;
    match (types.def(ty), value) {
        (TypeDef::Record(fields, RecordKind::Record), Val::Record(values)) => {
            fields.iter().zip(values).try_for_each(|(field, (_, value))| {
                lower(cx, field.ty, value, &mut slots[field.slot as usize..])
            })
        }
        (TypeDef::Record(fields, _), Val::Tuple(values)) => fields
            .iter()
            .zip(values)
            .try_for_each(|(field, value)| lower(cx, field.ty, value, &mut slots[field.slot as usize..])),
        (TypeDef::Array(item, _), Val::FixedLengthList(values) | Val::List(values)) => {
            let each = types.layout(*item).slots() as usize;
            values
                .iter()
                .enumerate()
                .try_for_each(|(at, value)| lower(cx, *item, value, &mut slots[at * each..]))
        }
        (TypeDef::Variant(cases, kind), value) => {
            let (name, payload) = value.case(*kind).ok_or_else(mistyped)?;
            let index = cases.iter().position(|case| *case.name == *name).ok_or_else(mistyped)?;
            slots[0] = index as u64;
            match (cases[index].ty, payload) {
                (Some(ty), Some(value)) => lower(cx, ty, value, &mut slots[1..]),
                _ => Ok(()),
            }
        }
        _ => {
            let (first, second) = lower_leaf(cx, ty, value)?;
            slots[0] = first;
            if let Some(second) = second {
                slots[1] = second;
            }
            Ok(())
        }
    }
}

/// The one or two slots of what has no parts of its own: scalars, flags, handles, and what is in memory anyway.
fn lower_leaf(cx: &mut LowerContext<'_>, ty: TypeIndex, value: &Val) -> Result<(u64, Option<u64>)> {
    let types = cx.types;
    Ok(match (types.def(ty), value) {
        (TypeDef::Scalar(_), value) => (value.bits().ok_or_else(mistyped)?, None),
        (TypeDef::String, Val::String(text)) => {
            let (ptr, units) = cx.string(text)?;
            (ptr.into(), Some(units.into()))
        }
        (TypeDef::List(item, _), Val::List(values)) => {
            let ptr = store_list(cx, *item, values.len())?;
            let each = types.layout(*item).size as usize;
            for (at, value) in values.iter().enumerate() {
                store(cx, *item, value, ptr + at * each)?;
            }
            (ptr as u64, Some(values.len() as u64))
        }
        (TypeDef::List(pair, _), Val::Map(values)) => {
            let ptr = store_list(cx, *pair, values.len())?;
            let (each, fields) = (types.layout(*pair).size as usize, types.fields(*pair));
            for (at, (key, value)) in values.iter().enumerate() {
                let at = ptr + at * each;
                store(cx, fields[0].ty, key, at + fields[0].offset as usize)?;
                store(cx, fields[1].ty, value, at + fields[1].offset as usize)?;
            }
            (ptr as u64, Some(values.len() as u64))
        }
        (TypeDef::Flags(names), Val::Flags(set)) => {
            let mut bits = 0;
            for flag in set {
                let bit = names.iter().position(|name| **name == **flag).ok_or_else(mistyped)?;
                bits |= 1 << bit;
            }
            (bits, None)
        }
        (TypeDef::Own(_) | TypeDef::Borrow(_), Val::Resource(any)) => (any.lower(cx, ty)?.into(), None),
        (TypeDef::ErrorContext | TypeDef::Stream(_) | TypeDef::Future(_), _) => return Err(unsupported()),
        _ => return Err(mistyped()),
    })
}

/// Room for the items of a list.
fn store_list(cx: &mut LowerContext<'_>, item: TypeIndex, count: usize) -> Result<usize> {
    let layout = cx.types.layout(item);
    let size = count.checked_mul(layout.size as usize);
    cx.allocate(size.ok_or_else(|| trap("a list is too long"))?, layout.align)
}

fn store(cx: &mut LowerContext<'_>, ty: TypeIndex, value: &Val, at: usize) -> Result<()> {
    let types = cx.types;
    match (types.def(ty), value) {
        (TypeDef::Record(fields, RecordKind::Record), Val::Record(values)) => {
            let mut each = fields.iter().zip(values);
            each.try_for_each(|(field, (_, value))| store(cx, field.ty, value, at + field.offset as usize))
        }
        (TypeDef::Record(fields, _), Val::Tuple(values)) => {
            let mut each = fields.iter().zip(values);
            each.try_for_each(|(field, value)| store(cx, field.ty, value, at + field.offset as usize))
        }
        (TypeDef::Array(item, _), Val::FixedLengthList(values) | Val::List(values)) => {
            let each = types.layout(*item).size as usize;
            values
                .iter()
                .enumerate()
                .try_for_each(|(index, value)| store(cx, *item, value, at + index * each))
        }
        (TypeDef::Variant(cases, kind), value) => {
            let (name, payload) = value.case(*kind).ok_or_else(mistyped)?;
            let index = cases.iter().position(|case| *case.name == *name).ok_or_else(mistyped)?;
            let layout = types.layout(ty);
            cx.write(at, &(index as u32).to_le_bytes()[..layout.discriminant as usize])?;
            match (cases[index].ty, payload) {
                (Some(ty), Some(value)) => store(cx, ty, value, at + layout.payload as usize),
                _ => Ok(()),
            }
        }
        _ => {
            let (first, second) = lower_leaf(cx, ty, value)?;
            match second {
                Some(second) => {
                    cx.write(at, &(first as u32).to_le_bytes())?;
                    cx.write(at + 4, &(second as u32).to_le_bytes())
                }
                None => cx.write(at, &first.to_le_bytes()[..types.layout(ty).size as usize]),
            }
        }
    }
}
