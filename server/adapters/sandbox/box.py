"""One box: a bubblewrap sandbox around one interpreter, for one candidate's program. Then it is destroyed.

A box holds the read-only runtime and a small private /tmp. It has no network, no files of the host, no other
processes, no environment and no privileges. The only ways out are the three standard streams and one socket.
"""

import asyncio
import logging
import os
import signal
import socket
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain import json_codec
from domain.code.runs import STREAM_BYTES, RunStatus
from server.adapters.sandbox.cgroups import Group, usable_hierarchies
from server.adapters.sandbox.command_line import NoBox, command, enter, program_path
from server.adapters.sandbox.init import Init
from server.adapters.sandbox.memory import Meter
from server.adapters.sandbox.pipes import Capture, Pipes, write_all
from server.adapters.sandbox.programs import PROGRAMS
from server.adapters.sandbox.runtimes import MEMORY_BYTES, MIB, SLACK_BYTES, Runtime
from server.adapters.sandbox.seccomp import program

log = logging.getLogger(__name__)

FRAME_BYTES = 2 * MIB
_HEAD_BYTES = 8 * 1024
_NICENESS = 10
_FILES = 4096
_START_SECONDS = 10.0
_CLOSE_SECONDS = 5.0
_SAMPLE_SECONDS = 0.01


@dataclass
class Reply:
    """The outcome of one task: how it ended, and the frame that the box sent, if any."""

    ended: RunStatus
    frame: dict[str, Any] = field(default_factory=dict)


