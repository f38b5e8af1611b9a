#!/bin/sh
# Rebuilds wasm/*.wasm from c/*.c, without names, producers or paths.
# Needs the C compiler of PyPI's `ziglang` (the committed files are from 0.17.0); the guests in wat/ need no build.
set -eu
cd "$(dirname "$0")"
for source in c/*.c; do
    name=$(basename "$source" .c)
    simd=
    case $name in simd_*) simd=+simd128 ;; esac
    python3 -m ziglang cc -target wasm32-freestanding -mcpu=lime1"$simd" -O2 -Wall -Wextra -Werror -nostdlib \
        -Wl,--no-entry -Wl,--strip-all -Wl,--stack,16384 \
        -o "wasm/$name.wasm" "$source"
done
ls -l wasm
