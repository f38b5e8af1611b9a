//! Builtins: the runtime functions that running code of every tier calls, by number.
//!
//! Which there are, and which function is whose, says the table in `sarsen-isa`; what they do to memories, tables and
//! objects is in the modules of those.
//!
//! # Invariants
//!
//! - A builtin is called with a live instance, whose store the calling thread has exclusively.
//! - `args` points at the operator's operands in slots, and there is room for its results there.
//! - The indices in the immediate have been validated.
//! - No panic leaves a builtin: running code must not be unwound.

mod atomic;
mod gc;
mod memory;
mod table;

use crate::error::{HostError, Panic};
use crate::externs::InstanceId;
use crate::instance::Instance;
use crate::store::StoreInner;
use sarsen_abi::{Builtin, Exit, Slot, VmInstance};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Makes the table of functions from the rows of builtins.
macro_rules! table {
    ($($(#[doc = $doc:literal])* $name:ident $area:ident::$function:ident;)*) => {
        /// The builtins, by number.
        pub static BUILTINS: [Builtin; sarsen_isa::Builtin::ALL.len()] = [$($area::$function,)*];
    };
}

sarsen_isa::for_each_builtin!(table);

/// Bytes that are worked on between two looks at whether to go on.
const PIECE: u64 = 1 << 20;

/// Work on so many bytes in pieces, each with where it starts: the first one first, or the last one.
fn pieces(len: u64, backwards: bool) -> impl Iterator<Item = (u64, u64)> {
    (0..len).step_by(PIECE as usize).map(move |done| {
        let piece = PIECE.min(len - done);
        (if backwards { len - done - piece } else { done }, piece)
    })
}

/// What a builtin works on.
pub(crate) struct Call<'a> {
    store: &'a mut StoreInner,
    instance: *mut VmInstance,
    args: *mut Slot,
    imm: u64,
}

impl Call<'_> {
    /// The instance that calls.
    fn instance(&mut self) -> &mut Instance {
        // SAFETY: `runtime` is what the instance put there.
        unsafe { &mut *(*self.instance).runtime.cast::<Instance>() }
    }

    /// Its number.
    fn id(&mut self) -> InstanceId {
        self.instance().id
    }

    /// Operand `index`, in slots.
    fn arg(&self, index: usize) -> u64 {
        // SAFETY: by the invariants of builtins.
        unsafe { *self.args.add(index) }
    }

    /// Operands from slot `index` on.
    fn args(&self, index: usize, len: usize) -> &[u64] {
        // SAFETY: by the invariants of builtins.
        unsafe { std::slice::from_raw_parts(self.args.add(index), len) }
    }

    /// A 32-bit operand.
    fn arg32(&self, index: usize) -> u32 {
        self.arg(index) as u32
    }

    /// Writes a result of one slot.
    fn set(&mut self, value: u64) {
        // SAFETY: by the invariants of builtins.
        unsafe { *self.args = value }
    }

    /// The first immediate.
    fn low(&self) -> u32 {
        self.imm as u32
    }

    /// The second immediate.
    fn high(&self) -> u32 {
        (self.imm >> 32) as u32
    }
}

/// Defines builtins from functions on a [`Call`].
macro_rules! builtins {
    ($($(#[$doc:meta])* $name:ident |$call:ident| $body:block)*) => {
        $($(#[$doc])*
        pub(super) unsafe extern "C" fn $name(
            instance: *mut sarsen_abi::VmInstance,
            args: *mut sarsen_abi::Slot,
            imm: u64,
        ) -> sarsen_abi::Exit {
            // SAFETY: by the invariants of builtins.
            unsafe {
                $crate::builtins::enter(instance, args, imm, |$call: &mut $crate::builtins::Call<'_>| $body)
            }
        })*
    };
}
use builtins;

/// Runs the body of a builtin.
///
/// # Safety
/// The invariants of builtins must hold.
#[inline(always)]
unsafe fn enter(
    instance: *mut VmInstance,
    args: *mut Slot,
    imm: u64,
    body: impl FnOnce(&mut Call<'_>) -> Result<(), Exit>,
) -> Exit {
    // SAFETY: by contract.
    let store = unsafe { StoreInner::of((*instance).store) };
    let mut call = Call { store, instance, args, imm };
    // What a builtin calls of the embedder's, limiters and destructors of host data, is called where the store is as
    // consistent as after an error.
    match catch_unwind(AssertUnwindSafe(|| body(&mut call))) {
        Ok(result) => result.into(),
        Err(payload) => panicked(call.store, payload),
    }
}

#[cold]
fn panicked(store: &mut StoreInner, payload: Box<dyn Any + Send>) -> Exit {
    store.fail(HostError::Error(Box::new(Panic::new(payload))))
}
