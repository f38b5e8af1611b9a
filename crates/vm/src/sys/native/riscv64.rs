//! RISC-V, 64 bits: jumps into frames, registers on the stack, and instruction caches that the system has to be asked to
//! flush.
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
            "mv sp, {stack}",
            "mv s0, {frame}",
            "jr {position}",
            stack = in(reg) target.stack,
            frame = in(reg) target.frame,
            position = in(reg) target.position,
            in("a0") target.payload,
            in("a1") target.payload,
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
        "addi sp, sp, -112",
        "sd ra, 0(sp)",
        "sd s0, 8(sp)",
        "sd s1, 16(sp)",
        "sd s2, 24(sp)",
        "sd s3, 32(sp)",
        "sd s4, 40(sp)",
        "sd s5, 48(sp)",
        "sd s6, 56(sp)",
        "sd s7, 64(sp)",
        "sd s8, 72(sp)",
        "sd s9, 80(sp)",
        "sd s10, 88(sp)",
        "sd s11, 96(sp)",
        "mv t0, a1",
        "mv a1, sp",
        "jalr t0",
        "ld ra, 0(sp)",
        "ld s0, 8(sp)",
        "ld s1, 16(sp)",
        "ld s2, 24(sp)",
        "ld s3, 32(sp)",
        "ld s4, 40(sp)",
        "ld s5, 48(sp)",
        "ld s6, 56(sp)",
        "ld s7, 64(sp)",
        "ld s8, 72(sp)",
        "ld s9, 80(sp)",
        "ld s10, 88(sp)",
        "ld s11, 96(sp)",
        "addi sp, sp, 112",
        "ret",
    )
}

/// Lets all threads see new code.
#[cfg(target_os = "linux")]
pub(super) fn synchronize(base: *const u8, len: usize) -> io::Result<()> {
    /// `riscv_flush_icache`, which `libc` does not name.
    const FLUSH_ICACHE: libc::c_long = 259;
    /// For all threads of the process.
    const ALL_THREADS: usize = 0;
    // SAFETY: the call touches no memory of ours.
    let failed = unsafe { libc::syscall(FLUSH_ICACHE, base.addr(), base.addr() + len, ALL_THREADS) } != 0;
    if failed { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// No other system is known to do it.
#[cfg(not(target_os = "linux"))]
pub(super) fn synchronize(_base: *const u8, _len: usize) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
