// Conway's life on a 128 x 128 torus, one byte per cell: eight neighbouring loads per cell, computed addresses.
#include "guest.h"

enum { SIDE = 128, MASK = SIDE - 1 };
static u8 grids[2][SIDE][SIDE];

static void generation(u8 (*now)[SIDE], u8 (*next)[SIDE]) {
    for (u32 y = 0; y < SIDE; y++) {
        const u8 *above = now[(y - 1) & MASK], *row = now[y], *below = now[(y + 1) & MASK];
        for (u32 x = 0; x < SIDE; x++) {
            u32 west = (x - 1) & MASK, east = (x + 1) & MASK;
            u32 neighbours = above[west] + above[x] + above[east] + row[west] + row[east] + below[west] + below[x] + below[east];
            next[y][x] = neighbours == 3 || (neighbours == 2 && row[x]);
        }
    }
}

RUN {
    u32 random = 21;
    for (u32 i = 0; i < SIDE * SIDE; i++) grids[0][0][i] = next_random(&random) % 3 == 0;
    for (i32 i = 0; i < n; i++) generation(grids[i & 1], grids[~i & 1]);
    u64 hash = MIX_SEED;
    for (u32 i = 0; i < SIDE * SIDE; i++) hash = mix(hash, grids[n & 1][0][i]);
    return (i64)hash;
}
