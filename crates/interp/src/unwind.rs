//! Exceptions: from the throw to the innermost clause of the same activation that takes it.
//!
//! Nothing here runs unless an exception is thrown; entering a `try_table` takes no instruction but that which pays. What lies
//! beyond the activation is for its caller: the exception leaves as any exit does.
//!
//! # Invariants
//!
//! A clause takes the machine to its own function's code, with the frame and the instance that belong to it.

use crate::catches::Catch;
use crate::frames::{Found, Walk};
use crate::machine::{Flow, Machine};
use sarsen_abi::Exit;
use sarsen_isa::Trap;

/// Frames and clauses that are looked at between two looks at the interrupt flag.
const POLL_STEPS: u32 = 10_000;

/// Finds the clause for the exception in the store and moves the machine there; ends the activation if there is none.
///
/// # Safety
/// The machine's invariants must hold, with `ip` inside the throwing instruction and the exception in the store.
pub(crate) unsafe fn unwind(m: &mut Machine) -> Flow {
    // SAFETY: by contract.
    unsafe {
        let store = m.store();
        let thrown = sarsen_vm::exception_tag(store, (*store).exception);
        let mut walk = Walk::new((*store).stack_limit, m.ip, m.fp, m.ctx);
        let mut steps = 0;
        while let Some(frame) = walk.next() {
            let Some(word) = frame.code.word(frame.position) else { continue };
            // A step for the frame, and one for each clause.
            for clause in std::iter::once(None).chain(frame.code.catches.covering(word).map(Some)) {
                steps += 1;
                if steps % POLL_STEPS == 0 && sarsen_vm::must_stop(store) {
                    (*store).exception = 0;
                    return Flow::Trap(Trap::Interrupt);
                }
                let Some(clause) = clause else { continue };
                if clause.tag.is_none_or(|tag| *(*frame.instance).tags.add(tag as usize) == thrown) {
                    (*store).stack_limit = walk.bridge();
                    land(m, &frame, clause);
                    return Flow::Next;
                }
            }
        }
        m.acc = u64::from(Exit::EXCEPTION.0);
        Flow::Exit
    }
}

/// Moves the machine to a clause's landing pad, with the payload and the exception where the clause wants them.
///
/// # Safety
/// As for [`unwind`], with a clause of the frame that takes the exception.
unsafe fn land(m: &mut Machine, frame: &Found, clause: &Catch) {
    // SAFETY: by contract.
    unsafe {
        m.ctx = frame.instance;
        m.fp = frame.fp;
        m.ip = frame.code.entry().add(clause.target as usize);
        let store = m.store();
        let exception = std::mem::take(&mut (*store).exception);
        let slots = m.fp.add(usize::from(clause.slot));
        let mut at = 0;
        if clause.tag.is_some() {
            at = sarsen_vm::exception_payload(store, exception, slots);
        }
        if clause.with_reference {
            *slots.add(at) = u64::from(exception);
        }
        m.reload_memory();
    }
}
