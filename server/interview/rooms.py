"""The rooms that are open in this process, by session."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import orjson
import sqlalchemy as sa

from domain.interview.protocol import Phase
from domain.plan.items import InterviewPlan
from domain.sessions.lifecycle import SessionStatus
from server.interview.code_runs import Runner
from server.interview.phrasing import Voice
from server.interview.room import Room
from server.jobs.promising import JobQueue
from storage.access import workspaces
from storage.engine.store import Store
from storage.interviews import event_log, plans, sessions

log = logging.getLogger(__name__)

BEAT_SECONDS = 10.0
BEAT_AT_ONCE = 250
POLL_SECONDS = 1.0
STOPPING_SECONDS = 10.0
# so often an interview may stumble at one place before it is given up
STUMBLES = 5


class Rooms:
    """Finds, makes and forgets rooms. `shared`: other processes may hold lines to the same sessions."""

    def __init__(
        self,
        store: Store,
        jobs: JobQueue,
        clock: Callable[[], datetime],
        *,
        public_url: str,
        practice_reply: Callable[[str], str],
        sandbox: Runner | None = None,
        voice: Voice | None = None,
        grace: float = 20.0,
        shared: bool = False,
    ) -> None:
        self.store = store
        self.jobs = jobs
        self.clock = clock
        self.public_url = public_url
        self.practice_reply = practice_reply
        self.sandbox = sandbox
        self.voice = voice
        self.grace = grace
        self.shared = shared
        self.stopping = False
        self._stopped = asyncio.Event()
        self._rooms: dict[UUID, Room] = {}
        self._opening: dict[UUID, asyncio.Lock] = {}
        self._plans: WeakValueDictionary[bytes, InterviewPlan] = WeakValueDictionary()
        # session → where it stumbled, and how often
        self._stumbled: dict[UUID, tuple[int, int]] = {}
        self._beating: list[asyncio.Task[None]] = []

    async def room(self, session: UUID) -> Room | None:
        """The session's room, up to date; None when there is no such session or nobody talks in it."""
        lock = self._opening.setdefault(session, asyncio.Lock())
        async with lock:
            room = self._rooms.get(session)
            if room is None:
                room = await self._opened(session)
            else:
                await room.catch_up()
            if room is not None and room.gone:
                self._rooms.pop(session, None)
                room = None
        if not lock.locked():
            self._opening.pop(session, None)
        return room

    async def _opened(self, session: UUID) -> Room | None:
        found = await self.store.read(lambda db: self._loaded(db, session))
        if found is None:
            return None
        row, about, plan, kept = found
        if not plan.conducted:
            return None
        room = Room(self, row, about, plan, frozen=kept is not None)
        await room.catch_up()
        self._rooms[session] = room
        if kept is not None:
            await self._pause_if_left(room, kept["seen_at"])
        return room

    def _loaded(
        self, db: sa.Connection, session: UUID
    ) -> tuple[dict[str, Any], dict[str, Any], InterviewPlan, dict[str, Any] | None] | None:
        row = sessions.behind_link(db, session)
        if row is None:
            return None
        workspace = workspaces.get(db, row["workspace_id"])
        assert workspace is not None
        kept = event_log.frozen(db, row["workspace_id"], session)
        plan = (
            self.plan_of(kept["body"])
            if kept
            else self.plan_of(plans.compiled(db, row).model_dump(mode="json"))
        )
        about = {"workspace": workspace["name"], "contact": workspace["contact"]}
        return row, about, plan, kept

    def plan_of(self, body: dict[str, Any]) -> InterviewPlan:
        """The plan in this document, the same object for every room that follows it: most follow one of a few."""
        key = sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).digest()
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = InterviewPlan.model_validate(body)
        return plan

    async def _pause_if_left(self, room: Room, seen: datetime) -> None:
        """The server was away, or the candidate: the clock has stood since they were last seen."""
        if room.phase is not Phase.interview or room.state.paused_at is not None:
            return
        stale = self.clock() - seen > timedelta(seconds=2 * BEAT_SECONDS)
        if stale or not self.shared:
            await room.pause(max(seen, room.entries[-1].at))

    def is_stuck(self, room: Room, error: BaseException) -> bool:
        """Whether an interview keeps stumbling at one place, not because of a database or network that is away."""
        if isinstance(error, sa.exc.SQLAlchemyError | OSError):
            return False
        place, times = self._stumbled.get(room.id, (-1, 0))
        times = times + 1 if place == room.last_seq else 1
        self._stumbled[room.id] = (room.last_seq, times)
        if times < STUMBLES:
            return False
        del self._stumbled[room.id]
        return True

    def start(self) -> None:
        """Begin to note who is connected, and to listen for what other processes write."""
        self._beating = [asyncio.create_task(self._every(BEAT_SECONDS, self._beat))]
        if self.shared:
            self._beating.append(asyncio.create_task(self._every(POLL_SECONDS, self._poll)))

    async def stop(self) -> None:
        """Close every line; the candidates' pages come back to the next server."""
        self.stopping = True
        self._stopped.set()
        await asyncio.gather(*self._beating, return_exceptions=True)
        await self._beat()
        rooms = list(self._rooms.values())
        for room in rooms:
            room.close()
        await asyncio.gather(*(room.finished(STOPPING_SECONDS) for room in rooms))
        self._rooms.clear()

    async def _every(self, seconds: float, work: Callable[[], Any]) -> None:
        while not self.stopping:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), seconds)
                return
            try:
                await work()
            except Exception as error:
                log.error("looking after the rooms failed", exc_info=error)

    async def _beat(self) -> None:
        """Note who is connected; forget rooms that nobody is in."""
        for session, room in list(self._rooms.items()):
            if room.idle:
                room.close()
                del self._rooms[session]
        present = [room for room in self._rooms.values() if room.lines and room.phase is Phase.interview]
        now = self.clock()
        for start in range(0, len(present), BEAT_AT_ONCE):
            some = [(room.workspace, room.id) for room in present[start : start + BEAT_AT_ONCE]]
            with suppress(sa.exc.DBAPIError):
                # a part at a time: nobody's answer waits for all of them
                await self.store.write(partial(event_log.seen, present=some, now=now))

    async def _poll(self) -> None:
        for room in list(self._rooms.values()):
            if room.lines:
                before = room.last_seq
                await room.catch_up()
                if room.last_seq != before and SessionStatus(room.row["status"]) is SessionStatus.in_progress:
                    await room.conduct()
