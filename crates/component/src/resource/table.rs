//! A table of what resources of the host's stand for.
//!
//! # Invariants
//!
//! - A place is used again only after its entry was taken out, so that a number of a guest's never leads to what another one
//!   has: guests have numbers only through handles.
//! - What has children stays until they are gone.
//! - `bytes` is the sum of what entries are said to hold.

use super::typed::Resource;
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Values of any type by number, for hosts that define resources.
#[derive(Debug)]
pub struct ResourceTable {
    entries: Vec<Slot>,
    free: Option<u32>,
    len: usize,
    max: usize,
    bytes: usize,
    max_bytes: usize,
}

#[derive(Debug)]
enum Slot {
    Free(Option<u32>),
    Used(Entry),
}

#[derive(Debug)]
struct Entry {
    value: Box<dyn Any + Send>,
    parent: Option<u32>,
    children: BTreeSet<u32>,
    /// What the value is said to hold.
    bytes: usize,
}

/// Why a table has not done what it was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ResourceTableError {
    /// It has no room.
    Full,
    /// There is nothing under the number.
    NotPresent,
    /// What there is has another type.
    WrongType,
    /// What there is has children.
    HasChildren,
    /// All entries together would hold more bytes than they may.
    TooManyBytes,
}

impl fmt::Display for ResourceTableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ResourceTableError::Full => "the table of resources is full",
            ResourceTableError::NotPresent => "no such resource",
            ResourceTableError::WrongType => "a resource of another type",
            ResourceTableError::HasChildren => "the resource has children",
            ResourceTableError::TooManyBytes => "the resources hold too many bytes",
        })
    }
}

impl std::error::Error for ResourceTableError {}

type Result<T> = std::result::Result<T, ResourceTableError>;

/// Entries that a table has room for unless told otherwise.
const DEFAULT_CAPACITY: usize = 1 << 16;

/// Bytes that entries may hold together unless told otherwise: four of the largest values that a guest of WASI can have the host
/// keep, or five hundred of the largest heads of messages.
const DEFAULT_MAX_BYTES: usize = 64 << 20;

impl Default for ResourceTable {
    fn default() -> ResourceTable {
        ResourceTable {
            entries: Vec::new(),
            free: None,
            len: 0,
            max: DEFAULT_CAPACITY,
            bytes: 0,
            max_bytes: DEFAULT_MAX_BYTES,
        }
    }
}

impl ResourceTable {
    /// An empty table with room for 65,536 entries, which may hold 64 MiB together.
    pub fn new() -> ResourceTable {
        ResourceTable::default()
    }

    /// How many entries it may have.
    pub fn set_max_capacity(&mut self, max: usize) {
        self.max = max;
    }

    /// How many bytes its entries may hold together beside themselves, as far as who adds them says so with
    /// [`ResourceTable::set_bytes`]: a guest decides how many of them there are, and how large each is. Of WASI, those say so that
    /// hold what a guest has written or a peer has sent.
    pub fn set_max_bytes(&mut self, max: usize) {
        self.max_bytes = max;
    }

