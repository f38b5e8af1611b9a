//! From one component into another: parameters and results go from memory to memory, and no value is made of them on the way.
//!
//! Types are the same on both sides, though their numbers may not be.

use super::lower::LowerContext;
use super::place::{Place, list};
use super::string::{self, Source};
use super::{GuestOptions, trap, unsupported};
use crate::limits::MAX_LIFTED_BYTES;
use crate::program::StringEncoding;
use crate::types::{TypeDef, TypeIndex, TypeTable};
use sarsen::{AnyStore, Error, Result};

/// What looking at a value costs, in bytes that are copied: one unit of fuel, as an operator.
const VALUE: u64 = 64;

/// Bytes of work that are done before they are paid for.
const TURN: u64 = 1 << 12;

/// Bytes that are copied, or looked at, in one go. Whoever is asked for fuel or time in between may have made the memory move.
const PIECE: usize = 1 << 20;

/// One direction of a call between two components.
pub(crate) struct Transfer<'a> {
    pub(crate) from: GuestOptions,
    pub(crate) from_types: &'a TypeTable,
    pub(crate) to: LowerContext<'a>,
    /// Bytes of work that have not been paid for.
    unpaid: u64,
}

/// Where a value goes.
enum Target<'s> {
    Slots(&'s mut [u64]),
    /// To this address on.
    At(usize),
}

impl Target<'_> {
    fn slots(&mut self, from: usize) -> Target<'_> {
        match self {
            Target::Slots(slots) => Target::Slots(&mut slots[from..]),
            Target::At(at) => Target::At(*at),
        }
    }

    /// A part of it: in slots from one on, in memory at a distance.
    fn part(&mut self, slot: u32, offset: u32) -> Target<'_> {
        match self {
            Target::Slots(_) => self.slots(slot as usize),
            Target::At(at) => Target::At(*at + offset as usize),
        }
    }
}

