"""Runs candidates' code: takes a `Run`, gives a `RunResult`. What is expected is compared here, never inside."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from domain.code import (
    REQUEST_SECONDS,
    Arguments,
    Case,
    CaseResult,
    CompileError,
    Ended,
    Language,
    Observed,
    Run,
    RunResult,
    Stdin,
    check,
    judge,
)
from domain.errors import RunnerFailed, TimedOut
from server.adapters.sandbox.box import Box, NoBox, Reply
from server.adapters.sandbox.programs import PROGRAMS
from server.adapters.sandbox.runtimes import Runtime, runtime_of
from server.adapters.sandbox.turns import Turns

log = logging.getLogger(__name__)

CASE_SECONDS = 5.0
_ENDING = 1.0
_TOO_MUCH_CPU = 128 + 24  # ended by SIGXCPU
_INSTALL = "Ask the operator to run `viva doctor`: it says what is missing. Nothing was run."


class Sandbox:
    """A bounded number of boxes at a time. Belongs to one event loop; `stop` ends everything."""

    def __init__(
        self,
        parallel: int = 2,
        *,
        warm: int = 1,
        case_seconds: float = CASE_SECONDS,
        programs: str = PROGRAMS,
    ) -> None:
        self._programs = programs
        self._parallel = parallel
        self._turns = Turns(parallel, most=parallel * 16, most_each=parallel * 8)
        self._warm = warm
        self._case_seconds = case_seconds
        self._ready: dict[str, deque[Box]] = {}
        self._filling: dict[str, asyncio.Task[None]] = {}

    async def run(self, run: Run) -> RunResult:
        """Run the code once or once a case.

        `Invalid` when it asks for what cannot be; `SandboxBusy` over capacity; `TimedOut` after 15 seconds in
        all; `RunnerFailed` where there is no isolation. Whatever the code itself does is part of the result.
        """
        check(run)
        began = time.monotonic()
        async with self._turns.admitted(run.workspace):
            try:
                async with asyncio.timeout(REQUEST_SECONDS):
                    return await self._whole(run, began)
            except TimeoutError:
                raise TimedOut(hint="All cases together may take 15 seconds.") from None
            except (NoBox, FileNotFoundError, ImportError) as missing:
                log.error("candidates' code cannot be run", extra={"reason": str(missing)[:500]})
                raise RunnerFailed(hint=_INSTALL) from None

    async def _whole(self, run: Run, began: float) -> RunResult:
        if not run.cases:
            (only,) = await self._once(run, [None])
            return _result(run, began, single=only)
        if run.shared_process and run.entry_point is not None:
            seen = await self._one_after_another(run, list(run.cases))
        else:
            many = asyncio.Semaphore(self._parallel)

            async def alone(case: Case) -> Observed | CompileError:
                async with many:
                    return (await self._once(run, [case]))[0]

            seen = await _first_trouble([asyncio.create_task(alone(case)) for case in run.cases])
        return _result(run, began, cases=seen)

    async def _one_after_another(self, run: Run, cases: list[Case]) -> list[Observed | CompileError]:
        """All cases in one process; one that ends it gives the next ones a new process."""
        seen: list[Observed | CompileError] = []
        while len(seen) < len(cases):
            seen += await self._once(run, cases[len(seen) :])
            if isinstance(seen[-1], CompileError):
                break
        return seen

    async def _once(self, run: Run, cases: Sequence[Case | None]) -> list[Observed | CompileError]:
        """One box, used for as many of the cases as it survives, at least one."""
        async with self._turns.turn(run.workspace):
            box = await self._box(runtime_of(run.language))
            try:
                return await self._through(box, run, cases)
            finally:
                await box.close()

    async def _through(
        self, box: Box, run: Run, cases: Sequence[Case | None]
    ) -> list[Observed | CompileError]:
        box.feed(_stdin(run, cases[0]))
        seen: list[Observed | CompileError] = []
        for place, case in enumerate(cases):
            called = run.entry_point is not None and case is not None
            task = _task(run, case) if place == 0 else {"args": _arguments(case)}
            began = time.monotonic()
            seconds = REQUEST_SECONDS if case is None else self._case_seconds
            reply = await box.ask(task, seconds, to_the_end=not called)
            took = (time.monotonic() - began) * 1000
            last = place == len(cases) - 1
            if "compile_error" in reply.frame:
                return [_compile_error(reply.frame["compile_error"])]
            well = reply.ended is Ended.FINISHED and reply.frame.get("ended") == "finished"
            if called and well and not last:
                value = reply.frame.get("value")
                seen.append(
                    Observed(Ended.FINISHED, value=_text(value), duration_ms=took, memory_kb=box.peak_kb)
                )
                continue
            seen.append(await self._seen(box, reply, took, called=called))
            return seen
        return seen

    async def _seen(self, box: Box, reply: Reply, took: float, *, called: bool) -> Observed:
        """What became of the last thing a box was asked."""
        status = None
        if reply.ended is Ended.FINISHED:
            status = await box.finished(_ENDING)
        if status is None:
            box.kill()
        out, err = await box.printed()
        ended = reply.ended
        if ended is Ended.FINISHED:
            ended = _ended(reply.frame, status, err, called=called)
        return Observed(
            status=ended,
            stdout=out,
            stderr=err,
            value=_text(reply.frame.get("value")) if called else None,
            exit_code=0 if called and ended is Ended.FINISHED else status if status is not None else 137,
            duration_ms=took,
            memory_kb=box.peak_kb,
        )

    # Boxes that wait ------------------------------------------------------------------------------------

    async def _box(self, runtime: Runtime) -> Box:
        """One that waits already, else a new one; another is made ready meanwhile."""
        waiting = self._ready.setdefault(runtime.name, deque())
        found = None
        while waiting and found is None:
            box = waiting.popleft()
            if box.alive:
                found = box
            else:
                await box.close()
        box = found or await Box.opened(runtime, self._programs)
        if self._warm and runtime.name not in self._filling:
            self._filling[runtime.name] = asyncio.create_task(self._fill(runtime))
        return box

    async def _fill(self, runtime: Runtime) -> None:
        try:
            while len(self._ready[runtime.name]) < self._warm:
                box = await Box.opened(runtime, self._programs, waits=True)
                self._ready[runtime.name].append(box)
        except (NoBox, OSError):
            log.warning("no box could be made ready")
        finally:
            del self._filling[runtime.name]

    async def probe(self) -> str | None:
        """None when code runs and is kept in; else a sentence that says what to do."""
        try:
            box = await Box.opened(runtime_of(Language.PYTHON), self._programs)
        except (NoBox, OSError, ImportError) as missing:
            return advice(str(missing))
        try:
            box.feed("")
            reply = await box.ask({"code": _BREAKOUT, "entry_point": "look", "args": []}, 5, to_the_end=False)
        finally:
            await box.close()
        kept_in = reply.frame.get("value") == "[]"
        return None if kept_in else "The box does not keep programs in: candidates' code is not run."

    async def stop(self) -> None:
        """End the boxes that wait."""
        self._warm = 0
        await asyncio.gather(*self._filling.values(), return_exceptions=True)
        for waiting in self._ready.values():
            while waiting:
                await waiting.popleft().close()


# Each line names something that a program in a box must not be able to do; what it could do is returned.
_BREAKOUT = """
import os, _socket
def look():
    did = []
    for path in ("/etc/passwd", "/root", "/home", "/sys/kernel", "/var"):
        if os.path.exists(path): did.append(path)
    try:
        _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM); did.append("socket")
    except OSError: pass
    try:
        open("/usr/x", "w"); did.append("write")
    except OSError: pass
    if os.getuid() == 0: did.append("root")
    if len([p for p in os.listdir("/proc") if p.isdigit()]) > 3: did.append("processes")
    return did
