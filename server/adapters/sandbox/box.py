"""One box: a bubblewrap sandbox around one interpreter, used for one candidate's program and then destroyed.

Inside there is the read-only runtime, a small private /tmp, and nothing else: no network, no files of the host, no
other processes, no environment, no privileges. The only ways out are the three standard streams and one socket.
"""

import asyncio
import itertools
import logging
import os
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from domain.code import STREAM_BYTES, Ended
from server.adapters.sandbox import watching
from server.adapters.sandbox.programs import PROGRAMS, found
from server.adapters.sandbox.runtimes import MEMORY, MIB, Runtime
from server.adapters.sandbox.seccomp import program

log = logging.getLogger(__name__)

FRAME_BYTES = 2 * MIB
_NICE = 10
_DISK = 16 * MIB
_STARTING = 10.0
_CLOSING = 10.0
_uids = itertools.cycle(range(61_000, 64_000))


class NoBox(Exception):
    """The box could not be built; the message is bubblewrap's own, for the operator's log."""


@dataclass
class Reply:
    """What came of one thing the box was asked: how it ended and the frame it sent, if any."""

    ended: Ended
    frame: dict[str, Any] = field(default_factory=dict)


class Box:
    """A box with its interpreter started and waiting. Use `ask` once or more, then always `close`."""

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket) -> None:
        self._process = process
        self._socket = control
        self._out = _Stream()
        self._err = _Stream()
        self._tasks: list[asyncio.Task[None]] = []
        self._too_big = False
        self.peak_kb: int | None = None

    @classmethod
    async def opened(cls, runtime: Runtime, programs: str = PROGRAMS, *, waits: bool = False) -> "Box":
        """Build a box and wait until its interpreter is ready; `NoBox` when that fails.

        One that `waits` for its turn loads beforehand what programs mostly use.
        """
        building = asyncio.create_task(cls._built(runtime, programs, waits=waits))
        try:
            return await asyncio.shield(building)
        except asyncio.CancelledError:
            # a process that is half made cannot be taken back (its pipes would stay open): it is made, then ended
            (box,) = await asyncio.gather(building, return_exceptions=True)
            if isinstance(box, Box):
                await box.close()
            raise

    @classmethod
    async def _built(cls, runtime: Runtime, programs: str, *, waits: bool) -> "Box":
        ours, theirs = socket.socketpair()
        harness = os.open(runtime.harness, os.O_RDONLY)
        filter_ = os.memfd_create("viva-seccomp")
        try:
            os.write(filter_, program())
            os.lseek(filter_, 0, os.SEEK_SET)
            fds = (theirs.fileno(), harness, filter_)
            process = await asyncio.create_subprocess_exec(
                *command(runtime, programs, *fds),
                "waits" if waits else "hurries",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=fds,
                env={},
                cwd="/",
                start_new_session=True,
                limit=STREAM_BYTES,
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
            os.close(harness)
            os.close(filter_)
        # candidates' programs get what the server leaves
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
        box = cls(process, ours)
        await box._ready()
        return box

    async def _ready(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(sock=self._socket)
        try:
            async with asyncio.timeout(_STARTING):
                frame = await self._frame()
        except TimeoutError:
            frame = None
        if frame != {"ready": True}:
            self.kill()
            self.feed("")
            await self.close()
            raise NoBox(self._err.text.strip()[:2000] or "the interpreter did not start")

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    def feed(self, stdin: str) -> None:
        """Begin to hand over standard input and to take in what is printed. Once, before the first `ask`."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._tasks = [
            asyncio.create_task(_fed(process.stdin, stdin.encode("utf-8", "surrogateescape"))),
            asyncio.create_task(self._out.fill(process.stdout)),
            asyncio.create_task(self._err.fill(process.stderr)),
        ]

    async def ask(self, frame: dict[str, Any], seconds: float, *, to_the_end: bool) -> Reply:
        """Send a task and see it through: to its frame, or with `to_the_end` until the program is over."""
        body = orjson.dumps(frame)
        self._writer.write(len(body).to_bytes(4, "big") + body)
        heard = asyncio.create_task(self._frame())
        over = asyncio.create_task(self._process.wait())
        spilled = [asyncio.create_task(stream.spilled.wait()) for stream in (self._out, self._err)]
        swollen = asyncio.create_task(self._swollen())
        watched = [heard, over, swollen, *spilled]
        try:
            async with asyncio.timeout(seconds):
                await asyncio.wait(
                    [over, swollen, *spilled] if to_the_end else watched,
                    return_when=asyncio.FIRST_COMPLETED,
                )
        except TimeoutError:
            return Reply(Ended.TIME_LIMIT)
        finally:
            for task in watched:
                if not task.done() and task is not heard:
                    task.cancel()
            if any(task.done() and not task.cancelled() for task in spilled):
                self.kill()
            if swollen.done() and not swollen.cancelled():
                self.kill()
            await self._hear_out(heard)
        if any(task.done() and not task.cancelled() for task in spilled):
            return Reply(Ended.OUTPUT_LIMIT)
        if swollen.done() and not swollen.cancelled():
            return Reply(Ended.MEMORY_LIMIT)
        said = heard.result() if heard.done() and not heard.cancelled() else None
        return Reply(Ended.PROTOCOL_ERROR if self._too_big else Ended.FINISHED, said or {})

    async def _hear_out(self, heard: "asyncio.Task[dict[str, Any] | None]") -> None:
        """A frame that was sent just before the program ended is still to be read."""
        if not heard.done() and not self.alive:
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await asyncio.wait([heard])
        if not heard.done():
            heard.cancel()

    async def _swollen(self) -> None:
        """Returns when everything in the box together uses more memory than it may."""
        while True:
            now, peak = watching.memory_kb(self._process.pid)
            self.peak_kb = max(self.peak_kb or 0, peak) or None
            if now * 1024 > MEMORY:
                return
            await asyncio.sleep(0.02)

    async def _frame(self) -> dict[str, Any] | None:
        """The next frame; None when there is none, or none that can be read."""
        try:
            size = int.from_bytes(await self._reader.readexactly(4), "big")
            if size > FRAME_BYTES:
                self._too_big = True
                return None
            said = orjson.loads(await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            return None
        return said if isinstance(said, dict) else None

    async def finished(self, seconds: float) -> int | None:
        """Let the program end by itself and say its exit status; None when it had to be killed."""
        with suppress(ConnectionError):
            self._writer.close()
        try:
            async with asyncio.timeout(seconds):
                return await self._process.wait()
        except TimeoutError:
            return None

    async def printed(self) -> tuple[str, str]:
        """What was printed, once the program is over."""
        if not self.alive:
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await asyncio.wait(self._tasks[1:])
        return self._out.text, self._err.text

    def kill(self) -> None:
        # bubblewrap dies, its child dies with it (--die-with-parent), and with that one, the first process of its
        # namespace, the kernel ends everything else in there
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def close(self) -> None:
        """End everything in the box. Returns when nothing of it is left; what does not end is in the log."""
        if self.alive:
            self.kill()
        self._writer.close()
        try:
            async with asyncio.timeout(_CLOSING):
                await self._over()
        except TimeoutError:
            log.error("a box was killed and has not ended", extra={"process": self._process.pid})

    async def _over(self) -> None:
        # the pipes end when the last process in the box has ended
        drains = self._tasks[1:] or [
            asyncio.create_task(_Stream().fill(pipe))
            for pipe in (self._process.stdout, self._process.stderr)
            if pipe is not None
        ]
        await asyncio.gather(*drains, return_exceptions=True)
        if self._process.stdin is not None:
            self._process.stdin.close()
        await asyncio.gather(*self._tasks[:1], return_exceptions=True)
        await self._process.wait()


class _Stream:
    """What came through a pipe, up to the limit."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self.spilled = asyncio.Event()

    async def fill(self, pipe: asyncio.StreamReader) -> None:
        while piece := await pipe.read(STREAM_BYTES):
            # what is over the limit is read and dropped: the end of the pipe has to be seen
            self._kept += piece[: STREAM_BYTES - len(self._kept) + 1]
            if len(self._kept) > STREAM_BYTES:
                self.spilled.set()

    @property
    def text(self) -> str:
        return bytes(self._kept[:STREAM_BYTES]).decode("utf-8", errors="replace")


async def _fed(pipe: asyncio.StreamWriter, data: bytes) -> None:
    with suppress(ConnectionError):  # a program need not read its input
        pipe.write(data)
        await pipe.drain()
        pipe.close()
        await pipe.wait_closed()


def command(runtime: Runtime, programs: str, control: int, harness: int, filter_: int) -> list[str]:
    """The whole command line: drop root, build the box, set limits, start the interpreter."""
    return [
        *_unprivileged(programs),
        _program("bwrap", programs),
        "--unshare-all",
        "--unshare-user",
        "--uid",
        "65534",
        "--gid",
        "65534",
        "--disable-userns",
        "--cap-drop",
        "ALL",
        "--hostname",
        "box",
        "--new-session",
        "--die-with-parent",
        "--clearenv",
        "--setenv",
        "PATH",
        "/usr/bin",
        "--setenv",
        "HOME",
        "/tmp",
        "--setenv",
        "LANG",
        "C.UTF-8",
        *_files(runtime),
        "--ro-bind-data",
        str(harness),
        runtime.harness_at,
        "--size",
        str(_DISK),
        "--tmpfs",
        "/tmp",
        "--remount-ro",
        "/dev",
        "--remount-ro",
        "/",
        "--chdir",
        "/tmp",
        "--seccomp",
        str(filter_),
        "--",
        *_limited(runtime),
        *runtime.command,
        runtime.harness_at,
        str(control),
    ]


def _files(runtime: Runtime) -> list[str]:
    parts = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib64", "sbin"):
        if os.path.islink(f"/{name}"):
            parts += ["--symlink", f"usr/{name}", f"/{name}"]
        elif os.path.isdir(f"/{name}"):
            parts += ["--ro-bind", f"/{name}", f"/{name}"]
    for place, inside in runtime.binds:
        parts += ["--ro-bind", place, inside]
    return [*parts, "--proc", "/proc", "--dev", "/dev"]


def _limited(runtime: Runtime) -> list[str]:
    limits = ["--core=0", "--nofile=256", f"--fsize={_DISK}", f"--nproc={runtime.processes}", "--cpu=16"]
    if runtime.address_space:
        limits.append(f"--as={runtime.address_space}")
    if runtime.data:
        limits.append(f"--data={runtime.data}")
    return ["/usr/bin/prlimit", *limits]


def _unprivileged(programs: str) -> list[str]:
    """Root steps down before anything else, to a user of its own for each box."""
    if os.geteuid() != 0:
        return []
    uid = next(_uids)
    return [_program("setpriv", programs), f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--"]


def _program(name: str, programs: str) -> str:
    try:
        return found(name, programs)
    except FileNotFoundError:
        package = "bubblewrap" if name == "bwrap" else "util-linux"
        raise NoBox(f"{name} is not there: install the package {package}") from None
