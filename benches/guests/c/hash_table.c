// Open addressing with 64-bit keys: i64 multiplications, rotations and shifts, and probing in memory.
#include "guest.h"

enum { BITS = 12, SLOTS = 1 << BITS };
typedef struct { u64 key, value; } Entry;
static Entry entries[SLOTS];

static u64 rotate(u64 x, u32 by) { return x << by | x >> (64 - by); }

static u64 scramble(u64 x) {
    x ^= rotate(x, 25) ^ rotate(x, 50);
    x *= 0xa24baed4963ee407ULL;
    x ^= x >> 28;
    x *= 0x9fb21c651e98df25ULL;
    return x ^ x >> 28;
}

static Entry *find(u64 key) {
    u32 at = (u32)(scramble(key) >> (64 - BITS));
    while (entries[at].key != 0 && entries[at].key != key) at = (at + 1) & (SLOTS - 1);
    return &entries[at];
}

RUN {
    u64 hash = MIX_SEED, key = 1;
    for (i32 round = 0; round < n; round++) {
        for (u32 i = 0; i < SLOTS; i++) entries[i].key = entries[i].value = 0;
        for (u32 i = 0; i < 3 * SLOTS; i++) {
            key = scramble(key + (u64)round);
            Entry *entry = find(key % (SLOTS * 3 / 4) + 1);
            entry->key = key % (SLOTS * 3 / 4) + 1;
            entry->value += key;
        }
        for (u32 i = 0; i < SLOTS; i++) hash = mix(hash, entries[i].value);
    }
    return (i64)hash;
}
