"""Connections to candidates' pages, and a limit on how much one page may send."""

import asyncio
from collections.abc import Callable
from typing import Any

from domain.interview.page_messages import MessageRefused

Frame = dict[str, Any]
# A page that leaves so many frames unread is disconnected. It comes back and reads on from the log.
MAX_WAITING_FRAMES = 2_000
BURST, A_SECOND = 40.0, 4.0


class Line:
    """One open connection to a page: frames come out in the order in which they were put in, until it is closed."""

    def __init__(self, tab: str) -> None:
        self.tab = tab
        self.closed = False
        self._frames: asyncio.Queue[Frame | None] = asyncio.Queue()

    def put(self, frame: Frame) -> None:
        if self._frames.qsize() > MAX_WAITING_FRAMES:
            self.close()
        if not self.closed:
            self._frames.put_nowait(frame)

    def close(self) -> None:
        """Close after the frames that wait now."""
        if not self.closed:
            self.closed = True
            self._frames.put_nowait(None)

    async def next(self) -> Frame | None:
        """The next frame; None when the line is closed."""
        return await self._frames.get()


class Flood:
    """A token bucket: at most `BURST` messages at once, and `A_SECOND` more each second."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._left = BURST
        self._at = seconds()

    def count(self) -> None:
        """Count one message; `MessageRefused` when there are too many."""
        now = self._seconds()
        self._left = min(BURST, self._left + (now - self._at) * A_SECOND)
        self._at = now
        if self._left < 1:
            raise MessageRefused(
                "too_many", "Too many messages in a short time.", "Wait a little, then go on.", 429
            )
        self._left -= 1
