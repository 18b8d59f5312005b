"""One live interview. The log in the database is the truth; a room reads it and writes to it.

Every entry is committed in a transaction on the session's row before a page shows it. So a second tab, another
replica or a restarted server finds the same conversation that the candidate has seen.
"""

import asyncio
import logging
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.interview.consent import consent_version, names_model
from domain.interview.director import next_move, wake_at
from domain.interview.events import Move, MoveKind, Paused
from domain.interview.folding import read_again, step
from domain.interview.log import (
    CONVERSATION,
    ENDED_REASONS,
    Entry,
    Phase,
    ended_reason,
    event_of,
    interview_of,
    phase_of,
)
from domain.interview.page_messages import Message, MessageRefused, read_message
from domain.interview.page_view import frame_of, page_facts
from domain.interview.state import Interview, seconds_left
from domain.plan.items import InterviewPlan, Item, ItemKind
from domain.sessions.lifecycle import SessionStatus
from domain.vocabulary import SessionMode
from server.interview import presence
from server.interview.code_runs import run_code_cases
from server.interview.connections import Flood, Frame, Line
from server.interview.context import InterviewContext
from server.interview.messages import RETURNS, RoomSnapshot, store_message
from server.interview.turns import Conversation, Said
from storage.engine.records import values_of
from storage.interviews import event_log, interview_record, plans, scorecards, sessions
from storage.schema.records import SessionRecord
from tools.kernel.unit import Unit
from tools.sessions import transitions

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class About:
    """Whose interview it is, as the candidate's page says."""

    workspace: str
    contact: str | None
    # the candidate's name, to greet them
    candidate: str = ""
    # whether passing books the next step by itself
    moves_on: bool = False


