//! Hostile inputs, and what must hold for every one of them.
//!
//! [`random`] and [`mutate`] make bad modules from good ones, [`emit`] writes modules that no toolchain would, [`program`] makes
//! valid ones; [`oracle`] feeds them to the engine, and panics only where the engine breaks a promise.
//! The fuzz targets and `cargo test` are thin users of this library.
//! It expects nothing of a particular input: tests do.

#![forbid(unsafe_code)]

pub mod emit;
pub mod mutate;
pub mod oracle;
pub mod program;
pub mod random;
