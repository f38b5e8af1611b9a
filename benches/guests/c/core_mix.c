// The mix of an embedded benchmark, written anew: a linked list that is searched, reversed and merge-sorted, an i16 matrix, a state
// machine over digits, and a bitwise CRC-16 over everything.
#include "guest.h"

enum { NODES = 256, SIDE = 12, INPUT = 512 };
typedef struct Node { struct Node *next; i32 key, payload; } Node;
static Node nodes[NODES];
static short left[SIDE][SIDE], right[SIDE][SIDE];
static i32 product[SIDE][SIDE];
static char input[INPUT];

static u16 crc16(u32 value, u16 crc) {
    for (u32 bit = 0; bit < 32; bit++, value >>= 1) {
        u32 carry = (crc ^ value) & 1;
        crc = (u16)(crc >> 1);
        if (carry) crc ^= 0xa001;
    }
    return crc;
}

static Node *find(Node *list, i32 key) {
    while (list && list->key != key) list = list->next;
    return list;
}

static Node *reverse(Node *list) {
    Node *reversed = 0;
    while (list) {
        Node *next = list->next;
        list->next = reversed;
        reversed = list;
        list = next;
    }
    return reversed;
}

static i32 by_key(const Node *a, const Node *b) { return a->key - b->key; }
static i32 by_payload(const Node *a, const Node *b) { return a->payload - b->payload; }

static Node *merge(Node *a, Node *b, i32 (*compare)(const Node *, const Node *)) {
    Node head = {0, 0, 0}, *tail = &head;
    while (a && b) {
        Node **smaller = compare(a, b) <= 0 ? &a : &b;
        tail = tail->next = *smaller;
        *smaller = (*smaller)->next;
    }
    tail->next = a ? a : b;
    return head.next;
}

static NOINLINE Node *merge_sort(Node *list, i32 (*compare)(const Node *, const Node *)) {
    if (!list || !list->next) return list;
    Node *slow = list, *fast = list->next;
    while (fast && fast->next) slow = slow->next, fast = fast->next->next;
    Node *second = slow->next;
    slow->next = 0;
    return merge(merge_sort(list, compare), merge_sort(second, compare), compare);
}

static NOINLINE u16 list_work(u32 round, u16 crc) {
    Node *list = &nodes[0];
    for (u32 i = 0; i < NODES; i++) {
        nodes[i].key = (i32)((i * 167 + round) & 255);
        nodes[i].payload = (i32)((i * 73 + crc) & 1023);
        nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : 0;
    }
    for (i32 key = 0; key < 16; key++) {
        Node *found = find(list, key * 16);
        list = reverse(list);
        if (found) crc = crc16((u32)found->payload, crc);
    }
    list = merge_sort(list, by_payload);
    crc = crc16((u32)list->payload, crc);
    list = merge_sort(list, by_key);
    for (Node *node = list; node; node = node->next) crc = (u16)(crc + node->payload);
    return crc;
}

static NOINLINE u16 matrix_work(u32 round, u16 crc) {
    for (u32 i = 0; i < SIDE * SIDE; i++) {
        left[0][i] = (short)(i * 3 + round);
        right[0][i] = (short)(i * 5 + crc);
    }
    for (u32 i = 0; i < SIDE; i++) {
        for (u32 j = 0; j < SIDE; j++) {
            i32 sum = 0;
            for (u32 k = 0; k < SIDE; k++) sum += left[i][k] * right[k][j];
            product[i][j] = sum;
        }
    }
    i32 total = 0;
    for (u32 i = 0; i < SIDE; i++) {
        for (u32 j = 0; j < SIDE; j++) total += product[i][j] > 4000 ? product[i][j] >> 3 : 1;
    }
    return crc16((u32)total, crc);
}

typedef enum { START, INTEGER, FRACTION, EXPONENT_SIGN, EXPONENT, INVALID, STATES } State;

static State step(State state, char c) {
    u32 digit = c >= '0' && c <= '9';
    switch (state) {
    case START: return digit ? INTEGER : c == '.' ? FRACTION : INVALID;
    case INTEGER: return digit ? INTEGER : c == '.' ? FRACTION : INVALID;
    case FRACTION: return digit ? FRACTION : c == 'e' ? EXPONENT_SIGN : INVALID;
    case EXPONENT_SIGN: return digit || c == '-' ? EXPONENT : INVALID;
    case EXPONENT: return digit ? EXPONENT : INVALID;
    default: return INVALID;
    }
}

static NOINLINE u16 state_work(u32 round, u16 crc) {
    static const char alphabet[] = "0123456789.e-,,,";
    u32 random = round * 2 + 1, counts[STATES] = {0};
    for (u32 i = 0; i < INPUT; i++) input[i] = alphabet[next_random(&random) >> 5 & 15];
    State state = START;
    for (u32 i = 0; i < INPUT; i++) {
        if (input[i] == ',') counts[state]++, state = START;
        else state = step(state, input[i]);
    }
    for (u32 i = 0; i < STATES; i++) crc = crc16(counts[i], crc);
    return crc;
}

RUN {
    u16 crc = 0;
    for (u32 round = 0; round < (u32)n; round++) {
        crc = list_work(round, crc);
        crc = matrix_work(round, crc);
        crc = state_work(round, crc);
    }
    return crc;
}
