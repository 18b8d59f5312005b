"""Judging a hostile answer holds nobody up: the server answers within 100 ms meanwhile."""

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from domain.code.matching import Comparison, Kind
from domain.code.runs import Language, Question
from server.adapters.sandbox.judges import Judges
from tests.support.faces import Face
from tests.support.rest_face import RestFace
from tests.tools.code.test_code import database, run

__all__ = ["database"]
MOST_LAG = 0.1
PY, JS = Language.PYTHON.value, Language.JAVASCRIPT.value
# What a hostile function returns.
VALUES: dict[str, tuple[str, str]] = {
    "a number of a million digits": (PY, "def f(*a): return 10 ** 1_000_000 - 1"),
    "numbers of 4300 digits": (PY, "def f(*a): return [10 ** 4299 + n for n in range(400)]"),
    "text of a million digits": (PY, "def f(*a): return '9' * 1_000_000"),
    "text of minus signs": (PY, "def f(*a): return '-' * 1_900_000"),
    "equal hashes": (PY, "def f(*a): return [n * (2 ** 61 - 1) for n in range(60_000)]"),
    "equal hashes in lists": (PY, "def f(*a): return [[n * (2 ** 61 - 1)] for n in range(50_000)]"),
    "equal hashes of fractions": (PY, "def f(*a): return [float(n * (2 ** 61 - 1)) for n in range(50_000)]"),
    "empty lists": (PY, "def f(*a): return [[] for _ in range(500_000)]"),
    "nested lists": (PY, "def f(*a):\n    v = []\n    for _ in range(90): v = [v]\n    return [v] * 9000"),
    "doubling lists": (PY, "def f(*a):\n    v = [1]\n    for _ in range(17): v = [v, v]\n    return v"),
    "strings with a common start": (PY, "def f(*a): return ['a' * 2000 + str(n) for n in range(900)]"),
    "many keys": (PY, "def f(*a): return {str(n): n for n in range(100_000)}"),
    "lone surrogates": (PY, "def f(*a): return ['\\ud800'] * 200_000"),
    "very deep": (JS, "const f = () => { let v = []; for (let i = 0; i < 2000; i++) v = [v]; return v }"),
    "NaN": (JS, "const f = () => [NaN, Infinity]"),
}
# What a hostile program writes to every open file, to be taken for its answer.
FORGED: dict[str, str] = {
    "deep JSON": "'[' * 1_000_000 + ']' * 900_000",
    "a large exponent": "'1e999999999'",
    "constants": "'[NaN, Infinity, -Infinity]'",
    "a number of a million digits": "'9' * 1_900_000",
    "a fraction of a million digits": "'0.' + '9' * 1_900_000",
    "minus signs": "'-' * 1_900_000",
    "lists": "'[' + '[],' * 600_000 + '[]]'",
    "objects": "'[' + '{\"a\":0},' * 200_000 + '0]'",
    "not text": "'\\udcff' * 100",
}
# What a hostile program prints.
PRINTED: dict[str, str] = {
    "digits": "'9' * 60_000",
    "digits and a letter": "'1' * 60_000 + 'x'",
    "points": "'1.' * 30_000",
    "minus signs": "'-' * 60_000",
    "exponents": "'1e999999999 ' * 5_000",
    "constants": "'nan inf -inf NaN Infinity ' * 2_000",
    "white space": "' ' * 60_000 + 'x'",
    "lines of white space": "(' ' * 600 + 'x\\n') * 100",
    "equal hashes": "[n * (2 ** 61 - 1) for n in range(2_800)]",
    "lists": "'[' + '[],' * 20_000 + '[]]'",
    "deep JSON": "'[' * 60_000",
    "lines": "'\\n' * 60_000",
    "surrogates": "r'[\"\\ud800\"]'",
}
KINDS = [kind.value for kind in Kind]


@contextmanager
def lag_measured() -> Iterator[list[float]]:
    """How long the event loop did not answer, in seconds: the longest time is the list's only member at the end."""
    lags = [0.0]

    async def probe() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.002)
            lags[0] = max(lags[0], time.perf_counter() - before - 0.002)

    gc.collect()
    task = asyncio.get_running_loop().create_task(probe())
    try:
        yield lags
    finally:
        task.cancel()


async def judged(face: Face, **args: Any) -> dict[str, Any]:
    """The only case's result. Fails if the server did not answer for 100 ms meanwhile."""
    await face.ask("run_code", language="python", code="1")  # what is loaded once is loaded
    with lag_measured() as lags:
        data = await run(face, **args)
    assert lags[0] < MOST_LAG, f"no answer for {lags[0] * 1000:.0f} ms"
    (result,) = data["results"]
    assert isinstance(result, dict)
    return result


@pytest.mark.needs("sandbox")
@pytest.mark.parametrize("comparison", KINDS)
@pytest.mark.parametrize("name", VALUES)
async def test_a_hostile_value_holds_nobody_up(face: Face, name: str, comparison: str) -> None:
    language, code = VALUES[name]
    case = {"args": [], "expected": [1, [2]]}
    result = await judged(
        face, language=language, code=code, entry_point="f", test_cases=[case], comparison=comparison
    )
    assert result["status"] in ("wrong_answer", "runtime_error", "memory_limit"), result["status"]


