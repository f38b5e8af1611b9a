//! Tier 1 of Sarsen: function bodies to machine code, by Cranelift.
//!
//! A body is translated to Cranelift's form in one pass (`translate`), where the operators that are one row of the
//! instruction table are lowered by what the row says (`lower`). What Cranelift makes of it (`unit`) is put together with
//! the ways in and out (`shims`) to one image per module (`image`): inert bytes, which `sarsen-vm` publishes.
//!
//! This crate runs nothing, and does not know other tiers, the embedding API, or how modules are parsed.

#![forbid(unsafe_code)]

mod options;

mod convention;
mod known;
mod slots;
mod table;
mod trap;

mod lower;
mod translate;

mod compiler;
mod image;
mod shims;
mod trampolines;
mod unit;

pub use compiler::{CompileError, Compiled, Compiler, Form, Guesses, Part, Progress, host_features};
pub use known::KnownTables;
pub use options::{Arch, CompileOptions, Cpu, Target};
pub use translate::OsrEntry;
