#!/bin/sh
# Builds the plugins into built/, from where the example and its tests take them: run it when a source has changed.
# Needs rustup's target wasm32-unknown-unknown, clang with wasi-libc, wit-bindgen (wit-bindgen-cli 0.61) and wasm-tools.
set -eu
cd "$(dirname "$0")"
work=${TMPDIR:-/tmp}/sarsen-filters
mkdir -p "$work"

cargo build --release --locked --target wasm32-unknown-unknown --manifest-path rust/Cargo.toml --target-dir "$work"
wasm-tools component new "$work/wasm32-unknown-unknown/release/shout.wasm" -o built/shout.wasm

wit-bindgen c wit --out-dir "$work/c"
clang --target=wasm32-wasi -mexec-model=reactor -O2 -s -I"$work/c" -o "$work/mask.wasm" \
    c/mask.c "$work/c/filter.c" "$work/c/filter_component_type.o"
wasm-tools component new "$work/mask.wasm" -o built/mask.wasm

# What they were built from.
cksum wit/filter.wit rust/Cargo.toml rust/src/lib.rs c/mask.c > built/SOURCES
