// Pancake flips of all permutations of eight (after the Benchmarks Game's problem): short loops over small arrays.
#include "guest.h"

enum { LENGTH = 8 };

static i32 count_flips(const u8 *start) {
    u8 pancakes[LENGTH];
    i32 flips = 0;
    for (u32 i = 0; i < LENGTH; i++) pancakes[i] = start[i];
    for (u32 first; (first = pancakes[0]) != 0; flips++) {
        for (u32 low = 0, high = first; low < high; low++, high--) {
            u8 old = pancakes[low];
            pancakes[low] = pancakes[high];
            pancakes[high] = old;
        }
    }
    return flips;
}

static NOINLINE i32 fannkuch(u32 rotation) {
    u8 permutation[LENGTH], counts[LENGTH];
    i32 checksum = 0, most = 0;
    for (u32 i = 0; i < LENGTH; i++) permutation[i] = (u8)((i + rotation) % LENGTH), counts[i] = 0;
    for (u32 index = 0;; index++) {
        i32 flips = count_flips(permutation);
        most = flips > most ? flips : most;
        checksum += index & 1 ? -flips : flips;
        u32 depth = 1;
        for (;; depth++) {
            if (depth == LENGTH) return checksum * 256 + most;
            u8 first = permutation[0];
            for (u32 i = 0; i < depth; i++) permutation[i] = permutation[i + 1];
            permutation[depth] = first;
            if (++counts[depth] <= depth) break;
            counts[depth] = 0;
        }
    }
}

RUN {
    u64 hash = MIX_SEED;
    for (i32 i = 0; i < n; i++) hash = mix(hash, (u64)fannkuch((u32)i));
    return (i64)hash;
}
