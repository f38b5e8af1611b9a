//! Stores: with data of the host's, limits, fuel, and ways to stop code.

use super::{done, given, sarsen_error_t};
use crate::failure::noted;
use crate::info::{Finalizer, Owned};
use crate::lent::held;
use crate::store::{MoreCallback, Shared, wasm_store_t};
use crate::waits::Waits;
use crate::wasm::wasm_engine_t;
use sarsen::{Error, InterruptHandle, StoreLimitsBuilder};
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::Arc;

/// A store with a pointer of the host's. The finalizer, which can be null, is called with it when the store goes, or at
/// once if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_store_new(
    engine: *const wasm_engine_t,
    data: *mut c_void,
    finalizer: Finalizer,
    out: *mut Option<Box<wasm_store_t>>,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    unsafe { given(Shared::new(&(*engine).0, data, finalizer).map(wasm_store_t), out) }
}

/// The pointer that the store was made with.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_store_data(store: &wasm_store_t) -> *mut c_void {
    store.0.user_data()
}

/// How much guests may have. `SIZE_MAX` is as much as there is.
#[repr(C)]
pub struct sarsen_limits_t {
    /// Bytes of each memory.
    pub memory_bytes: usize,
    /// Bytes of all memories together.
    pub total_memory_bytes: usize,
    /// Elements of each table.
    pub table_elements: usize,
    /// Elements of all tables together.
    pub total_table_elements: usize,
    /// Bytes of the heap of the garbage collector.
    pub gc_heap_bytes: usize,
    /// Instances.
    pub instances: usize,
    /// Tables.
    pub tables: usize,
    /// Memories.
    pub memories: usize,
}

/// Sets all limits to `SIZE_MAX`.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_limits_init(out: &mut MaybeUninit<sarsen_limits_t>) {
    out.write(sarsen_limits_t {
        memory_bytes: usize::MAX,
        total_memory_bytes: usize::MAX,
        table_elements: usize::MAX,
        total_table_elements: usize::MAX,
        gc_heap_bytes: usize::MAX,
        instances: usize::MAX,
        tables: usize::MAX,
        memories: usize::MAX,
    });
}

/// Sets what guests may have from now on. What they have already stays.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_store_set_limits(
    store: *const wasm_store_t,
    limits: *const sarsen_limits_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (store, limits) = unsafe { (held(store), &*limits) };
    let limits = StoreLimitsBuilder::new()
        .memory_size(limits.memory_bytes)
        .total_memory_bytes(limits.total_memory_bytes)
        .table_elements(limits.table_elements)
        .total_table_elements(limits.total_table_elements)
        .gc_heap_bytes(limits.gc_heap_bytes)
        .instances(limits.instances)
        .tables(limits.tables)
        .memories(limits.memories)
        .build();
    done(store.0.enter(|context| context.data_mut().limits = limits))
}

/// Sets the fuel that is left. Every operator takes some; without it, code traps, or does what `sarsen_store_set_fuel_callback`
/// says. The engine has to count fuel.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_store_set_fuel(
    store: *const wasm_store_t,
    fuel: u64,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let store = unsafe { held(store) };
    done(store.0.try_enter(|context| context.set_fuel(fuel)))
}

/// The fuel that is left. The engine has to count fuel.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_store_fuel(
    store: *const wasm_store_t,
    out: *mut u64,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let store = unsafe { held(store) };
    let fuel = store.0.try_enter(|context| context.get_fuel());
    // SAFETY: by the contract of pointers.
    done(fuel.map(|fuel| unsafe { out.write(fuel) }))
}

/// What is asked when fuel has run out. It sets `fuel` to how much code gets, and code goes on where it was, as if it had had it
/// before; if it leaves 0 there, code traps. It returns null, or an error, which ends the code's call. It may use the store.
pub type sarsen_fuel_callback_t =
    Option<extern "C-unwind" fn(env: *mut c_void, fuel: &mut u64) -> Option<Box<sarsen_error_t>>>;