@pytest.mark.needs("sandbox")
@pytest.mark.parametrize("comparison", ["exact", "float", "unordered_deep"])
@pytest.mark.parametrize("frame", ["text", "head"])
@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_answer_holds_nobody_up(
    rest: RestFace, name: str, frame: str, comparison: str
) -> None:
    head = '{"ended": "finished"}\\n' if frame == "text" else '{"ended": "finished", "text": '
    code = (
        f"import os, time\ndef f():\n    data = ({head!r} + {FORGED[name]}).encode('utf-8', 'surrogateescape')\n"
        "    data = len(data).to_bytes(4, 'big') + data\n    for fd in range(3, 32):\n        rest = data\n"
        "        try:\n            while rest: rest = rest[os.write(fd, rest):]\n        except OSError: pass\n"
        "    time.sleep(0.5)\n    return 1"
    ).replace("\\\\n", "\\n")
    case = {"args": [], "expected": [1, [2]]}
    result = await judged(
        rest, language="python", code=code, entry_point="f", test_cases=[case], comparison=comparison
    )
    assert result["status"] in ("wrong_answer", "runtime_error"), result["status"]


@pytest.mark.needs("sandbox")
@pytest.mark.parametrize("comparison", KINDS)
@pytest.mark.parametrize("expected", ["[1, 2]", "1 2\n3"])
@pytest.mark.parametrize("name", PRINTED)
async def test_a_hostile_output_holds_nobody_up(
    rest: RestFace, name: str, expected: str, comparison: str
) -> None:
    case = {"input": "", "expected_output": expected}
    result = await judged(
        rest, language="python", code=f"print({PRINTED[name]})", test_cases=[case], comparison=comparison
    )
    assert result["status"] == "wrong_answer"


@pytest.mark.needs("sandbox")
@pytest.mark.parametrize("comparison", ["float", "unordered", "unordered_deep"])
async def test_fifty_hostile_values_hold_nobody_up(face: Face, comparison: str) -> None:
    code = "def f(): return [[n * (2 ** 61 - 1)] for n in range(20_000)]"
    small = "def f(): return [[] for _ in range(4_000)]"
    for text in (code, small):
        with lag_measured() as lags:
            data = await run(
                face,
                language="python",
                code=text,
                entry_point="f",
                test_cases=[{"args": [], "expected": []}] * 50,
                comparison=comparison,
                shared_process=True,
            )
        assert data["passed"] == 0
        assert lags[0] < MOST_LAG, f"no answer for {lags[0] * 1000:.0f} ms"


@pytest.mark.needs("sandbox")
async def test_health_answers_while_a_hostile_answer_is_judged(rest: RestFace) -> None:
    language, code = VALUES["equal hashes in lists"]
    case: dict[str, Any] = {"args": [], "expected": []}
    asked = asyncio.create_task(
        run(
            rest,
            language=language,
            code=code,
            entry_point="f",
            test_cases=[case] * 4,
            comparison="unordered_deep",
        )
    )
    slowest = 0.0
    while not asked.done():
        began = time.perf_counter()
        assert (await rest.http.get("/health")).status_code == 200
        slowest = max(slowest, time.perf_counter() - began)
    assert (await asked)["passed"] == 0
    assert slowest < MOST_LAG


async def test_an_answer_that_takes_too_long_to_compare_is_wrong_and_says_why() -> None:
    judges = Judges(1, seconds=0.01)
    slow = Question(
        "[" + "[],[1]," * 200_000 + "0]", [[]] * 400_001, Comparison(Kind.UNORDERED), printed=False
    )
    judgement = await judges.judge(slow)
    assert (judgement.outcome, judgement.shown) == ("different", None)
    assert judgement.reason == "The answer takes too long to compare."
    quick = Judges(1)
    assert (await quick.judge(Question("1", "1", Comparison(), printed=True))).outcome == "same"
    await judges.stop()
    await quick.stop()


async def test_a_worker_that_was_killed_is_replaced_and_other_answers_are_judged_meanwhile() -> None:
    judges = Judges(2)
    fine = Question("1", "1", Comparison(), printed=True)
    assert (await judges.judge(fine)).outcome == "same"
    (worker,) = judges._idle
    worker._process.kill()
    await worker._process.wait()
    reason = (await judges.judge(fine)).reason
    assert reason is None or "too large" in reason
    assert [(await judges.judge(fine)).outcome for _ in range(3)] == ["same"] * 3
    outcomes = await asyncio.gather(*(judges.judge(fine) for _ in range(20)))
    assert {judgement.outcome for judgement in outcomes} == {"same"}
    await judges.stop()


async def test_a_judgement_that_is_given_up_leaves_no_worker_with_half_an_answer() -> None:
    judges = Judges(1)
    slow = Question("[" + "[]," * 400_000 + "[]]", [], Comparison(Kind.UNORDERED), printed=False)
    for wait in (0, 0.01, 0.05, 0.2):
        task = asyncio.create_task(judges.judge(slow))
        await asyncio.sleep(wait)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        judgement = await judges.judge(Question('"right"', "right", Comparison(), printed=False))
        assert (judgement.outcome, judgement.shown) == ("same", '"right"')
    await judges.stop()
