"""A limit on boxes in use at one time. Waiting workspaces take turns, however many requests one of them has."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from domain.errors import SandboxBusy


class FairQueue:
    """A bounded pool with a fair queue of workspaces. Belongs to one event loop."""

    def __init__(self, parallel: int, *, max_requests: int, max_each: int) -> None:
        self._free = parallel
        self._max_requests = max_requests
        self._max_each = max_each
        self._admitted: dict[UUID, int] = {}
        self._waiting: OrderedDict[UUID, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def admit(self, workspace: UUID) -> AsyncIterator[None]:
        """Count a request while the block runs. Raises `SandboxBusy` when there are too many already."""
        admitted = self._admitted.get(workspace, 0)
        if admitted >= self._max_each or sum(self._admitted.values()) >= self._max_requests:
            raise SandboxBusy(retry_after=2)
        self._admitted[workspace] = admitted + 1
        try:
            yield
        finally:
            self._admitted[workspace] -= 1
            if not self._admitted[workspace]:
                del self._admitted[workspace]

    @asynccontextmanager
    async def wait_turn(self, workspace: UUID) -> AsyncIterator[None]:
        """Wait for a free place, hold it while the block runs, then pass it to the next workspace."""
        await self._acquire(workspace)
        try:
            yield
        finally:
            self._release()

    async def _acquire(self, workspace: UUID) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(workspace, deque()).append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._release()  # its turn came at the same moment
            raise

    def _release(self) -> None:
        while self._waiting:
            workspace, queue = self._waiting.popitem(last=False)
            following = queue.popleft()
            if queue:
                self._waiting[workspace] = queue  # at the end, so that other workspaces come first
            if not following.done():
                following.set_result(None)
                return
        self._free += 1
