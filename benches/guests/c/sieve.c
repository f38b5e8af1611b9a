// The sieve of Eratosthenes: byte stores with a stride, one branch per step.
#include "guest.h"

enum { LIMIT = 1 << 16 };
static u8 composite[LIMIT];

static u32 count_primes(void) {
    u32 primes = 0;
    for (u32 i = 0; i < LIMIT; i++) composite[i] = 0;
    for (u32 i = 2; i < LIMIT; i++) {
        if (composite[i]) continue;
        primes++;
        for (u32 multiple = i + i; multiple < LIMIT; multiple += i) composite[multiple] = 1;
    }
    return primes;
}

RUN {
    u64 hash = MIX_SEED;
    for (i32 i = 0; i < n; i++) hash = mix(hash, count_primes());
    return (i64)hash;
}
