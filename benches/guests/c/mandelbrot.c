// Escape times of a 96 x 96 grid: f64 arithmetic in local variables, no memory.
#include "guest.h"

enum { SIDE = 96, LIMIT = 200 };

static u32 escape_time(double cr, double ci) {
    double zr = 0, zi = 0;
    u32 steps = 0;
    while (steps < LIMIT) {
        double rr = zr * zr, ii = zi * zi;
        if (rr + ii > 4.0) break;
        zi = 2.0 * zr * zi + ci;
        zr = rr - ii + cr;
        steps++;
    }
    return steps;
}

RUN {
    u64 hash = MIX_SEED;
    for (i32 frame = 0; frame < n; frame++) {
        double zoom = 1.0 / (1.0 + frame);
        for (u32 y = 0; y < SIDE; y++) {
            for (u32 x = 0; x < SIDE; x++) {
                double cr = ((double)x / SIDE * 3.0 - 2.0) * zoom - 0.7 * (1.0 - zoom);
                double ci = ((double)y / SIDE * 2.0 - 1.0) * zoom;
                hash = mix(hash, escape_time(cr, ci));
            }
        }
    }
    return (i64)hash;
}