class Room:
    """A session's room in this process. `Rooms` opens and closes it."""

    def __init__(
        self,
        context: InterviewContext,
        row: SessionRecord,
        about: About,
        plan: InterviewPlan,
        *,
        frozen: bool,
    ) -> None:
        self._context = context
        self.id: UUID = row.id
        self.workspace: UUID = row.workspace_id
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
        # when an earlier or another process last saw the candidate, until they act here
        self.seen_before: datetime | None = None
        self.gone = False
        self._closed = asyncio.Event()

    # --- State ---------------------------------------------------------------------------------------------

    @property
    def phase(self) -> Phase:
        return phase_of(SessionStatus(self.row.status), self._kinds)

    @property
    def idle(self) -> bool:
        """Whether the room can be closed: no connection, no task, and no reply that is still to come."""
        owes_reply = self._timer is not None and self.state.pending is not None
        return not self.lines and not self._tasks and not owes_reply

    @property
    def last_seq(self) -> int:
        return self.entries[-1].seq if self.entries else 0

    def facts(self) -> dict[str, Any]:
        """The facts that the page gets before the first turn."""
        phase, reason = self.phase, ended_reason(SessionStatus(self.row.status), self.entries)
        return {
            "phase": phase.value,
            **page_facts(values_of(self.row), values_of(self.about), self.plan),
            "ai_notice": {"method": "model" if self._context.turns.voice else "rules"},
            "consent": {
                "version": consent_version(self._context.model),
                "given": phase is not Phase.lobby,
                "model": self._context.model or None,
                "moves_on": self.about.moves_on,
            },
            "left_seconds": self._left() if phase is Phase.interview else None,
            "paused": self._present_state().paused_at is not None,
            "last_seq": self.last_seq,
            "ended": {"reason": reason} if phase is Phase.ended else None,
            "feedback": {"due": self._feedback_due(phase, reason), "lines": self.feedback},
        }

    def _feedback_due(self, phase: Phase, reason: str) -> bool:
        """Whether the page shows what to work on: after practice, unless the profile leaves it out."""
        practice = self.plan.mode is SessionMode.practice_session and self.plan.yardstick.output.feedback
        return practice and phase is Phase.ended and reason in ("completed", "left")

    def _left(self) -> float | None:
        if not self.plan.timed:
            return None
        return max(0.0, seconds_left(self._present_state(), self._context.now()))

    def _present_state(self) -> Interview:
        """The state as a page shows it. Looking writes nothing, so a pause that no act of the candidate has written yet
        is only reckoned in."""
        if self.seen_before is None or self.phase is not Phase.interview or self.state.paused_at is not None:
            return self.state
        context = self._context
        since = presence.away(self.entries, self.seen_before, context.now(), shared=context.shared)
        return self.state if since is None else step(self.state, Paused(seq=0, at=since))

    # --- The log ------------------------------------------------------------------------------------------

    async def catch_up(self) -> None:
        """Read new entries of the log, apply them and show them."""
        async with self._reading:
            row, entries, feedback = await self._context.store.read(self._read)
            if row is None:
                self.gone = True  # the participant was erased
                self.close()
                return
            self.row, self.feedback = row, feedback
            if not self.frozen and any(entry.kind == "begun" for entry in entries):
                await self._load_frozen_plan()
            for entry in entries:
                self._apply(entry)
            tabs = [entry.body["tab"] for entry in entries if entry.kind == "tab"]
            if tabs:
                self._supersede(tabs[-1])

    def _read(self, db: sa.Connection) -> tuple[SessionRecord | None, list[Entry], list[str] | None]:
        row = sessions.get(db, self.workspace, self.id)
        feedback = self._read_feedback(db, row) if row and self.feedback is None else self.feedback
        return row, interview_record.load_entries(db, self.workspace, self.id, self.last_seq), feedback

    def _read_feedback(self, db: sa.Connection, row: SessionRecord) -> list[str] | None:
        """What to work on, once a practice session was scored."""
        scored = row.summary is not None and self.plan.mode is SessionMode.practice_session
        cards = scorecards.of_session(db, self.workspace, self.id) if scored else []
        return list(cards[-1].card["improvement_feedback"] or []) if cards else None

    async def _load_frozen_plan(self) -> None:
        """Once an interview has begun it follows the plan that was frozen then."""
        kept = await self._context.store.read(lambda db: plans.get_frozen(db, self.workspace, self.id))
        if kept is not None:
            self.plan, self.frozen = self._context.plans.plan_of(kept.body), True
            self.state = interview_of(self.plan, self.entries)

    def _apply(self, entry: Entry) -> None:
        self.entries.append(entry)
        self._kinds.add(entry.kind)
        event = event_of(entry)
        if event is not None:
            self.state = step(self.state, event)
        frame = frame_of(entry, self.plan)
        if frame is not None:
            self._show(frame)
        if entry.kind in ("begun", "interviewer", "resumed", "paused", "extended"):
            self._show_time()

    def _show(self, frame: Frame) -> None:
        for line in list(self.lines):
            line.put(frame)

    def _show_time(self) -> None:
        left = self._left()
        if left is not None and self.phase is Phase.interview:
            paused = self.state.paused_at is not None
            self._show({"type": "clock", "body": {"left_seconds": left, "paused": paused}})

    def _running(self, db: sa.Connection) -> SessionRecord | None:
        """The session's row, held until the transaction ends; None unless the interview is going on."""
        row = sessions.for_change(db, self.workspace, self.id)
        return row if row is not None and row.status == SessionStatus.in_progress else None

    async def _append(self, kind: str, body: dict[str, Any], client: str | None = None) -> bool:
        """Write an entry and apply it, unless it is in the log or the interview is over; whether it was written."""

        def work(db: sa.Connection) -> bool:
            if self._running(db) is None:
                return False
            if client and event_log.seq_of(db, self.workspace, self.id, client) is not None:
                return False
            event_log.append(db, self.workspace, self.id, kind, body, self._context.now(), client=client)
            return True

        done = await self._context.store.write(work)
        await self.catch_up()
        return done

    # --- Connections -----------------------------------------------------------------------------------------

    async def attach(self, tab: str, after: int) -> Line:
        """Open a connection that begins after this entry. The newest tab is the active one."""
        await self.catch_up()
        line = Line(tab)
        self._supersede(tab)
        for same in list(self.lines):
            self.lines.remove(same)
            same.close()
        for entry in self.entries:
            if entry.seq > after and (frame := frame_of(entry, self.plan)) is not None:
                line.put(frame)
        self.lines.append(line)
        if self.phase is Phase.interview:
            await self._come_back()
            if self._context.shared and self._active_tab() != tab:
                await self._append("tab", {"tab": tab})  # other replicas read it there
            self._show_time()
            self._spawn(self._resume_work())
        return line

    def _active_tab(self) -> str | None:
        return next((entry.body["tab"] for entry in reversed(self.entries) if entry.kind == "tab"), None)

    def _supersede(self, tab: str) -> None:
        """Close the connections of every other tab with a frame that says why."""
        for older in [line for line in self.lines if line.tab != tab]:
            self.lines.remove(older)
            older.put({"type": "superseded"})
            older.close()

    def detach(self, line: Line) -> None:
        """Remove a connection. If none comes back within the grace time, the clock stands from this moment."""
        if line in self.lines:
            self.lines.remove(line)
        line.close()
        if not self.lines and self.phase is Phase.interview and not self._context.stopping.is_set():
            self._spawn(self._pause_after_grace(self._context.now()))

    async def _pause_after_grace(self, since: datetime) -> None:
        # waits for the close instead of sleeping: work on the database is never cancelled
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), self._context.grace)
        if not self._closed.is_set() and not self.lines and self.phase is Phase.interview:
            await self.pause(since)

    async def pause(self, since: datetime) -> None:
        """Stop the clock from this moment, which may be past."""
        self._wake(None)

        def work(db: sa.Connection) -> None:
            if self._running(db) is None:
                return
            kept = plans.get_frozen(db, self.workspace, self.id)
            if kept is not None and kept.seen_at > since and self._context.shared:
                return  # the candidate is connected to another replica
            presence.pause(db, self.workspace, self.id, since, self._context.now())

        await self._context.store.write(work)
        await self.catch_up()

    async def _come_back(self) -> None:
        """The candidate is here: the clock goes on, and time since they were last seen does not count."""
        if self.state.paused_at is None and self.seen_before is None:
            return

        def work(db: sa.Connection) -> None:
            if self._running(db) is not None:
                self._note_return(db)

        await self._context.store.write(work)
        self.seen_before = None
        await self.catch_up()

    def _note_return(self, db: sa.Connection) -> None:
        now, here = self._context.now(), (self.workspace, self.id)
        if self.seen_before is not None:
            presence.pause_if_left(db, *here, now, shared=self._context.shared)
        presence.resume(db, *here, now)

    async def _resume_work(self) -> None:
        """Resume what an earlier server left unfinished."""
        if not self._checked:
            self._checked = True
            answered = {entry.body["of"] for entry in self.entries if entry.kind == "code_result"}
            for entry in list(self.entries):
                if entry.kind in ("code_run", "code_submitted") and entry.seq not in answered:
                    self._spawn(self._run_code(entry))
        await self.conduct()

    # --- What the candidate sends -----------------------------------------------------------------------------

    def active(self) -> None:
        """Note that the candidate is writing, so that no reminder is due."""
        self._activity = self._context.now()

    async def take(self, raw: bytes | str) -> Frame:
        """Store a message once and acknowledge it; `MessageRefused` leaves nothing behind."""
        message = self._read_message(raw)
        snapshot = RoomSnapshot(self.workspace, self.id, self.last_seq, self._kinds, self._open_task())

        def work(db: sa.Connection) -> tuple[int, bool]:
            unit = self._context.unit(db)
            stored = store_message(self._context, snapshot, unit, message, self._note_return)
            unit.flush()
            return stored

        seq, new = await self._context.store.write(work)
        if new and message.type in RETURNS:
            self.seen_before = None
        await self.catch_up()
        if new:
            self._react(message, seq)
        return {"type": "ack", "client_id": message.client_id, "seq": seq, "duplicate": not new}

    def _read_message(self, raw: bytes | str) -> Message:
        """Parse and count a message. Whoever wants to leave is heard, however much was sent before."""
        try:
            message = read_message(raw, consent_version(self._context.model))
        except MessageRefused:
            self._flood.count()
            raise
        if message.type != "leave" or self.phase is not Phase.interview:
            self._flood.count()
        return message

    def _open_task(self) -> Item | None:
        """The coding task that is being asked, until it is submitted."""
        item = self.state.item
        return item if item is not None and item.code is not None and not self.submission(item.id) else None

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
        """Say every move that is due now, and set a timer for the next one that time alone makes due."""
        async with self._talking:
            await self.catch_up()
            while self.phase is Phase.interview and not self._closed.is_set():
                now = self._context.now()
                move = next_move(self.state, now, self._activity, self._context.gather)
                if move is None or await self._submit_pending_code(move):
                    break
                await self._say(move)
            listening = bool(self.lines) or self.state.pending is not None
            wakes = self.phase is Phase.interview and listening and not self._closed.is_set()
            now = self._context.now()
            wake = wake_at(self.state, now, self._activity, self._context.gather) if wakes else None
            self._wake(wake)

    async def _submit_pending_code(self, move: Move) -> bool:
        """Submit code that was run but not submitted before the interviewer leaves its task; whether one is awaited."""
        item = self.state.item
        onward = move.kind in (MoveKind.ask, MoveKind.code_task, MoveKind.close)
        if item is None or item.kind is not ItemKind.code or not onward:
            return False
        if item.id in self.state.measured or item.id in self.state.not_run:
            return False
        submitted = self.submission(item.id)
        if submitted is None:
            runs = [e for e in self.entries if e.kind == "code_run" and e.body["task"] == item.id]
            if not runs:
                return False
            await self._append("code_submitted", {**runs[-1].body, "automatic": True}, f"auto-{item.id}")
            submitted = self.submission(item.id)
            if submitted is not None:
                self._spawn(self._run_code(submitted))
        return submitted is not None  # wait for its result

    async def _say(self, move: Move) -> None:
        before = self._spoken_until()
        said = await self._word(move)

        def work(db: sa.Connection) -> None:
            row = self._running(db)
            if row is None:
                return
            if event_log.last_seq(db, self.workspace, self.id, CONVERSATION) != before:
                return  # a new entry came meanwhile: decide again
            unit = self._context.unit(db)
            event_log.append(db, self.workspace, self.id, "interviewer", said.body(), unit.now)
            if said.move.kind is MoveKind.close:
                self._end(unit, row, said)
            unit.flush()

        await self._context.store.write(work)
        await self.catch_up()

    def _spoken_until(self) -> int:
        return next((entry.seq for entry in reversed(self.entries) if entry.kind in CONVERSATION), 0)

    async def _word(self, move: Move) -> Said:
        context = self._context
        agreed = names_model(self.entries, context.model)
        talk = Conversation(self.state, move, self.entries, context.now, agreed, context.link_hours)
        return await context.turns.say(talk, lambda: self._show({"type": "thinking"}), self._spawn)

    def _end(self, unit: Unit, row: SessionRecord, said: Said) -> None:
        """End the session with the closing turn. One in which nothing was answered is not held, and costs nothing."""
        if read_again(self.state, said.reading).nothing_answered:
            transitions.leave_unanswered(unit, row)
        else:
            transitions.complete(unit, row, ENDED_REASONS.get(said.move.reason, "completed"))

    # --- Code -----------------------------------------------------------------------------------------------------

    async def _run_code(self, entry: Entry) -> None:
        item = self.plan.item(entry.body["task"])
        async with self._coding:
            result = await run_code_cases(self._context.sandbox, self.workspace, item, entry)
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
            wait = max(0.0, (at - self._context.now()).total_seconds())
            self._timer = asyncio.get_running_loop().call_later(wait, lambda: self._spawn(self.conduct()))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_end)

    def _on_task_end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an interview stumbled", extra={"session": str(self.id)}, exc_info=error)
            # The log is unchanged, so nothing is lost: the page reconnects and the room reads the log again.
            for line in list(self.lines):
                line.close()
            if self._context.stumbles.count(self.id, self.last_seq, error) and not self._closed.is_set():
                self._spawn(self.give_up())

    async def give_up(self) -> None:
        """End an interview that a technical fault keeps from going on: the page says so, the credit is given back."""

        def work(db: sa.Connection) -> None:
            row = self._running(db)
            if row is not None:
                unit = self._context.unit(db)
                transitions.fail(unit, row)
                unit.flush()

        self._wake(None)
        await self._context.store.write(work)
        await self.catch_up()

    async def settled(self) -> None:
        """Wait until no task is running."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def close(self) -> None:
        """Close connections and timers. Running tasks finish; the log is unchanged."""
        self._closed.set()
        self._wake(None)
        for line in list(self.lines):
            line.close()
        self.lines.clear()

    async def wait_until_idle(self, seconds: float) -> None:
        """Wait at most so many seconds for running tasks, then cancel them: the log lets the next room resume them."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
