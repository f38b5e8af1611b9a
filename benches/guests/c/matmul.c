// Product of square f64 matrices, row by column: two loads, a multiplication and an addition per step.
#include "guest.h"

enum { SIDE = 64 };
static double left[SIDE][SIDE], right[SIDE][SIDE], product[SIDE][SIDE];

static void multiply(void) {
    for (u32 row = 0; row < SIDE; row++) {
        for (u32 column = 0; column < SIDE; column++) {
            double sum = 0;
            for (u32 k = 0; k < SIDE; k++) sum += left[row][k] * right[k][column];
            product[row][column] = sum;
        }
    }
}

RUN {
    u32 state = 7;
    for (u32 row = 0; row < SIDE; row++) {
        for (u32 column = 0; column < SIDE; column++) {
            left[row][column] = (double)(next_random(&state) & 1023) / 1024.0;
            right[row][column] = (double)(next_random(&state) & 1023) / 1024.0;
        }
    }
    u64 hash = MIX_SEED;
    for (i32 i = 0; i < n; i++) {
        multiply();
        left[i & (SIDE - 1)][3] = product[5][i & (SIDE - 1)] * 0.015625;
        hash = mix(hash, (u64)(product[i & (SIDE - 1)][7] * 1e6));
    }
    return (i64)hash;
}
