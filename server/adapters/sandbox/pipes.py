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
        for name, mode in _MODES.items():
            read, write = os.pipe()
            self.theirs[name], self._ours[name] = (read, write) if name == "stdin" else (write, read)
            os.fchmod(self.theirs[name], mode)

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
