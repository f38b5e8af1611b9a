//! The table of guests, in the order in which reports print them.
//!
//! Adding a guest is one row and one source file; `benches/peers` computes the checksum when it is wrong and says so. What a row
//! consists of is in `guest.rs`; running guests is for the benches.

use crate::{Class, Guest};

macro_rules! catalogue {
    ($( $name:literal $dir:literal $ext:literal $class:ident $n:literal $checksum:literal $covers:literal; )*) => {
        /// All guests.
        pub const GUESTS: &[Guest] = &[$(
            Guest {
                name: $name,
                covers: $covers,
                class: Class::$class,
                wasm: include_bytes!(concat!("../guests/", $dir, "/", $name, ".", $ext)),
                n: $n,
                checksum: $checksum,
            },
        )*];
    };
}

catalogue! {
    "fib" "wat" "wat" Plain 32 2178309 "calls: double recursion";
    "tak" "wasm" "wasm" Plain 350 -8288192388788629007 "calls: three arguments";
    "queens" "wasm" "wasm" Plain 150 -625099753427060663 "recursion, bit masks, branches";
    "indirect" "wasm" "wasm" Plain 2500 1813401030005299195 "call_indirect, six targets";
    "tail_calls" "wat" "wat" Plain 5000000 139716727934987788 "return_call, return_call_indirect";
    "sieve" "wasm" "wasm" Plain 100 -4331976761781875915 "byte stores, strided loop";
    "crc32" "wasm" "wasm" Plain 200 2457312620 "byte and table loads, shifts";
    "sha256" "wasm" "wasm" Plain 80 7416427963913445909 "i32 rotations, long straight code";
    "hash_table" "wasm" "wasm" Plain 180 -652192321381932792 "i64 multiplication, rotation, probing";
    "sort" "wasm" "wasm" Plain 40 6722913503302423220 "unpredictable branches, swaps";
    "lz" "wasm" "wasm" Plain 70 -7959806758509064723 "compression: byte matching, hash table";
    "text" "wasm" "wasm" Plain 80 -7125169826149089417 "strings: decimal, UTF-8, search";
    "life" "wasm" "wasm" Plain 120 -1471672952581626730 "computed addresses, byte loads";
    "fannkuch" "wasm" "wasm" Plain 10 -657378399779371347 "short loops over small arrays";
    "vm" "wasm" "wasm" Plain 5000 4216081703 "big switch: br_table";
    "core_mix" "wasm" "wasm" Plain 500 37639 "lists, matrix, state machine, CRC";
    "matmul" "wasm" "wasm" Plain 50 2998129103578593379 "f64 product, loads";
    "mandelbrot" "wasm" "wasm" Plain 6 -7418288250133614425 "f64 in locals";
    "nbody" "wasm" "wasm" Plain 120000 8314429192091217551 "f64 structures, square root";
    "raytrace" "wasm" "wasm" Plain 120 2394942624558853735 "f32 calls, branches";
    "bulk" "wasm" "wasm" Plain 1500000 1324006367515856245 "memory.copy, memory.fill";
    "simd_matmul" "wasm" "wasm" Plain 120 -2929823896303984103 "f32x4 product";
    "simd_bytes" "wasm" "wasm" Plain 400 -6003638446163772605 "i8x16 scan, bit masks";
    "exceptions" "wat" "wat" Exceptions 1000000 -5145993917882752576 "throw through a frame, catch";
    "gc_binary_trees" "wat" "wat" Gc 14 3156655 "struct.new, deep live graph";
    "gc_linked_list" "wat" "wat" Gc 3000000 -124935572682523363 "struct.new, struct.set, cycles";
}
