//! The place of `threaded.rs` in builds that cannot have it.
//!
//! It executes nothing itself: `match_loop.rs` does.

use crate::machine::Machine;
use sarsen_abi::Exit;

/// This build has no threaded dispatch.
pub(super) const AVAILABLE: bool = false;

/// There are no handlers.
pub(super) fn address(id: u16) -> u64 {
    u64::from(id)
}

/// Executes in the only form there is.
///
/// # Safety
/// As for `match_loop::run`.
pub(super) unsafe fn run(m: Machine) -> Exit {
    // SAFETY: by contract.
    unsafe { super::match_loop::run(m) }
}
