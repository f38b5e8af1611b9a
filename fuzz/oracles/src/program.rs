//! Valid modules from bytes, for comparing tiers.
//!
//! Owns the choice of what generated modules may contain; `wasm-smith` writes them. Running and comparing them is done
//! in `oracle.rs`.

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};
use wasmparser::{Operator, Parser, Payload};

/// A valid module that `seed` determines; `None` if there are too few bytes.
pub fn generate(seed: &[u8]) -> Option<Vec<u8>> {
    write(config(), seed)
}

/// A valid module that imports, and may have shared memories and pages of any size; what it computes is the same in all ways to the
/// last bit. `None` if there are too few bytes, or it waits for other threads, which there are none of.
pub fn generate_open(seed: &[u8]) -> Option<Vec<u8>> {
    let module = write(
        Config {
            max_imports: 6,
            max_memories: 3,
            custom_page_sizes_enabled: true,
            threads_enabled: seed.first().is_some_and(|byte| byte % 2 == 1),
            // The bits of NaNs get into memories.
            canonicalize_nans: true,
            ..config()
        },
        seed,
    )?;
    if waits(&module) { None } else { Some(module) }
}

/// A valid module that imports nothing and has what runtimes without garbage collection and exceptions can run too.
pub fn generate_plain(seed: &[u8]) -> Option<Vec<u8>> {
    write(
        Config {
            gc_enabled: false,
            exceptions_enabled: false,
            tail_call_enabled: false,
            relaxed_simd_enabled: false,
            ..config()
        },
        seed,
    )
}

fn write(config: Config, seed: &[u8]) -> Option<Vec<u8>> {
    let module = Module::new(config, &mut Unstructured::new(seed)).ok()?;
    Some(module.to_bytes())
}

/// Whether an operator of a module waits to be notified.
pub fn waits(module: &[u8]) -> bool {
    has(module, |operator| {
        matches!(operator, Operator::MemoryAtomicWait32 { .. } | Operator::MemoryAtomicWait64 { .. })
    })
}

/// Whether an operator of a module may round once or twice, as a runtime likes.
pub fn may_fuse(module: &[u8]) -> bool {
    use Operator as O;
    has(module, |operator| {
        matches!(
            operator,
            O::F32x4RelaxedMadd | O::F32x4RelaxedNmadd | O::F64x2RelaxedMadd | O::F64x2RelaxedNmadd
        )
    })
}

/// Whether an operator of a module is such.
fn has(module: &[u8], is_such: impl Fn(&Operator<'_>) -> bool) -> bool {
    let bodies = Parser::new(0).parse_all(module).filter_map(|payload| match payload {
        Ok(Payload::CodeSectionEntry(body)) => body.get_operators_reader().ok(),
        _ => None,
    });
    bodies.flatten().any(|operator| operator.is_ok_and(|operator| is_such(&operator)))
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
        canonicalize_nans: true,
        threads_enabled: false,
        ..Config::default()
    }
}
