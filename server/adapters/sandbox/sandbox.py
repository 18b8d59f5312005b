"""Runs candidates' code: from a `Run` to a `RunResult`. Expected results never enter a box."""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from domain.code.matching import SHOWN_BYTES_IN_ALL
from domain.code.runs import (
    REQUEST_SECONDS,
    Arguments,
    Case,
    CaseResult,
    CompileError,
    Language,
    Observation,
    Run,
    RunResult,
    RunStatus,
    Stdin,
    changes_arguments,
    check,
    cut_output,
    decide,
    plain_lines,
    question_of,
    without_mark,
)
from domain.errors import RunnerFailed, TimedOut
from server.adapters.sandbox import cgroups, memory
from server.adapters.sandbox.box import Box, Reply
from server.adapters.sandbox.command_line import NoBox
from server.adapters.sandbox.fair_queue import FairQueue
from server.adapters.sandbox.judges import Judges
from server.adapters.sandbox.programs import PROGRAMS
from server.adapters.sandbox.runtimes import MEMORY_BYTES, SLACK_BYTES, Runtime, runtime_of

log = logging.getLogger(__name__)

CASE_SECONDS = 5.0
_EXIT_SECONDS = 1.0
_CPU_LIMIT_STATUS = 128 + 24  # ended by SIGXCPU
_INSTALL = "Ask the operator to run `viva doctor`: it says what is missing. Nothing was run."


