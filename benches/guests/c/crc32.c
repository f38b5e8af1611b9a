// CRC-32 by table: byte loads, table loads, shifts; a short dependent loop.
#include "guest.h"

enum { SIZE = 1 << 16 };
static u8 data[SIZE];
static u32 table[256];

static void prepare(void) {
    u32 state = 1;
    for (u32 i = 0; i < SIZE; i++) data[i] = (u8)next_random(&state);
    for (u32 i = 0; i < 256; i++) {
        u32 value = i;
        for (u32 bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320u ^ (value >> 1) : value >> 1;
        table[i] = value;
    }
}

static u32 crc32(u32 crc) {
    crc = ~crc;
    for (u32 i = 0; i < SIZE; i++) crc = table[(crc ^ data[i]) & 255] ^ (crc >> 8);
    return ~crc;
}

RUN {
    prepare();
    u32 crc = 0;
    for (i32 i = 0; i < n; i++) crc = crc32(crc);
    return crc;
}
