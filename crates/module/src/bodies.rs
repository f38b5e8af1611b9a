//! Where function bodies start: a number per function, found by decoding the module or kept by somebody who once did.
//!
//! Does not look at bodies.

use crate::bytes::Bytes;
use std::fmt;

/// Where each defined function's entry in the code section starts: its size, then its body.
pub(crate) enum Bodies {
    /// As decoding found them.
    Found(Box<[u32]>),
    /// As kept: little-endian words, read in place.
    Kept(Bytes),
}

impl Bodies {
    pub(crate) fn len(&self) -> usize {
        match self {
            Bodies::Found(starts) => starts.len(),
            Bodies::Kept(words) => words.len() / size_of::<u32>(),
        }
    }

    /// Where the entry of a function starts.
    ///
    /// # Panics
    /// If there is no such function.
    pub(crate) fn start(&self, index: usize) -> u32 {
        match self {
            Bodies::Found(starts) => starts[index],
            Bodies::Kept(words) => u32::from_le_bytes(words.as_chunks().0[index]),
        }
    }

    /// How many entries start at or before an offset.
    pub(crate) fn started(&self, offset: usize) -> usize {
        match self {
            Bodies::Found(starts) => starts.partition_point(|&start| start as usize <= offset),
            Bodies::Kept(words) => {
                words.as_chunks().0.partition_point(|&start| u32::from_le_bytes(start) as usize <= offset)
            }
        }
    }

    /// The bytes that they can be kept as.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Bodies::Found(starts) => starts.iter().flat_map(|start| start.to_le_bytes()).collect(),
            Bodies::Kept(words) => words.to_vec(),
        }
    }
}

impl Default for Bodies {
    fn default() -> Bodies {
        Bodies::Found(Box::default())
    }
}

impl fmt::Debug for Bodies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bodies({})", self.len())
    }
}
