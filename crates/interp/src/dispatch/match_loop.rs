//! Dispatch by a loop around a `match`: debug builds, Miri, processors whose compilers do not promise sibling calls.
//! Jumps from handler to handler are in `threaded.rs`, and what the instructions do is in [`crate::exec`].
//!
//! # Invariants
//!
//! The first word of every instruction is its number.

use crate::exec::prelude::*;
use crate::exec::runtime::{leave_stopped, poll, recheck};
use crate::inst::COUNT;
use crate::machine::{Body, Flow, Ip, Machine, Sp, aside};
use crate::table::{for_each_body, ops};
use sarsen_abi::{Exit, VmInstance};

/// Executes until the activation is over.
///
/// # Safety
/// The machine's invariants must hold.
pub(super) unsafe fn run(m: Machine) -> Exit {
    // SAFETY: by contract.
    unsafe { run_in_registers(m.ctx, m.ip, m.fp, m.mem, m.len, m.acc, m.f, m.d) }
}

/// The loop. A machine that came as one argument would stay in its caller's memory.
///
/// # Safety
/// The machine's invariants must hold.
#[inline(never)]
#[expect(clippy::too_many_arguments, reason = "the machine's registers are the arguments")]
unsafe fn run_in_registers(
    ctx: *mut VmInstance,
    ip: Ip,
    fp: Sp,
    mem: *mut u8,
    len: u64,
    acc: u64,
    f: f32,
    d: f64,
) -> Exit {
    let mut m = Machine { ctx, ip, fp, mem, len, acc, f, d };
    loop {
        // SAFETY: by contract; every body leaves the invariants intact.
        let flow = unsafe { step(&mut m) };
        if let Flow::Next = flow {
            continue;
        }
        // SAFETY: by contract.
        unsafe {
            match aside(&mut m, move |m| off_path(m, flow)) {
                Flow::Next => {}
                Flow::Trap(trap) => return Exit::trap(trap),
                _ => return Exit(m.acc as u32),
            }
        }
    }
}

/// What an instruction asked for instead of the next one.
///
/// # Safety
/// The machine's invariants must hold.
#[cold]
#[inline(never)]
unsafe fn off_path(m: &mut Machine, flow: Flow) -> Flow {
    // SAFETY: by contract; the current word is an instruction's number.
    unsafe {
        let flow = match flow {
            Flow::Poll => poll(m),
            Flow::Recheck => recheck(m),
            Flow::Slow => SLOW[*m.ip as usize](m),
            other => other,
        };
        if !matches!(flow, Flow::Next) {
            leave_stopped(m);
        }
        flow
    }
}

/// A slow path.
type Slow = unsafe fn(&mut Machine) -> Flow;

/// Defines [`step`] and [`SLOW`] from the list of instructions.
macro_rules! define {
    ($($body:ty),* $(,)?) => {
        /// Executes one instruction.
        ///
        /// # Safety
        /// The machine's invariants must hold.
        #[inline(always)]
        unsafe fn step(m: &mut Machine) -> Flow {
            // SAFETY: by contract; the number says which instruction this is.
            unsafe {
                match *m.ip as u16 {
                    $(<$body as Body>::ID => <$body as Body>::run(m),)*
                    // A check here would cost a tenth of the time.
                    _ => {
                        debug_assert!(false, "instruction {}", *m.ip);
                        std::hint::unreachable_unchecked()
                    }
                }
            }
        }

        /// The slow path of every instruction.
        static SLOW: [Slow; COUNT] = {
            let mut table: [Slow; COUNT] = [<Unreachable as Body>::slow; COUNT];
            $(table[<$body as Body>::ID as usize] = <$body as Body>::slow;)*
            table
        };
    };
}

for_each_body!(define);
