//! The handles of an instance: numbers that its code has for resources.
//!
//! # Invariant
//!
//! A number is given again only after its handle has been dropped, the last dropped first, as the specification says.

use super::types::ResourceKey;
use crate::abi::trap;
use crate::limits::MAX_HANDLES;
use sarsen::Result;

/// The handles of an instance.
#[derive(Debug)]
pub(crate) struct HandleTable {
    /// The first is that of handle 1: no handle is zero.
    entries: Vec<Entry>,
    /// The next number to be given; the one after the last if none is free.
    free: u32,
}

#[derive(Clone, Copy, Debug)]
enum Entry {
    /// The next free one.
    Free(u32),
    Own {
        key: ResourceKey,
        rep: u32,
        lends: u32,
    },
    /// Lent for the time of a call.
    Borrow {
        key: ResourceKey,
        rep: u32,
        lends: u32,
        call: usize,
    },
}

/// What a handle was that has been dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Dropped {
    /// It has owned this.
    Own(u32),
    /// It was lent for a call.
    Borrow(usize),
}

impl Default for HandleTable {
    fn default() -> HandleTable {
        // Most instances never have a handle, and need no memory for them.
        HandleTable { entries: Vec::new(), free: 1 }
    }
}

impl HandleTable {
    /// Adds what the instance owns; `all` is how many handles there is room for in the tables of all instances.
    pub(crate) fn add_own(&mut self, key: ResourceKey, rep: u32, all: &mut usize) -> Result<u32> {
        self.add(Entry::Own { key, rep, lends: 0 }, all)
    }

    /// The same for what the instance may use until the call ends.
    pub(crate) fn add_borrow(
        &mut self,
        key: ResourceKey,
        rep: u32,
        call: usize,
        all: &mut usize,
    ) -> Result<u32> {
        self.add(Entry::Borrow { key, rep, lends: 0, call }, all)
    }

    fn add(&mut self, entry: Entry, all: &mut usize) -> Result<u32> {
        let handle = self.free;
        if let Some(free) = self.entry(handle) {
            let Entry::Free(next) = *free else { return Err(sarsen::Error::bug("a free handle is in use")) };
            *free = entry;
            self.free = next;
        } else if *all >= MAX_HANDLES {
            return Err(trap(format_args!("the instances of a store have more than {MAX_HANDLES} handles")));
        } else {
            self.entries.push(entry);
            self.free += 1;
            *all += 1;
        }
        Ok(handle)
    }

    fn entry(&mut self, handle: u32) -> Option<&mut Entry> {
        self.entries.get_mut((handle as usize).checked_sub(1)?)
    }

    /// A handle of this type.
    fn find(&mut self, handle: u32, key: ResourceKey) -> Result<&mut Entry> {
        let entry = self.entry(handle);
        let found = match entry.as_deref() {
            None | Some(Entry::Free(_)) => return Err(trap(format_args!("unknown handle index {handle}"))),
            Some(Entry::Own { key, .. } | Entry::Borrow { key, .. }) => *key,
        };
        if found != key {
            let (expected, found) = (key.describe(), found.describe());
            let other = if expected == found { "a different " } else { "" };
            return Err(trap(format_args!(
                "handle index {handle} used with the wrong type, expected {expected} but found {other}{found}"
            )));
        }
        Ok(entry.unwrap_or_else(|| unreachable!("found above")))
    }

    fn free(&mut self, handle: u32) {
        let next = std::mem::replace(&mut self.free, handle);
        self.entries[handle as usize - 1] = Entry::Free(next);
    }

    /// What a handle stands for.
    pub(crate) fn rep(&mut self, handle: u32, key: ResourceKey) -> Result<u32> {
        match self.find(handle, key)? {
            Entry::Own { rep, .. } | Entry::Borrow { rep, .. } => Ok(*rep),
            Entry::Free(_) => Err(sarsen::Error::bug("a free handle was found")),
        }
    }

    /// Takes out what a handle owns.
    pub(crate) fn take_own(&mut self, handle: u32, key: ResourceKey) -> Result<u32> {
        match *self.find(handle, key)? {
            Entry::Own { rep, lends: 0, .. } => {
                self.free(handle);
                Ok(rep)
            }
            Entry::Own { .. } => Err(trap("cannot remove owned resource while borrowed")),
            _ => Err(trap("cannot lift own resource from a borrow")),
        }
    }

    /// Lends what a handle stands for.
    pub(crate) fn lend(&mut self, handle: u32, key: ResourceKey) -> Result<u32> {
        match self.find(handle, key)? {
            Entry::Own { rep, lends, .. } | Entry::Borrow { rep, lends, .. } => {
                *lends += 1;
                Ok(*rep)
            }
            Entry::Free(_) => Err(sarsen::Error::bug("a free handle was found")),
        }
    }

    /// Takes back what was lent.
    pub(crate) fn give_back(&mut self, handle: u32) {
        if let Some(Entry::Own { lends, .. } | Entry::Borrow { lends, .. }) = self.entry(handle) {
            *lends = lends.saturating_sub(1);
        }
    }

    /// Drops a handle.
    pub(crate) fn drop(&mut self, handle: u32, key: ResourceKey) -> Result<Dropped> {
        let dropped = match *self.find(handle, key)? {
            Entry::Own { lends: 1.., .. } | Entry::Borrow { lends: 1.., .. } => {
                return Err(trap("cannot remove owned resource while borrowed"));
            }
            Entry::Own { rep, .. } => Dropped::Own(rep),
            Entry::Borrow { call, .. } => Dropped::Borrow(call),
            Entry::Free(_) => return Err(sarsen::Error::bug("a free handle was found")),
        };
        self.free(handle);
        Ok(dropped)
    }
}
