//! x86-64: jumps into frames, and registers on the stack. Its instruction caches see every write.
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
            "mov rsp, {stack}",
            "mov rbp, {frame}",
            "jmp {position}",
            stack = in(reg) target.stack,
            frame = in(reg) target.frame,
            position = in(reg) target.position,
            in("rax") target.payload,
            in("rdx") target.payload,
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
        "push rbp",
        "mov rbp, rsp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "mov rax, rsi",
        "mov rsi, rsp",
        "call rax",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// Lets all threads see new code.
pub(super) fn synchronize(_base: *const u8, _len: usize) -> io::Result<()> {
    Ok(())
}
