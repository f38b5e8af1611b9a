// Five bodies under gravity (after the Benchmarks Game's problem): f64 with square root and division, structures in memory.
#include "guest.h"

enum { BODIES = 5 };
typedef struct { double x, y, z, vx, vy, vz, mass; } Body;

static Body bodies[BODIES] = {
    {0, 0, 0, 0, 0, 0, 39.47},
    {4.84, -1.16, -0.10, 0.606, 2.81, -0.02, 0.037},
    {8.34, 4.12, -0.40, -1.01, 1.82, 0.008, 0.011},
    {12.89, -15.11, -0.22, 1.08, 0.868, -0.01, 0.0017},
    {15.37, -25.91, 0.17, 0.979, 0.594, -0.034, 0.002},
};

static void advance(double step) {
    for (u32 i = 0; i < BODIES; i++) {
        Body *a = &bodies[i];
        for (u32 j = i + 1; j < BODIES; j++) {
            Body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double square = dx * dx + dy * dy + dz * dz;
            double force = step / (square * __builtin_sqrt(square));
            a->vx -= dx * b->mass * force;
            a->vy -= dy * b->mass * force;
            a->vz -= dz * b->mass * force;
            b->vx += dx * a->mass * force;
            b->vy += dy * a->mass * force;
            b->vz += dz * a->mass * force;
        }
    }
    for (u32 i = 0; i < BODIES; i++) {
        Body *body = &bodies[i];
        body->x += step * body->vx;
        body->y += step * body->vy;
        body->z += step * body->vz;
    }
}

RUN {
    for (i32 i = 0; i < n; i++) advance(0.01);
    u64 hash = MIX_SEED;
    for (u32 i = 0; i < BODIES; i++) hash = mix(hash, (u64)(i64)(bodies[i].x * 1e9));
    return (i64)hash;
}