impl<'a> Transfer<'a> {
    pub(crate) fn new(
        store: AnyStore<'a>,
        (from, from_types): (GuestOptions, &'a TypeTable),
        (to, to_types): (GuestOptions, &'a TypeTable),
    ) -> Transfer<'a> {
        Transfer { from, from_types, to: LowerContext::new(store, to_types, to), unpaid: 0 }
    }

    /// Moves a tuple from slots, or from where the first slot says, to slots or to a place that `to` finds.
    pub(crate) fn tuple(
        &mut self,
        (from_ty, to_ty): (TypeIndex, TypeIndex),
        from: &[u64],
        to: &mut [u64],
        is_flat: bool,
        place: impl FnOnce(&mut LowerContext<'_>) -> Result<usize>,
    ) -> Result<()> {
        let layout = self.from_types.layout(from_ty);
        let source = Place::of(from, is_flat, layout, self.memory()?)?;
        let target = if is_flat { Target::Slots(to) } else { Target::At(place(&mut self.to)?) };
        self.value(from_ty, to_ty, source, target)?;
        self.pay()
    }

    /// Charges for work that is about to be done; for little, with what follows.
    fn charge(&mut self, bytes: u64) -> Result<()> {
        self.unpaid += bytes;
        if self.unpaid < TURN { Ok(()) } else { self.pay() }
    }

    fn pay(&mut self) -> Result<()> {
        self.to.store.spend(std::mem::take(&mut self.unpaid))
    }

    /// The memory that values come from.
    fn memory(&self) -> Result<&[u8]> {
        self.from.memory.map_or(Ok(&[]), |memory| self.to.store.memory(memory))
    }

    fn value(
        &mut self,
        from: TypeIndex,
        to: TypeIndex,
        source: Place<'_>,
        mut target: Target<'_>,
    ) -> Result<()> {
        self.charge(VALUE)?;
        let (from_types, to_types) = (self.from_types, self.to.types);
        if let (Place::At(source), Target::At(target)) = (source, &target) {
            let layout = from_types.layout(from);
            if layout.is_plain {
                return self.copy(source as usize, *target, layout.size as usize);
            }
        }
        match (from_types.def(from), to_types.def(to)) {
            (TypeDef::Scalar(scalar), _) => {
                let bits = source.scalar(self.memory()?, *scalar)?;
                self.put(target, bits, scalar.size())
            }
            (TypeDef::Flags(names), _) => {
                let layout = from_types.layout(from);
                let bits = source.flags(self.memory()?, layout, names.len())?;
                self.put(target, bits.into(), layout.size)
            }
            (TypeDef::String, _) => {
                let (ptr, units) = source.pair(self.memory()?)?;
                let (ptr, units) = self.string(ptr, units)?;
                self.put_pair(target, ptr, units)
            }
            (TypeDef::List(from, _), TypeDef::List(to, _)) => {
                let (ptr, count) = source.pair(self.memory()?)?;
                let ptr = self.list(*from, *to, ptr, count)?;
                self.put_pair(target, ptr, count)
            }
            (TypeDef::Array(from, count), TypeDef::Array(to, _)) => {
                let (layout, slots) = (from_types.layout(*from), from_types.layout(*from).slots());
                (0..*count).try_for_each(|index| {
                    let target = target.part(index * slots, index * layout.size);
                    self.value(*from, *to, source.item(layout, index), target)
                })
            }
            (TypeDef::Record(fields, _), TypeDef::Record(others, _)) => {
                fields.iter().zip(others.iter()).try_for_each(|(field, other)| {
                    let target = target.part(other.slot, other.offset);
                    self.value(field.ty, other.ty, source.field(field), target)
                })
            }
            (TypeDef::Variant(cases, _), TypeDef::Variant(others, _)) => {
                let layout = from_types.layout(from);
                let (index, payload) = source.case(self.memory()?, layout, cases.len())?;
                self.put(target.part(0, 0), index as u64, layout.discriminant)?;
                match (cases[index].ty, others[index].ty) {
                    (Some(from), Some(to)) => self.value(from, to, payload, target.part(1, layout.payload)),
                    _ => Ok(()),
                }
            }
            (TypeDef::Own(from), TypeDef::Own(to)) => {
                let handle = source.handle(self.memory()?)?;
                let GuestOptions { root, instance, .. } = self.from;
                let state = self.to.state();
                let key = state.key(root, *from);
                let rep = state.instances[instance].handles.take_own(handle, key)?;
                let handle = self.to.give_own(*to, rep)?;
                self.put(target, handle.into(), 4)
            }
            (TypeDef::Borrow(from), TypeDef::Borrow(to)) => {
                let handle = source.handle(self.memory()?)?;
                let GuestOptions { root, instance, .. } = self.from;
                let state = self.to.state();
                let key = state.key(root, *from);
                let rep = state.lend(instance, handle, key)?;
                let handle = self.to.give_borrow(*to, rep)?;
                self.put(target, handle.into(), 4)
            }
            (TypeDef::ErrorContext | TypeDef::Stream(_) | TypeDef::Future(_), _) => Err(unsupported()),
            _ => Err(Error::bug("components call each other with different types")),
        }
    }

    fn put(&mut self, target: Target<'_>, bits: u64, size: u32) -> Result<()> {
        match target {
            Target::Slots(slots) => {
                slots[0] = bits;
                Ok(())
            }
            Target::At(at) => self.to.write(at, &bits.to_le_bytes()[..size as usize]),
        }
    }

    fn put_pair(&mut self, target: Target<'_>, ptr: u32, len: u32) -> Result<()> {
        match target {
            Target::Slots(slots) => {
                (slots[0], slots[1]) = (ptr.into(), len.into());
                Ok(())
            }
            Target::At(at) => {
                self.to.write(at, &ptr.to_le_bytes())?;
                self.to.write(at + 4, &len.to_le_bytes())
            }
        }
    }

    fn list(&mut self, from: TypeIndex, to: TypeIndex, ptr: u32, count: u32) -> Result<u32> {
        list(self.memory()?, (ptr, count), self.from_types, from)?;
        let layout = self.from_types.layout(from);
        let size = layout.size * count;
        let place = self.to.realloc(0, 0, layout.align, size)?;
        if layout.is_plain {
            self.copy(ptr as usize, place as usize, size as usize)?;
            return Ok(place);
        }
        for index in 0..count {
            let source = Place::At(ptr.into()).item(layout, index);
            self.value(from, to, source, Target::At((place + index * layout.size) as usize))?;
        }
        Ok(place)
    }

    /// Copies bytes from one memory to the other, and charges for them. It is never the same: no component can enter itself.
    fn copy(&mut self, from: usize, to: usize, len: usize) -> Result<()> {
        let (Some(source), Some(target)) = (self.from.memory, self.to.options.memory) else {
            return Err(Error::bug("lists are copied without a memory"));
        };
        for at in (0..len).step_by(PIECE) {
            let piece = PIECE.min(len - at);
            self.charge(piece as u64)?;
            let (source, target) = self.to.store.two_memories(source, target)?;
            target[to + at..][..piece].copy_from_slice(&source[from + at..][..piece]);
        }
        Ok(())
    }

    fn string(&mut self, ptr: u32, units: u32) -> Result<(u32, u32)> {
        let encoding = self.from.encoding;
        let bytes = Source::find(self.memory()?, ptr, units, encoding)?.bytes().len();
        if encoding == StringEncoding::Utf8 && self.to.options.encoding == StringEncoding::Utf8 {
            self.check_utf8(ptr as usize, bytes)?;
            let place = self.to.realloc(0, 0, 1, units)?;
            self.copy(ptr as usize, place as usize, bytes)?;
            return Ok((place, units));
        }
        // One at a time is on its way, in two encodings that may each be twice as long as this one.
        if bytes > MAX_LIFTED_BYTES / 4 {
            return Err(trap("a string is too long to be passed in another encoding"));
        }
        self.charge(bytes as u64)?;
        let source = Source::find(self.memory()?, ptr, units, encoding)?;
        let (text, units) = (source.decode()?.into_owned(), source.units(encoding));
        string::store(&mut self.to, &text, units)
    }

    /// Fails unless bytes are text, and charges for looking at them.
    fn check_utf8(&mut self, from: usize, len: usize) -> Result<()> {
        let mut at = 0;
        while at < len {
            let end = len.min(at + PIECE);
            self.charge((end - at) as u64)?;
            at += string::valid(&self.memory()?[from + at..from + end], at, len - end)?;
        }
        Ok(())
    }
}
