//! Programs from the table of operators: the same in configurations by chance.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sarsen_oracles::case::{self, Case};

fuzz_target!(|bytes: &[u8]| case::of("typed", bytes).iter().for_each(Case::check));
