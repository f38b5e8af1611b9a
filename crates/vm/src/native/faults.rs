//! Faults of compiled code as traps. How signals arrive is `sys`' matter.
//!
//! A fault is a trap if it happens on a thread that runs compiled code, at an instruction that its image says can trap, and,
//! where it was an access, at an address where accesses of guests fault: in a memory's reserved addresses or, for all traps
//! but those of memories, near null. Everything else is a bug of somebody's, and goes to who handled it before.
//!
//! # Invariants
//!
//! - What happens in the handler allocates, locks and waits for nothing; the rest happens on the stack that the code had.

use super::call::raise;
use super::frames::Found;
use super::registry;
use crate::store::StoreInner;
use crate::sys::native::{Fault, FaultKind, Landing};
use crate::thread::here;
use sarsen_abi::{Exit, VmStore};
use sarsen_isa::Trap;
use std::io;

/// Addresses below are null with an offset.
const NULL_PAGE: usize = 4096;

/// Makes traps of faults from now on.
pub(super) fn install() -> io::Result<()> {
    crate::sys::native::install(on_fault)
}

/// Notes whose code this thread runs from now on; whose it was before.
///
/// # Safety
/// `store` must be live, with an activation on this thread.
#[inline(always)]
pub(super) unsafe fn enter(store: *mut VmStore) -> *mut VmStore {
    // SAFETY: by contract.
    unsafe { (*StoreInner::of(store).thread).current.replace(store) }
}

/// Notes that again: of the thread on which the activation is now.
///
/// # Safety
/// As for [`enter`].
#[inline(always)]
pub(super) unsafe fn exit(store: *mut VmStore, previous: *mut VmStore) {
    // SAFETY: by contract.
    unsafe { (*StoreInner::of(store).thread).current.set(previous) }
}

/// Where a thread goes on that has faulted.
fn on_fault(fault: &Fault) -> Option<Landing> {
    // SAFETY: the thread has not ended.
    let store = unsafe { (*here()).current.get() };
    if store.is_null() {
        return None;
    }
    let trap = registry::at(fault.position, |code, offset| code.trap(offset))??;
    if let FaultKind::Memory(address) = fault.kind {
        // SAFETY: the store is live, and this thread, which has it, was in compiled code, which changes no such thing.
        let memories = unsafe { &(*(*store).runtime.cast::<StoreInner>()).memories };
        let expected = match trap {
            Trap::MemoryOutOfBounds => memories.iter().any(|memory| memory.reserved().contains(&address)),
            _ => address < NULL_PAGE,
        };
        if !expected {
            return None;
        }
    }
    // As if the instruction were a call that returns behind it: positions are looked up one less.
    let mut stopped = Found { ret: fault.position + 1, frame: fault.frame };
    if trap == Trap::StackOverflow {
        // Prologues trap so, when they have made their frame: the function has not begun, its call has failed.
        // SAFETY: the frame is one of compiled code.
        stopped = unsafe { stopped.caller() };
    }
    // SAFETY: as above.
    unsafe {
        (*store).fault = [stopped.frame, stopped.ret];
        let called = &raw mut (*store).fault;
        called.expose_provenance();
        (*store).exit_frame = called.cast();
    }
    let function: unsafe extern "C" fn(*mut VmStore, Exit) -> ! = raise;
    Some(Landing { function: function as usize, arguments: [store.addr(), Exit::trap(trap).0 as usize] })
}

#[cfg(test)]
#[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
mod tests {
    use super::*;
    use crate::native::tests::{Fixture, LOAD, STOP};

    #[test]
    fn faults_of_others_are_left_to_them() {
        let mut fixture = Fixture::new();
        let (store, base) = (fixture.vm(), fixture.memory_base());
        let (stop, load) = (fixture.trap_address(STOP), fixture.trap_address(LOAD));
        let fault = |kind, position| on_fault(&Fault { kind, position, frame: 0 }).map(|to| to.arguments[1]);
        let code = |trap| Some(Exit::trap(trap).0 as usize);
        assert_eq!(fault(FaultKind::Instruction, stop), None, "no code is running");
        // SAFETY: the store is live, and its code would run here.
        let around = unsafe {
            StoreInner::of(store).thread = here();
            enter(store)
        };
        assert_eq!(fault(FaultKind::Instruction, stop), code(Trap::UnreachableCodeReached));
        assert_eq!(fault(FaultKind::Instruction, stop + 1), None, "not at an instruction that traps");
        assert_eq!(fault(FaultKind::Instruction, 0), None);
        assert_eq!(fault(FaultKind::Memory(8), stop), code(Trap::UnreachableCodeReached), "near null");
        assert_eq!(fault(FaultKind::Memory(8), load), None);
        let end = base + (4 << 30) + (64 << 10);
        for (address, expected) in [(base, true), (end - 1, true), (base - 1, false), (end, false)] {
            let found = fault(FaultKind::Memory(address), load);
            assert_eq!(found, if expected { code(Trap::MemoryOutOfBounds) } else { None });
        }
        // SAFETY: as above.
        unsafe { exit(store, around) };
        assert_eq!(fault(FaultKind::Instruction, stop), None);
    }
}
