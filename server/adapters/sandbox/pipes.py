"""The standard streams of a program, as pipes that the program may also open by their paths.

Event loops make sockets for this, which cannot be opened: a program that reads `/dev/stdin` would be refused.
"""

import asyncio
import os
from contextlib import suppress
from typing import Any

from domain.code.runs import STREAM_BYTES

# The program runs as another user: "others" may read its input and write its output, and not the reverse.
_MODES = {"stdin": 0o644, "stdout": 0o622, "stderr": 0o622}


class Pipes:
    """Three pipes. Start the program with `**theirs`, then call `connect`; call `close` at the end in any case."""

    def __init__(self) -> None:
        self.theirs: dict[str, Any] = {}
        self._ours: dict[str, int] = {}
        self._transports: list[asyncio.BaseTransport] = []
        try:
            for name, mode in _MODES.items():
                read, write = os.pipe()
                self.theirs[name], self._ours[name] = (read, write) if name == "stdin" else (write, read)
                os.fchmod(self.theirs[name], mode)
        except OSError:
            self.close()
            raise

    async def connect(self, process: asyncio.subprocess.Process) -> None:
        """Set the streams of a process that was started, and close the ends that it has."""
        self._close_theirs()
        process.stdin = await self._writer(self._ours.pop("stdin"))
        process.stdout = await self._reader(self._ours.pop("stdout"))
        process.stderr = await self._reader(self._ours.pop("stderr"))

    def close(self) -> None:
        """Close what is still open, whoever has the other ends."""
        self._close_theirs()
        while self._ours:
            os.close(self._ours.popitem()[1])
        for transport in self._transports:
            with suppress(RuntimeError):  # the event loop is closed
                transport.close()

    def _close_theirs(self) -> None:
        while self.theirs:
            os.close(self.theirs.popitem()[1])

    async def _reader(self, fd: int) -> asyncio.StreamReader:
        reader = asyncio.StreamReader(limit=STREAM_BYTES)
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: protocol, os.fdopen(fd, "rb", 0))
        self._transports.append(transport)
        return reader

    async def _writer(self, fd: int) -> asyncio.StreamWriter:
        protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_write_pipe(lambda: protocol, os.fdopen(fd, "wb", 0))
        self._transports.append(transport)
        return asyncio.StreamWriter(transport, protocol, None, loop)


class Capture:
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


async def write_all(pipe: asyncio.StreamWriter, data: bytes) -> None:
    """Write the whole input and close the pipe."""
    with suppress(ConnectionError):  # a program may leave its input unread
        pipe.write(data)
        await pipe.drain()
        pipe.close()
        await pipe.wait_closed()
