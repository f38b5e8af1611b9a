"""Writes the larger inputs of the programs into the folder that is given: the same bytes every time."""

import json, random, struct, sys, zlib
from pathlib import Path

folder = Path(sys.argv[1])
numbers = random.Random(42)


def pick(count):
    return [int(numbers.random() ** 2 * len(words)) for _ in range(count)]


words = ["".join(numbers.choice("etaoinshrdlucmfwyp") for _ in range(2 + i % 9)) for i in range(8000)]


def sentences(size):
    """Text whose words are as unevenly frequent as those of a language."""
    lines, length = [], 0
    while length < size:
        line = " ".join(words[i] for i in pick(12))
        if numbers.random() < 0.1:
            line += f" {numbers.randrange(100000)}"
        lines.append(line + ".")
        length += len(line) + 2
    return lines


text = sentences(5_000_000)
(folder / "text.txt").write_text("\n".join(text) + "\n")

records = [
    {"id": i, "group": words[i % 97], "name": text[i][:20], "score": i * 31 % 1009 / 8, "tags": [words[t] for t in pick(3)]}
    for i in range(40_000)
]
(folder / "records.json").write_text(json.dumps(records))

with (folder / "page.md").open("w") as page:
    for i, line in enumerate(text[:25_000]):
        kind = i % 9
        if kind == 0:
            page.write(f"\n## Part {i}\n\n")
        some = line.split()
        page.write(
            f"- *{some[0]}* {line}\n" if kind in (3, 4)
            else f"\n```\n{line}\n```\n\n" if kind == 6
            else f"| {some[0]} | {some[1]} |\n|---|---|\n| `{some[2]}` | **{some[3]}** |\n\n" if kind == 8
            else f"{line} [{some[1]}](https://example.org/{some[2]}) \\* &amp;\n"
        )

width, height = 1800, 1200
rows = bytearray()
for y in range(height):
    noise = numbers.randbytes(width)
    rows.append(0)
    for x in range(width):
        rows += bytes(((x * y >> 8) & 255, (x + y) // 12 & 255, noise[x] >> 3))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
(folder / "picture.png").write_bytes(
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + chunk(b"IEND", b"")
)

with (folder / "source.go").open("w") as source:
    source.write("package source\n\ntype node struct { left, right *node; key int; name string }\n")
    for i in range(120):
        source.write(
            f"""
func search{i}(root *node, key int) (found *node, steps int) {{
for root != nil && root.key != key {{ steps++
        if key < root.key+{i} {{ root=root.left }} else {{
    root = root.right }} }}
    return root, steps }}

func sum{i}(numbers []int, names map[string]int) (total int) {{
  for index, number := range numbers {{ switch {{ case number % {i + 2} == 0: total += number*{i}
  case index > {i}: total -= names["{words[i]}"]
    default: total ^= number<<3 }} }}
    defer func() {{ total++ }}()
  return }}
"""
        )

with (folder / "design.v").open("w") as design:
    for i in range(6):
        design.write(
            f"module unit{i}(input clk, input [15:0] a, b, output reg [31:0] q);\n"
            f"  reg [15:0] t; always @(posedge clk) begin t <= a * b + {i * 37}; q <= (q ^ {{t, a}}) + (b << {i}); end\nendmodule\n"
        )
