// Objects, maps, strings, regular expressions, JSON and typed arrays.
let seed = 42;
const random = n => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) % n;
const people = Array.from({ length: 30000 }, (_, id) => ({ id, name: `name ${random(5000)}`, tags: [random(9), random(9)] }));
const byName = new Map();
for (const person of JSON.parse(JSON.stringify(people))) {
    if (!byName.has(person.name)) byName.set(person.name, []);
    byName.get(person.name).push(person);
}
const most = [...byName].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1)).slice(0, 5);
for (const [name, list] of most) console.log(name, list.length);
const text = people.map(person => person.name.replace(/(\d+)/g, (_, digits) => digits * 2)).join(" ");
console.log(text.length, (text.match(/\b\d*7\d*\b/g) ?? []).length);
const grid = new Float64Array(300 * 300);
for (let step = 0; step < 12; step++)
    for (let i = 301; i < grid.length - 301; i++)
        grid[i] = (grid[i - 1] + grid[i + 1] + grid[i - 300] + grid[i + 300]) / 4 + (i % 7);
console.log(grid.reduce((a, b) => a + b, 0).toFixed(3));
