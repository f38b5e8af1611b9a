// A small register machine that runs a nested loop: one `switch` per instruction, loads of operands.
#include "guest.h"

typedef enum { ADD, SUB, MUL, XOR, SHR, LOAD, STORE, MOVE, CONST, LESS, JUMP, BRANCH, HALT } Opcode;
typedef struct { u8 op, a, b, c; i32 imm; } Inst;

static u32 cells[256];
static const Inst program[] = {
    {CONST, 1, 0, 0, 0},    // r1 = 0: outer counter (r0 = limit)
    {CONST, 6, 0, 0, 1},    // r6 = 1
    {CONST, 3, 0, 0, 1234}, // r3: accumulator
    {CONST, 2, 0, 0, 0},    // 3: outer loop: r2 = 0
    {CONST, 7, 0, 0, 100},  //
    {LOAD, 4, 2, 0, 0},     // 5: inner loop: r4 = cells[r2]
    {ADD, 3, 3, 4, 0},      //
    {CONST, 5, 0, 0, 31},   //
    {MUL, 3, 3, 5, 0},      //
    {CONST, 5, 0, 0, 7},    //
    {SHR, 4, 3, 5, 0},      //
    {XOR, 3, 3, 4, 0},      //
    {STORE, 3, 2, 0, 0},    // cells[r2] = r3
    {ADD, 2, 2, 6, 0},      //
    {LESS, 8, 2, 7, 0},     //
    {BRANCH, 8, 0, 0, 5},   //
    {ADD, 1, 1, 6, 0},      //
    {MOVE, 9, 3, 0, 0},     //
    {LESS, 8, 1, 0, 0},     //
    {BRANCH, 8, 0, 0, 3},   //
    {SUB, 9, 9, 6, 0},      //
    {HALT, 9, 0, 0, 0},
};

static NOINLINE u32 interpret(const Inst *code, u32 limit) {
    u32 registers[16] = {0};
    registers[0] = limit;
    for (u32 pc = 0;;) {
        Inst inst = code[pc++];
        u32 *target = &registers[inst.a & 15];
        u32 left = registers[inst.b & 15], right = registers[inst.c & 15];
        switch ((Opcode)inst.op) {
        case ADD: *target = left + right; break;
        case SUB: *target = left - right; break;
        case MUL: *target = left * right; break;
        case XOR: *target = left ^ right; break;
        case SHR: *target = left >> (right & 31); break;
        case LOAD: *target = cells[(left + (u32)inst.imm) & 255]; break;
        case STORE: cells[(left + (u32)inst.imm) & 255] = *target; break;
        case MOVE: *target = left; break;
        case CONST: *target = (u32)inst.imm; break;
        case LESS: *target = left < right; break;
        case JUMP: pc = (u32)inst.imm; break;
        case BRANCH: if (*target) pc = (u32)inst.imm; break;
        case HALT: return *target;
        }
    }
}

RUN { return interpret(program, (u32)n); }
