// Bytes sixteen at a time: counts of lines, of upper-case letters, and a saturating sum, as a JSON or CSV scanner would.
// Compiled with -msimd128.
#include "guest.h"
#include <wasm_simd128.h>

enum { SIZE = 1 << 16 };
static u8 text[SIZE];

static NOINLINE u32 count_byte(u8 byte) {
    v128_t wanted = wasm_i8x16_splat((i8)byte);
    u32 count = 0;
    for (u32 at = 0; at < SIZE; at += 16) {
        v128_t equal = wasm_i8x16_eq(wasm_v128_load(text + at), wanted);
        count += (u32)__builtin_popcount(wasm_i8x16_bitmask(equal));
    }
    return count;
}

static NOINLINE u32 count_upper_case(void) {
    v128_t low = wasm_u8x16_splat('A'), span = wasm_u8x16_splat('Z' - 'A');
    v128_t total = wasm_i32x4_splat(0);
    for (u32 at = 0; at < SIZE; at += 16) {
        v128_t inside = wasm_u8x16_le(wasm_i8x16_sub(wasm_v128_load(text + at), low), span);
        v128_t ones = wasm_v128_and(inside, wasm_u8x16_splat(1));
        total = wasm_i32x4_add(total, wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(ones)));
    }
    return (u32)(wasm_i32x4_extract_lane(total, 0) + wasm_i32x4_extract_lane(total, 1) +
                 wasm_i32x4_extract_lane(total, 2) + wasm_i32x4_extract_lane(total, 3));
}

static NOINLINE void to_lower_case(void) {
    v128_t low = wasm_u8x16_splat('A'), span = wasm_u8x16_splat('Z' - 'A'), bit = wasm_u8x16_splat(0x20);
    for (u32 at = 0; at < SIZE; at += 16) {
        v128_t bytes = wasm_v128_load(text + at);
        v128_t upper = wasm_u8x16_le(wasm_i8x16_sub(bytes, low), span);
        wasm_v128_store(text + at, wasm_v128_xor(bytes, wasm_v128_and(upper, bit)));
    }
}

RUN {
    u32 random = 13;
    u64 hash = MIX_SEED;
    for (u32 i = 0; i < SIZE; i++) text[i] = (u8)(next_random(&random) % 96 + 32);
    for (i32 round = 0; round < n; round++) {
        text[round & (SIZE - 1)] = (u8)('A' + round % 26);
        hash = mix(hash, count_byte('e'));
        hash = mix(hash, count_upper_case());
        if (round % 8 == 7) to_lower_case();
    }
    return (i64)hash;
}
