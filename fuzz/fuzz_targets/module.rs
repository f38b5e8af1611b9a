//! Bytes as a module: never a panic, always an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    sarsen_oracles::oracle::module(bytes);
});
