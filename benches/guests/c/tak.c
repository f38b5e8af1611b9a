// Takeuchi's function: calls with three arguments, almost nothing else.
#include "guest.h"

static NOINLINE i32 tak(i32 x, i32 y, i32 z) {
    if (y >= x) return z;
    return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

RUN {
    u64 hash = MIX_SEED;
    for (i32 i = 0; i < n; i++) hash = mix(hash, (u64)tak(14 + (i & 1), 8, 3));
    return (i64)hash;
}
