//! One guest program as data.
//!
//! Does not load or run anything.

use crate::GUESTS;

/// What a guest needs from an engine beyond the numbers, memories and tables of WebAssembly 2.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing: every peer runs it, and it counts in the geometric mean.
    Plain,
    /// Exceptions with `try_table`.
    Exceptions,
    /// Garbage-collected structures.
    Gc,
}

/// A program that every engine which supports its class must agree on.
#[derive(Clone, Copy, Debug)]
pub struct Guest {
    /// Name of its source file.
    pub name: &'static str,
    /// What it is chosen to measure, in a few words.
    pub covers: &'static str,
    /// What it needs.
    pub class: Class,
    /// The module: binary for guests written in C, text for the others.
    pub wasm: &'static [u8],
    /// The argument that makes an interpreter work for about a tenth of a second.
    pub n: i32,
    /// The result of `run(n)` in a fresh instance.
    pub checksum: i64,
}

/// The guest of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Guest> {
    GUESTS.iter().find(|guest| guest.name == name)
}
