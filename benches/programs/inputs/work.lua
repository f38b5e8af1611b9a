-- Words and their counts, sorting, string building, closures.
local seed = 42
local function random(n) seed = (seed * 1103515245 + 12345) % 2147483648; return seed % n + 1 end
local counts, words = {}, {}
for i = 1, 200000 do
    local word = string.format("w%d", random(20000))
    if not counts[word] then counts[word] = 0; words[#words + 1] = word end
    counts[word] = counts[word] + 1
end
table.sort(words, function(a, b) return counts[a] > counts[b] or (counts[a] == counts[b] and a < b) end)
for i = 1, 10 do print(words[i], counts[words[i]]) end
local parts = {}
for i = 1, 50000 do parts[i] = (words[i % #words + 1]:upper():gsub("W", "word ")):reverse() end
print(#table.concat(parts, ","))
local sieve, primes = {}, 0
for i = 2, 1000000 do
    if not sieve[i] then
        primes = primes + 1
        for j = i * i, 1000000, i do sieve[j] = true end
    end
end
print(primes)
