// Spheres and a plane traced with two bounces in f32: calls with float arguments, square roots, structures by value.
#include "guest.h"

enum { SIDE = 48, SPHERES = 4 };
typedef struct { float x, y, z; } Vector;
typedef struct { Vector center; float radius, shine; } Sphere;

static Sphere spheres[SPHERES] = {
    {{0, 0, 4}, 1, 0.5f}, {{1.5f, 0.5f, 3.5f}, 0.6f, 0.3f}, {{-1.4f, 0.2f, 3}, 0.7f, 0.7f}, {{0.2f, 1.4f, 5}, 0.5f, 0.1f},
};

static Vector add(Vector a, Vector b) { return (Vector){a.x + b.x, a.y + b.y, a.z + b.z}; }
static Vector scale(Vector a, float by) { return (Vector){a.x * by, a.y * by, a.z * by}; }
static float dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static Vector normal(Vector a) { return scale(a, 1.0f / __builtin_sqrtf(dot(a, a))); }

// Distance along the ray to the sphere, or a negative number.
static NOINLINE float hit(const Sphere *sphere, const Vector *from, const Vector *along) {
    Vector offset = add(*from, scale(sphere->center, -1));
    float half = dot(offset, *along);
    float square = half * half - dot(offset, offset) + sphere->radius * sphere->radius;
    if (square < 0) return -1;
    float root = __builtin_sqrtf(square);
    return -half - root > 1e-3f ? -half - root : -half + root > 1e-3f ? -half + root : -1;
}

static NOINLINE float trace(const Vector *from, const Vector *along, i32 bounces) {
    const Sphere *nearest = 0;
    float distance = 1e9f;
    for (u32 i = 0; i < SPHERES; i++) {
        float at = hit(&spheres[i], from, along);
        if (at > 0 && at < distance) distance = at, nearest = &spheres[i];
    }
    if (!nearest) {
        if (along->y >= 0) return 0.2f + 0.6f * along->y;
        float at = -(from->y + 1.0f) / along->y;
        i32 tile = (i32)(from->x + along->x * at + 100.0f) + (i32)(from->z + along->z * at);
        return tile & 1 ? 0.7f : 0.1f;
    }
    Vector point = add(*from, scale(*along, distance));
    Vector up = normal(add(point, scale(nearest->center, -1)));
    float light = dot(up, (Vector){0.57f, 0.57f, -0.57f});
    float diffuse = light > 0 ? light : 0.05f;
    if (bounces == 0) return diffuse;
    Vector mirrored = add(*along, scale(up, -2 * dot(*along, up)));
    return diffuse * (1 - nearest->shine) + nearest->shine * trace(&point, &mirrored, bounces - 1);
}

RUN {
    u64 hash = MIX_SEED;
    Vector eye = {0, 0, -1};
    for (i32 frame = 0; frame < n; frame++) {
        spheres[1].center.x = 1.5f - 0.01f * (float)(frame & 63);
        for (u32 y = 0; y < SIDE; y++) {
            for (u32 x = 0; x < SIDE; x++) {
                Vector along = normal((Vector){(float)x / SIDE - 0.5f, 0.5f - (float)y / SIDE, 0.8f});
                hash = mix(hash, (u64)(i64)(trace(&eye, &along, 2) * 65536.0f));
            }
        }
    }
    return (i64)hash;
}