class Box:
    """A box whose interpreter waits for a task. Call `feed` once, `ask` once or more, and always `close`."""

    def __init__(
        self,
        transport: asyncio.SubprocessTransport,
        process: asyncio.subprocess.Process,
        pipes: Pipes,
        control: socket.socket,
    ) -> None:
        self._transport = transport
        self._process = process
        self._pipes = pipes
        self._socket = control
        self._out = Capture()
        self._err = Capture()
        self._tasks: list[asyncio.Task[None]] = []
        self._watch: asyncio.Task[None] | None = None
        self._memory_exceeded = asyncio.Event()
        self._init: Init | None = None
        self._meter: Meter | None = None
        self._group: Group | None = None
        self._memory_bytes = MEMORY_BYTES
        self._too_big = False
        self._started = False
        self.peak_kb: int | None = None

    @classmethod
    async def open(
        cls,
        runtime: Runtime,
        programs: str = PROGRAMS,
        *,
        preload: bool = False,
        memory_bytes: int = MEMORY_BYTES,
    ) -> "Box":
        """Build a box and wait until its interpreter is ready. Raises `NoBox` when that fails.

        With `preload` the interpreter first loads what most programs use.
        """
        building = asyncio.create_task(cls._build(runtime, programs, memory_bytes, preload=preload))
        try:
            return await asyncio.shield(building)
        except asyncio.CancelledError:
            # Starting a process cannot be cancelled halfway, or its pipes stay open. It is started and then ended.
            (box,) = await asyncio.gather(building, return_exceptions=True)
            if isinstance(box, Box):
                await box.close()
            raise

    @classmethod
    async def _build(cls, runtime: Runtime, programs: str, memory_bytes: int, *, preload: bool) -> "Box":
        loop = asyncio.get_running_loop()
        with ExitStack() as on_failure, ExitStack() as given:
            group = await _make_group(runtime, memory_bytes)
            if group is not None:
                on_failure.callback(group.close)
            ours, theirs = socket.socketpair()
            on_failure.callback(ours.close)
            given.callback(theirs.close)
            info, info_end = os.pipe()
            on_failure.callback(os.close, info)
            given.callback(os.close, info_end)
            harness = _opened(os.open(runtime.harness, os.O_RDONLY), given)
            filter_ = _opened(os.memfd_create("viva-seccomp"), given)
            os.write(filter_, program())
            os.lseek(filter_, 0, os.SEEK_SET)
            shell = _opened(os.open(program_path("sh", PROGRAMS), os.O_RDONLY), given)
            pipes = on_failure.enter_context(closing(Pipes()))
            fds = (theirs.fileno(), info_end, harness, filter_, shell)
            transport, protocol = await loop.subprocess_exec(
                lambda: asyncio.subprocess.SubprocessStreamProtocol(limit=STREAM_BYTES, loop=loop),
                *(enter(group) if group is not None else []),
                *command(runtime, programs, *fds),
                "preload" if preload else "plain",
                **pipes.theirs,
                pass_fds=fds,
                env={},
                cwd="/",
                start_new_session=True,
            )
            on_failure.callback(transport.close)
            process = asyncio.subprocess.Process(transport, protocol, loop)
            await pipes.connect(process)
            on_failure.pop_all()
        # Candidates' programs get the CPU time that the server leaves, and are the first to go when memory is short.
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
        with suppress(OSError):
            Path(f"/proc/{process.pid}/oom_score_adj").write_text("1000")
        box = cls(transport, process, pipes, ours)
        box._group, box._memory_bytes = group, memory_bytes
        try:
            await box._wait_ready(info)
        finally:
            os.close(info)
        return box

    async def _wait_ready(self, info: int) -> None:
        """Wait until the interpreter is ready, and open the handles on the box. No candidate's code runs yet."""
        self._reader, self._writer = await asyncio.open_connection(sock=self._socket)
        try:
            async with asyncio.timeout(_START_SECONDS):
                frame = await self._read_frame()
        except TimeoutError:
            frame = None
        trouble = ""
        try:
            self._init = Init(_child_pid(info), self._process.pid)
            self._meter = Meter(self._init.pid)
            self.peak_kb = self._meter.read().peak_kb
        except (OSError, ValueError) as error:
            trouble = str(error)
        if frame != {"ready": True} or self._init is None:
            self.kill()
            self.feed("")
            await self.close()
            raise NoBox(self._err.text.strip()[:2000] or trouble or "the interpreter did not start")

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    def feed(self, stdin: str) -> None:
        """Start to write standard input and to read the output streams. Call it once, before the first `ask`."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._tasks = [
            asyncio.create_task(write_all(process.stdin, stdin.encode("utf-8", "surrogateescape"))),
            asyncio.create_task(self._out.fill(process.stdout)),
            asyncio.create_task(self._err.fill(process.stderr)),
        ]
        self._watch = asyncio.create_task(self._watch_memory())

    @property
    def started(self) -> bool:
        """Whether the candidate's code has started: from then on frames may be the candidate's own.

        The harness says so just before. Frames keep their order, so no program can send one before this.
        """
        return self._started

    async def ask(self, frame: dict[str, Any], seconds: float, *, until_exit: bool) -> Reply:
        """Send a task and wait at most `seconds` for its frame, or with `until_exit` for the end of the program."""
        body = json_codec.dumps(frame)
        self._writer.write(len(body).to_bytes(4, "big") + body)
        frame_task = asyncio.create_task(self._read_frame())
        exited = asyncio.create_task(self._process.wait())
        overflowed = [asyncio.create_task(stream.overflowed.wait()) for stream in (self._out, self._err)]
        memory_exceeded = asyncio.create_task(self._memory_exceeded.wait())
        events = [frame_task, exited, memory_exceeded, *overflowed]
        try:
            async with asyncio.timeout(seconds):
                await asyncio.wait(
                    [exited, memory_exceeded, *overflowed] if until_exit else events,
                    return_when=asyncio.FIRST_COMPLETED,
                )
        except TimeoutError:
            return Reply(RunStatus.TIME_LIMIT)
        finally:
            for task in events:
                if not task.done() and task is not frame_task:
                    task.cancel()
            if any(task.done() and not task.cancelled() for task in overflowed):
                self.kill()
            await self._finish_frame(frame_task)
        if any(task.done() and not task.cancelled() for task in overflowed):
            return Reply(RunStatus.OUTPUT_LIMIT)
        if self._memory_exceeded.is_set() or self._out_of_memory():
            return Reply(RunStatus.MEMORY_LIMIT)
        message = frame_task.result() if frame_task.done() and not frame_task.cancelled() else None
        return Reply(RunStatus.PROTOCOL_ERROR if self._too_big else RunStatus.FINISHED, message or {})

    async def _finish_frame(self, frame_task: "asyncio.Task[dict[str, Any] | None]") -> None:
        """Read a frame that was sent just before the program ended; otherwise stop waiting for it."""
        if not frame_task.done() and not self.alive:
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await asyncio.wait([frame_task])
        if not frame_task.done():
            frame_task.cancel()

    async def _watch_memory(self) -> None:
        """End the box when everything in it together uses more memory, or more files, than it may."""
        while self._meter is not None:
            used = self._meter.read()
            self.peak_kb = max(self.peak_kb or 0, used.peak_kb) or None
            if used.kb * 1024 > self._memory_bytes or used.files > _FILES or self._out_of_memory():
                self.kill()
                self._memory_exceeded.set()
                return
            await asyncio.sleep(_SAMPLE_SECONDS)

    def _out_of_memory(self) -> bool:
        return self._group is not None and self._group.out_of_memory()

    async def _read_frame(self) -> dict[str, Any] | None:
        """The next frame after the one that says that the code starts; None when there is none or it cannot be read."""
        message = await self._read_message()
        if message == {"started": True} and not self._started:
            self._started = True
            message = await self._read_message()
        return message

    async def _read_message(self) -> dict[str, Any] | None:
        try:
            size = int.from_bytes(await self._reader.readexactly(4), "big")
            if size > FRAME_BYTES:
                self._too_big = True
                return None
            head, newline, text = (await self._reader.readexactly(size)).partition(b"\n")
            # A long answer is text behind the head. It is not parsed in this process.
            message = json_codec.loads(head) if len(head) <= _HEAD_BYTES else None
            if isinstance(message, dict) and newline:
                message["text"] = text.decode("utf-8", "replace")
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            return None
        return message if isinstance(message, dict) else None

    async def wait_exit(self, seconds: float) -> int | None:
        """Wait for the program to end by itself, and return its exit status; None when the time is over."""
        with suppress(ConnectionError):
            self._writer.close()
        try:
            async with asyncio.timeout(seconds):
                return await self._process.wait()
        except TimeoutError:
            return None

    async def read_output(self) -> tuple[str, str]:
        """Standard output and standard error, up to their limit. Call it when the program is over."""
        if not self.alive:
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await asyncio.wait(self._tasks[1:])
        return self._out.text, self._err.text

    def kill(self) -> None:
        """End everything in the box. It does not rest on any process in there."""
        if self._init is not None:
            self._init.kill()
        else:
            self._kill_monitor()

    def _kill_monitor(self) -> None:
        """End bubblewrap's process outside the namespace. The kernel then kills the init (--die-with-parent)."""
        if self.alive:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def close(self) -> None:
        """End everything in the box. Returns within seconds; what does not end is in the log."""
        self.kill()
        self._writer.close()
        if self._watch is not None:
            self._watch.cancel()
        try:
            if self._init is not None and not await self._init.wait(_CLOSE_SECONDS):
                log.error("a box was killed and has not ended", extra={"init": self._init.pid})
            await self._close_monitor()
            await self._close_pipes()
        finally:
            # Whatever still holds the other ends: these are closed here.
            self._pipes.close()
            self._transport.close()
            if self._meter is not None:
                self._meter.close()
            if self._init is not None:
                self._init.close()
            self._init = self._meter = None
        if self._group is not None:
            self._group.close()

    async def _close_monitor(self) -> None:
        """Wait for bubblewrap, which ends after its child and so leaves no zombie; else kill it."""
        for seconds in (1, _CLOSE_SECONDS):
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._process.wait()
                    return
            self._kill_monitor()
        log.error("bubblewrap was killed and has not ended", extra={"monitor": self._process.pid})

    async def _close_pipes(self) -> None:
        """Read to the end what is left in the pipes, but not for long."""
        tasks: list[asyncio.Task[Any]] = [*self._tasks]
        if not tasks:
            pipes = (self._process.stdout, self._process.stderr)
            tasks = [asyncio.create_task(Capture().fill(pipe)) for pipe in pipes if pipe is not None]
        if self._process.stdin is not None:
            self._process.stdin.close()
        await asyncio.wait(tasks, timeout=1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _make_group(runtime: Runtime, memory_bytes: int) -> Group | None:
    """A control group for a box; None where there are none."""
    hierarchies = await asyncio.to_thread(usable_hierarchies)
    if not hierarchies:
        return None
    try:
        return Group(hierarchies, memory_bytes + SLACK_BYTES, runtime.processes + 8)
    except OSError:
        log.warning("a box has no control group: its memory is sampled")
        return None


def _opened(fd: int, until: ExitStack) -> int:
    """The descriptor, which is closed with the stack."""
    until.callback(os.close, fd)
    return fd


def _child_pid(info: int) -> int:
    """The process id that bubblewrap has written. Raises OSError or ValueError when it wrote none."""
    os.set_blocking(info, False)
    return int(json_codec.loads(os.read(info, 65_536))["child-pid"])
