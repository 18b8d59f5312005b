"""Values that JSON, a language or an answer cannot express easily: compared exactly, or refused in words."""

import json
from typing import Any

import pytest

from tests.support.faces import Face
from tests.support.rest_face import RestFace
from tests.tools.code.test_code import database, run

__all__ = ["database"]
pytestmark = pytest.mark.needs("sandbox")
BEYOND = {
    "python": "def f(n):\n    return n + 1",
    "javascript": "function f(n) { return n + 1n }",
    "typescript": "const f = (n: bigint): bigint => n + 1n",
}


@pytest.mark.parametrize("language", BEYOND)
@pytest.mark.parametrize("number", [2**53 + 2, 2**63, 2**64, 10**30, -(10**40), 10**400])
async def test_whole_numbers_are_exact_however_large(face: Face, language: str, number: int) -> None:
    cases = [
        {"args": [number], "expected": number + 1},
        {"args": [number], "expected": number + 2},
    ]
    data = await run(face, language=language, code=BEYOND[language], entry_point="f", test_cases=cases)
    assert [case["status"] for case in data["results"]] == ["passed", "wrong_answer"], data["results"]
    assert data["results"][0]["actual_output"] == number + 1
    assert data["results"][1]["expected_output"] == number + 2


async def test_other_members_of_a_request_with_a_large_number_stay_as_they_are(rest: RestFace) -> None:
    text = (
        '{"language": "python", "code": "def f(n, s): return [n, s]", "entryPoint": "f", "test_cases": [%s]}'
    )
    case = '{"args": [123456789012345678901234567890, "\\u00e9\\ud83d\\ude00"], "expected": [1.5, 2]}'
    headers = {"x-api-key": rest.key, "content-type": "application/json"}
    response = await rest.http.post("/api/v1/execute", content=text % case, headers=headers)
    result = json.loads(response.content)["data"]["results"][0]
    assert (result["actual_output"], result["expected_output"]) == (
        [123456789012345678901234567890, "é😀"],
        [1.5, 2],
    )


@pytest.mark.parametrize(
    "value", ["1" * 4302, "NaN", "-Infinity", '"\\ud800"', "[" * 3000 + "]" * 3000, "1e999"]
)
async def test_a_request_that_is_no_json_of_ours_is_refused_beside_a_large_number(
    rest: RestFace, value: str
) -> None:
    case = f'{{"args": [123456789012345678901234567890, {value}], "expected": 1}}'
    text = (
        f'{{"language": "python", "code": "def f(*a): return 1", "entry_point": "f", "test_cases": [{case}]}}'
    )
    headers = {"x-api-key": rest.key, "content-type": "application/json"}
    assert (await rest.http.post("/api/v1/execute", content=text, headers=headers)).status_code == 400


NOTHING = {
    "python": "def f(x):\n    return None if x else 1",
    "javascript": "const f = (x) => { if (!x) return 1 }",
    "typescript": "function f(x: boolean): number | null { return x ? null : 1 }",
}


@pytest.mark.parametrize("language", NOTHING)
async def test_null_may_be_expected(face: Face, language: str) -> None:
    cases = [{"args": [True], "expected": None}, {"args": [False], "expected": None}]
    data = await run(face, language=language, code=NOTHING[language], entry_point="f", test_cases=cases)
    assert [case["status"] for case in data["results"]] == ["passed", "wrong_answer"]


HALVES: list[tuple[str, str]] = [
    ("python", "def f(): return {s}"),
    ("javascript", "const f = () => ({s})"),
    ("typescript", "const f = (): unknown => ({s})"),
]


@pytest.mark.parametrize(("language", "code"), HALVES, ids=[language for language, _ in HALVES])
@pytest.mark.parametrize(
    "value", [r'"a\ud800"', r'["\udfff"]', r'{"\ud800b": 1}', r'{"a": [{"b": "\ud83d"}]}']
)
async def test_half_a_character_is_shown_as_a_replacement(
    face: Face, language: str, code: str, value: str
) -> None:
    case = {"args": [], "expected": 1}
    code = code.replace("{s}", value)
    data = await run(face, language=language, code=code, entry_point="f", test_cases=[case])
    (result,) = data["results"]
    assert result["status"] == "wrong_answer", result
    assert "\N{REPLACEMENT CHARACTER}" in str(result["actual_output"])


