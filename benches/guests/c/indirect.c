// Objects with a virtual method, called through a table in random order: call_indirect with several targets per site.
#include "guest.h"

enum { SHAPES = 1024 };
typedef struct Shape Shape;
struct Shape { i32 (*area)(const Shape *, i32 scale); i32 width, height; };
static Shape shapes[SHAPES];

static i32 rectangle(const Shape *s, i32 scale) { return s->width * s->height * scale; }
static i32 triangle(const Shape *s, i32 scale) { return s->width * s->height * scale / 2; }
static i32 square(const Shape *s, i32 scale) { return s->width * s->width * scale; }
static i32 diamond(const Shape *s, i32 scale) { return (s->width + s->height) * scale; }
static i32 frame(const Shape *s, i32 scale) { return 2 * (s->width + s->height) - scale; }
static i32 point(const Shape *s, i32 scale) { return scale & s->width; }

typedef i32 (*Method)(const Shape *, i32);
static const Method methods[] = {rectangle, triangle, square, diamond, frame, point};

RUN {
    u32 random = 17;
    for (u32 i = 0; i < SHAPES; i++) {
        shapes[i].area = methods[next_random(&random) % 6];
        shapes[i].width = (i32)(next_random(&random) & 127);
        shapes[i].height = (i32)(next_random(&random) & 127);
    }
    u64 hash = MIX_SEED;
    for (i32 round = 0; round < n; round++) {
        i32 total = 0;
        for (u32 i = 0; i < SHAPES; i++) total += shapes[i].area(&shapes[i], round & 7);
        hash = mix(hash, (u64)total);
    }
    return (i64)hash;
}
