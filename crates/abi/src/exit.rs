//! How running code ends: one word, so that it returns in a register.
//!
//! The exception or the error behind one stays in the store.

use sarsen_isa::Trap;

/// The status word with which code, builtins and host functions return.
///
/// Zero is success, small numbers are traps, and two values say that the payload waits in the store.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub struct Exit(pub u32);

impl Exit {
    /// Completed.
    pub const OK: Exit = Exit(0);
    /// An exception is in flight: its reference is in [`VmStore::exception`](crate::VmStore::exception).
    pub const EXCEPTION: Exit = Exit(1 << 16);
    /// A host function or the runtime failed: the error is in the runtime's store.
    pub const ERROR: Exit = Exit(2 << 16);

    /// The exit that reports `trap`.
    pub const fn trap(trap: Trap) -> Exit {
        Exit(1 + trap as u32)
    }

    /// The trap that this exit reports, if it is one.
    pub fn as_trap(self) -> Option<Trap> {
        Trap::from_index(self.0.checked_sub(1)?)
    }

    /// Whether code may go on.
    pub const fn is_ok(self) -> bool {
        self.0 == 0
    }
}

impl From<Trap> for Exit {
    fn from(trap: Trap) -> Exit {
        Exit::trap(trap)
    }
}

impl<E: Into<Exit>> From<Result<(), E>> for Exit {
    fn from(result: Result<(), E>) -> Exit {
        match result {
            Ok(()) => Exit::OK,
            Err(exit) => exit.into(),
        }
    }
}
