"""`python -m benchmarks.sandbox`: what a box costs, as ratios to the bare interpreter's start in the same run."""

import asyncio
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import httpx

from benchmarks.servers import booked
from domain.code.runs import Case, Language, Run
from server.adapters.sandbox import Sandbox
from server.adapters.sandbox.runtimes import runtime_of
from tests.support.server_process import ServerProcess

_ROUNDS = 15
_TRIVIAL = {
    Language.PYTHON: "print(1)",
    Language.JAVASCRIPT: "console.log(1)",
    Language.TYPESCRIPT: "const n: number = 1; console.log(n)",
}
_ADD = {
    Language.PYTHON: "def add(a, b):\n    return a + b",
    Language.JAVASCRIPT: "function add(a, b) { return a + b }",
    Language.TYPESCRIPT: "function add(a: number, b: number): number { return a + b }",
}
# warm run, cold run, 20 cases in one process to one case
_TARGETS = {
    Language.PYTHON: (0.8, 5.0, 1.3),
    Language.JAVASCRIPT: (0.7, 1.6, 1.3),
    Language.TYPESCRIPT: (0.7, 1.6, 1.3),
}


def main() -> None:
    """Print the table as Markdown."""
    print("| what | measured | ratio | target |\n| --- | --- | --- | --- |")
    for language in Language:
        asyncio.run(_language(language))
    with tempfile.TemporaryDirectory(prefix="viva-bench-") as folder:
        _neighbours(Path(folder))


def _row(what: str, seconds: float, base: float, target: float | None = None) -> None:
    goal = "" if target is None else f"at most {target}"
    print(f"| {what} | {seconds * 1000:.1f} ms | {seconds / base:.2f} | {goal} |", flush=True)


async def _language(language: Language) -> None:
    bare = _bare(language)
    warm_goal, cold_goal, batch_goal = _TARGETS[language]
    print(f"| {language.value}: bare interpreter | {bare * 1000:.1f} ms | 1 | |")
    cold = Sandbox(2, warm=0)
    _row(f"{language.value}: one run, cold box", await _median(lambda: _one(cold, language)), bare, cold_goal)
    warm = Sandbox(2, warm=2)
    await _one(warm, language)
    seconds = await _median(lambda: _one(warm, language), pause=0.3)
    _row(f"{language.value}: one run, a box was waiting", seconds, bare, warm_goal)
    one = await _median(lambda: _batch(cold, language, 1, shared=True))
    many = await _median(lambda: _batch(cold, language, 20, shared=True))
    _row(f"{language.value}: 20 cases in one process / 1 case", many, one, batch_goal)
    apart = await _median(lambda: _batch(warm, language, 20, shared=False), rounds=3)
    _row(f"{language.value}: 20 cases, a box each / bare", apart, bare)
    began = time.perf_counter()
    await asyncio.gather(*(_one(warm, language) for _ in range(20)))
    print(
        f"| {language.value}: runs a second, 2 at a time | {20 / (time.perf_counter() - began):.0f}/s | | |"
    )
    await cold.stop()
    await warm.stop()


def _bare(language: Language) -> float:
    """Starting the same interpreter with nothing to do."""
    runtime = runtime_of(language)
    places = {inside: host for host, inside in runtime.binds}
    program = places.get(runtime.command[0], runtime.command[0])
    nothing = [program, "-I", "-S", "-c", "pass"] if language is Language.PYTHON else [program, "-e", "0"]
    took = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        subprocess.run(nothing, check=True)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


async def _median(run: Callable[[], Awaitable[None]], *, rounds: int = _ROUNDS, pause: float = 0) -> float:
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        await run()
        took.append(time.perf_counter() - began)
        if pause:
            await asyncio.sleep(pause)
    return statistics.median(took)


async def _one(sandbox: Sandbox, language: Language) -> None:
    result = await sandbox.run(Run(language, _TRIVIAL[language], uuid4()))
    assert result.single is not None
    assert result.single.stdout == "1\n"


async def _batch(sandbox: Sandbox, language: Language, count: int, *, shared: bool) -> None:
    cases = tuple(Case.called([n, 1], n + 1) for n in range(count))
    run = Run(language, _ADD[language], uuid4(), cases=cases, entry_point="add", shared_process=shared)
    assert (await sandbox.run(run)).passed == count


def _neighbours(folder: Path) -> None:
    """How long others wait for a session while the sandbox is busy."""
    with ServerProcess(folder / "server") as server:
        path = f"/api/v1/sessions/{booked(server).session}"
        with httpx.Client(base_url=server.url, headers={"x-api-key": server.key}, timeout=30) as http:
            idle = _p99(http, path)
            over = threading.Event()
            busy = [threading.Thread(target=_keeps_busy, args=(server, over)) for _ in range(6)]
            for thread in busy:
                thread.start()
            saturated = _p99(http, path)
            over.set()
            for thread in busy:
                thread.join()
    print(f"| p99 of GET session, sandbox idle | {idle * 1000:.1f} ms | 1 | |")
    _row("p99 of GET session, sandbox saturated", saturated, idle)


def _p99(http: httpx.Client, path: str) -> float:
    took = []
    for _ in range(400):
        began = time.perf_counter()
        http.get(path).raise_for_status()
        took.append(time.perf_counter() - began)
    return statistics.quantiles(took, n=100)[98]


def _keeps_busy(server: ServerProcess, over: threading.Event) -> None:
    body = {"language": "python", "code": "sum(range(10 ** 7))"}
    with httpx.Client(base_url=server.url, headers={"x-api-key": server.key}, timeout=30) as http:
        while not over.is_set():
            http.post("/api/v1/execute", json=body)


if __name__ == "__main__":
    main()
