//! What the host keeps alive: references in scopes, and references owned one by one.

/// A reference that is alive as long as its scope: a number in the set, and the generation that it was made in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Root {
    index: u32,
    generation: u32,
}

/// A reference that is alive until it is released.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct OwnedRoot(u32);

/// The end of the scopes that were open at some moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RootMark(u32);

/// All references that the host keeps alive in a store.
#[derive(Debug, Default)]
pub(crate) struct RootSet {
    scoped: Vec<(u32, u32)>,
    generation: u32,
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
            self.scoped.truncate(mark.0 as usize);
            self.generation = self.generation.wrapping_add(1);
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
        if let Some(slot) = self.owned.get_mut(root.0 as usize) {
            *slot = 0;
            self.free.push(root.0);
        }
    }

    /// All references.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.scoped.iter().map(|&(reference, _)| reference).chain(self.owned.iter().copied())
    }
}
