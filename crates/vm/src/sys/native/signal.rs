//! Faults as calls: handlers for the signals of faults, in front of those that were there. Which faults are whose is
//! decided by whoever installs them.
//!
//! # Invariants
//!
//! - `PREVIOUS` is written before the first handler is installed, and never again.
//! - A handler calls nothing that allocates, locks or panics, except the handler that was there before.

use super::{Fault, FaultKind, Landing, OnFault};
use std::ffi::{c_int, c_void};
use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;

/// The signals of faults.
const SIGNALS: [c_int; 4] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE];

/// What was there before, and what asks whose faults are: set once.
static INSTALLED: OnceLock<Installed> = OnceLock::new();

/// Whether that could be done, once it has been tried: the system's error.
static OUTCOME: OnceLock<Result<(), i32>> = OnceLock::new();

struct Installed {
    on_fault: OnFault,
    previous: [libc::sigaction; SIGNALS.len()],
}

// SAFETY: what the system said of its handlers is not written any more.
unsafe impl Send for Installed {}
// SAFETY: as above.
unsafe impl Sync for Installed {}

/// Installs handlers, unless they have been.
pub(crate) fn install(on_fault: OnFault) -> io::Result<()> {
    // Whoever comes meanwhile waits: their code may fault as soon as this returns.
    let outcome = OUTCOME.get_or_init(|| {
        let installed = INSTALLED.get_or_init(|| Installed { on_fault, previous: SIGNALS.map(current) });
        let handled = SIGNALS.iter().zip(&installed.previous);
        handled.into_iter().try_for_each(|(&signal, previous)| handle_signal(signal, previous))
    });
    outcome.map_err(io::Error::from_raw_os_error)
}

/// Installs the handler of a signal, or says the system's error.
fn handle_signal(signal: c_int, previous: &libc::sigaction) -> Result<(), i32> {
    let mut action = *previous;
    action.sa_sigaction = handle as *const () as usize;
    // On the thread's own stack for signals, if it has one: overflows of stacks arrive here too.
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    // SAFETY: the set is ours, and the handler is one for these flags.
    let failed = unsafe {
        libc::sigemptyset(&raw mut action.sa_mask);
        libc::sigaction(signal, &raw const action, ptr::null_mut())
    } != 0;
    if failed { Err(io::Error::last_os_error().raw_os_error().unwrap_or_default()) } else { Ok(()) }
}

/// Whether somebody has sent a signal of a fault: there was none.
///
/// # Safety
/// `info` must be what the system passes to a handler.
unsafe fn is_sent(info: *const libc::siginfo_t) -> bool {
    // SAFETY: by contract.
    cfg!(target_os = "linux") && unsafe { (*info).si_code } <= 0
}

/// How a signal is handled now.
fn current(signal: c_int) -> libc::sigaction {
    // SAFETY: an action of zeros is one, and the system fills it.
    unsafe {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        libc::sigaction(signal, ptr::null(), action.as_mut_ptr());
        action.assume_init()
    }
}

unsafe extern "C" fn handle(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the system passes what belongs to the signal.
    unsafe {
        let Some(installed) = INSTALLED.get() else { return };
        let kind = match signal {
            libc::SIGILL => FaultKind::Instruction,
            libc::SIGFPE => FaultKind::Arithmetic,
            _ => FaultKind::Memory((*info).si_addr().addr()),
        };
        let registers: *mut libc::ucontext_t = context.cast();
        let (position, frame) = registers::of(registers);
        let fault = Fault { kind, position, frame };
        let landing = if is_sent(info) { None } else { (installed.on_fault)(&fault) };
        match landing {
            Some(landing) => registers::land(registers, landing),
            None => pass_on(installed, signal, info, context),
        }
    }
}

/// A fault of somebody else's.
///
/// # Safety
/// As for a signal handler.
unsafe fn pass_on(installed: &Installed, signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let Some(at) = SIGNALS.iter().position(|&known| known == signal) else { return };
    let previous = &installed.previous[at];
    // SAFETY: what was there before is a handler of the kind that its flags say.
    unsafe {
        match previous.sa_sigaction {
            libc::SIG_IGN if is_sent(info) => {}
            // The instruction runs again, or the signal comes again, and ends the process as it would have.
            libc::SIG_DFL | libc::SIG_IGN => {
                libc::sigaction(signal, previous, ptr::null_mut());
                if is_sent(info) {
                    libc::raise(signal);
                }
            }
            handler if previous.sa_flags & libc::SA_SIGINFO != 0 => {
                let handler: unsafe extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) =
                    std::mem::transmute(handler);
                handler(signal, info, context);
            }
            handler => {
                let handler: unsafe extern "C" fn(c_int) = std::mem::transmute(handler);
                handler(signal);
            }
        }
    }
}

