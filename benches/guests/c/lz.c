// An LZ77 compressor with a hash of four bytes, and its decompressor, over text-like data; the round trip is verified.
#include "guest.h"

enum { SIZE = 1 << 15, HASH_BITS = 12, MIN_MATCH = 4, MAX_MATCH = 66, WINDOW = 1 << 15 };
static u8 plain[SIZE], packed[SIZE * 2], unpacked[SIZE];
static u32 last_seen[1 << HASH_BITS];

static u32 word_at(const u8 *at) {
    u32 word;
    __builtin_memcpy(&word, at, 4);
    return word;
}

static u32 match_length(u32 from, u32 at) {
    u32 length = 0;
    while (length < MAX_MATCH && at + length < SIZE && plain[from + length] == plain[at + length]) length++;
    return length;
}

// A literal is `0 byte`; a match is `length distance-low distance-high` with length >= 4.
static NOINLINE u32 compress(void) {
    u32 out = 0, at = 0;
    for (u32 i = 0; i < 1u << HASH_BITS; i++) last_seen[i] = 0;
    while (at + MIN_MATCH <= SIZE) {
        u32 slot = word_at(plain + at) * 2654435761u >> (32 - HASH_BITS);
        u32 candidate = last_seen[slot];
        last_seen[slot] = at + 1;
        u32 length = candidate ? match_length(candidate - 1, at) : 0;
        if (length >= MIN_MATCH) {
            u32 distance = at - (candidate - 1);
            packed[out++] = (u8)length;
            packed[out++] = (u8)distance;
            packed[out++] = (u8)(distance >> 8);
            at += length;
        } else {
            packed[out++] = 0;
            packed[out++] = plain[at++];
        }
    }
    for (; at < SIZE; at++) {
        packed[out++] = 0;
        packed[out++] = plain[at];
    }
    return out;
}

static NOINLINE u32 decompress(u32 length) {
    u32 out = 0;
    for (u32 at = 0; at < length;) {
        u32 count = packed[at++];
        if (count == 0) {
            unpacked[out++] = packed[at++];
            continue;
        }
        u32 distance = packed[at] | (u32)packed[at + 1] << 8;
        at += 2;
        for (; count > 0; count--, out++) unpacked[out] = unpacked[out - distance];
    }
    return out;
}

static void write_text(u32 *random) {
    static const u8 syllables[] = "ba de ki lo mu na re si to vu xa ze ";
    for (u32 at = 0; at < SIZE; at++) {
        u32 pick = next_random(random) % 12 * 3;
        for (u32 k = 0; k < 2 && at < SIZE; k++, at++) plain[at] = syllables[pick + k];
        if (at < SIZE) plain[at] = next_random(random) % 4 ? ' ' : 'e';
    }
}

RUN {
    u32 random = 5;
    u64 hash = MIX_SEED;
    for (i32 round = 0; round < n; round++) {
        write_text(&random);
        u32 length = compress();
        hash = mix(hash, length);
        hash = mix(hash, decompress(length));
        for (u32 i = 0; i < SIZE; i++) hash += plain[i] != unpacked[i];
    }
    return (i64)hash;
}
