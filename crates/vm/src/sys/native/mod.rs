//! What compiled code takes of the machine and the system: executable pages, jumps between stacks' frames, and faults as
//! traps. What any of it means is `crate::native`'s matter.
//!
//! On machines and systems without, everything is there and says no.

#[cfg_attr(
    all(
        any(target_os = "linux", target_vendor = "apple"),
        any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"),
        not(miri)
    ),
    path = "present.rs"
)]
#[cfg_attr(
    not(all(
        any(target_os = "linux", target_vendor = "apple"),
        any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"),
        not(miri)
    )),
    path = "absent.rs"
)]
mod support;

pub(crate) use support::{CodePages, install, monotonic, resume, stack, with_registers};
pub use support::{RUNS_COMPILED_CODE, thread_time};

/// Where code goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    /// The position.
    pub(crate) position: usize,
    /// The stack pointer there.
    pub(crate) stack: usize,
    /// The frame pointer there.
    pub(crate) frame: usize,
    /// What the registers hold in which a handler gets what was thrown.
    pub(crate) payload: usize,
}

/// A fault of the machine's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    /// Its kind.
    pub(crate) kind: FaultKind,
    /// The instruction.
    pub(crate) position: usize,
    /// The frame pointer.
    pub(crate) frame: usize,
}

/// Kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// This address cannot be accessed.
    Memory(usize),
    /// An instruction that stops, or that there is not.
    Instruction,
    /// A division that has no result.
    Arithmetic,
}

/// A function of two arguments with the C convention, which does not return: a thread that faulted goes on there, on the
/// stack that it had.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Landing {
    /// Its address.
    pub(crate) function: usize,
    /// Its arguments.
    pub(crate) arguments: [usize; 2],
}

/// What decides about faults: none are none of ours. Called in a signal handler: it must not allocate, lock or panic.
pub(crate) type OnFault = fn(&Fault) -> Option<Landing>;

/// What [`with_registers`] calls: with what it was given, and the stack pointer below the registers.
pub(crate) type OnStack = unsafe extern "C" fn(data: *mut std::ffi::c_void, stack: usize);
