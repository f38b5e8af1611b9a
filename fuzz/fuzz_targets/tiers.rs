//! Generated valid modules: the same results however they are run.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sarsen_oracles::{oracle, program};

fuzz_target!(|seed: &[u8]| {
    if let Some(module) = program::generate(seed) {
        oracle::tiers(&module);
    }
});
