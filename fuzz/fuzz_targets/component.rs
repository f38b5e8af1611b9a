//! Bytes as a component, and generated components: never a panic, always an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sarsen_oracles::case::{self, Case};

fuzz_target!(|bytes: &[u8]| case::of("component", bytes).iter().for_each(Case::check));
