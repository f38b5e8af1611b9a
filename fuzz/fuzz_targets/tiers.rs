//! Generated valid modules: the same results however they are run.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sarsen_oracles::case::{self, Case};

fuzz_target!(|bytes: &[u8]| case::of("tiers", bytes).iter().for_each(Case::check));
