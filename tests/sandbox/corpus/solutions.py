"""Functions as people paste them from LeetCode and Codewars: the entry point, arguments and what is returned."""

from dataclasses import dataclass

from pydantic import JsonValue

from domain.code.runs import Language

PY, JS, TS = Language.PYTHON, Language.JAVASCRIPT, Language.TYPESCRIPT


@dataclass(frozen=True)
class Solution:
    name: str
    language: Language
    code: str
    entry_point: str
    examples: tuple[tuple[list[JsonValue], JsonValue], ...]


_TWO_SUM: tuple[tuple[list[JsonValue], JsonValue], ...] = (
    ([[2, 7, 11, 15], 9], [0, 1]),
    ([[3, 2, 4], 6], [1, 2]),
)
_LEET_PY = """class Solution:
    def twoSum(self, nums: List[int], target: int) -> List[int]:
        seen: Dict[int, int] = {}
        for i, n in enumerate(nums):
            if target - n in seen:
                return [seen[target - n], i]
            seen[n] = i
        return []
"""
_LEET_JS = """/**
 * @param {number[]} nums
 * @param {number} target
 * @return {number[]}
 */
var twoSum = function(nums, target) {
    const seen = new Map();
    for (let i = 0; i < nums.length; i++) {
        if (seen.has(target - nums[i])) return [seen.get(target - nums[i]), i];
        seen.set(nums[i], i);
    }
};
"""
_CLASS_JS = """class Solution {
  /** @param {number[]} nums */
  twoSum(nums, target) {
    return this.find(nums, target);
  }
  find(nums, target) {
    for (let i = 0; i < nums.length; i++)
      for (let j = i + 1; j < nums.length; j++)
        if (nums[i] + nums[j] === target) return [i, j];
    return [];
  }
}
"""
_CLASS_TS = """class Solution {
  private seen = new Map<number, number>();

  twoSum(nums: number[], target: number): number[] {
    for (const [i, n] of nums.entries()) {
      const other = this.seen.get(target - n);
      if (other !== undefined) return [other, i];
      this.seen.set(n, i);
    }
    return [];
  }
}
"""
_HEAP = """class Solution:
    def kthLargest(self, nums: List[int], k: int) -> Optional[int]:
        heap = []
        for n in nums:
            heappush(heap, n)
            if len(heap) > k:
                heapq.heappop(heap)
        return heap[0] if heap else None
"""
_BFS = """class Solution:
    def orangesRotting(self, grid: List[List[int]]) -> int:
        rows, cols = len(grid), len(grid[0])
        queue: Deque[Tuple[int, int]] = deque((r, c) for r, c in product(range(rows), range(cols)) if grid[r][c] == 2)
        minutes = 0
        while queue:
            for _ in range(len(queue)):
                r, c = queue.popleft()
                for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                    if 0 <= r + dr < rows and 0 <= c + dc < cols and grid[r + dr][c + dc] == 1:
                        grid[r + dr][c + dc] = 2
                        queue.append((r + dr, c + dc))
            minutes += bool(queue)
        return -1 if any(1 in row for row in grid) else minutes
"""
_CACHED = """class Solution:
    def climbStairs(self, n: int) -> int:
        @lru_cache(None)
        def ways(i: int) -> int:
            return 1 if i < 2 else ways(i - 1) + ways(i - 2)
        return ways(n)
"""
_BISECT = """def lengthOfLIS(nums: List[int]) -> int:
    tails = []
    for n in nums:
        i = bisect.bisect_left(tails, n)
        tails[i:i + 1] = [n]
    assert bisect_left(tails, inf) == len(tails) == reduce(lambda a, _: a + 1, tails, 0)
    return len(tails)
"""
_OWN_NAME = """class Solution:
    def gcd(self, a: int, b: int) -> str:
        return 'mine ' + str(math.gcd(a, b))
"""
_STARS = """import collections
from typing import *
from functools import *

def count(word: str) -> Dict[str, int]:
    return collections.Counter(word)
"""
_CODEWARS_JS = """module.exports = { solution: (text) => text.split('').reverse().join('') };"""
_CODEWARS_TS = """export function solution(text: string): string {
  return text.split('').reverse().join('');
}
"""
_LARGE = """var factorial = function(n) {
  let product = 1n;
  for (let i = 2n; i <= BigInt(n); i++) product *= i;
  return product;
};
"""
_FACTORIAL_30 = 265252859812191058636308480000000