class Sandbox:
    """Runs programs in a bounded number of boxes. Belongs to one event loop. Call `stop` at the end."""

    def __init__(
        self,
        parallel: int = 2,
        *,
        warm: int = 1,
        case_seconds: float = CASE_SECONDS,
        programs: str = PROGRAMS,
    ) -> None:
        self._programs = programs
        # All boxes together leave half of the machine's memory to others: else fewer run at a time.
        share = memory.machine_bytes() // 2
        self._memory_bytes = min(MEMORY_BYTES, share - SLACK_BYTES)
        self._parallel = max(1, min(parallel, share // (self._memory_bytes + SLACK_BYTES)))
        if self._parallel < parallel:
            log.warning("memory is short for so many programs at a time", extra={"parallel": self._parallel})
        self._queue = FairQueue(self._parallel, max_requests=parallel * 16, max_each=parallel * 8)
        self._warm = warm
        self._case_seconds = case_seconds
        self._ready: dict[str, deque[Box]] = {}
        self._filling: dict[str, asyncio.Task[None]] = {}
        self._judges = Judges(parallel)

    async def run(self, run: Run) -> RunResult:
        """Run the code once, or once for each case. Whatever the code does is part of the result.

        Raises `Invalid` for an impossible request, `SandboxBusy` over capacity, `TimedOut` after 15 seconds in all,
        and `RunnerFailed` when the machine has no isolation.
        """
        check(run)
        began = time.monotonic()
        async with self._queue.admit(run.workspace):
            try:
                async with asyncio.timeout(REQUEST_SECONDS):
                    return await self._run_all(run, began)
            except TimeoutError:
                raise TimedOut(hint="All cases together may take 15 seconds.") from None
            except (NoBox, OSError, ImportError) as missing:
                log.error("candidates' code cannot be run", extra={"reason": str(missing)[:500]})
                raise RunnerFailed(hint=_INSTALL) from None

    async def _run_all(self, run: Run, began: float) -> RunResult:
        if not run.cases:
            (only,) = await self._run_in_box(run, [None])
            return await self._result(run, began, single=only)
        if run.shared_process and run.entry_point is not None:
            observed = await self._run_shared(run, list(run.cases))
        else:
            limit = asyncio.Semaphore(self._parallel)

            async def run_alone(case: Case) -> Observation | CompileError:
                async with limit:
                    return (await self._run_in_box(run, [case]))[0]

            observed = await _gather_until_compile_error(
                [asyncio.create_task(run_alone(case)) for case in run.cases]
            )
        return await self._result(run, began, cases=observed)

    async def _run_shared(self, run: Run, cases: list[Case]) -> list[Observation | CompileError]:
        """Run all cases in one process. After a case that ends the process, the next case starts a new one."""
        observed: list[Observation | CompileError] = []
        while len(observed) < len(cases):
            observed += await self._run_in_box(run, cases[len(observed) :])
            if isinstance(observed[-1], CompileError):
                break
        return observed

    async def _run_in_box(self, run: Run, cases: Sequence[Case | None]) -> list[Observation | CompileError]:
        """Run cases in one box until one of them ends the program: at least one case."""
        async with self._queue.wait_turn(run.workspace):
            box = await self._take_box(runtime_of(run.language))
            try:
                return await self._run_cases(box, run, cases)
            finally:
                await box.close()

    async def _run_cases(
        self, box: Box, run: Run, cases: Sequence[Case | None]
    ) -> list[Observation | CompileError]:
        box.feed(_stdin(run, cases[0]))
        observed: list[Observation | CompileError] = []
        for index, case in enumerate(cases):
            is_call = run.entry_point is not None and case is not None
            task = _task(run, case) if index == 0 else {"args": _arguments(case)}
            began = time.monotonic()
            seconds = REQUEST_SECONDS if case is None else self._case_seconds
            reply = await box.ask(task, seconds, until_exit=not is_call)
            duration_ms = (time.monotonic() - began) * 1000
            last = index == len(cases) - 1
            if "compile_error" in reply.frame and box.started:
                # The code was compiled, so it has sent this itself.
                reply = Reply(RunStatus.PROTOCOL_ERROR if reply.ended is RunStatus.FINISHED else reply.ended)
            elif "compile_error" in reply.frame:
                return [_compile_error(reply.frame["compile_error"])]
            succeeded = reply.ended is RunStatus.FINISHED and reply.frame.get("ended") == "finished"
            if is_call and succeeded and box.started and not last:
                observed.append(
                    Observation(
                        RunStatus.FINISHED,
                        **_returned(reply.frame),
                        duration_ms=duration_ms,
                        memory_kb=box.peak_kb,
                    )
                )
                continue
            observed.append(await self._observe_end(box, reply, duration_ms, is_call=is_call))
            return observed
        return observed

    async def _observe_end(self, box: Box, reply: Reply, duration_ms: float, *, is_call: bool) -> Observation:
        """The outcome of the last task of a box, after the program has ended."""
        status = None
        if reply.ended is RunStatus.FINISHED:
            status = await box.wait_exit(_EXIT_SECONDS)
        if status is None:
            box.kill()
        out, err = await box.read_output()
        ended = reply.ended
        if ended is RunStatus.FINISHED:
            ended = _ended(reply.frame, status, err, is_call=is_call)
            if ended is RunStatus.FINISHED and not box.started:
                ended = RunStatus.PROTOCOL_ERROR
        return Observation(
            status=ended,
            stdout=out,
            stderr=err,
            **(_returned(reply.frame) if is_call else {}),
            exit_code=0 if is_call and ended is RunStatus.FINISHED else status if status is not None else 137,
            duration_ms=duration_ms,
            memory_kb=box.peak_kb,
        )

    async def _result(
        self,
        run: Run,
        began: float,
        *,
        single: Observation | CompileError | None = None,
        cases: Sequence[Observation | CompileError] = (),
    ) -> RunResult:
        duration_ms = (time.monotonic() - began) * 1000
        compile_error = next(
            (result for result in (single, *cases) if isinstance(result, CompileError)), None
        )
        if compile_error is not None:
            return RunResult(run.language, duration_ms, compile_error=compile_error)
        return RunResult(
            run.language,
            duration_ms,
            single=single if isinstance(single, Observation) else None,
            cases=await self._judge(run, [one for one in cases if isinstance(one, Observation)]),
        )

    async def _judge(self, run: Run, observed: Sequence[Observation]) -> tuple[CaseResult, ...]:
        in_place = changes_arguments(observed)
        results = []
        room = SHOWN_BYTES_IN_ALL
        for case, seen in zip(run.cases, observed, strict=True):
            question = question_of(case, seen, run.comparison, in_place=in_place)
            judgement = None if question is None else await self._judges.judge(question)
            if judgement is not None and judgement.shown_bytes > room:
                judgement = judgement.without_value()
            room -= 0 if judgement is None or case.hidden else judgement.shown_bytes
            results.append(decide(case, seen, judgement))
        return tuple(cut_output(results))

    # Boxes kept ready -----------------------------------------------------------------------------------

    async def _take_box(self, runtime: Runtime) -> Box:
        """A box kept ready, else a new one. Another is prepared meanwhile."""
        waiting = self._ready.setdefault(runtime.name, deque())
        found = None
        while waiting and found is None:
            box = waiting.popleft()
            if box.alive:
                found = box
            else:
                await box.close()
        box = found or await Box.open(runtime, self._programs, memory_bytes=self._memory_bytes)
        if self._warm and runtime.name not in self._filling:
            self._filling[runtime.name] = asyncio.create_task(self._fill(runtime))
        return box

    async def _fill(self, runtime: Runtime) -> None:
        try:
            while len(self._ready[runtime.name]) < self._warm:
                box = await Box.open(runtime, self._programs, preload=True, memory_bytes=self._memory_bytes)
                self._ready[runtime.name].append(box)
        except (NoBox, OSError):
            log.warning("no box could be made ready")
        finally:
            del self._filling[runtime.name]

    async def probe(self) -> str | None:
        """None when code runs and is isolated; else a sentence that says what to do."""
        try:
            box = await Box.open(runtime_of(Language.PYTHON), self._programs)
        except (NoBox, OSError, ImportError) as missing:
            return advice(str(missing))
        try:
            box.feed("")
            reply = await box.ask(
                {"code": _ESCAPE_ATTEMPTS, "entry_point": "look", "args": "[]"}, 5, until_exit=False
            )
        finally:
            await box.close()
        contained = reply.frame.get("text") == "[]"
        return None if contained else "The box does not keep programs in: candidates' code is not run."

    async def stop(self) -> None:
        """End the boxes kept ready and the workers that compare answers."""
        await self._judges.stop()
        self._warm = 0
        await asyncio.gather(*self._filling.values(), return_exceptions=True)
        for waiting in self._ready.values():
            while waiting:
                await waiting.popleft().close()
        await cgroups.remove_all()


# A program that tries what must be impossible in a box, and returns what was possible.
_ESCAPE_ATTEMPTS = """
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


def advice(text: str) -> str:
    """What an operator can do about bubblewrap's error message."""
    if "install the package" in text:
        return f"{text[0].upper()}{text[1:]}."
    if "seccomp" in text.lower():
        return "Install the package libseccomp2."
    if "uid map" in text or "namespace" in text or "Operation not permitted" in text or "denied" in text:
        return (
            "User namespaces are not allowed here. On a host: sysctl kernel.unprivileged_userns_clone=1 (Debian), or"
            " kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu). In a container: --security-opt"
            " seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined."
        )
    return "The box could not be built: bubblewrap did not start the interpreter."


def _task(run: Run, case: Case | None) -> dict[str, Any]:
    """The task for the box. It never holds an expected result."""
    return {
        "code": without_mark(run.code),
        "language": run.language.value,
        "entry_point": run.entry_point if case is not None else None,
        "unordered_depth": run.comparison.unordered_depth,
        "args": _arguments(case),
    }


def _arguments(case: Case | None) -> str:
    """The arguments as JSON text, in which whole numbers have any length."""
    return json.dumps(case.given.values if case is not None and isinstance(case.given, Arguments) else ())


def _stdin(run: Run, case: Case | None) -> str:
    if case is None:
        return plain_lines(run.stdin)
    return plain_lines(case.given.text) if isinstance(case.given, Stdin) else ""


def _ended(frame: dict[str, Any], status: int | None, err: str, *, is_call: bool) -> RunStatus:
    """How a program ended that was not stopped from outside."""
    reported = frame.get("ended")
    if is_call and reported == "finished":
        return RunStatus.FINISHED
    if not is_call and status == 0:
        return RunStatus.FINISHED
    if reported == "memory_limit" or "JavaScript heap out of memory" in err or "MemoryError" in err[-200:]:
        return RunStatus.MEMORY_LIMIT
    if status == _CPU_LIMIT_STATUS:
        return RunStatus.TIME_LIMIT
    # A program that ends before it has returned anything has no value to compare.
    return RunStatus.PROTOCOL_ERROR if status == 0 and reported is None else RunStatus.RUNTIME_ERROR


def _returned(frame: dict[str, Any]) -> dict[str, Any]:
    """The members of an observation that a frame's text is: the returned value, or the changed argument."""
    text = frame.get("text")
    if not isinstance(text, str):
        return {"value": None}
    return {"value": "null", "changed_argument": text} if frame.get("changed") is True else {"value": text}


def _compile_error(report: object) -> CompileError:
    match report:
        case [int() as line, int() as column, str() as message]:
            return CompileError(max(line, 1), max(column, 1), message[:500])
    return CompileError(1, 1, "The code cannot be read.")


async def _gather_until_compile_error(
    tasks: list["asyncio.Task[Observation | CompileError]"],
) -> list[Observation | CompileError]:
    """All results. When one does not compile or raises, the rest is cancelled."""
    try:
        for task in tasks:
            if isinstance(await task, CompileError):
                return [task.result()]
        return [task.result() for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
