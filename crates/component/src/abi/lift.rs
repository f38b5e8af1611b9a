//! Out of core code: the memory as it is when a call crosses, and the handles of the instance.

use super::typed::ComponentType;
use super::{GuestOptions, aligned, part, string, trap};
use crate::limits::MAX_LIFTED_BYTES;
use crate::program::StringEncoding;
use crate::resource::ResourceKey;
use crate::state::State;
use crate::types::{ResourceIndex, TypeIndex, TypeTable};
use sarsen::{AnyStore, Error, ErrorKind, Result};
use std::borrow::Cow;

/// What values are lifted from. While it lives no guest code runs.
pub struct LiftContext<'a> {
    pub(crate) memory: &'a [u8],
    pub(crate) state: &'a mut State,
    pub(crate) types: &'a TypeTable,
    pub(crate) options: GuestOptions,
    /// Bytes that values may still take.
    budget: usize,
}

impl<'a> LiftContext<'a> {
    pub(crate) fn new(
        store: &'a mut AnyStore<'_>,
        types: &'a TypeTable,
        options: GuestOptions,
    ) -> Result<LiftContext<'a>> {
        let (memory, state): (&[u8], &mut State) = match options.memory {
            Some(memory) => {
                let (memory, state) = store.memory_and_extension(memory)?;
                (memory, state)
            }
            None => (&[], store.extension()),
        };
        Ok(LiftContext { memory, state, types, options, budget: MAX_LIFTED_BYTES })
    }

    /// Counts memory of the host's before it is allocated for what the guest has sent.
    pub(crate) fn charge(&mut self, count: usize, size: usize) -> Result<()> {
        let left = count.checked_mul(size.max(1)).and_then(|bytes| self.budget.checked_sub(bytes));
        let message = "a call passes more than the host takes at once";
        self.budget = left.ok_or_else(|| Error::of(ErrorKind::Trap, message))?;
        Ok(())
    }

    /// Bytes that values have taken.
    pub(crate) fn taken(&self) -> u64 {
        (MAX_LIFTED_BYTES - self.budget) as u64
    }

    /// As many values as there are sources, for which there is room, and no more than is needed.
    pub(crate) fn collect<S, V>(
        &mut self,
        from: impl ExactSizeIterator<Item = S>,
        mut lift: impl FnMut(&mut Self, S) -> Result<V>,
    ) -> Result<Vec<V>> {
        self.charge(from.len(), size_of::<V>())?;
        // One that may fail says of no iterator how long it is: what it is collected into would grow, up to twice as large.
        let mut values = Vec::with_capacity(from.len());
        for source in from {
            values.push(lift(self, source)?);
        }
        Ok(values)
    }

    /// The bytes of a value that core code points to.
    pub(crate) fn pointed(&self, ptr: u64, size: u32, align: u32) -> Result<&'a [u8]> {
        aligned(ptr, align)?;
        part(self.memory, ptr, u64::from(size), "pointer out of bounds of memory")
    }

    /// The bytes of a list.
    #[doc(hidden)]
    pub fn list(&self, ptr: u32, count: u32, size: u32, align: u32) -> Result<&'a [u8]> {
        aligned(u64::from(ptr), align)?;
        let len = u64::from(count) * u64::from(size);
        part(self.memory, u64::from(ptr), len, super::place::LIST_OUT_OF_BOUNDS)
    }

    /// A string.
    pub(crate) fn string(&mut self, ptr: u32, units: u32) -> Result<Cow<'a, str>> {
        let found = string::Source::find(self.memory, ptr, units, self.options.encoding)?;
        self.charge(found.bytes().len(), if self.options.encoding == StringEncoding::Utf8 { 1 } else { 2 })?;
        found.decode()
    }

    /// The type of the items of a list of `T`s. Only handles are told from others by their types: what has none does not look.
    #[doc(hidden)]
    #[inline]
    pub fn item_type<T: ComponentType>(&self, ty: TypeIndex) -> TypeIndex {
        if T::ABI.has_handles { super::typed::item(self.types, ty) } else { ty }
    }

    /// The type of a field or case that is a `T`, as [`item_type`](Self::item_type).
    #[doc(hidden)]
    #[inline]
    pub fn part_type<T: ComponentType>(&self, ty: TypeIndex, index: usize) -> TypeIndex {
        if T::ABI.has_handles { super::typed::nth(self.types, ty, index) } else { ty }
    }

    pub(crate) fn key(&self, resource: ResourceIndex) -> ResourceKey {
        self.state.key(self.options.root, resource)
    }

    /// Takes an owned handle out of the instance's table: what it stands for.
    pub(crate) fn take_own(&mut self, resource: ResourceIndex, handle: u32) -> Result<u32> {
        let key = self.key(resource);
        self.state.instances[self.options.instance].handles.take_own(handle, key)
    }

    /// Borrows what a handle stands for until the call that is going on ends.
    pub(crate) fn lend(&mut self, resource: ResourceIndex, handle: u32) -> Result<u32> {
        let key = self.key(resource);
        self.state.lend(self.options.instance, handle, key)
    }
}

/// The number of a case, if there is one.
#[doc(hidden)]
pub fn discriminant(number: u32, cases: usize) -> Result<usize> {
    let number = number as usize;
    if number < cases { Ok(number) } else { Err(trap(format_args!("invalid variant discriminant {number}"))) }
}

/// A character.
pub(crate) fn character(bits: u32) -> Result<char> {
    char::from_u32(bits).ok_or_else(|| trap(format_args!("invalid `char` bit pattern {bits:#x}")))
}

/// A number of 1, 2 or 4 bytes.
pub(crate) fn small_number(bytes: &[u8]) -> u32 {
    match *bytes {
        [a] => u32::from(a),
        [a, b] => u32::from(u16::from_le_bytes([a, b])),
        [a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
        _ => 0,
    }
}
