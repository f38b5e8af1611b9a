//! Dispatch by sibling calls: every handler ends by jumping to the next.
//!
//! Sibling-call elimination is what optimizing compilers do for these targets, not what Rust promises; a test over the
//! machine code of release builds holds them to it. What the instructions do is in [`crate::exec`].
//!
//! # Invariants
//!
//! - The first word of every instruction is the address of its handler.
//! - Handlers have all of the machine's registers as arguments, and nothing that needs a destructor.

use crate::exec::prelude::*;
use crate::exec::runtime::{leave_stopped, poll, recheck};
use crate::inst::COUNT;
use crate::machine::{Body, Flow, Ip, Machine, Sp, aside};
use crate::table::{for_each_body, ops};
use sarsen_abi::{Exit, VmInstance};
use sarsen_isa::Trap;
use std::marker::PhantomData;

/// This build has threaded dispatch.
pub(super) const AVAILABLE: bool = true;

/// The address of the handler of instruction `id`.
pub(super) fn address(id: u16) -> u64 {
    HANDLERS[usize::from(id)] as usize as u64
}

/// Executes until the activation is over.
///
/// # Safety
/// The machine's invariants must hold.
pub(super) unsafe fn run(m: Machine) -> Exit {
    // SAFETY: by contract.
    unsafe { next(m.ip)(m.ctx, m.ip, m.fp, m.mem, m.len, m.acc, m.f, m.d) }
}

/// The handler of the instruction at `ip`.
///
/// # Safety
/// `ip` must be at an instruction.
#[inline(always)]
unsafe fn next(ip: Ip) -> Handler {
    // SAFETY: the first word of an instruction is the address of its handler.
    unsafe { ip.cast::<Handler>().read() }
}

/// Calls `$handler` in tail position with the machine's registers.
macro_rules! go {
    ($handler:expr, $m:ident) => {
        return $handler($m.ctx, $m.ip, $m.fp, $m.mem, $m.len, $m.acc, $m.f, $m.d)
    };
}

/// A way from one instruction to the next that is not the handler's.
trait Detour {
    /// Goes there.
    ///
    /// # Safety
    /// The machine's invariants must hold.
    unsafe fn take(m: &mut Machine) -> Flow;
}

/// The slow path of an instruction.
struct SlowPath<B>(PhantomData<B>);
/// The poll after a back edge or a call.
struct Poll;
/// The second look at an access out of bounds.
struct Recheck;

impl<B: Body> Detour for SlowPath<B> {
    #[inline(always)]
    unsafe fn take(m: &mut Machine) -> Flow {
        // SAFETY: by contract; only the handler of `B` goes here, when the body has asked for it.
        unsafe { B::slow(m) }
    }
}

impl Detour for Poll {
    #[inline(always)]
    unsafe fn take(m: &mut Machine) -> Flow {
        // SAFETY: by contract.
        unsafe { poll(m) }
    }
}

impl Detour for Recheck {
    #[inline(always)]
    unsafe fn take(m: &mut Machine) -> Flow {
        // SAFETY: by contract.
        unsafe { recheck(m) }
    }
}

/// Defines the handlers for one calling convention.
macro_rules! handlers {
    ($abi:literal) => {
        /// A handler: the machine's registers as arguments.
        type Handler =
            unsafe extern $abi fn(*mut VmInstance, Ip, Sp, *mut u8, u64, u64, f32, f64) -> Exit;

        /// The handler of an instruction.
        unsafe extern $abi fn handler<B: Body>(
            ctx: *mut VmInstance, ip: Ip, fp: Sp, mem: *mut u8, len: u64, acc: u64, f: f32, d: f64,
        ) -> Exit {
            let mut m = Machine { ctx, ip, fp, mem, len, acc, f, d };
            // SAFETY: the registers keep the machine's invariants from handler to handler.
            unsafe {
                match B::run(&mut m) {
                    Flow::Next => go!(next(m.ip), m),
                    Flow::Trap(trap) => {
                        m.acc = u64::from(Exit::trap(trap).0);
                        go!(stop, m)
                    }
                    Flow::Exit => go!(stop, m),
                    Flow::Poll => go!(slow::<Poll>, m),
                    Flow::Recheck => go!(slow::<Recheck>, m),
                    Flow::Slow => go!(slow::<SlowPath<B>>, m),
                }
            }
        }

        /// What a handler leaves to a function of its own, which may have a frame.
        #[cold]
        #[inline(never)]
        unsafe extern $abi fn slow<D: Detour>(
            ctx: *mut VmInstance, ip: Ip, fp: Sp, mem: *mut u8, len: u64, acc: u64, f: f32, d: f64,
        ) -> Exit {
            let mut m = Machine { ctx, ip, fp, mem, len, acc, f, d };
            // SAFETY: as above.
            unsafe {
                let flow = aside(&mut m, |m| D::take(m));
                resume(m, flow)
            }
        }

        /// Ends the activation with the exit word in `acc`.
        #[cold]
        #[inline(never)]
        unsafe extern $abi fn stop(
            ctx: *mut VmInstance, ip: Ip, fp: Sp, mem: *mut u8, len: u64, acc: u64, f: f32, d: f64,
        ) -> Exit {
            let m = Machine { ctx, ip, fp, mem, len, acc, f, d };
            // SAFETY: as above.
            unsafe { leave_stopped(&m) };
            Exit(m.acc as u32)
        }
    };
}

#[cfg(target_arch = "x86_64")]
handlers!("sysv64");
#[cfg(not(target_arch = "x86_64"))]
handlers!("C");

/// What follows a slow path.
///
/// # Safety
/// The machine's invariants must hold.
#[inline(always)]
unsafe fn resume(mut m: Machine, flow: Flow) -> Exit {
    // SAFETY: by contract.
    unsafe {
        match flow {
            Flow::Next => go!(next(m.ip), m),
            Flow::Exit => go!(stop, m),
            Flow::Trap(trap) => {
                m.acc = u64::from(Exit::trap(trap).0);
                go!(stop, m)
            }
            // A slow path does not ask for another.
            Flow::Poll | Flow::Recheck | Flow::Slow => {
                m.acc = u64::from(Exit::trap(Trap::UnreachableCodeReached).0);
                go!(stop, m)
            }
        }
    }
}

/// Defines the table of handlers from the list of instructions.
macro_rules! define {
    ($($body:ty),* $(,)?) => {
        /// The handler of every instruction, by number.
        static HANDLERS: [Handler; COUNT] = {
            let mut table: [Handler; COUNT] = [handler::<Unreachable>; COUNT];
            $(table[<$body as Body>::ID as usize] = handler::<$body>;)*
            table
        };
    };
}

for_each_body!(define);
