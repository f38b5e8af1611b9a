//! Programs from the table of operators: the same in configurations by chance.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sarsen_oracles::{oracle, typed};

fuzz_target!(|seed: u64| {
    oracle::ways(typed::generate(seed).as_bytes(), seed);
});