/// Bytes below the stack pointer that code may use without moving it: no machine has more.
const RED_ZONE: u64 = 128;

/// The stack pointer of a function that goes on below another.
fn below(stack: u64) -> u64 {
    (stack - RED_ZONE) & !15
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod registers {
    use super::*;

    pub(super) unsafe fn of(context: *mut libc::ucontext_t) -> (usize, usize) {
        // SAFETY: by contract.
        let registers = unsafe { &(*context).uc_mcontext.gregs };
        (registers[libc::REG_RIP as usize] as usize, registers[libc::REG_RBP as usize] as usize)
    }

    pub(super) unsafe fn land(context: *mut libc::ucontext_t, landing: Landing) {
        // SAFETY: by contract.
        let registers = unsafe { &mut (*context).uc_mcontext.gregs };
        // Functions start with a return address on the stack.
        let stack = below(registers[libc::REG_RSP as usize] as u64) - 8;
        registers[libc::REG_RSP as usize] = stack as i64;
        registers[libc::REG_RIP as usize] = landing.function as i64;
        registers[libc::REG_RDI as usize] = landing.arguments[0] as i64;
        registers[libc::REG_RSI as usize] = landing.arguments[1] as i64;
    }
}

#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
mod registers {
    use super::*;

    pub(super) unsafe fn of(context: *mut libc::ucontext_t) -> (usize, usize) {
        // SAFETY: by contract.
        let registers = unsafe { &(*context).uc_mcontext };
        (registers.pc as usize, registers.regs[29] as usize)
    }

    pub(super) unsafe fn land(context: *mut libc::ucontext_t, landing: Landing) {
        // SAFETY: by contract.
        let registers = unsafe { &mut (*context).uc_mcontext };
        registers.sp = below(registers.sp);
        registers.pc = landing.function as u64;
        registers.regs[0] = landing.arguments[0] as u64;
        registers.regs[1] = landing.arguments[1] as u64;
    }
}

#[cfg(all(target_os = "linux", target_arch = "riscv64"))]
mod registers {
    use super::*;

    /// Places of registers in the context: the program counter is where `x0` would be.
    const PC: usize = 0;
    const SP: usize = 2;
    const FP: usize = 8;
    const A0: usize = 10;
    const A1: usize = 11;

    pub(super) unsafe fn of(context: *mut libc::ucontext_t) -> (usize, usize) {
        // SAFETY: by contract.
        let registers = unsafe { &(*context).uc_mcontext.__gregs };
        (registers[PC] as usize, registers[FP] as usize)
    }

    pub(super) unsafe fn land(context: *mut libc::ucontext_t, landing: Landing) {
        // SAFETY: by contract.
        let registers = unsafe { &mut (*context).uc_mcontext.__gregs };
        registers[SP] = below(registers[SP] as u64) as libc::c_ulong;
        registers[PC] = landing.function as libc::c_ulong;
        registers[A0] = landing.arguments[0] as libc::c_ulong;
        registers[A1] = landing.arguments[1] as libc::c_ulong;
    }
}

#[cfg(all(target_vendor = "apple", target_arch = "aarch64"))]
mod registers {
    use super::*;

    pub(super) unsafe fn of(context: *mut libc::ucontext_t) -> (usize, usize) {
        // SAFETY: by contract.
        let registers = unsafe { &(*(*context).uc_mcontext).__ss };
        (registers.__pc as usize, registers.__fp as usize)
    }

    pub(super) unsafe fn land(context: *mut libc::ucontext_t, landing: Landing) {
        // SAFETY: by contract.
        let registers = unsafe { &mut (*(*context).uc_mcontext).__ss };
        registers.__sp = below(registers.__sp);
        registers.__pc = landing.function as u64;
        registers.__x[0] = landing.arguments[0] as u64;
        registers.__x[1] = landing.arguments[1] as u64;
    }
}

#[cfg(all(target_vendor = "apple", target_arch = "x86_64"))]
mod registers {
    use super::*;

    pub(super) unsafe fn of(context: *mut libc::ucontext_t) -> (usize, usize) {
        // SAFETY: by contract.
        let registers = unsafe { &(*(*context).uc_mcontext).__ss };
        (registers.__rip as usize, registers.__rbp as usize)
    }

    pub(super) unsafe fn land(context: *mut libc::ucontext_t, landing: Landing) {
        // SAFETY: by contract.
        let registers = unsafe { &mut (*(*context).uc_mcontext).__ss };
        registers.__rsp = below(registers.__rsp) - 8;
        registers.__rip = landing.function as u64;
        registers.__rdi = landing.arguments[0] as u64;
        registers.__rsi = landing.arguments[1] as u64;
    }
}
