//! Values go through components and come back as they were: from the host into a component, through another one with another
//! encoding of strings, out to a host function, and all the way back.
//!
//! `dynamic` does so with random types, `typed` with types of Rust. The core code of the components only passes on what it is given.

mod chain;
#[expect(dead_code, reason = "sets of flags can do more than is tried here")]
mod derived;
mod described;
mod dynamic;
mod typed;
mod types;
