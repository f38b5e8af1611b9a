//! Exceptions: from the throw to the innermost handler of the same activation.
//!
//! Nothing here runs unless an exception is thrown; entering a `try_table` costs nothing.

use crate::frames::Walk;
use crate::machine::{Flow, Machine};
use sarsen_abi::Exit;

/// Finds the handler for the exception in the store and moves the machine there; ends the activation if there is none.
///
/// # Safety
/// The machine's invariants must hold, with `ip` inside the throwing instruction and the exception in the store.
pub(crate) unsafe fn unwind(m: &mut Machine) -> Flow {
    // SAFETY: by contract.
    unsafe {
        let store = m.store();
        let exception = (*store).exception;
        let thrown = sarsen_vm::exception_tag(store, exception);
        let mut walk = Walk::new((*store).stack_limit, m.ip, m.fp, m.ctx);
        while let Some(frame) = walk.next() {
            let Some(word) = frame.code.word(frame.position) else { continue };
            let handler = frame.code.handlers.iter().find(|handler| {
                (handler.start..handler.end).contains(&word)
                    && handler.tag.is_none_or(|tag| *(*frame.instance).tags.add(tag as usize) == thrown)
            });
            let Some(handler) = handler else { continue };
            m.ctx = frame.instance;
            m.fp = frame.fp;
            m.ip = frame.code.entry().add(handler.target as usize);
            (*store).stack_limit = walk.bridge();
            (*store).exception = 0;
            let slots = m.fp.add(usize::from(handler.slot));
            let mut at = 0;
            if handler.tag.is_some() {
                at = sarsen_vm::exception_payload(store, exception, slots);
            }
            if handler.with_reference {
                *slots.add(at) = u64::from(exception);
            }
            m.reload_memory();
            return Flow::Next;
        }
        m.acc = u64::from(Exit::EXCEPTION.0);
        Flow::Exit
    }
}