    /// How many bytes its entries are said to hold.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Says how many bytes an entry holds from now on. That much is given back when it is deleted.
    ///
    /// # Errors
    /// If it is not there, or of another type; or if all entries would hold more than they may: then nothing has changed.
    pub fn set_bytes<T: 'static>(&mut self, resource: &Resource<T>, bytes: usize) -> Result<()> {
        self.get(resource)?;
        let others = self.bytes - self.entry(resource.rep())?.bytes;
        let sum = others.checked_add(bytes).filter(|sum| *sum <= self.max_bytes);
        self.bytes = sum.ok_or(ResourceTableError::TooManyBytes)?;
        self.entry_mut(resource.rep())?.bytes = bytes;
        Ok(())
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a value.
    ///
    /// # Errors
    /// If there is no room.
    pub fn push<T: Send + 'static>(&mut self, value: T) -> Result<Resource<T>> {
        self.add(Box::new(value), None).map(Resource::new_own)
    }

    /// Adds a value that keeps another from being deleted.
    ///
    /// # Errors
    /// If there is no room, or the other does not exist.
    pub fn push_child<T: Send + 'static, U: 'static>(
        &mut self,
        value: T,
        parent: &Resource<U>,
    ) -> Result<Resource<T>> {
        self.entry(parent.rep())?;
        let rep = self.add(Box::new(value), Some(parent.rep()))?;
        self.entry_mut(parent.rep())?.children.insert(rep);
        Ok(Resource::new_own(rep))
    }

    fn add(&mut self, value: Box<dyn Any + Send>, parent: Option<u32>) -> Result<u32> {
        if self.len >= self.max {
            return Err(ResourceTableError::Full);
        }
        let used = Slot::Used(Entry { value, parent, children: BTreeSet::new(), bytes: 0 });
        let rep = match self.free {
            Some(rep) => {
                let slot = &mut self.entries[rep as usize];
                if let Slot::Free(next) = slot {
                    self.free = *next;
                }
                *slot = used;
                rep
            }
            None => {
                let rep = u32::try_from(self.entries.len()).map_err(|_| ResourceTableError::Full)?;
                self.entries.push(used);
                rep
            }
        };
        self.len += 1;
        Ok(rep)
    }

    fn entry(&self, rep: u32) -> Result<&Entry> {
        match self.entries.get(rep as usize) {
            Some(Slot::Used(entry)) => Ok(entry),
            _ => Err(ResourceTableError::NotPresent),
        }
    }

    fn entry_mut(&mut self, rep: u32) -> Result<&mut Entry> {
        match self.entries.get_mut(rep as usize) {
            Some(Slot::Used(entry)) => Ok(entry),
            _ => Err(ResourceTableError::NotPresent),
        }
    }

    /// A value.
    ///
    /// # Errors
    /// If it is not there, or of another type.
    pub fn get<T: 'static>(&self, resource: &Resource<T>) -> Result<&T> {
        self.entry(resource.rep())?.value.downcast_ref().ok_or(ResourceTableError::WrongType)
    }

    /// A value.
    ///
    /// # Errors
    /// If it is not there, or of another type.
    pub fn get_mut<T: 'static>(&mut self, resource: &Resource<T>) -> Result<&mut T> {
        self.entry_mut(resource.rep())?.value.downcast_mut().ok_or(ResourceTableError::WrongType)
    }

    /// A value of a type that only its user knows.
    ///
    /// # Errors
    /// If it is not there.
    pub fn get_any_mut(&mut self, rep: u32) -> Result<&mut (dyn Any + Send)> {
        Ok(&mut *self.entry_mut(rep)?.value)
    }

    /// Takes a value out.
    ///
    /// # Errors
    /// If it is not there, of another type, or has children.
    pub fn delete<T: 'static>(&mut self, resource: Resource<T>) -> Result<T> {
        let rep = resource.rep();
        let entry = self.entry(rep)?;
        if !entry.value.is::<T>() {
            return Err(ResourceTableError::WrongType);
        }
        let value = self.take(rep)?.downcast().map_err(|_| ResourceTableError::WrongType)?;
        Ok(*value)
    }

    /// Takes out a value of a type that only its user knows.
    ///
    /// # Errors
    /// If it is not there, or has children.
    pub fn delete_any(&mut self, rep: u32) -> Result<Box<dyn Any + Send>> {
        self.take(rep)
    }

    fn take(&mut self, rep: u32) -> Result<Box<dyn Any + Send>> {
        if !self.entry(rep)?.children.is_empty() {
            return Err(ResourceTableError::HasChildren);
        }
        let slot = std::mem::replace(&mut self.entries[rep as usize], Slot::Free(self.free));
        self.free = Some(rep);
        self.len -= 1;
        let Slot::Used(entry) = slot else { return Err(ResourceTableError::NotPresent) };
        self.bytes -= entry.bytes;
        if let Some(parent) = entry.parent
            && let Ok(parent) = self.entry_mut(parent)
        {
            parent.children.remove(&rep);
        }
        Ok(entry.value)
    }

    /// Several entries at once, in the order of their numbers, each with what comes with its number.
    pub fn iter_entries<T>(
        &mut self,
        wanted: BTreeMap<u32, T>,
    ) -> impl Iterator<Item = (Result<&mut (dyn Any + Send)>, T)> {
        let (mut rest, mut first) = (&mut self.entries[..], 0);
        wanted.into_iter().map(move |(rep, with)| {
            let behind = std::mem::take(&mut rest).get_mut(rep as usize - first..).unwrap_or_default();
            let entry = match behind.split_first_mut() {
                Some((slot, behind)) => {
                    (rest, first) = (behind, rep as usize + 1);
                    match slot {
                        Slot::Used(entry) => Ok(&mut *entry.value),
                        Slot::Free(_) => Err(ResourceTableError::NotPresent),
                    }
                }
                None => Err(ResourceTableError::NotPresent),
            };
            (entry, with)
        })
    }

    /// The children of an entry, each with its number.
    ///
    /// # Errors
    /// If it is not there.
    pub fn iter_children<T: 'static>(
        &self,
        parent: &Resource<T>,
    ) -> Result<impl Iterator<Item = (u32, &(dyn Any + Send))>> {
        let children = &self.entry(parent.rep())?.children;
        Ok(children.iter().filter_map(|&rep| Some((rep, &*self.entry(rep).ok()?.value))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_hold_bytes_until_they_go() {
        let mut table = ResourceTable::new();
        table.set_max_bytes(100);
        let (one, two) = (table.push(1).unwrap(), table.push(2).unwrap());
        table.set_bytes(&one, 60).unwrap();
        assert_eq!(table.set_bytes(&two, 41), Err(ResourceTableError::TooManyBytes));
        assert_eq!(table.set_bytes(&two, usize::MAX), Err(ResourceTableError::TooManyBytes));
        table.set_bytes(&two, 40).unwrap();
        table.set_bytes(&one, 50).unwrap();
        assert_eq!(table.bytes(), 90);
        let other_type = Resource::<u8>::new_own(two.rep());
        assert_eq!(table.set_bytes(&other_type, 0), Err(ResourceTableError::WrongType));
        table.delete(one).unwrap();
        table.set_bytes(&two, 100).unwrap();
        table.delete_any(two.rep()).unwrap();
        assert_eq!(table.bytes(), 0);
    }

    #[test]
    fn several_entries_can_be_used_at_once() {
        let mut table = ResourceTable::new();
        let reps: Vec<u32> = (0..5).map(|number| table.push(number).unwrap().rep()).collect();
        table.delete(Resource::<i32>::new_own(reps[3])).unwrap();
        let wanted =
            BTreeMap::from([(reps[0], 'a'), (reps[2], 'b'), (reps[3], 'c'), (reps[4], 'd'), (77, 'e')]);
        let mut found: Vec<_> = table.iter_entries(wanted).collect();
        let values = found.iter_mut().map(|(entry, with)| {
            let value = entry.as_mut().ok().and_then(|entry| entry.downcast_mut::<i32>());
            (value.map(|value| std::mem::replace(value, 9)), *with)
        });
        let values: Vec<_> = values.collect();
        assert_eq!(values, [(Some(0), 'a'), (Some(2), 'b'), (None, 'c'), (Some(4), 'd'), (None, 'e')]);
        assert_eq!(table.get(&Resource::<i32>::new_own(reps[2])), Ok(&9));
        assert_eq!(table.get(&Resource::<i32>::new_own(reps[1])), Ok(&1));
    }
}
