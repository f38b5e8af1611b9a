//! Bytes as a component, and generated components: never a panic, always an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sarsen_oracles::component;

fuzz_target!(|bytes: &[u8]| {
    component::component(bytes);
    if let Some(generated) = component::generate(bytes) {
        component::component(&generated);
    }
});
