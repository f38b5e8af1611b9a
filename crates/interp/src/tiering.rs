//! Where other tiers meet this one: they look at where it spends its time, and their code takes over from it.
//!
//! Decides nothing, and compiles nothing. How running code gets there, and back, is in [`crate::exec::compiled`].
//!
//! # Invariants
//!
//! - A function's entry says how large its frame is. A stub says zero, and nothing else does.
//! - Stubs are immutable, and live as long as the `ModuleCode` whose functions they enter.

use crate::code::ModuleCode;
use crate::dispatch::Encoding;
use crate::inst::{self, Family};
use crate::machine::Ip;
use crate::payload::{EnterCompiled, FRAME};
use sarsen_abi::{Enter, VmInstance};
use std::any::Any;
use std::ffi::c_void;
use std::fmt;
use std::sync::Arc;

/// Code that takes over from the interpreter.
///
/// `enter` is called with the instance as the context, and with `native`. Both must be good for that, for the function or
/// the loop for which this is given to the interpreter, as long as the [`ModuleCode`] lives. Code for a function finds its
/// arguments in the slots that it is given, and leaves its results there. Code for a loop finds the address of the
/// interpreter's frame in the one slot that it is given. The frame has the locals from its start on and the operands from
/// [`Place::Loop`]'s slot on, until the code calls something or writes the function's results to the frame's start.
#[derive(Clone, Copy, Debug)]
pub struct Compiled {
    /// Calls the code.
    pub enter: Enter,
    /// The code.
    pub native: *const c_void,
}

// SAFETY: both are addresses of code, which is the same on all threads.
unsafe impl Send for Compiled {}
// SAFETY: as above.
unsafe impl Sync for Compiled {}

/// Where the interpreter was found at a look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look {
    /// Defined-function index.
    pub function: u32,
    /// What is there.
    pub place: Place,
    /// Address of the frame: tells activations of the function apart.
    pub frame: usize,
    /// At an entry: module offset of the call that led there, if it is one of the module's.
    pub call: Option<u32>,
}

/// What is where the interpreter was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The function's entry: nothing of it has run.
    Entry,
    /// The header of a loop, which has been reached in whatever way.
    Loop {
        /// Module offset of the `loop` operator: of the outermost, if several start here.
        offset: u32,
        /// First slot of the operand stack in the frame.
        operands: u32,
    },
    /// Something else, or a frame that no other code knows how to read.
    Other,
}

/// Who looks at where code spends its time, and compiles it.
pub trait Tiering: Any + fmt::Debug + Send + Sync {
    /// Called when a function, by defined index, is translated: code that there is already.
    fn compiled(&self, function: u32) -> Option<Compiled>;

    /// Called at every poll of code of the module. If it returns code for the loop at hand, the rest of the function runs
    /// there.
    fn look(&self, code: &ModuleCode, look: &Look) -> Option<Compiled>;

    /// Called when the code goes.
    fn end(&self, code: &ModuleCode);
}

/// Who looks at the code of an instance's module.
///
/// # Safety
/// `instance` must be live, and of a module whose code is a [`ModuleCode`].
pub unsafe fn tiering<'a>(instance: *const VmInstance) -> Option<&'a dyn Tiering> {
    // SAFETY: by contract; an instance keeps its code alive.
    unsafe { ModuleCode::of(instance) }.tiering()
}

/// The entry of a function that has been compiled: an instruction and what it has to know.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Stub {
    /// The instruction.
    words: [u64; EnterCompiled::WORDS],
    /// Where it leads.
    pub(crate) compiled: Compiled,
    /// Slots that the arguments or the results take, whichever are more.
    pub(crate) slots: usize,
    /// The entry of the function's translated code.
    pub(crate) original: Ip,
}

// SAFETY: the code that it has the address of is immutable.
unsafe impl Send for Stub {}
// SAFETY: as above.
unsafe impl Sync for Stub {}

impl Stub {
    /// The stub for a function whose code starts at `original`.
    pub(crate) fn new(encoding: Encoding, compiled: Compiled, slots: usize, original: Ip) -> Arc<Stub> {
        let mut words = [0; EnterCompiled::WORDS];
        words[0] = encoding.encode(inst::base(Family::EnterCompiled));
        Arc::new(Stub { words, compiled, slots, original })
    }

    /// Where execution starts.
    pub(crate) fn entry(self: &Arc<Stub>) -> Ip {
        Arc::as_ptr(self).cast()
    }

    /// The stub whose instruction is at `entry`.
    pub(crate) fn at(entry: Ip) -> *const Stub {
        entry.cast()
    }
}

/// Whether an entry is a stub.
///
/// # Safety
/// `entry` must be the entry of a function of a live module.
#[inline(always)]
pub(crate) unsafe fn is_stub(entry: Ip) -> bool {
    // SAFETY: by contract, and by the invariants.
    unsafe { *entry.cast::<u8>().add(FRAME).cast::<u32>() == 0 }
}

/// The entry of a function's translated code, given any of its entries.
///
/// # Safety
/// As for [`is_stub`].
#[inline(always)]
pub(crate) unsafe fn original(entry: Ip) -> Ip {
    // SAFETY: by contract.
    unsafe { if is_stub(entry) { (*Stub::at(entry)).original } else { entry } }
}
