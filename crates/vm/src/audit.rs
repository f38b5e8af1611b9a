//! What stores and pools have reserved, for tests that compare it with the system's map of the process.
//!
//! It owns what must be true of those addresses; who looks at the map is the test. Nothing here changes anything.

use crate::memory::Memory;
use crate::pool::{Pool, Spare};
use crate::store::StoreInner;
use crate::sys::round_up;
use std::ops::Range;

/// Addresses of which the first bytes can be read and written, and the others not be touched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reserved {
    /// All of them.
    pub addresses: Range<usize>,
    /// How many bytes are accessible.
    pub accessible: usize,
    /// How many addresses there must be, because code relies on it.
    pub least: usize,
}

/// What a pool keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// Its addresses.
    pub reserved: Reserved,
    /// Whether every accessible byte holds what it did at first.
    pub is_reset: bool,
}

impl StoreInner {
    /// What its memories have reserved; small ones are allocations, and not here.
    pub fn reserved(&self) -> Vec<Reserved> {
        let guard = self.config.memory_guard;
        self.memories.iter().filter_map(|memory| memory_reserved(memory, guard)).collect()
    }
}

/// What a memory has reserved. How much is accessible follows from its length, not from what was asked of the system.
fn memory_reserved(memory: &Memory, guard: usize) -> Option<Reserved> {
    let addresses = memory.reserved();
    if addresses.is_empty() {
        return None;
    }
    let accessible = usize::try_from(memory.len()).ok().and_then(round_up)?;
    let least = if memory.is_pinned() { crate::memory::REACH + guard } else { accessible };
    Some(Reserved { addresses, accessible, least })
}

impl Pool {
    /// What it keeps but for stacks. It looks at every byte.
    pub fn kept(&self) -> Vec<Kept> {
        self.look_at_spares(|Spare(pages)| {
            let (start, accessible) = (pages.base().addr(), pages.committed());
            let reserved = Reserved { addresses: start..start + pages.len(), accessible, least: accessible };
            Kept { reserved, is_reset: pages.is_reset() }
        })
    }
}
