//! Dispatch by a loop around a `match`: debug builds, Miri, processors whose compilers do not promise sibling calls.
//!
//! # Invariants
//!
//! The first word of every instruction is its number.

use crate::exec::prelude::*;
use crate::exec::runtime::{poll, recheck};
use crate::inst::COUNT;
use crate::machine::{Body, Flow, Machine};
use crate::table::{for_each_body, ops};
use sarsen_abi::Exit;

/// Executes until the activation is over.
///
/// # Safety
/// The machine's invariants must hold.
pub(super) unsafe fn run(mut m: Machine) -> Exit {
    loop {
        // SAFETY: by contract; every body leaves the invariants intact.
        let flow = unsafe { step(&mut m) };
        let flow = match flow {
            Flow::Next => continue,
            // The slow paths get a copy, so that the machine itself can stay in registers.
            slow => {
                let mut copy = m;
                // SAFETY: by contract.
                let flow = unsafe { off_path(&mut copy, slow) };
                m = copy;
                flow
            }
        };
        match flow {
            Flow::Next => {}
            Flow::Trap(trap) => {
                // SAFETY: by contract.
                unsafe { crate::exec::runtime::leave_stopped(&m) };
                return Exit::trap(trap);
            }
            // SAFETY: by contract.
            _ => unsafe {
                crate::exec::runtime::leave_stopped(&m);
                return Exit(m.acc as u32);
            },
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
        match flow {
            Flow::Poll => poll(m),
            Flow::Recheck => recheck(m),
            Flow::Slow => SLOW[*m.ip as usize](m),
            other => other,
        }
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
                    _ => Flow::Trap(sarsen_isa::Trap::Unreachable),
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
