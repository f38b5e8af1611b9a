# What scripts do: text, dictionaries, JSON, regular expressions, hashes, classes, sorting.
import collections, hashlib, json, re

with open("files/text.txt", encoding="utf-8") as file:
    text = file.read(800_000)
words = collections.Counter(re.findall(r"[a-z]+", text))
print(words.most_common(5))
records = [{"id": i, "name": f"name {i * 7919 % 5003}", "score": i * 31 % 101} for i in range(30_000)]
records = json.loads(json.dumps(records))
records.sort(key=lambda record: (-record["score"], record["name"]))
print(hashlib.sha256(json.dumps(records[:1000], sort_keys=True).encode()).hexdigest())


class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)


total = Vector(0, 0)
for i in range(150_000):
    total += Vector(i, i % 3)
print(total.x, total.y)
