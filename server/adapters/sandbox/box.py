"""One box: a bubblewrap sandbox around one interpreter, for one candidate's program. Then it is destroyed.

A box holds the read-only runtime and a small private /tmp. It has no network, no files of the host, no other
processes, no environment and no privileges. The only ways out are the three standard streams and one socket.
"""

import asyncio
import itertools
import logging
import os
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain import json_codec
from domain.code.runs import STREAM_BYTES, RunStatus
from server.adapters.sandbox.cgroups import Group, usable_hierarchies
from server.adapters.sandbox.init import Init
from server.adapters.sandbox.memory import Meter
from server.adapters.sandbox.pipes import Pipes
from server.adapters.sandbox.programs import PROGRAMS, find_program
from server.adapters.sandbox.runtimes import MEMORY_BYTES, MIB, SLACK_BYTES, Runtime
from server.adapters.sandbox.seccomp import program

log = logging.getLogger(__name__)

FRAME_BYTES = 2 * MIB
_HEAD_BYTES = 8 * 1024
_NICENESS = 10
_DISK_BYTES = 16 * MIB
_FILES = 4096
_START_SECONDS = 10.0
_CLOSE_SECONDS = 5.0
_SAMPLE_SECONDS = 0.01
_INIT_AT = "/run/viva/sh"
_uids = itertools.cycle(range(61_000, 64_000))


class NoBox(Exception):
    """The box could not be built. The message is bubblewrap's own, for the operator's log."""


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
        self._out = _Stream()
        self._err = _Stream()
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
        group = await _make_group(runtime, memory_bytes)
        ours, theirs = socket.socketpair()
        info, info_end = os.pipe()
        pipes = Pipes()
        opened = [info_end]
        try:
            opened.append(os.open(runtime.harness, os.O_RDONLY))
            opened.append(os.memfd_create("viva-seccomp"))
            os.write(opened[-1], program())
            os.lseek(opened[-1], 0, os.SEEK_SET)
            opened.append(os.open(_program("sh", PROGRAMS), os.O_RDONLY))
            fds = (theirs.fileno(), *opened)
            transport, protocol = await loop.subprocess_exec(
                lambda: asyncio.subprocess.SubprocessStreamProtocol(limit=STREAM_BYTES, loop=loop),
                *(_enter(group) if group is not None else []),
                *command(runtime, programs, *fds),
                "preload" if preload else "plain",
                **pipes.theirs,
                pass_fds=fds,
                env={},
                cwd="/",
                start_new_session=True,
            )
            process = asyncio.subprocess.Process(transport, protocol, loop)
            await pipes.connect(process)
        except BaseException:
            ours.close()
            os.close(info)
            pipes.close()
            if group is not None:
                group.close()
            raise
        finally:
            theirs.close()
            for fd in opened:
                os.close(fd)
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
            asyncio.create_task(_write_stdin(process.stdin, stdin.encode("utf-8", "surrogateescape"))),
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
            tasks = [asyncio.create_task(_Stream().fill(pipe)) for pipe in pipes if pipe is not None]
        if self._process.stdin is not None:
            self._process.stdin.close()
        await asyncio.wait(tasks, timeout=1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Stream:
    """What was read from a pipe, up to the limit."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self.overflowed = asyncio.Event()

    async def fill(self, pipe: asyncio.StreamReader) -> None:
        while chunk := await pipe.read(STREAM_BYTES):
            # Bytes over the limit are read and dropped, because the pipe must be read to its end.
            self._bytes += chunk[: STREAM_BYTES - len(self._bytes) + 1]
            if len(self._bytes) > STREAM_BYTES:
                self.overflowed.set()

    @property
    def text(self) -> str:
        return bytes(self._bytes[:STREAM_BYTES]).decode("utf-8", errors="replace")


async def _write_stdin(pipe: asyncio.StreamWriter, data: bytes) -> None:
    with suppress(ConnectionError):  # a program may leave its input unread
        pipe.write(data)
        await pipe.drain()
        pipe.close()
        await pipe.wait_closed()


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


def _enter(group: Group) -> list[str]:
    """The start of the command line that enters the control group. Where that fails, the box is not built."""
    writes = "".join(f'echo 0 > "{file}" && ' for file in group.files)
    return ["/bin/sh", "-c", f'{writes}exec "$@"', "sh"]


def _child_pid(info: int) -> int:
    """The process id that bubblewrap has written. Raises OSError or ValueError when it wrote none."""
    os.set_blocking(info, False)
    return int(json_codec.loads(os.read(info, 65_536))["child-pid"])


def command(
    runtime: Runtime, programs: str, control: int, info: int, harness: int, filter_: int, shell: int
) -> list[str]:
    """The whole command line: drop root, build the box, set limits, start the interpreter.

    The first process in the box is a shell that waits for the interpreter. Its file can be run and not read. The
    kernel therefore refuses others of the same user its memory, its files and tracing (it is not dumpable).
    """
    return [
        *_drop_root(programs),
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
        "--as-pid-1",
        "--info-fd",
        str(info),
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
        *_file_binds(runtime),
        "--ro-bind-data",
        str(harness),
        runtime.harness_at,
        "--perms",
        "0111",
        "--ro-bind-data",
        str(shell),
        _INIT_AT,
        "--size",
        str(_DISK_BYTES),
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
        *_init(control),
        *_resource_limits(runtime),
        *runtime.command,
        runtime.harness_at,
        str(control),
    ]


def _file_binds(runtime: Runtime) -> list[str]:
    parts = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib64", "sbin"):
        if os.path.islink(f"/{name}"):
            parts += ["--symlink", f"usr/{name}", f"/{name}"]
        elif os.path.isdir(f"/{name}"):
            parts += ["--ro-bind", f"/{name}", f"/{name}"]
    for place, inside in runtime.binds:
        parts += ["--ro-bind", place, inside]
    # Mapped and shared, /dev/zero is memory that no process shows.
    return [*parts, "--proc", "/proc", "--dev", "/dev", "--dev-bind", "/dev/null", "/dev/zero"]


def _init(control: int) -> list[str]:
    """The start of the command line of the box's first process. It says nothing itself: errors are the program's."""
    spare = 8 if control == 9 else 9
    script = f'exec {spare}>&2 2>/dev/null; ( exec "$@" 2>&{spare} {spare}>&- ); exit $?'
    return [_INIT_AT, "-c", script, "sh"]


def _resource_limits(runtime: Runtime) -> list[str]:
    limits = [
        "--core=0",
        "--nofile=256",
        f"--fsize={_DISK_BYTES}",
        f"--nproc={runtime.processes}",
        "--cpu=16",
        "--sigpending=1024",
    ]
    if runtime.address_space:
        limits.append(f"--as={runtime.address_space}")
    if runtime.data:
        limits.append(f"--data={runtime.data}")
    return ["/usr/bin/prlimit", *limits]


def _drop_root(programs: str) -> list[str]:
    """The start of the command line that drops root, with a different user for each box."""
    if os.geteuid() != 0:
        return []
    uid = next(_uids)
    return [_program("setpriv", programs), f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--"]


def _program(name: str, programs: str) -> str:
    try:
        return find_program(name, programs)
    except FileNotFoundError:
        package = {"bwrap": "bubblewrap", "sh": "dash"}.get(name, "util-linux")
        raise NoBox(f"{name} is not there: install the package {package}") from None
