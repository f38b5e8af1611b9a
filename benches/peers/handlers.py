#!/usr/bin/env python3
"""Which interpreter handlers ran how often, and how many machine instructions each took.

    objdump -d --no-show-raw-insn -M intel -C PROGRAM > PROGRAM.dis
    valgrind --tool=callgrind --dump-instr=yes --callgrind-out-file=OUT PROGRAM loop --only GUEST --engine NAME --seconds 0
    handlers.py OUT PROGRAM.dis [ROWS]

A handler ends in an indirect jump, so executed indirect jumps are executed instructions of the interpreter.
"""

import collections
import re
import sys

POSITION = re.compile(r"(0x[0-9a-f]+|\+\d+|-\d+|\*) \S+ (\d+)\s*$")
FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$")
INSTRUCTION = re.compile(r"^\s+([0-9a-f]+):\s+(.*)$")
INDIRECT_JUMP = re.compile(r"(notrack )?jmp\s+(r\w+|QWORD PTR)")


def executed(path):
    """Executions per instruction address; the line after `calls=` is the callee's cost and does not count."""
    counts, address, callee = collections.Counter(), 0, False
    with open(path) as lines:
        for line in lines:
            if line.startswith("calls="):
                callee = True
            elif match := POSITION.match(line):
                position, cost = match.groups()
                if position.startswith("0x"):
                    address = int(position, 16)
                elif position != "*":
                    address += int(position)
                if not callee:
                    counts[address] += int(cost)
                callee = False
    return counts


def disassembled(path):
    """Function and text of each instruction."""
    function, instructions = None, {}
    with open(path) as lines:
        for line in lines:
            if match := FUNCTION.match(line):
                function = match.group(1)
            elif match := INSTRUCTION.match(line):
                instructions[int(match.group(1), 16)] = (function, match.group(2))
    return instructions


def main():
    counts, instructions = executed(sys.argv[1]), disassembled(sys.argv[2])
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else 15
    hottest = max(counts, key=counts.get)
    bias = next(bias for bias in (0, 0x108000, 0x400000, 0x10C000) if hottest - bias in instructions)
    cost, dispatches = collections.Counter(), collections.Counter()
    for address, count in counts.items():
        function, text = instructions.get(address - bias, ("?", ""))
        cost[function] += count
        if INDIRECT_JUMP.match(text):
            dispatches[function] += count
    total, jumps = sum(cost.values()), sum(dispatches.values())
    print(f"{total} instructions, {jumps} dispatches, {total / max(jumps, 1):.2f} instructions each")
    for function, count in cost.most_common(rows):
        each = count / max(dispatches[function], 1)
        print(f"{100 * count / total:5.1f} % {dispatches[function]:12} times {each:7.1f} instructions  {function}")


main()
