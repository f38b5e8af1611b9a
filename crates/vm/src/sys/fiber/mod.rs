//! Native stacks that can be left and gone back to. When that happens, and what else has to change then, is `crate::fiber`'s
//! matter.
//!
//! On machines and systems without, everything is there and says no.

#[cfg_attr(
    all(unix, any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"), not(miri)),
    path = "present.rs"
)]
#[cfg_attr(
    not(all(
        unix,
        any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"),
        not(miri)
    )),
    path = "absent.rs"
)]
mod support;

pub(crate) use support::{Coroutine, NativeStack, Suspender};
