//! Faults of compiled code as traps. How signals arrive is `sys`' matter.
//!
//! A fault is a trap if it happens on a thread that runs compiled code, at an instruction that its image says can trap, and,
//! where it was an access, at an address where accesses of guests fault: in a memory's reserved addresses or, for all traps
//! but those of memories, near null. Everything else is a bug of somebody's, and goes to who handled it before.
//!
//! # Invariants
//!
//! - `CURRENT` is null or the store whose compiled code this thread runs, or has called out of.
//! - What happens in the handler allocates, locks and waits for nothing; the rest happens on the stack that the code had.

use super::call::raise;
use super::registry;
use crate::store::StoreInner;
use crate::sys::native::{Fault, FaultKind, Landing};
use sarsen_abi::{Exit, VmStore};
use sarsen_isa::Trap;
use std::cell::Cell;
use std::io;
use std::ptr;

/// Addresses below are null with an offset.
const NULL_PAGE: usize = 4096;

thread_local! {
    static CURRENT: Cell<*mut VmStore> = const { Cell::new(ptr::null_mut()) };
}

/// Makes traps of faults from now on.
pub(super) fn install() -> io::Result<()> {
    crate::sys::native::install(on_fault)
}

/// Notes whose code this thread runs from now on; whose it was before.
#[inline]
pub(super) fn enter(store: *mut VmStore) -> *mut VmStore {
    CURRENT.replace(store)
}

/// Notes that again.
#[inline]
pub(super) fn exit(previous: *mut VmStore) {
    CURRENT.set(previous);
}

/// Where a thread goes on that has faulted.
fn on_fault(fault: &Fault) -> Option<Landing> {
    let store = CURRENT.get();
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
    // SAFETY: as above.
    unsafe {
        // As if the instruction were a call that returns behind it: positions are looked up one less.
        (*store).exit_position = ptr::with_exposed_provenance(fault.position + 1);
        (*store).exit_frame = ptr::with_exposed_provenance_mut(fault.frame);
    }
    let function: unsafe extern "C" fn(*mut VmStore, Exit) -> ! = raise;
    Some(Landing { function: function as usize, arguments: [store.addr(), Exit::trap(trap).0 as usize] })
}
