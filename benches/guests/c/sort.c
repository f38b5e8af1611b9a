// Quicksort with insertion sort below 16 elements, and heapsort, of i32 keys: data-dependent branches.
#include "guest.h"

enum { COUNT = 10000, SMALL = 16 };
static i32 keys[COUNT];

static void insertion_sort(i32 *from, i32 length) {
    for (i32 i = 1; i < length; i++) {
        i32 key = from[i], j = i;
        for (; j > 0 && from[j - 1] > key; j--) from[j] = from[j - 1];
        from[j] = key;
    }
}

static void swap(i32 *a, i32 *b) {
    i32 old = *a;
    *a = *b;
    *b = old;
}

static NOINLINE void quick_sort(i32 *from, i32 length) {
    while (length > SMALL) {
        i32 pivot = from[length / 2], low = 0, high = length - 1;
        while (low <= high) {
            while (from[low] < pivot) low++;
            while (from[high] > pivot) high--;
            if (low <= high) swap(&from[low++], &from[high--]);
        }
        quick_sort(from, high + 1);
        from += low;
        length -= low;
    }
    insertion_sort(from, length);
}

static void sift_down(i32 *heap, i32 at, i32 length) {
    for (i32 child; (child = 2 * at + 1) < length; at = child) {
        if (child + 1 < length && heap[child + 1] > heap[child]) child++;
        if (heap[at] >= heap[child]) return;
        swap(&heap[at], &heap[child]);
    }
}

static NOINLINE void heap_sort(i32 *heap, i32 length) {
    for (i32 at = length / 2 - 1; at >= 0; at--) sift_down(heap, at, length);
    for (i32 last = length - 1; last > 0; last--) {
        swap(&heap[0], &heap[last]);
        sift_down(heap, 0, last);
    }
}

RUN {
    u32 state = 3;
    u64 hash = MIX_SEED;
    for (i32 i = 0; i < n; i++) {
        for (u32 k = 0; k < COUNT; k++) keys[k] = (i32)next_random(&state);
        if (i & 1) heap_sort(keys, COUNT);
        else quick_sort(keys, COUNT);
        for (u32 k = 1; k < COUNT; k++) hash += keys[k - 1] > keys[k];
        hash = mix(hash, (u64)keys[COUNT / 3]);
    }
    return (i64)hash;
}
