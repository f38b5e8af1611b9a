// Product of f32 matrices, four columns at once: f32x4 splat, multiplication, addition, v128 loads and stores.
// Compiled with -msimd128.
#include "guest.h"

enum { SIDE = 64, LANES = 4 };
typedef float f32x4 __attribute__((vector_size(16)));
static float left[SIDE][SIDE];
static f32x4 right[SIDE][SIDE / LANES], product[SIDE][SIDE / LANES];

static void multiply(void) {
    for (u32 row = 0; row < SIDE; row++) {
        for (u32 column = 0; column < SIDE / LANES; column++) {
            f32x4 sum = {0, 0, 0, 0};
            for (u32 k = 0; k < SIDE; k++) {
                float scalar = left[row][k];
                sum += (f32x4){scalar, scalar, scalar, scalar} * right[k][column];
            }
            product[row][column] = sum;
        }
    }
}

RUN {
    u32 random = 7;
    for (u32 i = 0; i < SIDE * SIDE; i++) {
        left[0][i] = (float)(next_random(&random) & 255) / 256.0f;
        ((float *)right)[i] = (float)(next_random(&random) & 255) / 256.0f;
    }
    u64 hash = MIX_SEED;
    for (i32 i = 0; i < n; i++) {
        multiply();
        left[i & (SIDE - 1)][3] = product[5][i & 15][i & 3] * 0.015625f;
        hash = mix(hash, (u64)(product[i & (SIDE - 1)][7][2] * 1024.0f));
    }
    return (i64)hash;
}