async def test_half_a_character_that_is_printed_or_thrown_is_an_answer(face: Face) -> None:
    programs = [
        (
            "python",
            r"import sys; sys.stdout.buffer.write(b'\xed\xa0\x80'); sys.stderr.buffer.write(b'\xed\xa0\x80')",
        ),
        ("python", r"print('\ud800')"),
        ("python", r"raise ValueError('\ud800')"),
        ("javascript", r"console.log('\ud800'); console.error('\udfff'); throw new Error('\ud800')"),
        ("typescript", r"const s: string = '\ud800'; console.log(s); throw s"),
    ]
    for language, code in programs:
        assert "status" in await run(face, language=language, code=code)
        case = {"input": "", "expected_output": "x"}
        (result,) = (await run(face, language=language, code=code, test_cases=[case]))["results"]
        assert result["status"] in ("wrong_answer", "runtime_error")


# language, code, arguments, expected value, comparison
COMPARED: dict[str, tuple[str, str, list[Any], Any, str]] = {
    "tuple": ("python", "def f(): return (1, (2, 3))", [], [1, [2, 3]], "exact"),
    "set, any order": ("python", "def f(a): return set(a)", [[3, 1, 3]], [1, 3], "unordered"),
    "frozensets, any order": (
        "python",
        "def f(): return {frozenset({1, 2}), frozenset({3})}",
        [],
        [[3], [2, 1]],
        "unordered_deep",
    ),
    "deque": ("python", "def f(): return deque([1, 2])", [], [1, 2], "exact"),
    "range and keys": ("python", "def f(): return [range(2), {'a': 1}.keys()]", [], [[0, 1], ["a"]], "exact"),
    "Counter": ("python", "def f(s): return Counter(s)", ["aab"], {"a": 2, "b": 1}, "exact"),
    "int keys": (
        "python",
        "def f(): return {1: 'a', 2: [Fraction(1, 2)]}",
        [],
        {"1": "a", "2": [0.5]},
        "exact",
    ),
    "Decimal": ("python", "def f(): return [Decimal('0.1'), Decimal('1E+3')]", [], [0.1, 1000], "exact"),
    "Map": (
        "javascript",
        "const f = () => new Map([['a', 1n], [2, [new Set([1])]]])",
        [],
        {"a": 1, "2": [[1]]},
        "exact",
    ),
    "Set": ("javascript", "const f = (a) => new Set(a)", [[3, 1, 3]], [3, 1], "exact"),
    "Set, any order": (
        "typescript",
        "const f = (a: number[]): Set<number> => new Set(a)",
        [[3, 1, 3]],
        [1, 3],
        "unordered",
    ),
    "typed array": (
        "javascript",
        "const f = () => [new Uint8Array([1, 2]), new BigInt64Array([3n])]",
        [],
        [[1, 2], [3]],
        "exact",
    ),
    "large Number": ("javascript", "const f = () => [2 ** 60, 1e21]", [], [2**60, 10**21], "exact"),
    "BigInt sum": (
        "javascript",
        "const f = (a) => a.reduce((s, x) => s + BigInt(x), 0n)",
        [[1, 2]],
        3,
        "exact",
    ),
    "undefined in a list": ("javascript", "const f = () => [undefined, null]", [], [None, None], "exact"),
    "async": ("javascript", "const f = async (x) => x + 1", [1], 2, "exact"),
    "coroutine": ("python", "async def f(x): return x + 1", [1], 2, "exact"),
}


@pytest.mark.parametrize("name", COMPARED)
async def test_what_a_language_has_besides_json_is_compared(rest: RestFace, name: str) -> None:
    language, code, args, expected, comparison = COMPARED[name]
    case = {"args": args, "expected": expected}
    data = await run(
        rest, language=language, code=code, entry_point="f", test_cases=[case], comparison=comparison
    )
    assert data["results"][0]["status"] == "passed", data["results"][0]


