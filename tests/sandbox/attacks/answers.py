"""Hostile answers, by name: values, frames and output that are made to hold up whoever compares them.

They were made against number scans with quadratic time, hash tables, recursion, and limits of Python's numbers.
"""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

from domain.code.matching import Comparison, Kind
from domain.code.runs import Case, CaseStatus, Language, Run
from server.adapters.sandbox import Sandbox

MOST_LAG = 0.1
"""In seconds: longer than that nobody waits for the server because of an answer."""
ROUNDS = 4
"""How often lag is measured before it counts: a busy machine makes a process wait now and then."""
NEVER = {CaseStatus.PASSED, CaseStatus.TIME_LIMIT}
PY, JS = Language.PYTHON.value, Language.JAVASCRIPT.value
# What a hostile function returns.
_VALUES: dict[str, tuple[str, str]] = {
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
_FORGED: dict[str, str] = {
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
_PRINTED: dict[str, str] = {
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

_FORGER = """import os, time
def f():
    data = ({head!r} + {text}).encode('utf-8', 'surrogateescape')
    data = len(data).to_bytes(4, 'big') + data
    for fd in range(3, 32):
        rest = data
        try:
            while rest: rest = rest[os.write(fd, rest):]
        except OSError: pass
    time.sleep(0.2)
    return 1
"""
_HEADS = {"as the answer": '{"ended": "finished"}\n', "in the head": '{"ended": "finished", "text": '}


def hostile_runs() -> Iterator[tuple[str, tuple[Run, ...]]]:
    """Each hostile answer, compared in every way that matters for it. None of them may pass."""
    for name, (language, code) in _VALUES.items():
        yield (
            f"a value: {name}",
            tuple(_called(Language(language), code, kind) for kind in Kind if kind != "json"),
        )
    for name, text in _FORGED.items():
        for place, head in _HEADS.items():
            code = _FORGER.format(head=head, text=text)
            yield f"forged {place}: {name}", (_called(Language.PYTHON, code, Kind.UNORDERED_DEEP),)
    for name, text in _PRINTED.items():
        cases = tuple(Case.printed("", expected) for expected in ("[1, 2]", "1 2\n3"))
        runs = [_run(Language.PYTHON, f"print({text})", kind, cases) for kind in Kind if kind != "exact"]
        yield f"output: {name}", tuple(runs)


def fifty_at_once() -> Iterator[tuple[str, Run]]:
    """Many answers in one request, each as large as can be shown or compared."""
    many = (Case.called([], []),) * 50
    for name, code in {
        "equal hashes": "def f(): return [[n * (2 ** 61 - 1)] for n in range(20_000)]",
        "values that can be shown": "def f(): return [[[]]] * 2_700",
    }.items():
        yield name, _run(Language.PYTHON, code, Kind.UNORDERED, many, entry_point="f", shared_process=True)
    full = (Case.printed("", "[1]"),) * 50
    yield "outputs", _run(Language.PYTHON, "print('[], ' * 15_000)", Kind.UNORDERED, full)


def _called(language: Language, code: str, kind: Kind) -> Run:
    return _run(language, code, kind, (Case.called([], [1, [2]]),), entry_point="f")


def _run(
    language: Language,
    code: str,
    kind: Kind,
    cases: tuple[Case, ...],
    *,
    entry_point: str | None = None,
    shared_process: bool = False,
) -> Run:
    comparison = Comparison(kind)
    return Run(
        language,
        code,
        uuid4(),
        cases=cases,
        entry_point=entry_point,
        comparison=comparison,
        shared_process=shared_process,
    )


async def trouble_with(sandbox: Sandbox, runs: tuple[Run, ...]) -> str | None:
    """What is wrong when these answers are judged in this process: one passes, or the event loop is held up."""
    for run in runs:
        lags = []
        while len(lags) < ROUNDS and (not lags or min(lags) >= MOST_LAG):
            async with measure_lag() as lag:
                result = await sandbox.run(run)
            lags.append(lag[0])
        passed = {case.status for case in result.cases} & NEVER
        if passed or min(lags) >= MOST_LAG:
            return f"{run.comparison.kind}: {passed or ''} the event loop worked {min(lags) * 1000:.0f} ms on end"
    return None


@asynccontextmanager
async def measure_lag() -> AsyncIterator[list[float]]:
    """The longest time in seconds that the event loop has worked on end: at the end the list's only member.

    It is the thread's CPU time, so it does not count what a busy machine makes everybody wait.
    """
    longest = [0.0]

    async def look() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.001)
            longest[0] = max(longest[0], time.thread_time() - before)

    gc.collect()
    gc.freeze()
    task = asyncio.get_running_loop().create_task(look())
    try:
        yield longest
        await asyncio.sleep(0.01)  # the last turn of the loop counts too
    finally:
        task.cancel()
        gc.unfreeze()
