// What every guest shares: fixed-width names, the export attribute, a random generator and a checksum.
// No libc and no imports: a guest is one memory and one function, `run`.
#pragma once

typedef signed char i8;
typedef unsigned char u8;
typedef unsigned short u16;
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

// The one entry: does `n` units of work and returns a checksum that every engine must agree on.
#define RUN __attribute__((export_name("run"))) i64 run(i32 n)
#define NOINLINE __attribute__((noinline))

// Marsaglia's xorshift: deterministic, and never zero when the state is not.
static inline u32 next_random(u32 *state) {
    u32 x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

// One step of FNV-1a over 64-bit words.
static inline u64 mix(u64 hash, u64 value) { return (hash ^ value) * 0x100000001b3ULL; }

#define MIX_SEED 0xcbf29ce484222325ULL
