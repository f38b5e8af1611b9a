//! The guest programs that Sarsen is measured with: what they are, how much work one run does, and what it must return.
//!
//! Owns the catalogue and nothing else: no engine is named here, so that the criterion benches of this package and the comparison
//! with other runtimes (`benches/peers`) share it. Invariant: every guest has no imports and exports `run(n: i32) -> i64`, whose result
//! depends on `n` alone when called in a fresh instance.
#![forbid(unsafe_code)]

mod catalogue;
mod guest;

pub use catalogue::GUESTS;
pub use guest::{Class, Guest, find};
