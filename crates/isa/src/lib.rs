//! The instruction table of WebAssembly, and what its operators mean.
//!
//! - [`for_each_op!`] passes the table to a macro; [`OPS`] is the table as data.
//! - [`kernel`] holds one pure function per operator.
//! - [`Feature`], [`Trap`] and [`Builtin`] are sibling tables, each written once; [`for_each_builtin!`] passes the last.
//!
//! This crate depends on nothing, knows no frames, no memory and no tiers.

#![forbid(unsafe_code)]

mod builtin;
mod feature;
pub mod fuel;
pub mod kernel;
mod op;
mod table;
mod trap;
mod vector;

pub use builtin::Builtin;
pub use feature::{Feature, Features};
pub use op::{Imm, OPS, Op, OpInfo, Shape, ValKind};
pub use trap::Trap;
pub use vector::{Lane, V128};
