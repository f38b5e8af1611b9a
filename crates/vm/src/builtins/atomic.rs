//! `wait` and `notify` at effective addresses that have been checked. Who waits where is kept in `crate::wait`.

use super::{Call, builtins};
use crate::wait::{self, Outcome};
use sarsen_abi::Exit;
use sarsen_isa::Trap;
use sarsen_module::MemoryIndex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// The address of the cell, which must be in a shared memory.
fn cell(call: &mut Call<'_>, must_be_shared: bool) -> Result<*mut u8, Trap> {
    let index = MemoryIndex(call.low());
    let id = call.instance().memories[index.index()];
    if must_be_shared && call.store.shared_memory(id).is_none() {
        return Err(Trap::AtomicWaitNonSharedMemory);
    }
    Ok(call.store.memory_base(id).wrapping_add(call.arg(0) as usize))
}

/// Waits while the cell is as expected: 0 when woken, 1 when it was not, 2 when the time was over.
fn wait_while(call: &mut Call<'_>, at: *mut u8, is_expected: impl Fn() -> bool) -> Result<(), Exit> {
    let timeout = u64::try_from(call.arg(2) as i64).ok().map(Duration::from_nanos);
    let attend = || if call.store.is_asked() { call.store.attend() } else { Ok(()) };
    let outcome = wait::wait(at.addr(), timeout, is_expected, attend)?;
    call.set(match outcome {
        Outcome::Woken => 0,
        Outcome::NotEqual => 1,
        Outcome::TimedOut => 2,
    });
    Ok(())
}

builtins! {
    /// `address expected timeout -> outcome`, 32 bits.
    wait32 |call| {
        let at = cell(call, true)?;
        let expected = call.arg32(1);
        wait_while(call, at, || AtomicU32::from_ptr(at.cast()).load(Ordering::SeqCst) == expected)
    }

    /// `address expected timeout -> outcome`, 64 bits.
    wait64 |call| {
        let at = cell(call, true)?;
        let expected = call.arg(1);
        wait_while(call, at, || AtomicU64::from_ptr(at.cast()).load(Ordering::SeqCst) == expected)
    }

    /// `address count -> woken`.
    notify |call| {
        let at = cell(call, false)?;
        let count = call.arg32(1);
        let woken = wait::notify(at.addr(), count);
        call.set(u64::from(woken));
        Ok(())
    }
}
