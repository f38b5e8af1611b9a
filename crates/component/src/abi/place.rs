//! Where a value is that is lifted: in slots, or in a memory. Reads its parts one by one; types say which.

use super::lift::{character, discriminant, small_number};
use super::{part, trap};
use crate::types::{Field, Layout, Scalar, TypeIndex, TypeTable};
use sarsen::Result;

/// Where a value is.
#[derive(Clone, Copy)]
pub(super) enum Place<'s> {
    Slots(&'s [u64]),
    /// From this address of a memory on.
    At(u64),
}

impl<'s> Place<'s> {
    /// Where parameters or results are: in slots, or where the first slot says.
    pub(super) fn of(slots: &'s [u64], is_flat: bool, layout: &Layout, memory: &[u8]) -> Result<Place<'s>> {
        if is_flat {
            return Ok(Place::Slots(slots));
        }
        let ptr = u64::from(slots[0] as u32);
        super::aligned(ptr, layout.align)?;
        part(memory, ptr, layout.size.into(), "pointer out of bounds of memory")?;
        Ok(Place::At(ptr))
    }

    fn slot(self, index: usize) -> Option<u64> {
        match self {
            Place::Slots(slots) => slots.get(index).copied(),
            Place::At(_) => None,
        }
    }

    fn number(self, memory: &[u8], size: u32) -> Result<u32> {
        match self {
            Place::Slots(slots) => Ok(slots[0] as u32),
            Place::At(at) => Ok(small_number(part(memory, at, size.into(), OUT_OF_BOUNDS)?)),
        }
    }

    /// The bits of a scalar, as a slot has them.
    pub(super) fn scalar(self, memory: &[u8], scalar: Scalar) -> Result<u64> {
        let bits = match self {
            Place::Slots(slots) => slots[0],
            Place::At(at) => match scalar.size() {
                8 => {
                    let bytes = part(memory, at, 8, OUT_OF_BOUNDS)?;
                    u64::from_le_bytes(bytes.try_into().unwrap_or_default())
                }
                size => self.number(memory, size)?.into(),
            },
        };
        Ok(match scalar {
            Scalar::Bool => (bits as u32 != 0).into(),
            // Numbers of fewer bits are taken modulo.
            Scalar::S8 => u64::from(i32::from(bits as i8) as u32),
            Scalar::U8 => u64::from(bits as u8),
            Scalar::S16 => u64::from(i32::from(bits as i16) as u32),
            Scalar::U16 => u64::from(bits as u16),
            Scalar::S32 | Scalar::U32 | Scalar::F32 => u64::from(bits as u32),
            Scalar::S64 | Scalar::U64 | Scalar::F64 => bits,
            Scalar::Char => u32::from(character(bits as u32)?).into(),
        })
    }

    /// A handle.
    pub(super) fn handle(self, memory: &[u8]) -> Result<u32> {
        self.number(memory, 4)
    }

    /// Flags, without those that do not exist.
    pub(super) fn flags(self, memory: &[u8], layout: &Layout, count: usize) -> Result<u32> {
        let bits = self.number(memory, layout.size)?;
        Ok(if count >= 32 { bits } else { bits & ((1 << count) - 1) })
    }

    /// Where a string or list is, and how long.
    pub(super) fn pair(self, memory: &[u8]) -> Result<(u32, u32)> {
        match self {
            Place::Slots(slots) => Ok((slots[0] as u32, slots[1] as u32)),
            Place::At(at) => Ok((Place::At(at).number(memory, 4)?, Place::At(at + 4).number(memory, 4)?)),
        }
    }

    /// A field of a record.
    pub(super) fn field(self, field: &Field) -> Place<'s> {
        match self {
            Place::Slots(slots) => Place::Slots(&slots[field.slot as usize..]),
            Place::At(at) => Place::At(at + u64::from(field.offset)),
        }
    }

    /// An item of an array.
    pub(super) fn item(self, layout: &Layout, index: u32) -> Place<'s> {
        match self {
            Place::Slots(slots) => Place::Slots(&slots[(layout.slots() * index) as usize..]),
            Place::At(at) => Place::At(at + u64::from(layout.size) * u64::from(index)),
        }
    }

    /// Which case a variant is, and what comes with it.
    pub(super) fn case(self, memory: &[u8], layout: &Layout, cases: usize) -> Result<(usize, Place<'s>)> {
        let number = self.number(memory, layout.discriminant)?;
        let payload = match self {
            Place::Slots(slots) => Place::Slots(&slots[1..]),
            Place::At(at) => Place::At(at + u64::from(layout.payload)),
        };
        debug_assert!(self.slot(0).is_none_or(|slot| slot as u32 == number));
        Ok((discriminant(number, cases)?, payload))
    }
}

const OUT_OF_BOUNDS: &str = "pointer out of bounds of memory";
pub(super) const LIST_OUT_OF_BOUNDS: &str = "list pointer/length out of bounds of memory";

/// Checks that a list lies in a memory.
pub(super) fn list(
    memory: &[u8],
    (ptr, count): (u32, u32),
    types: &TypeTable,
    item: TypeIndex,
) -> Result<()> {
    let layout = types.layout(item);
    let len = u64::from(count) * u64::from(layout.size);
    super::aligned(ptr.into(), layout.align)?;
    part(memory, ptr.into(), len, LIST_OUT_OF_BOUNDS)?;
    // A list of all of a memory has a length that no other can be asked for.
    if len > u64::from(u32::MAX) { Err(trap(LIST_OUT_OF_BOUNDS)) } else { Ok(()) }
}
