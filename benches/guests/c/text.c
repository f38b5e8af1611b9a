// Work on strings: decimal conversion both ways, word counting, UTF-8 validation, substring search, reversal.
#include "guest.h"

enum { SIZE = 1 << 14 };
static char text[SIZE + 32];

static u32 write_decimal(char *to, u32 value) {
    char digits[10];
    u32 length = 0;
    do {
        digits[length++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    for (u32 i = 0; i < length; i++) to[i] = digits[length - 1 - i];
    return length;
}

static NOINLINE u32 fill(u32 *random) {
    u32 at = 0;
    while (at < SIZE) {
        at += write_decimal(text + at, next_random(random) >> (next_random(random) & 31));
        if (*random & 8) text[at++] = (char)0xc3, text[at++] = (char)0xa9;
        text[at++] = *random & 16 ? ' ' : '\n';
    }
    return at;
}

static NOINLINE u64 sum_numbers(u32 length) {
    u64 sum = 0, number = 0;
    for (u32 i = 0; i < length; i++) {
        char c = text[i];
        if (c >= '0' && c <= '9') number = number * 10 + (u64)(c - '0');
        else sum += number, number = 0;
    }
    return sum + number;
}

static NOINLINE u32 count_words(u32 length) {
    u32 words = 0, inside = 0;
    for (u32 i = 0; i < length; i++) {
        u32 space = text[i] == ' ' || text[i] == '\n' || text[i] == '\t';
        words += !space && !inside;
        inside = !space;
    }
    return words;
}

static NOINLINE u32 count_characters(u32 length) {
    u32 characters = 0;
    for (u32 i = 0; i < length; characters++) {
        u8 lead = (u8)text[i++];
        u32 trailing = lead < 0x80 ? 0 : lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : lead >> 3 == 30 ? 3 : 99;
        for (; trailing > 0; trailing--) {
            if (i >= length || ((u8)text[i++] & 0xc0) != 0x80) return 0;
        }
    }
    return characters;
}

static NOINLINE u32 count_matches(u32 length, const char *needle, u32 needle_length) {
    u32 matches = 0;
    for (u32 i = 0; i + needle_length <= length; i++) {
        u32 k = 0;
        while (k < needle_length && text[i + k] == needle[k]) k++;
        matches += k == needle_length;
    }
    return matches;
}

static NOINLINE void reverse(u32 length) {
    for (u32 i = 0, j = length - 1; i < j; i++, j--) {
        char old = text[i];
        text[i] = text[j];
        text[j] = old;
    }
}

RUN {
    u32 random = 9;
    u64 hash = MIX_SEED;
    for (i32 round = 0; round < n; round++) {
        u32 length = fill(&random);
        hash = mix(hash, sum_numbers(length));
        hash = mix(hash, count_words(length));
        hash = mix(hash, count_characters(length));
        hash = mix(hash, count_matches(length, "12", 2));
        reverse(length);
        hash = mix(hash, sum_numbers(length));
    }
    return (i64)hash;
}
