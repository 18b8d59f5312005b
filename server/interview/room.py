"""One interview while it is held. The log in the database is the truth; a room is a reader and a writer of it.

Everything that is said goes through one transaction on the session's row before anybody sees it. So a second tab,
another replica or a restarted server finds the conversation exactly as far as the candidate was told it is.
"""

import asyncio
import logging
import time
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from domain.interview.director import Interview, Move, MoveKind, next_move, seconds_left, step, wake_at
from domain.interview.protocol import (
    CONSENT_VERSION,
    CONVERSATION,
    ENDED_AS,
    Entry,
    Message,
    Phase,
    ended_reason,
    event_of,
    interview_of,
    page_facts,
    phase_of,
    read_message,
    shown,
)
from domain.jobs import Job
from domain.plan.items import InterviewPlan, ItemKind
from domain.sessions.lifecycle import SessionStatus
from domain.vocabulary import SessionMode
from domain.webhooks.events import WebhookEvent
from server.interview.code_runs import judged
from server.interview.connections import Flood, Frame, Line
from server.interview.messages import taken
from server.interview.phrasing import worded
from server.jobs.failing import fail
from server.jobs.promising import enqueue_session_event
from storage.interviews import event_log, interview_record, sessions

if TYPE_CHECKING:
    from server.interview.rooms import Rooms

log = logging.getLogger(__name__)

Row = dict[str, Any]


