// Blocks of 8 to 1,031 bytes moved and filled: memory.copy and memory.fill, where an engine leaves its fast path.
#include "guest.h"

enum { SIZE = 1 << 16, MAX_BLOCK = 1031 };
static u8 arena[SIZE];

RUN {
    u32 random = 29;
    u64 hash = MIX_SEED;
    for (i32 i = 0; i < n; i++) {
        u32 length = next_random(&random) % (MAX_BLOCK - 7) + 8;
        u32 from = next_random(&random) % (SIZE - MAX_BLOCK), to = next_random(&random) % (SIZE - MAX_BLOCK);
        if (i % 4 == 0) __builtin_memset(arena + to, i, length);
        else __builtin_memmove(arena + to, arena + from, length);
        hash = mix(hash, arena[(to + length / 2) % SIZE]);
    }
    return (i64)hash;
}
