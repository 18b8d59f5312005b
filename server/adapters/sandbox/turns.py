"""Whose turn it is: so many boxes at a time, and workspaces take turns, however much one of them asks for."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from domain.errors import SandboxBusy


class Turns:
    """A bounded pool with a fair queue. Belongs to one event loop."""

    def __init__(self, parallel: int, *, most: int, most_each: int) -> None:
        self._free = parallel
        self._most = most
        self._most_each = most_each
        self._admitted: dict[UUID, int] = {}
        self._waiting: OrderedDict[UUID, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def admitted(self, workspace: UUID) -> AsyncIterator[None]:
        """Count a request in, or `SandboxBusy` when there are too many already."""
        mine = self._admitted.get(workspace, 0)
        if mine >= self._most_each or sum(self._admitted.values()) >= self._most:
            raise SandboxBusy(retry_after=2)
        self._admitted[workspace] = mine + 1
        try:
            yield
        finally:
            self._admitted[workspace] -= 1
            if not self._admitted[workspace]:
                del self._admitted[workspace]

    @asynccontextmanager
    async def turn(self, workspace: UUID) -> AsyncIterator[None]:
        """Wait for a turn, and give it to the next workspace afterwards."""
        await self._take(workspace)
        try:
            yield
        finally:
            self._give()

    async def _take(self, workspace: UUID) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(workspace, deque()).append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._give()  # it was called up at the same moment
            raise

    def _give(self) -> None:
        while self._waiting:
            workspace, queue = self._waiting.popitem(last=False)
            called = queue.popleft()
            if queue:
                self._waiting[workspace] = queue  # to the end: everybody else comes first
            if not called.done():
                called.set_result(None)
                return
        self._free += 1