SOLUTIONS = [
    Solution("leetcode python", PY, _LEET_PY, "twoSum", _TWO_SUM),
    Solution("leetcode python by its class", PY, _LEET_PY, "Solution.twoSum", _TWO_SUM),
    Solution("leetcode javascript", JS, _LEET_JS, "twoSum", _TWO_SUM),
    Solution("class javascript", JS, _CLASS_JS, "twoSum", _TWO_SUM),
    Solution("class javascript by its class", JS, _CLASS_JS, "Solution.twoSum", _TWO_SUM),
    Solution("class typescript", TS, _CLASS_TS, "twoSum", _TWO_SUM),
    Solution("class typescript by its class", TS, _CLASS_TS, "Solution.twoSum", _TWO_SUM),
    Solution("class typescript exported", TS, f"export default {_CLASS_TS}", "twoSum", _TWO_SUM),
    Solution("class typescript exported by name", TS, f"export {_CLASS_TS}", "twoSum", _TWO_SUM),
    Solution("class javascript exported", JS, f"module.exports = {_CLASS_JS}", "twoSum", _TWO_SUM),
    Solution(
        "static method", JS, "class Solution { static add(a, b) { return a + b } }", "add", (([1, 2], 3),)
    ),
    Solution(
        "arrow member",
        TS,
        "class Solution { add = (a: number, b: number): number => a + b }",
        "add",
        (([1, 2], 3),),
    ),
    Solution(
        "async method",
        TS,
        "class Solution { async add(a: number, b: number): Promise<number> { return a + b } }",
        "add",
        (([1, 2], 3),),
    ),
    Solution(
        "a method named like a keyword",
        JS,
        "class Solution { delete(a) { return a } }",
        "delete",
        (([1], 1),),
    ),
    Solution("heapq and Optional", PY, _HEAP, "kthLargest", (([[3, 1, 2], 2], 2), ([[], 1], None))),
    Solution(
        "deque and product",
        PY,
        _BFS,
        "orangesRotting",
        (([[[2, 1, 1], [1, 1, 0], [0, 1, 1]]], 4), ([[[0, 2]]], 0)),
    ),
    Solution("lru_cache", PY, _CACHED, "climbStairs", (([5], 8), ([1], 1))),
    Solution(
        "bisect as a module and by its names",
        PY,
        _BISECT,
        "lengthOfLIS",
        (([[10, 9, 2, 5, 3, 7, 101, 18]], 4),),
    ),
    Solution("a method named like a name of math", PY, _OWN_NAME, "gcd", (([12, 18], "mine 6"),)),
    Solution(
        "a function named like a name of itertools", PY, _STARS, "count", ((["aab"], {"a": 2, "b": 1}),)
    ),
    Solution("codewars javascript", JS, _CODEWARS_JS, "solution", ((["abc"], "cba"),)),
    Solution("codewars typescript", TS, _CODEWARS_TS, "solution", ((["abc"], "cba"),)),
    Solution("windows lines and a mark", PY, "\ufeff" + _LEET_PY.replace("\n", "\r\n"), "twoSum", _TWO_SUM),
    Solution("a product beyond 64 bits", JS, _LARGE, "factorial", (([30], _FACTORIAL_30), ([3], 6))),
    Solution(
        "a product beyond 64 bits, python",
        PY,
        "def factorial(n): return prod(range(1, n + 1))",
        "factorial",
        (([30], _FACTORIAL_30),),
    ),
]
