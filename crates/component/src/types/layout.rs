//! Where the parts of a value are: in memory, and as core values.
//!
//! # Invariant
//!
//! Slots hold core values as bits. Those of 32 bits are written with zeros above, and what is above them is not read. What
//! variants do to core values of different types that share a place is then nothing at all.

use super::table::{TypeDef, TypeIndex, TypeTable, too_large};
use sarsen::Result;

/// A core type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Flat {
    I32,
    I64,
    F32,
    F64,
}

impl Flat {
    /// What can hold either.
    fn join(self, other: Flat) -> Flat {
        match (self, other) {
            (a, b) if a == b => a,
            (Flat::I32, Flat::F32) | (Flat::F32, Flat::I32) => Flat::I32,
            _ => Flat::I64,
        }
    }
}

/// More core values than any function takes: such types are always in memory.
pub(crate) const MANY_SLOTS: usize = 17;

/// What there is to know of a type to move its values.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// Bytes in memory.
    pub(crate) size: u32,
    pub(crate) align: u32,
    /// Its core values, if they are fewer than [`MANY_SLOTS`].
    pub(crate) flat: Option<Box<[Flat]>>,
    /// How deep types are nested in it.
    pub(crate) depth: u32,
    /// Whether all bytes in memory belong to numbers: any bytes are a value, and a copy of them is a copy.
    pub(crate) is_plain: bool,
    /// Whether there are handles in it.
    pub(crate) has_handles: bool,
    /// Whether there are borrowed handles in it.
    pub(crate) has_borrows: bool,
    /// Bytes of the number that tells cases apart.
    pub(crate) discriminant: u32,
    /// Where the values of cases are.
    pub(crate) payload: u32,
}

impl Layout {
    /// Its core values, or more than any function takes.
    pub(crate) fn slots(&self) -> u32 {
        self.flat.as_ref().map_or(MANY_SLOTS, |flat| flat.len()) as u32
    }

    /// The next offset at which such a value can be.
    pub(crate) fn aligned(&self, offset: u32) -> Result<u32> {
        offset.checked_next_multiple_of(self.align).ok_or_else(too_large)
    }

    pub(crate) fn of(def: &TypeDef, types: &TypeTable) -> Result<Layout> {
        Ok(match def {
            TypeDef::Scalar(scalar) => {
                Layout { is_plain: scalar.is_number(), ..Layout::simple(scalar.size(), &[scalar.flat()]) }
            }
            TypeDef::String => Layout { align: 4, ..Layout::simple(8, &[Flat::I32, Flat::I32]) },
            TypeDef::List(item, _) => {
                let inner = types.layout(*item);
                let outer = Layout { align: 4, ..Layout::simple(8, &[Flat::I32, Flat::I32]) };
                Layout { is_plain: false, ..outer.around([inner]) }
            }
            TypeDef::ErrorContext | TypeDef::Own(_) => Layout::handle(),
            TypeDef::Borrow(_) => Layout { has_borrows: true, ..Layout::handle() },
            TypeDef::Stream(item) | TypeDef::Future(item) => {
                let inner = item.map(|item| types.layout(item));
                // What is in the stream does not cross with its handle.
                let depth = 1 + inner.map_or(0, |inner| inner.depth);
                Layout { depth, ..Layout::handle() }
            }
            TypeDef::Array(item, count) => array(types.layout(*item), *count)?,
            TypeDef::Record(fields, _) => {
                let parts: Vec<_> = fields.iter().map(|field| types.layout(field.ty)).collect();
                let align = parts.iter().map(|part| part.align).max().unwrap_or(1);
                let end = fields.last().zip(parts.last());
                let end = end.map_or(Some(0), |(field, part)| field.offset.checked_add(part.size));
                let size = end.and_then(|end| end.checked_next_multiple_of(align)).ok_or_else(too_large)?;
                // Padding belongs to no number.
                let is_plain = parts.iter().map(|part| part.size).sum::<u32>() == size;
                let flat = concatenate(&parts);
                Layout { align, is_plain, flat, ..Layout::simple(size, &[]) }.around(parts)
            }
            TypeDef::Variant(cases, _) => {
                let parts: Vec<_> = cases.iter().filter_map(|case| case.ty).collect();
                variant(cases.len(), &parts, types)?
            }
            TypeDef::Flags(names) => match names.len() {
                0..=8 => Layout::simple(1, &[Flat::I32]),
                9..=16 => Layout::simple(2, &[Flat::I32]),
                _ => Layout::simple(4, &[Flat::I32]),
            },
        })
    }

    /// Of a type without parts.
    fn simple(size: u32, flat: &[Flat]) -> Layout {
        Layout {
            size,
            align: size.max(1),
            flat: Some(flat.into()),
            depth: 1,
            is_plain: false,
            has_handles: false,
            has_borrows: false,
            discriminant: 0,
            payload: 0,
        }
    }

    fn handle() -> Layout {
        Layout { has_handles: true, ..Layout::simple(4, &[Flat::I32]) }
    }

    /// The same with what is true because of its parts.
    fn around<'a>(mut self, parts: impl IntoIterator<Item = &'a Layout>) -> Layout {
        for part in parts {
            self.depth = self.depth.max(part.depth + 1);
            self.is_plain &= part.is_plain;
            self.has_handles |= part.has_handles;
            self.has_borrows |= part.has_borrows;
        }
        self
    }
}

fn array(item: &Layout, count: u32) -> Result<Layout> {
    let size = item.size.checked_mul(count).ok_or_else(too_large)?;
    let flat = item.flat.as_ref().filter(|flat| flat.len().saturating_mul(count as usize) < MANY_SLOTS);
    let flat = flat.map(|flat| flat.repeat(count as usize).into());
    Ok(Layout { align: item.align, is_plain: true, flat, ..Layout::simple(size, &[]) }.around([item]))
}

fn variant(cases: usize, parts: &[TypeIndex], types: &TypeTable) -> Result<Layout> {
    let discriminant = match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    };
    let parts: Vec<&Layout> = parts.iter().map(|&part| types.layout(part)).collect();
    let align = parts.iter().map(|part| part.align).max().unwrap_or(1);
    let payload = discriminant.max(align).next_multiple_of(align);
    let largest = parts.iter().map(|part| part.size).max().unwrap_or(0);
    let align = align.max(discriminant);
    let size = payload.checked_add(largest).and_then(|end| end.checked_next_multiple_of(align));
    let size = size.ok_or_else(too_large)?;
    let payload = if parts.is_empty() { discriminant } else { payload };
    let flat = join(&parts).map(|joined| [&[Flat::I32], &*joined].concat());
    let flat = flat.filter(|flat| flat.len() < MANY_SLOTS).map(Into::into);
    Ok(Layout { align, flat, discriminant, payload, ..Layout::simple(size, &[]) }.around(parts))
}

/// The core values of one after the other.
fn concatenate(parts: &[&Layout]) -> Option<Box<[Flat]>> {
    let mut all = Vec::new();
    for part in parts {
        all.extend_from_slice(part.flat.as_ref()?);
        if all.len() >= MANY_SLOTS {
            return None;
        }
    }
    Some(all.into())
}

/// Core values that can hold those of any of them.
fn join(parts: &[&Layout]) -> Option<Vec<Flat>> {
    let mut all: Vec<Flat> = Vec::new();
    for part in parts {
        for (at, &flat) in part.flat.as_ref()?.iter().enumerate() {
            match all.get_mut(at) {
                Some(before) => *before = before.join(flat),
                None => all.push(flat),
            }
        }
    }
    Some(all)
}
