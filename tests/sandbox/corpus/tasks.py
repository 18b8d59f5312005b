"""Typical interview tasks with a right and a wrong solution in each language.

JavaScript and TypeScript share a body under two signatures. `mistake` makes a wrong
solution: a piece of the right one and its replacement, for Python and for the other two languages.
"""

from dataclasses import dataclass

from pydantic import JsonValue

Examples = list[tuple[list[JsonValue], JsonValue]]


@dataclass(frozen=True)
class Task:
    """A function to write, examples of what it gives, and solutions."""

    name: str
    python: str
    signature: str
    body: str
    mistake: tuple[tuple[str, str], tuple[str, str]]
    examples: Examples
    comparison: str = "exact"

    @property
    def typescript(self) -> str:
        return f"function {self.name}{self.signature} {{\n{self.body}\n}}"

    @property
    def javascript(self) -> str:
        parameters, _, _ = self.signature[1:].rpartition("):")
        names = [part.split(":")[0].strip() for part in parameters.split(", ") if ":" in part]
        return f"function {self.name}({', '.join(names)}) {{\n{self.body}\n}}"


TASKS = [
    Task(
        "two_sum",
        "def two_sum(nums, target):\n    seen = {}\n    for i, n in enumerate(nums):\n        if target - n in seen:\n            return [seen[target - n], i]\n        seen[n] = i\n    return []",
        "(nums: number[], target: number): number[]",
        "const seen = new Map();\nfor (let i = 0; i < nums.length; i++) {\n  if (seen.has(target - nums[i])) return [seen.get(target - nums[i]), i];\n  seen.set(nums[i], i);\n}\nreturn [];",
        (("i]\n        seen", "i + 1]\n        seen"), ("]), i];", "]), i + 1];")),
        [([[2, 7, 11, 15], 9], [0, 1]), ([[3, 2, 4], 6], [1, 2]), ([[3, 3], 6], [0, 1])],
    ),
    Task(
        "reverse_string",
        "def reverse_string(s):\n    return s[::-1]",
        "(s: string): string",
        "return [...s].reverse().join('');",
        (("[::-1]", "[::1]"), (".reverse()", "")),
        [(["hello"], "olleh"), (["äöü"], "üöä"), ([""], "")],
    ),
    Task(
        "is_palindrome",
        "def is_palindrome(s):\n    t = [c.lower() for c in s if c.isalnum()]\n    return t == t[::-1]",
        "(s: string): boolean",
        "const t = [...s.toLowerCase()].filter((c) => /[a-z0-9]/.test(c));\nreturn t.join('') === t.reverse().join('');",
        (("t == t", "t != t"), ("===", "!==")),
        [(["A man, a plan, a canal: Panama"], True), (["race a car"], False), ([""], True)],
    ),
    Task(
        "fizz_buzz",
        "def fizz_buzz(n):\n    return ['Fizz' * (i % 3 == 0) + 'Buzz' * (i % 5 == 0) or str(i) for i in range(1, n + 1)]",
        "(n: number): string[]",
        "return Array.from({ length: n }, (_, k) => {\n  const i = k + 1;\n  return (i % 3 ? '' : 'Fizz') + (i % 5 ? '' : 'Buzz') || String(i);\n});",
        (("i % 3", "i % 4"), ("i % 3", "i % 4")),
        [
            ([5], ["1", "2", "Fizz", "4", "Buzz"]),
            ([0], []),
            (
                [15],
                [
                    "1",
                    "2",
                    "Fizz",
                    "4",
                    "Buzz",
                    "Fizz",
                    "7",
                    "8",
                    "Fizz",
                    "Buzz",
                    "11",
                    "Fizz",
                    "13",
                    "14",
                    "FizzBuzz",
                ],
            ),
        ],
    ),
    Task(
        "valid_brackets",
        "def valid_brackets(s):\n    pairs, stack = {')': '(', ']': '[', '}': '{'}, []\n    for c in s:\n        if c in pairs:\n            if not stack or stack.pop() != pairs[c]:\n                return False\n        else:\n            stack.append(c)\n    return not stack",
        "(s: string): boolean",
        "const pairs = { ')': '(', ']': '[', '}': '{' }, stack = [];\nfor (const c of s) {\n  if (c in pairs) { if (stack.pop() !== pairs[c]) return false; }\n  else stack.push(c);\n}\nreturn stack.length === 0;",
        (("return not stack", "return True"), ("stack.length === 0", "true")),
        [(["()[]{}"], True), (["(]"], False), (["(("], False)],
    ),
    Task(
        "max_subarray",
        "def max_subarray(nums):\n    best = here = nums[0]\n    for n in nums[1:]:\n        here = max(n, here + n)\n        best = max(best, here)\n    return best",
        "(nums: number[]): number",
        "let best = nums[0], here = nums[0];\nfor (const n of nums.slice(1)) { here = Math.max(n, here + n); best = Math.max(best, here); }\nreturn best;",
        (("max(n, here + n)", "here + n"), ("Math.max(n, here + n)", "here + n")),
        [([[-2, 1, -3, 4, -1, 2, 1, -5, 4]], 6), ([[5, 4, -1, 7, 8]], 23), ([[-1]], -1)],
    ),
    Task(
        "merge_sorted",
        "def merge_sorted(a, b):\n    out, i, j = [], 0, 0\n    while i < len(a) and j < len(b):\n        if a[i] <= b[j]:\n            out.append(a[i]); i += 1\n        else:\n            out.append(b[j]); j += 1\n    return out + a[i:] + b[j:]",
        "(a: number[], b: number[]): number[]",
        "const out = [];\nlet i = 0, j = 0;\nwhile (i < a.length && j < b.length) out.push(a[i] <= b[j] ? a[i++] : b[j++]);\nreturn [...out, ...a.slice(i), ...b.slice(j)];",
        ((" + b[j:]", ""), (", ...b.slice(j)", "")),
        [([[1, 3], [2, 4]], [1, 2, 3, 4]), ([[], [1]], [1]), ([[1, 1], [1]], [1, 1, 1])],
    ),
    Task(
        "climb_stairs",
        "def climb_stairs(n):\n    a, b = 1, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a",
        "(n: number): number",
        "let a = 1, b = 1;\nfor (let i = 0; i < n; i++) [a, b] = [b, a + b];\nreturn a;",
        (("return a", "return b"), ("return a", "return b")),
        [([2], 2), ([3], 3), ([45], 1836311903)],
    ),
    Task(
        "anagrams",
        "def anagrams(words):\n    groups = {}\n    for w in words:\n        groups.setdefault(''.join(sorted(w)), []).append(w)\n    return list(groups.values())",
        "(words: string[]): string[][]",
        "const groups = new Map();\nfor (const w of words) {\n  const key = [...w].sort().join('');\n  groups.set(key, [...(groups.get(key) ?? []), w]);\n}\nreturn [...groups.values()];",
        (("''.join(sorted(w))", "w"), ("[...w].sort().join('')", "w")),
        [
            ([["eat", "tea", "tan", "ate", "nat", "bat"]], [["bat"], ["nat", "tan"], ["ate", "eat", "tea"]]),
            ([["ab", "ba"]], [["ba", "ab"]]),
        ],
        comparison="unordered_deep",
    ),
    Task(
        "binary_search",
        "def binary_search(nums, x):\n    lo, hi = 0, len(nums) - 1\n    while lo <= hi:\n        mid = (lo + hi) // 2\n        if nums[mid] == x:\n            return mid\n        if nums[mid] < x:\n            lo = mid + 1\n        else:\n            hi = mid - 1\n    return -1",
        "(nums: number[], x: number): number",
        "let lo = 0, hi = nums.length - 1;\nwhile (lo <= hi) {\n  const mid = (lo + hi) >> 1;\n  if (nums[mid] === x) return mid;\n  if (nums[mid] < x) lo = mid + 1; else hi = mid - 1;\n}\nreturn -1;",
        (("lo <= hi", "lo < hi"), ("lo <= hi", "lo < hi")),
        [([[1, 3, 5, 7], 7], 3), ([[1, 3, 5], 4], -1), ([[2], 2], 0)],
    ),
    Task(
        "longest_unique",
        "def longest_unique(s):\n    last, start, best = {}, 0, 0\n    for i, c in enumerate(s):\n        start = max(start, last.get(c, -1) + 1)\n        last[c] = i\n        best = max(best, i - start + 1)\n    return best",
        "(s: string): number",
        "const last = new Map();\nlet start = 0, best = 0;\n[...s].forEach((c, i) => {\n  start = Math.max(start, (last.get(c) ?? -1) + 1);\n  last.set(c, i);\n  best = Math.max(best, i - start + 1);\n});\nreturn best;",
        (
            ("max(start, last.get(c, -1) + 1)", "last.get(c, -1) + 1"),
            ("Math.max(start, (last.get(c) ?? -1) + 1)", "(last.get(c) ?? -1) + 1"),
        ),
        [(["abcabcbb"], 3), (["abba"], 2), ([""], 0)],
    ),
    Task(
        "rotate",
        "def rotate(nums, k):\n    k %= len(nums) or 1\n    return nums[len(nums) - k:] + nums[:len(nums) - k]",
        "(nums: number[], k: number): number[]",
        "const n = nums.length, at = n - (k % (n || 1));\nreturn [...nums.slice(at), ...nums.slice(0, at)];",
        (("k %= len(nums) or 1", "pass"), ("k % (n || 1)", "k")),
        [([[1, 2, 3], 1], [3, 1, 2]), ([[1, 2, 3], 7], [3, 1, 2]), ([[], 3], [])],
    ),
    Task(
        "roman",
        "def roman(s):\n    v = dict(I=1, V=5, X=10, L=50, C=100, D=500, M=1000)\n    return sum(-v[a] if v[a] < v[b] else v[a] for a, b in zip(s, s[1:] + s[-1]))",
        "(s: string): number",
        "const v = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };\nreturn [...s].reduce((sum, c, i) => sum + (v[c] < (v[s[i + 1]] ?? 0) ? -v[c] : v[c]), 0);",
        (("-v[a] if", "v[a] if"), ("? -v[c]", "? v[c]")),
        [(["III"], 3), (["MCMXCIV"], 1994), (["IX"], 9)],
    ),
    Task(
        "word_count",
        "def word_count(text):\n    out = {}\n    for w in text.lower().split():\n        out[w] = out.get(w, 0) + 1\n    return out",
        "(text: string): Record<string, number>",
        "const out = {};\nfor (const w of text.toLowerCase().split(/\\s+/).filter(Boolean)) out[w] = (out[w] ?? 0) + 1;\nreturn out;",
        ((".lower()", ""), (".toLowerCase()", "")),
        [(["the cat The dog"], {"the": 2, "cat": 1, "dog": 1}), ([""], {})],
    ),
    Task(
        "flatten",
        "def flatten(xs):\n    return [y for x in xs for y in (flatten(x) if isinstance(x, list) else [x])]",
        "(xs: any[]): any[]",
        "return xs.flatMap((x) => (Array.isArray(x) ? flatten(x) : [x]));",
        (("flatten(x) if", "x if"), ("flatten(x) :", "x :")),
        [([[1, [2, [3, [4]]]]], [1, 2, 3, 4]), ([[]], [])],
    ),
    Task(
        "primes",
        "def primes(n):\n    sieve = [True] * (n + 1)\n    out = []\n    for i in range(2, n + 1):\n        if sieve[i]:\n            out.append(i)\n            for j in range(i * i, n + 1, i):\n                sieve[j] = False\n    return out",
        "(n: number): number[]",
        "const out = [];\nconst composite = new Uint8Array(n + 1);\nfor (let i = 2; i <= n; i++) {\n  if (composite[i]) continue;\n  out.push(i);\n  for (let j = i * i; j <= n; j += i) composite[j] = 1;\n}\nreturn out;",
        (("range(i * i, n + 1, i)", "range(i * i, n, i)"), ("j <= n; j", "j < n; j")),
        [([10], [2, 3, 5, 7]), ([1], []), ([25], [2, 3, 5, 7, 11, 13, 17, 19, 23])],
    ),
    Task(
        "gcd",
        "def gcd(a, b):\n    while b:\n        a, b = b, a % b\n    return a",
        "(a: number, b: number): number",
        "while (b) [a, b] = [b, a % b];\nreturn a;",
        (("a % b", "a // b"), ("a % b", "Math.floor(a / b)")),
        [([12, 18], 6), ([7, 13], 1), ([0, 5], 5)],
    ),
    Task(
        "square_root",
        "def square_root(x):\n    guess = x or 1.0\n    for _ in range(60):\n        guess = (guess + x / guess) / 2\n    return guess",
        "(x: number): number",
        "let guess = x || 1;\nfor (let i = 0; i < 60; i++) guess = (guess + x / guess) / 2;\nreturn guess;",
        (("range(60)", "range(2)"), ("i < 60", "i < 2")),
        [([2], 1.414213), ([144], 12), ([10], 3.162277)],
        comparison="float",
    ),
    Task(
        "matrix_transpose",
        "def matrix_transpose(m):\n    return [list(row) for row in zip(*m)]",
        "(m: number[][]): number[][]",
        "return (m[0] ?? []).map((_, c) => m.map((row) => row[c]));",
        (("zip(*m)", "m"), ("row[c]", "row[0]")),
        [([[[1, 2], [3, 4]]], [[1, 3], [2, 4]]), ([[[1, 2, 3]]], [[1], [2], [3]])],
    ),
    Task(
        "spiral",
        "def spiral(m):\n    out = []\n    while m:\n        out += m[0]\n        m = [list(r) for r in zip(*m[1:])][::-1]\n    return out",
        "(m: number[][]): number[]",
        "const out = [];\nwhile (m.length) {\n  out.push(...m[0]);\n  const rest = m.slice(1);\n  m = rest.length ? rest[0].map((_, c) => rest.map((r) => r[c])).reverse() : [];\n}\nreturn out;",
        (("[::-1]", ""), (".reverse()", "")),
        [([[[1, 2, 3], [4, 5, 6], [7, 8, 9]]], [1, 2, 3, 6, 9, 8, 7, 4, 5])],
    ),
    Task(
        "coin_change",
        "def coin_change(coins, amount):\n    best = [0] + [None] * amount\n    for a in range(1, amount + 1):\n        ways = [best[a - c] for c in coins if c <= a and best[a - c] is not None]\n        best[a] = min(ways) + 1 if ways else None\n    return -1 if best[amount] is None else best[amount]",
        "(coins: number[], amount: number): number",
        "const best = [0];\nfor (let a = 1; a <= amount; a++) best[a] = Math.min(Infinity, ...coins.filter((c) => c <= a).map((c) => best[a - c] + 1));\nreturn best[amount] === Infinity ? -1 : best[amount];",
        (("min(ways)", "max(ways)"), ("Math.min(Infinity, ", "Math.max(0, ")),
        [([[1, 2, 5], 11], 3), ([[2], 3], -1), ([[1], 0], 0)],
    ),
    Task(
        "unique_paths",
        "def unique_paths(m, n):\n    row = [1] * n\n    for _ in range(m - 1):\n        for c in range(1, n):\n            row[c] += row[c - 1]\n    return row[-1]",
        "(m: number, n: number): number",
        "const row = new Array(n).fill(1);\nfor (let r = 1; r < m; r++) for (let c = 1; c < n; c++) row[c] += row[c - 1];\nreturn row[n - 1];",
        (("range(m - 1)", "range(m)"), ("r < m", "r <= m")),
        [([3, 7], 28), ([3, 2], 3), ([1, 1], 1)],
    ),
    Task(
        "islands",
        "def islands(grid):\n    seen = set()\n    def walk(r, c):\n        if (r, c) in seen or not (0 <= r < len(grid) and 0 <= c < len(grid[0])) or grid[r][c] == 0:\n            return 0\n        seen.add((r, c))\n        for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):\n            walk(r + dr, c + dc)\n        return 1\n    return sum(walk(r, c) for r in range(len(grid)) for c in range(len(grid[0])))",
        "(grid: number[][]): number",
        "const seen = new Set();\nconst walk = (r, c) => {\n  const key = r + ',' + c;\n  if (seen.has(key) || !grid[r]?.[c]) return 0;\n  seen.add(key);\n  for (const [dr, dc] of [[0, 1], [1, 0], [0, -1], [-1, 0]]) walk(r + dr, c + dc);\n  return 1;\n};\nreturn grid.reduce((sum, row, r) => sum + row.reduce((s, _, c) => s + walk(r, c), 0), 0);",
        (("(-1, 0)):", "(1, 1)):"), ("[-1, 0]]", "[1, 1]]")),
        [([[[1, 0], [0, 1]]], 2), ([[[1, 1], [1, 1]]], 1), ([[[0, 1, 0], [1, 1, 1]]], 1)],
    ),
    Task(
        "topological",
        "def topological(n, edges):\n    need, after = [0] * n, [[] for _ in range(n)]\n    for a, b in edges:\n        need[b] += 1; after[a].append(b)\n    ready, done = [i for i in range(n) if not need[i]], 0\n    while ready:\n        done += 1\n        for b in after[ready.pop()]:\n            need[b] -= 1\n            if not need[b]:\n                ready.append(b)\n    return done == n",
        "(n: number, edges: number[][]): boolean",
        "const need = new Array(n).fill(0), after = Array.from({ length: n }, () => []);\nfor (const [a, b] of edges) { need[b]++; after[a].push(b); }\nconst ready = need.flatMap((k, i) => (k ? [] : [i]));\nlet done = 0;\nwhile (ready.length) { done++; for (const b of after[ready.pop()]) if (--need[b] === 0) ready.push(b); }\nreturn done === n;",
        (("done == n", "done > 0"), ("done === n", "done > 0")),
        [([2, [[0, 1]]], True), ([3, [[0, 1], [1, 2], [2, 1]]], False)],
    ),
    Task(
        "meeting_rooms",
        "def meeting_rooms(slots):\n    rooms = most = 0\n    for _, change in sorted([(s, 1) for s, _ in slots] + [(e, -1) for _, e in slots]):\n        rooms += change\n        most = max(most, rooms)\n    return most",
        "(slots: number[][]): number",
        "const moves = slots.flatMap(([s, e]) => [[s, 1], [e, -1]]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);\nlet rooms = 0, most = 0;\nfor (const [, change] of moves) { rooms += change; most = Math.max(most, rooms); }\nreturn most;",
        (("max(most, rooms)", "rooms"), ("Math.max(most, rooms)", "rooms")),
        [([[[0, 30], [5, 10], [15, 20]]], 2), ([[[7, 10], [2, 4]]], 1), ([[]], 0)],
    ),
    Task(
        "merge_intervals",
        "def merge_intervals(xs):\n    out = []\n    for s, e in sorted(xs):\n        if out and s <= out[-1][1]:\n            out[-1][1] = max(out[-1][1], e)\n        else:\n            out.append([s, e])\n    return out",
        "(xs: number[][]): number[][]",
        "const out = [];\nfor (const [s, e] of [...xs].sort((a, b) => a[0] - b[0])) {\n  const last = out[out.length - 1];\n  if (last && s <= last[1]) last[1] = Math.max(last[1], e); else out.push([s, e]);\n}\nreturn out;",
        (("max(out[-1][1], e)", "e"), ("Math.max(last[1], e)", "e")),
        [([[[1, 3], [2, 6], [8, 10]]], [[1, 6], [8, 10]]), ([[[1, 9], [2, 3]]], [[1, 9]])],
    ),
    Task(
        "edit_distance",
        "def edit_distance(a, b):\n    row = list(range(len(b) + 1))\n    for i, x in enumerate(a, 1):\n        above, row[0] = row[:], i\n        for j, y in enumerate(b, 1):\n            row[j] = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))\n    return row[-1]",
        "(a: string, b: string): number",
        "let row = Array.from({ length: b.length + 1 }, (_, j) => j);\nfor (let i = 1; i <= a.length; i++) {\n  const above = row;\n  row = [i];\n  for (let j = 1; j <= b.length; j++) row[j] = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));\n}\nreturn row[b.length];",
        (("(x != y)", "1"), ("(a[i - 1] === b[j - 1] ? 0 : 1)", "1")),
        [(["horse", "ros"], 3), (["", "abc"], 3), (["same", "same"], 0)],
    ),
    Task(
        "permutations",
        "def permutations(xs):\n    if not xs:\n        return [[]]\n    return [[x] + p for i, x in enumerate(xs) for p in permutations(xs[:i] + xs[i + 1:])]",
        "(xs: number[]): number[][]",
        "if (!xs.length) return [[]];\nreturn xs.flatMap((x, i) => permutations([...xs.slice(0, i), ...xs.slice(i + 1)]).map((p) => [x, ...p]));",
        (("xs[i + 1:]", "xs[i + 2:]"), ("xs.slice(i + 1)", "xs.slice(i + 2)")),
        [
            ([[1, 2]], [[2, 1], [1, 2]]),
            ([[1, 2, 3]], [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]]),
        ],
        comparison="unordered",
    ),
    Task(
        "top_k",
        "def top_k(xs, k):\n    counts = {}\n    for x in xs:\n        counts[x] = counts.get(x, 0) + 1\n    return sorted(counts, key=lambda x: -counts[x])[:k]",
        "(xs: number[], k: number): number[]",
        "const counts = new Map();\nfor (const x of xs) counts.set(x, (counts.get(x) ?? 0) + 1);\nreturn [...counts].sort((a, b) => b[1] - a[1]).slice(0, k).map(([x]) => x);",
        (("-counts[x]", "counts[x]"), ("b[1] - a[1]", "a[1] - b[1]")),
        [([[1, 1, 1, 2, 2, 3], 2], [1, 2]), ([[4, 4, 9], 1], [4])],
        comparison="unordered",
    ),
    Task(
        "run_length",
        "def run_length(s):\n    from itertools import groupby\n    return ''.join(f'{len(list(g))}{c}' for c, g in groupby(s))",
        "(s: string): string",
        "return s.replace(/(.)\\1*/g, (run, c) => run.length + c);",
        (("len(list(g))", "1"), ("run.length", "1")),
        [(["aaabcc"], "3a1b2c"), ([""], "")],
    ),
    Task(
        "knapsack",
        "def knapsack(items, room):\n    best = [0] * (room + 1)\n    for w, v in items:\n        for r in range(room, w - 1, -1):\n            best[r] = max(best[r], best[r - w] + v)\n    return best[room]",
        "(items: number[][], room: number): number",
        "const best = new Array(room + 1).fill(0);\nfor (const [w, v] of items) for (let r = room; r >= w; r--) best[r] = Math.max(best[r], best[r - w] + v);\nreturn best[room];",
        (
            ("range(room, w - 1, -1)", "range(w, room + 1)"),
            ("let r = room; r >= w; r--", "let r = w; r <= room; r++"),
        ),
        [([[[1, 1], [3, 4], [4, 5]], 7], 9), ([[[2, 3]], 6], 3)],
    ),
    Task(
        "balanced_total",
        "def balanced_total(cents, people):\n    share, rest = divmod(cents, people)\n    return [share + (i < rest) for i in range(people)]",
        "(cents: number, people: number): number[]",
        "const share = Math.floor(cents / people), rest = cents % people;\nreturn Array.from({ length: people }, (_, i) => share + (i < rest ? 1 : 0));",
        (("(i < rest)", "0"), ("(i < rest ? 1 : 0)", "0")),
        [([100, 3], [34, 33, 33]), ([5, 5], [1, 1, 1, 1, 1])],
    ),
]
