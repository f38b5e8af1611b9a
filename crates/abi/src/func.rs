//! Function records: one callee, reachable from every tier.
//!
//! What the cell's code is, only the tier that filled it knows.

use crate::{Exit, Slot, VmInstance, VmStore};
use core::ffi::c_void;
use core::sync::atomic::AtomicPtr;
use sarsen_isa::Builtin as Number;

/// The entry of a function in tier 0's code: null until its body is translated. The code there is immutable; once the function is
/// compiled, the entry is what leads to that.
#[repr(transparent)]
#[derive(Debug, Default)]
pub struct CodeCell(pub AtomicPtr<c_void>);

/// The entry of a function for compiled callers, where functions are compiled one by one: null until somebody has asked for one.
/// Changes when the function is compiled.
#[repr(transparent)]
#[derive(Debug, Default)]
pub struct EntryCell(pub AtomicPtr<c_void>);

/// A function: a body together with the instance that it runs in, or a host function.
///
/// A reference to a function is the address of its record; records live as long as their store.
#[repr(C)]
#[derive(Debug)]
pub struct VmFunc {
    /// The instance that the body runs in; null for a host function.
    pub instance: *mut VmInstance,
    /// Tier 0's entry; null for a host function (and in a record that has not been made yet).
    pub cell: *const CodeCell,
    /// Engine-wide identity of the function's type.
    pub ty: u32,
    /// Function index in its module; for a host function, index into the store's host functions.
    pub index: u32,
    /// Slots that the parameters take.
    pub params: u32,
    /// Slots that the results take.
    pub results: u32,
    /// The entry for compiled callers, in their convention: the context, then the parameters. Null if there is none.
    pub native: *const c_void,
    /// The first argument of `native`: the instance, or for a host function this record.
    pub context: *mut c_void,
    /// The entry for everyone else: calls `native` with arguments in slots. Null if there is none.
    pub enter: Option<Enter>,
    /// The instance that calls, set before a call through the record: the host may ask. Null for the host itself.
    pub caller: *mut VmInstance,
    /// How code calls this where it has no code of its own for it, with slots. None in a record that has not been made yet.
    pub call: Option<CallRecord>,
    /// The same with registers, for compiled code; none if its type does not [fit](fits_in_registers).
    pub call_in_registers: Option<CallInRegisters>,
}

/// A host function: its record, which references to it point to, and what only calls of it read.
#[repr(C)]
#[derive(Debug)]
pub struct VmHostFunc {
    /// What it has in common with other functions.
    pub func: VmFunc,
    /// The runtime's own store, as in [`VmStore::runtime`].
    pub runtime: *mut c_void,
    /// What it does: known to its calls alone.
    pub closure: *const c_void,
    /// What the host knows it by, where one closure is several functions.
    pub datum: u64,
}

/// Calls the function with this record for an instance, or for the host if that is null: arguments in slots from `args` on,
/// results likewise.
pub type CallRecord = unsafe extern "C" fn(
    store: *mut VmStore,
    func: *const VmFunc,
    caller: *mut VmInstance,
    args: *mut Slot,
) -> Exit;

/// Calls the function with this record for the instance that is noted in it: arguments as slots, from the first on. What the
/// others are does not matter: compiled code leaves in those registers what they happen to have. All are where compiled
/// callers have put them, so that nothing is moved on the way.
pub type CallInRegisters = unsafe extern "C" fn(
    func: *const VmFunc,
    first: Slot,
    second: Slot,
    third: Slot,
    fourth: Slot,
    fifth: Slot,
) -> Returned;

/// What a function returns to a [`CallInRegisters`]. Where code is compiled, two registers hold it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Returned {
    /// If it completed, its result; otherwise the address of the instance that has called it.
    pub value: Slot,
    /// How it ended.
    pub exit: Exit,
}

impl Returned {
    /// How a call has ended that had been made by `caller`, with its first result.
    #[inline]
    pub fn new(exit: Exit, first: Slot, caller: *mut VmInstance) -> Returned {
        // Code that stops needs its instance, which it does not keep for that.
        let value = if exit.is_ok() { first } else { caller.expose_provenance() as Slot };
        Returned { value, exit }
    }
}

/// Slots that a [`CallInRegisters`] can be given: what is left of six registers, the fewest that arguments are passed in where
/// code is compiled.
pub const REGISTER_SLOTS: usize = 5;

/// Whether functions whose parameters and results take so many slots can be called with registers alone.
pub const fn fits_in_registers(params: usize, results: usize) -> bool {
    params <= REGISTER_SLOTS && results <= 1
}

/// Calls compiled code: arguments in slots from `slots` on, results likewise. What it does not return with
/// [`Exit::OK`] it has left in the store.
pub type Enter = unsafe extern "C" fn(
    context: *mut c_void,
    native: *const c_void,
    slots: *mut Slot,
    store: *mut VmStore,
) -> Exit;

/// A runtime function that code of any tier calls: operands in slots from `args` on, first operand first; results
/// are written from `args[0]` on. `imm` carries up to two 32-bit immediates, the first in the low half.
pub type Builtin = unsafe extern "C" fn(instance: *mut VmInstance, args: *mut Slot, imm: u64) -> Exit;

/// Calls a builtin for compiled code.
pub type CallBuiltin =
    unsafe extern "C" fn(instance: *mut VmInstance, args: *mut Slot, imm: u64, builtin: Builtin) -> Exit;

/// What compiled code calls of the runtime's.
///
/// All but `raise` return to compiled code, or say that it must stop; `raise` then makes it stop.
#[repr(C)]
#[derive(Debug)]
pub struct VmFunctions {
    /// Calls a builtin, or `interpret`, so that the collector finds what compiled code has in registers.
    pub call_builtin: CallBuiltin,
    /// The builtins, by number.
    pub builtins: [Builtin; Number::ALL.len()],
    /// Stops compiled code: unwinds to the handler of the exception in flight, or to the innermost entry.
    pub raise: unsafe extern "C" fn(store: *mut VmStore, exit: Exit) -> !,
    /// Copies bytes from the second address to the first, which may overlap.
    pub copy: unsafe extern "C" fn(to: *mut u8, from: *const u8, len: usize),
    /// Fills bytes with the low byte of a value.
    pub fill: unsafe extern "C" fn(to: *mut u8, value: u32, len: usize),
    /// Calls the function with this index in the interpreter: arguments and results in slots.
    pub interpret: Builtin,
    /// Finds an entry for the defined function with this index, whose cell is empty, and leaves its address in the first slot.
    /// It is good for one call, which follows at once.
    pub find_entry: Builtin,
    /// Finds an entry for the function whose record is in the first slot, and has none, and leaves its address there.
    pub resolve: Builtin,
    /// Does what code has been asked for by [`VmStore::interrupt`].
    pub attend: Builtin,
    /// Makes sure that there is so much fuel.
    pub refuel: Builtin,
}
