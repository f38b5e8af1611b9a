//! Configurations: what `wasm_config_t` of wasm.h can say. They are made by `wasm_config_new`.

use super::{given, sarsen_error_t};
use crate::text;
use crate::wasm::{wasm_config_t, wasm_engine_t};
use sarsen::{Cache, Engine, Error, Feature, ModuleLimits, Strategy};
use std::ffi::c_char;

/// How functions are executed.
pub type sarsen_strategy_t = u8;
/// In the interpreter first, compiled when they are hot. This is the default.
pub const SARSEN_STRATEGY_TIERED: u8 = 0;
/// In the interpreter.
pub const SARSEN_STRATEGY_INTERPRETER: u8 = 1;
/// Compiled before the first call.
pub const SARSEN_STRATEGY_JIT: u8 = 2;

/// Sets how functions are executed; false if there is no such strategy.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_strategy(
    config: &mut wasm_config_t,
    strategy: sarsen_strategy_t,
) -> bool {
    let strategy = match strategy {
        SARSEN_STRATEGY_TIERED => Strategy::Tiered,
        SARSEN_STRATEGY_INTERPRETER => Strategy::Interpreter,
        SARSEN_STRATEGY_JIT => Strategy::Jit,
        _ => return false,
    };
    config.0.strategy(strategy);
    true
}

/// Whether code pays fuel: see `sarsen_store_set_fuel`. Off by default.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_fuel(config: &mut wasm_config_t, enable: bool) {
    config.0.consume_fuel(enable);
}

/// Whether compiled code can be stopped by other threads: see `sarsen_interrupt_new`. Off by default, as it takes time.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_interruptible(config: &mut wasm_config_t, enable: bool) {
    config.0.interruptible(enable);
}

/// Whether stores begin with a deadline that has passed: see `sarsen_store_set_epoch_deadline`. Code can be stopped then. Off by
/// default.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_epochs(config: &mut wasm_config_t, enable: bool) {
    config.0.epoch_interruption(enable);
}

/// Switches a feature on or off by its name, `"threads"` or `"gc"` for example, with what depends on it; false if there is
/// no feature of this name. All are on by default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_config_set_feature(
    config: &mut wasm_config_t,
    name: *const c_char,
    enable: bool,
) -> bool {
    // SAFETY: by the contract of pointers.
    let name = unsafe { text::text(name, "name of a feature") };
    let feature = name.ok().and_then(Feature::parse);
    feature.map(|feature| config.0.wasm_feature(feature, enable)).is_some()
}

/// Bytes of the stack that each store has for code.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_max_wasm_stack(config: &mut wasm_config_t, bytes: usize) {
    config.0.max_wasm_stack(bytes);
}

/// Bytes that the heap of the garbage collector of each store may have.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_max_gc_heap(config: &mut wasm_config_t, bytes: usize) {
    config.0.max_gc_heap(bytes);
}

/// Bytes of addresses that are reserved for each memory. Below 4 GiB, compiled code checks each access.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_memory_reservation(config: &mut wasm_config_t, bytes: usize) {
    config.0.memory_reservation(bytes);
}

/// Whether compiled code traps by faults, for which the library has signal handlers, instead of checking everything itself. On by
/// default.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_signals_based_traps(config: &mut wasm_config_t, enable: bool) {
    config.0.signals_based_traps(enable);
}

/// How many memories and stacks of deleted stores an engine keeps for new ones.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_pool_slots(config: &mut wasm_config_t, count: usize) {
    config.0.pool_slots(count);
}

/// How many threads compile at most what is hot; with none, threads that run code do it.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_compile_threads(config: &mut wasm_config_t, count: usize) {
    config.0.compile_threads(count);
}

/// Whether large modules are validated and compiled by several threads. On by default.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_parallel_compilation(config: &mut wasm_config_t, enable: bool) {
    config.0.parallel_compilation(enable);
}

/// Whether modules may be no larger than what is good for input that nobody vouches for. Off by default.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_strict_module_limits(config: &mut wasm_config_t, enable: bool) {
    config.0.module_limits(if enable { ModuleLimits::strict() } else { ModuleLimits::spec() });
}

/// Whether traps and errors have frames. On by default.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_config_set_backtrace(config: &mut wasm_config_t, enable: bool) {
    config.0.wasm_backtrace(enable);
}

/// Keeps modules from one process to the next in a directory; null is the one that the system has for this user. False if it
/// says none, or the name is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_config_set_cache(
    config: &mut wasm_config_t,
    directory: *const c_char,
) -> bool {
    // SAFETY: by the contract of pointers.
    let directory = unsafe { text::optional_text(directory, "name of the directory") };
    let cache = directory.ok().and_then(|directory| {
        Some(Cache::new(directory.map_or_else(Cache::default_dir, |directory| Some(directory.into()))?))
    });
    cache.map(|cache| config.0.cache(Some(cache))).is_some()
}

/// Starts the next epoch, for all stores of an engine: see `sarsen_store_set_epoch_deadline`. From any thread.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_engine_increment_epoch(engine: &wasm_engine_t) {
    engine.0.increment_epoch();
}

/// An engine, which says why if there is none. The configuration is the library's from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_engine_new(
    config: Option<Box<wasm_config_t>>,
    out: *mut Option<Box<wasm_engine_t>>,
) -> Option<Box<sarsen_error_t>> {
    let engine = match config {
        Some(config) => Engine::new(&config.0),
        None => Err(Error::msg("the configuration is null")),
    };
    // SAFETY: by the contract of pointers.
    unsafe { given(engine.map(wasm_engine_t), out) }
}