/// Sets what is asked when fuel has run out; with null, code traps. The engine has to count fuel. The finalizer, which can be null,
/// is called with `env` when something else is set, or the store goes, or at once if there is an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_store_set_fuel_callback(
    store: *const wasm_store_t,
    callback: sarsen_fuel_callback_t,
    env: *mut c_void,
    finalizer: Finalizer,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let store = unsafe { held(store) };
    let env = Owned::new(env, finalizer);
    let fuel = callback.map(|code| Arc::new(MoreCallback { code, env }));
    // What was there before is finalized when nobody has the store.
    let before = store.0.try_enter(|context| {
        context.get_fuel()?;
        Ok(std::mem::replace(&mut context.data_mut().fuel, fuel))
    });
    done(before.map(drop))
}

/// Sets the deadline to so many epochs from now. When it has passed, code traps at its next loop or call, or does what
/// `sarsen_store_set_epoch_callback` says. Code of the engine has to be such that it can be stopped: see
/// `sarsen_config_set_epochs`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_store_set_epoch_deadline(
    store: *const wasm_store_t,
    ticks: u64,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let store = unsafe { held(store) };
    done(store.0.try_enter(|context| {
        if !context.engine().is_interruptible() {
            return Err(Error::msg("code of this engine cannot be stopped"));
        }
        context.set_epoch_deadline(ticks);
        Ok(())
    }))
}

/// What is asked when a deadline has passed. It sets `ticks` to the epochs from now until the next deadline, and code goes on; if
/// it leaves 0 there, code traps. It returns null, or an error, which ends the code's call. It may use the store.
pub type sarsen_epoch_callback_t =
    Option<extern "C-unwind" fn(env: *mut c_void, ticks: &mut u64) -> Option<Box<sarsen_error_t>>>;

/// Sets what is asked when a deadline has passed; with null, code traps. The finalizer, which can be null, is called with `env`
/// when something else is set, or the store goes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_store_set_epoch_callback(
    store: *const wasm_store_t,
    callback: sarsen_epoch_callback_t,
    env: *mut c_void,
    finalizer: Finalizer,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let store = unsafe { held(store) };
    let env = Owned::new(env, finalizer);
    let epoch = callback.map(|code| Arc::new(MoreCallback { code, env }));
    // What was there before is finalized when nobody has the store.
    let before = store.0.enter(|context| std::mem::replace(&mut context.data_mut().epoch, epoch));
    done(before.map(drop))
}

/// Frees what the garbage collector finds unreachable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_store_gc(store: *const wasm_store_t) {
    // SAFETY: by the contract of pointers.
    let store = unsafe { held(store) };
    noted(store.0.enter(|context| context.gc()));
}

/// What stops code in a store, from any thread.
pub struct sarsen_interrupt_t {
    handle: InterruptHandle,
    waits: Arc<Waits>,
}

/// What stops code in a store; null if it is compiled such that it cannot be stopped: see
/// `sarsen_config_set_interruptible`. It does not keep the store.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_interrupt_new(store: &wasm_store_t) -> Option<Box<sarsen_interrupt_t>> {
    let handle = store.0.interrupt()?.clone();
    Some(Box::new(sarsen_interrupt_t { handle, waits: Arc::clone(store.0.waits()) }))
}

/// Asks code to stop: it traps at its next loop or call. If none is running, the next that runs does. Calls of WASI that wait
/// end, now and from now on, whatever guests of the store are granted later.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_interrupt(interrupt: &sarsen_interrupt_t) {
    interrupt.handle.interrupt();
    interrupt.waits.end();
}

/// Deletes what stops code.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_interrupt_delete(interrupt: Option<Box<sarsen_interrupt_t>>) {
    drop(interrupt);
}

#[cfg(test)]
mod tests {
    use super::sarsen_limits_t as Limits;
    use std::mem::offset_of;

    // The same numbers are in `tests/c/layout.c`.
    #[test]
    fn members_are_where_c_has_them() {
        const WORD: usize = size_of::<usize>();
        assert_eq!(size_of::<Limits>(), 8 * WORD);
        let offsets = [
            offset_of!(Limits, memory_bytes),
            offset_of!(Limits, total_memory_bytes),
            offset_of!(Limits, table_elements),
            offset_of!(Limits, total_table_elements),
            offset_of!(Limits, gc_heap_bytes),
            offset_of!(Limits, instances),
            offset_of!(Limits, tables),
            offset_of!(Limits, memories),
        ];
        assert_eq!(offsets, [0, 1, 2, 3, 4, 5, 6, 7].map(|number| number * WORD));
    }
}