class Room:
    """A session's room in this process. Made and kept by `Rooms`."""

    def __init__(self, rooms: "Rooms", row: Row, about: Row, plan: InterviewPlan, *, frozen: bool) -> None:
        self.rooms = rooms
        self.id: UUID = row["id"]
        self.workspace: UUID = row["workspace_id"]
        self.row = row
        self.about = about
        self.plan = plan
        self.frozen = frozen
        self.entries: list[Entry] = []
        self._kinds: set[str] = set()
        self.state = Interview(plan)
        self.lines: list[Line] = []
        self.feedback: list[str] | None = None
        self._activity: datetime | None = None
        self._reading = asyncio.Lock()
        self._talking = asyncio.Lock()
        self._coding = asyncio.Lock()
        self._flood = Flood(time.monotonic)
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._checked = False
        self.gone = False
        self._closed = asyncio.Event()

    # --- Where things stand --------------------------------------------------------------------------------

    @property
    def phase(self) -> Phase:
        return phase_of(SessionStatus(self.row["status"]), self._kinds)

    @property
    def idle(self) -> bool:
        """Whether nobody would miss this room."""
        return not self.lines and not self._tasks

    @property
    def last_seq(self) -> int:
        return self.entries[-1].seq if self.entries else 0

    def facts(self) -> dict[str, Any]:
        """What the page is told before anything is said."""
        phase, reason = self.phase, ended_reason(SessionStatus(self.row["status"]), self.entries)
        return {
            "phase": phase.value,
            **page_facts(self.row, self.about, self.plan),
            "ai_notice": {"method": "model" if self.rooms.voice else "rules"},
            "consent": {"version": CONSENT_VERSION, "given": phase is not Phase.lobby},
            "left_seconds": self._left() if phase is Phase.interview else None,
            "paused": self.state.paused_at is not None,
            "last_seq": self.last_seq,
            "ended": {"reason": reason} if phase is Phase.ended else None,
            "feedback": {"due": self._feedback_due(phase, reason), "lines": self.feedback},
        }

    def _feedback_due(self, phase: Phase, reason: str) -> bool:
        """Whether the candidate is told what to work on: after practice, unless the profile leaves it out."""
        practice = self.plan.mode is SessionMode.practice_session and self.plan.yardstick.output.feedback
        return practice and phase is Phase.ended and reason in ("completed", "left")

    def _left(self) -> float | None:
        return max(0.0, seconds_left(self.state, self.rooms.clock())) if self.plan.timed else None

    # --- The log ------------------------------------------------------------------------------------------

    async def catch_up(self) -> None:
        """Take in what the log has and this room has not, and show it."""
        async with self._reading:
            row, entries, feedback = await self.rooms.store.read(self._read)
            if row is None:
                self.gone = True  # whoever it was about was erased
                self.close()
                return
            self.row, self.feedback = row, feedback
            if not self.frozen and any(entry.kind == "begun" for entry in entries):
                await self._thaw()
            for entry in entries:
                self._hear(entry)
            tabs = [entry.body["tab"] for entry in entries if entry.kind == "tab"]
            if tabs:
                self._supersede(tabs[-1])

    def _read(self, db: sa.Connection) -> tuple[Row | None, list[Entry], list[str] | None]:
        row = sessions.get(db, self.workspace, self.id)
        feedback = self._told(db, row) if row and self.feedback is None else self.feedback
        return row, interview_record.log(db, self.workspace, self.id, self.last_seq), feedback

    def _told(self, db: sa.Connection, row: Row) -> list[str] | None:
        """What to work on, once a practice session was scored."""
        scored = row["summary"] is not None and self.plan.mode is SessionMode.practice_session
        cards = event_log.cards(db, self.workspace, self.id) if scored else []
        return list(cards[-1]["card"]["improvement_feedback"] or []) if cards else None

    async def _thaw(self) -> None:
        """From the beginning on the plan is the one that was frozen then."""
        kept = await self.rooms.store.read(lambda db: event_log.frozen(db, self.workspace, self.id))
        if kept is not None:
            self.plan, self.frozen = self.rooms.plan_of(kept["body"]), True
            self.state = interview_of(self.plan, self.entries)

    def _hear(self, entry: Entry) -> None:
        self.entries.append(entry)
        self._kinds.add(entry.kind)
        event = event_of(entry)
        if event is not None:
            self.state = step(self.state, event)
        frame = shown(entry, self.plan)
        if frame is not None:
            self._tell(frame)
        if entry.kind in ("begun", "interviewer", "resumed", "paused", "extended"):
            self._tell_time()

    def _tell(self, frame: Frame) -> None:
        for line in list(self.lines):
            line.put(frame)

    def _tell_time(self) -> None:
        left = self._left()
        if left is not None and self.phase is Phase.interview:
            paused = self.state.paused_at is not None
            self._tell({"type": "clock", "body": {"left_seconds": left, "paused": paused}})

    def _running(self, db: sa.Connection) -> Row | None:
        """The session's row, held until the transaction ends; None unless the interview is going on."""
        row = sessions.for_change(db, self.workspace, self.id)
        return row if row is not None and row["status"] == SessionStatus.in_progress else None

    async def _append(self, kind: str, body: dict[str, Any], client: str | None = None) -> bool:
        """Write an entry of ours, unless it is there already or all is over; then take it in."""

        def work(db: sa.Connection) -> bool:
            if self._running(db) is None:
                return False
            if client and event_log.known(db, self.workspace, self.id, client) is not None:
                return False
            event_log.append(db, self.workspace, self.id, kind, body, self.rooms.clock(), client=client)
            return True

        done = await self.rooms.store.write(work)
        await self.catch_up()
        return done

    # --- Lines ----------------------------------------------------------------------------------------------

    async def attach(self, tab: str, after: int) -> Line:
        """Open a line that begins after this entry. The newest tab is the active one."""
        await self.catch_up()
        line = Line(tab)
        self._supersede(tab)
        for same in list(self.lines):
            self.lines.remove(same)
            same.close()
        for entry in self.entries:
            if entry.seq > after and (frame := shown(entry, self.plan)) is not None:
                line.put(frame)
        self.lines.append(line)
        if self.phase is Phase.interview:
            if self.rooms.shared and self._active_tab() != tab:
                await self._append("tab", {"tab": tab})  # other replicas read it there
            await self._resume()
            self._tell_time()
            self._spawn(self._take_up())
        return line

    def _active_tab(self) -> str | None:
        return next((entry.body["tab"] for entry in reversed(self.entries) if entry.kind == "tab"), None)

    def _supersede(self, tab: str) -> None:
        """Close the lines of every other tab, and tell them why."""
        for older in [line for line in self.lines if line.tab != tab]:
            self.lines.remove(older)
            older.put({"type": "superseded"})
            older.close()

    def detach(self, line: Line) -> None:
        """The line is gone. When none comes back in time, the clock stands from now on."""
        if line in self.lines:
            self.lines.remove(line)
        line.close()
        if not self.lines and self.phase is Phase.interview and not self.rooms.stopping:
            self._spawn(self._pause_after_grace(self.rooms.clock()))

    async def _pause_after_grace(self, since: datetime) -> None:
        # waited for, not slept through: work that touches the database is never cancelled
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), self.rooms.grace)
        if not self._closed.is_set() and not self.lines and self.phase is Phase.interview:
            await self.pause(since)

    async def pause(self, since: datetime) -> None:
        """Stop the clock, from a moment that may be past."""
        self._wake(None)

        def work(db: sa.Connection) -> None:
            if self._running(db) is None or self._paused(db):
                return
            kept = event_log.frozen(db, self.workspace, self.id)
            if kept is not None and kept["seen_at"] > since and self.rooms.shared:
                return  # another replica has the candidate's line
            body = {"since": since.isoformat()}
            event_log.append(db, self.workspace, self.id, "paused", body, self.rooms.clock())

        await self.rooms.store.write(work)
        await self.catch_up()

    async def _resume(self) -> None:
        if self.state.paused_at is None:
            return

        def work(db: sa.Connection) -> None:
            if self._running(db) is not None and self._paused(db):
                event_log.append(db, self.workspace, self.id, "resumed", {}, self.rooms.clock())

        await self.rooms.store.write(work)
        await self.catch_up()

    def _paused(self, db: sa.Connection) -> bool:
        last = event_log.last_seq(db, self.workspace, self.id, ("paused",))
        return last > event_log.last_seq(db, self.workspace, self.id, ("resumed",))

    async def _take_up(self) -> None:
        """Go on where a server that was stopped left off."""
        if not self._checked:
            self._checked = True
            answered = {entry.body["of"] for entry in self.entries if entry.kind == "code_result"}
            for entry in list(self.entries):
                if entry.kind in ("code_run", "code_submitted") and entry.seq not in answered:
                    self._spawn(self._run_code(entry))
        await self.conduct()

    # --- What the candidate sends -----------------------------------------------------------------------------

    def active(self) -> None:
        """The candidate is writing: nobody who writes is reminded."""
        self._activity = self.rooms.clock()

    async def take(self, raw: bytes | str) -> Frame:
        """Store a message once and acknowledge it; `Refused` leaves nothing behind."""
        self._flood.count()
        message = read_message(raw)
        seq, new = await self.rooms.store.write(lambda db: taken(self, db, message))
        await self.catch_up()
        if new:
            self._react(message, seq)
        return {"type": "ack", "client_id": message.client_id, "seq": seq, "duplicate": not new}

    def submission(self, task: str) -> Entry | None:
        return next((e for e in self.entries if e.kind == "code_submitted" and e.body["task"] == task), None)

    def _react(self, message: Message, seq: int) -> None:
        if message.type in ("begin", "answer", "leave"):
            self._spawn(self.conduct())
        elif message.type in ("code_run", "code_submit"):
            entry = next(entry for entry in self.entries if entry.seq == seq)
            self._spawn(self._run_code(entry))

    # --- What the interviewer does ------------------------------------------------------------------------------

    async def conduct(self) -> None:
        """Say whatever is to be said now, and wake up when time alone will bring something."""
        async with self._talking:
            await self.catch_up()
            while self.phase is Phase.interview and not self._closed.is_set():
                now = self.rooms.clock()
                move = next_move(self.state, now, self._activity)
                if move is None or await self._hands_in_first(move):
                    break
                await self._say(move)
            wakes = self.phase is Phase.interview and bool(self.lines) and not self._closed.is_set()
            self._wake(wake_at(self.state, self.rooms.clock(), self._activity) if wakes else None)

    async def _hands_in_first(self, move: Move) -> bool:
        """Code that was run and never handed in is handed in before the interviewer goes on from it."""
        item = self.state.item
        onward = move.kind in (MoveKind.ask, MoveKind.code_task, MoveKind.close)
        if item is None or item.kind is not ItemKind.code or not onward:
            return False
        if item.id in self.state.measured or item.id in self.state.faulty:
            return False
        handed_in = self.submission(item.id)
        if handed_in is None:
            runs = [e for e in self.entries if e.kind == "code_run" and e.body["task"] == item.id]
            if not runs:
                return False
            await self._append("code_submitted", {**runs[-1].body, "automatic": True}, f"auto-{item.id}")
            handed_in = self.submission(item.id)
            if handed_in is not None:
                self._spawn(self._run_code(handed_in))
        return handed_in is not None  # its result comes first

    async def _say(self, move: Move) -> None:
        before = self._spoken_until()
        body = {"move": move.model_dump(mode="json"), **await self._worded(move)}

        def work(db: sa.Connection) -> None:
            row = self._running(db)
            if row is None:
                return
            if event_log.last_seq(db, self.workspace, self.id, CONVERSATION) != before:
                return  # something was said meanwhile: decide again
            add, at = event_log.append, self.rooms.clock()
            add(db, self.workspace, self.id, "interviewer", body, at)
            if move.kind is MoveKind.close:
                reason = ENDED_AS.get(move.reason, "completed")
                add(db, self.workspace, self.id, "ended", {"reason": reason}, at)
                self._complete(db, row, at)

        await self.rooms.store.write(work)
        await self.catch_up()

    def _spoken_until(self) -> int:
        return next((entry.seq for entry in reversed(self.entries) if entry.kind in CONVERSATION), 0)

    async def _worded(self, move: Move) -> dict[str, Any]:
        left = self._left()
        minutes = None if left is None else int(left // 60)
        return await worded(self.rooms.voice, self.plan, move, self.state, self.entries, minutes, self._tell)

    def _complete(self, db: sa.Connection, row: Row, now: datetime) -> None:
        values = {"status": SessionStatus.completed.value, "ended_at": now, "updated_at": now}
        sessions.change(db, row, values)
        rooms = self.rooms
        enqueue_session_event(
            db, rooms.jobs, rooms.public_url, WebhookEvent.session_completed, {**row, **values}, now
        )
        rooms.jobs.enqueue(db, Job("score", f"score:{self.id}", (str(self.id),)))

    # --- Code -----------------------------------------------------------------------------------------------------

    async def _run_code(self, entry: Entry) -> None:
        item = self.plan.item(entry.body["task"])
        async with self._coding:
            result = await judged(self.rooms.sandbox, self.workspace, item, entry)
        submitted = entry.kind == "code_submitted"
        body = {"of": entry.seq, "task": item.id, "submitted": submitted, **result}
        await self._append("code_result", body, f"result-{entry.seq}")
        if submitted:
            await self.conduct()

    # --- Time ----------------------------------------------------------------------------------------------------

    def _wake(self, at: datetime | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if at is not None:
            wait = max(0.0, (at - self.rooms.clock()).total_seconds())
            self._timer = asyncio.get_running_loop().call_later(wait, lambda: self._spawn(self.conduct()))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an interview stumbled", extra={"session": str(self.id)}, exc_info=error)
            # nothing is lost: the log is as it was. The page comes back and the room reads it again
            for line in list(self.lines):
                line.close()
            if self.rooms.is_stuck(self, error) and not self._closed.is_set():
                self._spawn(self.give_up())

    async def give_up(self) -> None:
        """End what cannot go on through a fault of ours: the candidate is told so, and the credit comes back."""

        def work(db: sa.Connection) -> None:
            row = self._running(db)
            if row is not None:
                rooms = self.rooms
                fail(db, rooms.jobs, rooms.public_url, row, "fault", rooms.clock())

        self._wake(None)
        await self.rooms.store.write(work)
        await self.catch_up()

    async def settled(self) -> None:
        """Wait until nothing is under way that needs no further message or time."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def close(self) -> None:
        """Let go of lines and timers; what is under way comes to its end, and the log stays as it is."""
        self._closed.set()
        self._wake(None)
        for line in list(self.lines):
            line.close()
        self.lines.clear()

    async def finished(self, seconds: float) -> None:
        """Wait for what is under way, so long and no longer: what is cut off is taken up again from the log."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
