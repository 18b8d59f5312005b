"""Worker processes that compare answers, so that no answer can hold up the event loop.

They are started when they are first needed and live until `stop`. One that takes too long is killed, and the next
question gets a new one.
"""

import asyncio
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from domain.code import matching
from domain.code.matching import Judgement, Outcome
from domain.code.runs import Question
from server.adapters.sandbox import judge_worker

JUDGE_SECONDS = 5.0
_MEMORY_BYTES = 512 * 1024 * 1024
_START_SECONDS = 10.0
_NICENESS = 5
# Read once: whoever imported this may step down to a user who cannot read the files.
_WORKER = Path(judge_worker.__file__).read_text(encoding="utf-8")
_MATCHING = Path(matching.__file__).read_text(encoding="utf-8")
_TOO_LONG = "The answer takes too long to compare."
_TOO_LARGE = "The answer is too large to compare."


class Judges:
    """At most `count` worker processes. Belongs to one event loop. Call `stop` at the end."""

    def __init__(self, count: int, *, seconds: float = JUDGE_SECONDS) -> None:
        self._free = asyncio.Semaphore(count)
        self._idle: list[_Worker] = []
        self._seconds = seconds

    async def judge(self, question: Question) -> Judgement:
        """Compare one answer. An answer that takes too long to compare, or too much memory, is a different one.

        Raises OSError when no worker can be started.
        """
        async with self._free:
            worker = self._idle.pop() if self._idle else await _Worker.start()
            try:
                async with asyncio.timeout(self._seconds):
                    judgement = await worker.ask(question)
            except TimeoutError:
                await worker.kill()
                return Judgement(Outcome.DIFFERENT, reason=_TOO_LONG)
            except (asyncio.IncompleteReadError, ConnectionError):
                await worker.kill()
                return Judgement(Outcome.DIFFERENT, reason=_TOO_LARGE)
            except BaseException:
                await worker.kill()
                raise
            self._idle.append(worker)
            return judgement

    async def stop(self) -> None:
        """End the workers that wait for a question."""
        while self._idle:
            await self._idle.pop().kill()


class _Worker:
    """One worker process. After an error it must be killed, because a reply may still be under way."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout

    @classmethod
    async def start(cls) -> "_Worker":
        starting = asyncio.create_task(cls._start())
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            # Starting a process cannot be cancelled halfway, or its pipes stay open.
            (worker,) = await asyncio.gather(starting, return_exceptions=True)
            if isinstance(worker, _Worker):
                await worker.kill()
            raise

    @classmethod
    async def _start(cls) -> "_Worker":
        process = await asyncio.create_subprocess_exec(
            *(_interpreter(), "-I", "-S", "-B", "-X", "utf8", "-c", _WORKER, _MATCHING, str(_MEMORY_BYTES)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
        worker = cls(process)
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
        try:
            # The time to start is no time of the first answer.
            async with asyncio.timeout(_START_SECONDS):
                await worker.ask(Question("", "", matching.Comparison(), printed=True))
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            await worker.kill()
            raise OSError("the worker that compares answers does not start") from error
        except BaseException:
            await worker.kill()
            raise
        return worker

    async def ask(self, question: Question) -> Judgement:
        head = {
            "printed": question.printed,
            "kind": question.comparison.kind.value,
            "tolerance": question.comparison.tolerance,
            "expected": question.expected,
        }
        body = json.dumps(head).encode() + b"\n" + question.actual.encode("utf-8", "surrogatepass")
        self._stdin.write(len(body).to_bytes(4, "big") + body)
        await self._stdin.drain()
        size = int.from_bytes(await self._stdout.readexactly(4), "big")
        line, _, shown = (await self._stdout.readexactly(size)).partition(b"\n")
        reply: dict[str, Any] = json.loads(line)
        return Judgement(
            Outcome(reply["outcome"]), shown.decode() if reply["shown"] else None, reply["reason"]
        )

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        self._stdin.close()
        with suppress(ConnectionError):
            await self._stdin.wait_closed()
        while await self._stdout.read(65536):
            pass
        await self._process.wait()


def _interpreter() -> str:
    """The Python that runs Viva, or the system's where it is closed to this user."""
    return sys.executable if os.access(sys.executable, os.X_OK) else "/usr/bin/python3"
