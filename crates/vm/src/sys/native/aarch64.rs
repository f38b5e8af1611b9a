//! AArch64: jumps into frames, registers on the stack, and instruction caches that have to be told of new code.
//!
//! # Invariants
//!
//! Nothing here touches memory but the stack.

use super::{OnStack, Target};
use std::arch::{asm, naked_asm};
use std::ffi::c_void;
use std::io;

/// Goes on at a target.
///
/// # Safety
/// The target must be a handler in a frame further out; nothing further in may have anything left to do.
pub(crate) unsafe fn resume(target: Target) -> ! {
    // SAFETY: by contract.
    unsafe {
        asm!(
            "mov sp, {stack}",
            "mov x29, {frame}",
            "br {position}",
            stack = in(reg) target.stack,
            frame = in(reg) target.frame,
            position = in(reg) target.position,
            in("x0") target.payload,
            in("x1") target.payload,
            options(noreturn),
        )
    }
}

/// Calls `run` with all registers that calls preserve on the stack, and the stack pointer.
///
/// # Safety
/// As for `run`.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn with_registers(data: *mut c_void, run: OnStack) {
    naked_asm!(
        "stp x29, x30, [sp, #-96]!",
        "mov x29, sp",
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "mov x9, x1",
        "mov x1, sp",
        "blr x9",
        "ldp x19, x20, [sp, #16]",
        "ldp x21, x22, [sp, #32]",
        "ldp x23, x24, [sp, #48]",
        "ldp x25, x26, [sp, #64]",
        "ldp x27, x28, [sp, #80]",
        "ldp x29, x30, [sp], #96",
        "ret",
    )
}

/// Lets all threads see new code.
pub(super) fn synchronize(base: *const u8, len: usize) -> io::Result<()> {
    /// Bytes of a cache line are at least as many on every machine.
    const LINE: usize = 16;
    let start = base.addr() & !(LINE - 1);
    // SAFETY: the range is mapped, and maintaining caches changes no memory.
    unsafe {
        for line in (start..base.addr() + len).step_by(LINE) {
            asm!("dc cvau, {}", in(reg) line, options(nostack, preserves_flags));
        }
        asm!("dsb ish", options(nostack, preserves_flags));
        for line in (start..base.addr() + len).step_by(LINE) {
            asm!("ic ivau, {}", in(reg) line, options(nostack, preserves_flags));
        }
        asm!("dsb ish", "isb", options(nostack, preserves_flags));
    }
    other_threads();
    Ok(())
}

/// Other threads forget what they have fetched. Older systems do not know how, and do so whenever they switch threads.
#[cfg(target_os = "linux")]
fn other_threads() {
    use std::sync::Once;
    /// `MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE`, and its registration.
    const SYNC_CORE: libc::c_int = 1 << 5;
    const REGISTER_SYNC_CORE: libc::c_int = 1 << 6;
    static REGISTERED: Once = Once::new();
    // SAFETY: the calls touch no memory of ours.
    REGISTERED.call_once(|| unsafe {
        libc::syscall(libc::SYS_membarrier, REGISTER_SYNC_CORE, 0, 0);
    });
    // SAFETY: as above.
    unsafe { libc::syscall(libc::SYS_membarrier, SYNC_CORE, 0, 0) };
}

#[cfg(not(target_os = "linux"))]
fn other_threads() {}
