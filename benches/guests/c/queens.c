// All placements of ten queens, by bit masks: recursion, bit operations, unpredictable branches.
#include "guest.h"

enum { SIDE = 10 };

static NOINLINE u32 place(u32 columns, u32 rising, u32 falling) {
    u32 free = ((1u << SIDE) - 1) & ~(columns | rising | falling);
    if (columns == (1u << SIDE) - 1) return 1;
    u32 solutions = 0;
    while (free) {
        u32 queen = free & -free;
        free ^= queen;
        solutions += place(columns | queen, (rising | queen) << 1, (falling | queen) >> 1);
    }
    return solutions;
}

RUN {
    u64 hash = MIX_SEED;
    for (i32 i = 0; i < n; i++) hash = mix(hash, place((u32)(i & 1), 0, 0));
    return (i64)hash;
}
