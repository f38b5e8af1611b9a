//! Runs WebAssembly test scripts (`.wast`) on Sarsen.
//!
//! [`run`] executes one script and returns a [`Report`]; [`record`] returns what an engine did, [`Action`] by action, to be
//! compared with another; [`run_bounded`] is for scripts that nobody trusts; [`suites`] knows where the official suites lie and what each of them needs; [`expect`] reads the
//! list of trials that are known to fail.
//! The `sarsen wast` command and the `cargo test` harness in `tests/suites.rs` are thin users of this library.
//!
//! It uses the public APIs of `sarsen` and `sarsen-component` only, knows of no tier, and prints nothing.

#![forbid(unsafe_code)]

mod component;
mod custom;
pub mod expect;
mod pattern;
mod refusal;
mod report;
mod runner;
mod script;
mod spectest;
pub mod suites;
mod value;

pub use report::{Action, Failure, Report};
#[doc(hidden)]
pub use script::run_and_look;
pub use script::{Bounds, record, run, run_bounded};
