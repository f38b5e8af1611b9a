//! Valid modules from bytes, for comparing tiers.
//!
//! Owns the choice of what generated modules may contain; `wasm-smith` writes them. Running and comparing them is done
//! in `oracle.rs`.

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

/// A valid module that `seed` determines; `None` if there are too few bytes.
pub fn generate(seed: &[u8]) -> Option<Vec<u8>> {
    let mut unstructured = Unstructured::new(seed);
    let module = Module::new(config(), &mut unstructured).ok()?;
    Some(module.to_bytes())
}

/// Small modules that export everything and import nothing, with every proposal that the generator knows and one thread can run.
fn config() -> Config {
    Config {
        export_everything: true,
        max_imports: 0,
        max_memories: 2,
        max_memory32_bytes: 1 << 20,
        max_memory64_bytes: 1 << 20,
        max_tables: 2,
        max_table_elements: 1000,
        max_funcs: 10,
        min_funcs: 1,
        memory64_enabled: true,
        multi_value_enabled: true,
        simd_enabled: true,
        relaxed_simd_enabled: true,
        tail_call_enabled: true,
        exceptions_enabled: true,
        gc_enabled: true,
        reference_types_enabled: true,
        bulk_memory_enabled: true,
        extended_const_enabled: true,
        wide_arithmetic_enabled: true,
        threads_enabled: false,
        ..Config::default()
    }
}
