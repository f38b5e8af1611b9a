//! What the host keeps alive: references in scopes, and references owned one by one. When a scope begins and ends is
//! the embedding's to say; the other roots are found in `collect.rs`.

use std::hint::cold_path;

/// A reference that is alive as long as its scope: a number in the set, and the generation that it was made in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Root {
    index: u32,
    /// Never wraps: scopes end with every call of a host function.
    generation: u64,
}

/// A reference that is alive until it is released.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct OwnedRoot(u32);

/// The end of the scopes that were open at some moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RootMark(u32);

/// All references that the host keeps alive in a store.
#[derive(Debug, Default)]
#[repr(C)]
pub(crate) struct RootSet {
    scoped: Vec<(u32, u64)>,
    generation: u64,
    owned: Vec<u32>,
    free: Vec<u32>,
}

impl RootSet {
    pub(crate) fn push(&mut self, reference: u32) -> Root {
        let index = self.scoped.len() as u32;
        self.scoped.push((reference, self.generation));
        Root { index, generation: self.generation }
    }

    /// The reference, unless its scope is over.
    pub(crate) fn get(&self, root: Root) -> Option<u32> {
        let &(reference, generation) = self.scoped.get(root.index as usize)?;
        (generation == root.generation).then_some(reference)
    }

    pub(crate) fn mark(&self) -> RootMark {
        RootMark(self.scoped.len() as u32)
    }

    /// Ends the scopes opened since `mark`.
    pub(crate) fn release_to(&mut self, mark: RootMark) {
        if self.scoped.len() > mark.0 as usize {
            // Most calls leave none behind, and should not have to jump over this.
            cold_path();
            self.scoped.truncate(mark.0 as usize);
            self.generation += 1;
        }
    }

    pub(crate) fn own(&mut self, reference: u32) -> OwnedRoot {
        match self.free.pop() {
            Some(at) => {
                self.owned[at as usize] = reference;
                OwnedRoot(at)
            }
            None => {
                self.owned.push(reference);
                OwnedRoot(self.owned.len() as u32 - 1)
            }
        }
    }

    pub(crate) fn owned(&self, root: OwnedRoot) -> u32 {
        self.owned.get(root.0 as usize).copied().unwrap_or(0)
    }

    pub(crate) fn disown(&mut self, root: OwnedRoot) {
        // What has been released already stays so: its place must not be given to two.
        if let Some(slot) = self.owned.get_mut(root.0 as usize)
            && *slot != 0
        {
            *slot = 0;
            self.free.push(root.0);
        }
    }

    /// All references.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.scoped.iter().map(|&(reference, _)| reference).chain(self.owned.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scoped_roots_end_with_their_scope() {
        let mut set = RootSet::default();
        let outer = set.push(8);
        let scope = set.mark();
        let inner = set.push(16);
        assert_eq!((set.get(outer), set.get(inner)), (Some(8), Some(16)));
        set.release_to(scope);
        assert_eq!((set.get(outer), set.get(inner)), (Some(8), None));
        let next = set.push(24);
        assert_eq!(next.index, inner.index, "the place is taken again");
        assert_eq!((set.get(outer), set.get(inner), set.get(next)), (Some(8), None, Some(24)));
    }

    #[test]
    fn generations_do_not_come_back() {
        let mut set = RootSet { generation: u64::from(u32::MAX), ..RootSet::default() };
        let old = set.push(8);
        set.release_to(RootMark(0));
        set.push(16);
        assert_eq!(set.generation, 1 << 32);
        assert_eq!(set.get(old), None);
    }

    #[test]
    fn owned_roots_stay_until_released() {
        let mut set = RootSet::default();
        let (a, b) = (set.own(8), set.own(16));
        set.release_to(RootMark(0));
        assert_eq!((set.owned(a), set.owned(b)), (8, 16));
        set.disown(a);
        set.disown(a);
        let (c, d) = (set.own(24), set.own(32));
        assert_ne!(c, d, "a root that is released twice must not be given to two");
        assert_eq!((set.owned(b), set.owned(c), set.owned(d)), (16, 24, 32));
        assert_eq!(set.iter().collect::<Vec<_>>(), [24, 16, 32]);
    }
}