REFUSED: dict[str, tuple[str, str, str]] = {
    "set": ("python", "def f(): return {1}", "a set, which has no order: return a sorted list"),
    "set in a list": ("python", "def f(): return [1, {'a': {2}}]", "a set"),
    "generator": ("python", "def f():\n    yield 1", "a generator: return a list of it"),
    "map": ("python", "def f(): return map(str, [1])", "a map: return a list of it"),
    "nan": ("python", "def f(): return [float('nan')]", "nan, which is no number of JSON"),
    "decimal nan": ("python", "def f(): return Decimal('NaN')", "nan, which is no number of JSON"),
    "infinity": ("python", "def f(): return -inf", "-inf, which is no number of JSON"),
    "very large int": ("python", "def f(): return [10 ** 5000]", "more than 4300 digits"),
    "complex": ("python", "def f(): return 1j", "a complex"),
    "bytes": ("python", "def f(): return b'a'", "a bytes"),
    "object": ("python", "class Node: pass\ndef f(): return Node()", "a Node"),
    "tuple keys": ("python", "def f(): return {(1, 2): 3}", "a dict with a tuple as key"),
    "itself": ("python", "def f():\n    a = []\n    a.append(a)\n    return a", "contains itself"),
    "exit": ("python", "def f(): exit()", "ended the program instead of returning"),
    "early exit": ("python", "def f(): return 1\nexit()", "before its function was called"),
    "NaN": ("javascript", "const f = () => [NaN]", "NaN, which is no number of JSON"),
    "Infinity": ("javascript", "const f = () => ({ a: -Infinity })", "-Infinity, which is no number of JSON"),
    "function": ("javascript", "const f = () => () => 1", "a function"),
    "symbol": ("javascript", "const f = () => [Symbol('a')]", "a symbol"),
    "map of objects": ("javascript", "const f = () => new Map([[{}, 1]])", "a Map whose keys are not text"),
    "map with a key twice": ("javascript", "const f = () => new Map([[1, 1], ['1', 2]])", "the same as text"),
    "promises": ("javascript", "const f = () => [1].map(async (x) => x)", "await it first"),
    "iterator": ("javascript", "const f = () => new Map().keys()", "return an array of it"),
    "generator function": ("javascript", "function* f() { yield 1 }", "return an array of it"),
    "regular expression": ("javascript", "const f = () => /a/", "a RegExp"),
    "circle": ("typescript", "const f = () => { const a: any = {}; a.a = a; return a }", "circular"),
    "very large BigInt": ("javascript", "const f = () => 10n ** 5000n", "more than 4300 digits"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_compared_is_refused_in_words(rest: RestFace, name: str) -> None:
    language, code, words = REFUSED[name]
    anything: list[Any] = [None, [1], {}]
    for expected in anything:
        case = {"args": [], "expected": expected}
        data = await run(rest, language=language, code=code, entry_point="f", test_cases=[case])
        (result,) = data["results"]
        assert (result["status"], words in result["stderr"]) == ("runtime_error", True), result


CHANGED = {
    "python": "class Solution:\n    def moveZeroes(self, nums: List[int]) -> None:\n"
    "        nums.sort(key=lambda n: n == 0)",
    "javascript": "/** @return {void} Do not return anything, modify nums in-place instead. */\n"
    "var moveZeroes = function(nums) { nums.sort((a, b) => (a === 0) - (b === 0)) };",
    "typescript": "function moveZeroes(nums: number[]): void {\n"
    "  nums.sort((a, b) => Number(a === 0) - Number(b === 0));\n}",
}


@pytest.mark.parametrize("language", CHANGED)
@pytest.mark.parametrize("shared", [False, True])
async def test_a_first_argument_changed_in_place_is_the_answer(
    face: Face, language: str, shared: bool
) -> None:
    cases = [
        {"args": [[0, 1, 0, 3]], "expected": [1, 3, 0, 0]},
        {"args": [[1]], "expected": [1]},  # nothing to change
        {"args": [[0, 1]], "expected": [0, 1]},
        {"args": [[0, 1]], "expected": None},  # nothing was returned either
    ]
    data = await run(
        face,
        language=language,
        code=CHANGED[language],
        entry_point="moveZeroes",
        test_cases=cases,
        shared_process=shared,
    )
    assert [case["status"] for case in data["results"]] == ["passed", "passed", "wrong_answer", "passed"]
    assert data["results"][2]["actual_output"] == [1, 0]


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "def f(a):\n    pass"),
        ("javascript", "function f(a) {}"),
        ("python", "def f(a):\n    a.append(1)\n    return 0"),
    ],
)
async def test_a_function_that_returns_something_or_changes_nothing_is_not_judged_by_its_argument(
    rest: RestFace, language: str, code: str
) -> None:
    cases = [{"args": [[1]], "expected": [1]}, {"args": [[]], "expected": [1]}]
    data = await run(rest, language=language, code=code, entry_point="f", test_cases=cases)
    assert {case["status"] for case in data["results"]} == {"wrong_answer"}


async def test_large_values_are_shown_as_far_as_there_is_room_for_all(rest: RestFace) -> None:
    code = "def f(n): return [0] * n"
    cases = [{"args": [n], "expected": [0] * n} for n in (1, 4_000, 8_000, *[4_000] * 10, 1)]
    data = await run(
        rest, language="python", code=code, entry_point="f", test_cases=cases, shared_process=True
    )
    assert data["passed"] == len(cases)
    shown = [case["actual_output"] for case in data["results"]]
    assert shown == [[0], [0] * 4_000, None, *[[0] * 4_000] * 4, *[None] * 6, [0]]
    assert "more than 16 KiB" in data["results"][2]["stderr"]
    assert "all cases take more than 64 KiB" in data["results"][-2]["stderr"]