"""


def advice(said: str) -> str:
    """What an operator can do about what bubblewrap said."""
    if "install the package" in said:
        return f"{said[0].upper()}{said[1:]}."
    if "seccomp" in said.lower():
        return "Install the package libseccomp2."
    if "uid map" in said or "namespace" in said or "Operation not permitted" in said or "denied" in said:
        return (
            "User namespaces are not allowed here. On a host: sysctl kernel.unprivileged_userns_clone=1 (Debian), or"
            " kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu). In a container: --security-opt"
            " seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined."
        )
    return "The box could not be built: bubblewrap did not start the interpreter."


def _task(run: Run, case: Case | None) -> dict[str, Any]:
    """All that the box is told."""
    return {
        "code": run.code,
        "language": run.language.value,
        "entry_point": run.entry_point if case is not None else None,
        "args": _arguments(case),
    }


def _arguments(case: Case | None) -> list[Any]:
    return list(case.given.values) if case is not None and isinstance(case.given, Arguments) else []


def _stdin(run: Run, case: Case | None) -> str:
    if case is None:
        return run.stdin
    return case.given.text if isinstance(case.given, Stdin) else ""


def _ended(frame: dict[str, Any], status: int | None, err: str, *, called: bool) -> Ended:
    """How a program ended that was not stopped by us."""
    said = frame.get("ended")
    if called and said == "finished":
        return Ended.FINISHED
    if not called and status == 0:
        return Ended.FINISHED
    if said == "memory_limit" or "JavaScript heap out of memory" in err or "MemoryError" in err[-200:]:
        return Ended.MEMORY_LIMIT
    if status == _TOO_MUCH_CPU:
        return Ended.TIME_LIMIT
    # a program that ends before it has returned anything has no value to compare
    return Ended.PROTOCOL_ERROR if status == 0 and said is None else Ended.RUNTIME_ERROR


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _compile_error(said: object) -> CompileError:
    match said:
        case [int() as line, int() as column, str() as message]:
            return CompileError(max(line, 1), max(column, 1), message[:500])
    return CompileError(1, 1, "The code cannot be read.")


async def _first_trouble(
    tasks: list["asyncio.Task[Observed | CompileError]"],
) -> list[Observed | CompileError]:
    """All results; when one of them does not compile or fails, the rest is not waited for."""
    try:
        for task in tasks:
            if isinstance(await task, CompileError):
                return [task.result()]
        return [task.result() for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _result(
    run: Run,
    began: float,
    *,
    single: Observed | CompileError | None = None,
    cases: Sequence[Observed | CompileError] = (),
) -> RunResult:
    took = (time.monotonic() - began) * 1000
    broken = next((one for one in (single, *cases) if isinstance(one, CompileError)), None)
    if broken is not None:
        return RunResult(run.language, took, compile_error=broken)
    judged: list[CaseResult] = [
        judge(case, seen, run.comparison)
        for case, seen in zip(run.cases, cases, strict=False)
        if isinstance(seen, Observed)
    ]
    return RunResult(
        run.language, took, single=single if isinstance(single, Observed) else None, cases=tuple(judged)
    )
