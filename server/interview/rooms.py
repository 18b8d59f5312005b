"""The rooms that are open in this process, by session."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.interview.log import Phase
from domain.plan.items import InterviewPlan
from domain.sessions.lifecycle import SessionStatus
from domain.vocabulary import AutomationRule
from server.interview.context import InterviewContext
from server.interview.presence import BEAT_SECONDS
from server.interview.room import About, Room
from storage.access import workspaces
from storage.interviews import plans, sessions
from storage.people import participants
from storage.schema.records import InterviewPlanRecord, SessionRecord
from storage.setup import evaluation_stages

log = logging.getLogger(__name__)

BEAT_AT_ONCE = 250
POLL_SECONDS = 1.0
LEFT_SECONDS = 30.0
LEFT_AT_ONCE = 50
STOPPING_SECONDS = 10.0


class Rooms:
    """Finds, opens and closes rooms."""

    def __init__(self, context: InterviewContext) -> None:
        self.context = context
        self._rooms: dict[UUID, Room] = {}
        self._opening: dict[UUID, asyncio.Lock] = {}
        self._beating: list[asyncio.Task[None]] = []

    async def room(self, session: UUID) -> Room | None:
        """The session's room, up to date; None when there is no such session or nobody talks in it."""
        lock = self._opening.setdefault(session, asyncio.Lock())
        async with lock:
            room = self._rooms.get(session)
            if room is None:
                room = await self._open(session)
            else:
                await room.catch_up()
            if room is not None and room.gone:
                self._rooms.pop(session, None)
                room = None
        if not lock.locked():
            self._opening.pop(session, None)
        return room

    async def _open(self, session: UUID) -> Room | None:
        found = await self.context.store.read(lambda db: self._load(db, session))
        if found is None:
            return None
        row, about, plan, kept = found
        if not plan.conducted:
            return None
        room = Room(self.context, row, about, plan, frozen=kept is not None)
        await room.catch_up()
        self._rooms[session] = room
        if kept is not None:
            room.seen_before = kept.seen_at
        return room

    def _load(
        self, db: sa.Connection, session: UUID
    ) -> tuple[SessionRecord, About, InterviewPlan, InterviewPlanRecord | None] | None:
        row = sessions.behind_link(db, session)
        if row is None:
            return None
        workspace = workspaces.get(db, row.workspace_id)
        assert workspace is not None
        kept = plans.get_frozen(db, row.workspace_id, session)
        body = kept.body if kept else plans.compile_for_session(db, row).model_dump(mode="json")
        stage = evaluation_stages.get(db, row.workspace_id, row.interview_id)
        moves_on = stage is not None and stage.automation_rule == AutomationRule.auto_advance
        who = participants.get(db, row.workspace_id, row.candidate_id)
        about = About(
            workspace=workspace.name,
            contact=workspace.contact,
            candidate=who.name if who else "",
            moves_on=moves_on,
        )
        return row, about, self.context.plans.plan_of(body), kept

    def start(self) -> None:
        """Start noting who is connected, ending what was left, and reading what other processes write."""
        self._beating = [
            asyncio.create_task(self._every(BEAT_SECONDS, self._beat)),
            asyncio.create_task(self._end_left_interviews()),
        ]
        if self.context.shared:
            self._beating.append(asyncio.create_task(self._every(POLL_SECONDS, self._poll)))

    async def stop(self) -> None:
        """Close every connection; the candidates' pages reconnect to the next server."""
        self.context.stopping.set()
        await asyncio.gather(*self._beating, return_exceptions=True)
        await self._beat()
        rooms = list(self._rooms.values())
        for room in rooms:
            room.close()
        await asyncio.gather(*(room.wait_until_idle(STOPPING_SECONDS) for room in rooms))
        self._rooms.clear()

    async def _every(self, seconds: float, work: Callable[[], Any]) -> None:
        while not self.context.stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self.context.stopping.wait(), seconds)
                return
            await self._attempt(work)

    async def _attempt(self, work: Callable[[], Any]) -> None:
        try:
            await work()
        except Exception as error:
            log.error("looking after the rooms failed", exc_info=error)

    async def _beat(self) -> None:
        """Note who is connected; close rooms that are idle."""
        for session, room in list(self._rooms.items()):
            if room.idle:
                room.close()
                del self._rooms[session]
        present = [room for room in self._rooms.values() if room.lines and room.phase is Phase.interview]
        now = self.context.now()
        for start in range(0, len(present), BEAT_AT_ONCE):
            some = [(room.workspace, room.id) for room in present[start : start + BEAT_AT_ONCE]]
            with suppress(sa.exc.DBAPIError):
                # in batches, so that no candidate's answer waits for all of them
                await self.context.store.write(partial(plans.note_presence, present=some, now=now))

    async def _end_left_interviews(self) -> None:
        await self._attempt(self.end_left)
        await self._every(LEFT_SECONDS, self.end_left)

    async def end_left(self) -> None:
        """End interviews whose candidate left while a server stopped: nobody comes back to open their room."""
        left = await self.context.store.read(lambda db: sessions.left_by_candidate(db, LEFT_AT_ONCE))
        for session in left:
            room = await self.room(session)
            if room is not None and not self.context.stopping.is_set():
                await room.conduct()

    async def _poll(self) -> None:
        for room in list(self._rooms.values()):
            if room.lines:
                before = room.last_seq
                await room.catch_up()
                if room.last_seq != before and SessionStatus(room.row.status) is SessionStatus.in_progress:
                    await room.conduct()
