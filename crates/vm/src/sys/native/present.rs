//! Compiled code where there is some: what the machine does, and what the system.

mod clock;
#[cfg_attr(target_arch = "aarch64", path = "aarch64.rs")]
#[cfg_attr(target_arch = "riscv64", path = "riscv64.rs")]
#[cfg_attr(target_arch = "x86_64", path = "x86_64.rs")]
mod machine;
mod pages;
mod signal;
mod stack;

pub(crate) use clock::monotonic;
pub use clock::thread_time;
pub(crate) use machine::{resume, with_registers};
pub(crate) use pages::CodePages;
pub(crate) use signal::install;
pub(crate) use stack::stack;

use super::{Fault, FaultKind, Landing, OnFault, OnStack, Target};

/// Whether compiled code can run here.
pub const RUNS_COMPILED_CODE: bool = true;
