//! Text as a script: never a panic, always an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    sarsen_oracles::oracle::script(source);
});
