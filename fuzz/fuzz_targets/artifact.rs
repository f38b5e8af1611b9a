//! Compiled modules that are damaged: loaded or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sarsen_oracles::case::{self, Case};

fuzz_target!(|bytes: &[u8]| case::of("artifact", bytes).iter().for_each(Case::check));
