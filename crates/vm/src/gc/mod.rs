//! The garbage-collected heap of a store.
//!
//! A non-moving mark-region collector: the heap is blocks of lines; objects are allocated by bumping a cursor through
//! runs of free lines; marking finds the lines that live objects lie on, and all others are free again. It is precise
//! inside objects and for all roots but the value stack and the frames of compiled code, which it scans conservatively: what
//! looks like a reference there keeps its object alive, which no program can observe.
//!
//! Objects never move, so references can stay in registers and on stacks without anyone knowing where. What running code
//! asks for comes through `builtins/gc.rs`, and where fields lie is computed in `sarsen-module`.

mod collect;
mod heap;
mod object;
mod roots;
mod spans;
mod stack;

pub use collect::GcStats;
pub(crate) use heap::Heap;
pub use object::EXCEPTION_PAYLOAD;
pub(crate) use object::write;
pub(crate) use roots::RootSet;
pub use roots::{OwnedRoot, Root, RootMark};

#[cfg(test)]
mod tests;
