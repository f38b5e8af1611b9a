//! Generated modules with imports: the same in configurations by chance.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sarsen_oracles::{oracle, program};

fuzz_target!(|input: (u64, &[u8])| {
    let (seed, bytes) = input;
    if let Some(module) = program::generate_open(bytes) {
        oracle::ways(&module, seed);
    }
});
