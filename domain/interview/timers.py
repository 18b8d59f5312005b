"""The moves that time alone brings: reminders, the next question, the end. Values in, moves out; no clock."""

from dataclasses import dataclass
from datetime import datetime

from domain.interview import scene
from domain.interview.events import Move, MoveKind
from domain.interview.ordering import close, move_on, next_item
from domain.interview.phrases.catalog import phrases_for
from domain.interview.state import Interview, elapsed
from domain.interview.unsaid import first_unsaid
from domain.plan.items import ItemKind

# After the time is over, an answer still counts for this long.
GRACE_SECONDS = 30.0
# Silence brings one quiet note, and then the next question.
SILENCE_SECONDS = (90.0, 210.0)
# Who asked for a moment or a break is left alone for this long.
PATIENCE_SECONDS = {"moment": 300.0, "pause": 900.0, "leave": 900.0, "upset": 900.0, "crisis": 900.0}
# An answer may take this many times its item's budget, and never ends while the candidate is typing.
TOPIC_OVERRUN = 1.5
IDLE_SECONDS = 30.0
# A shorter interview has no reminder a minute before its end.
REMINDED_FROM_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Timer:
    """A move that time alone brings. `at` is seconds of interview time."""

    at: float
    move: Move


def timers(state: Interview, now: datetime, last_activity: datetime | None) -> list[Timer]:
    """The moves that time alone brings, the most important first."""
    if not state.plan.timed or state.last_move is None:
        return []
    end = state.plan.seconds + state.extended
    found = [Timer(end + GRACE_SECONDS, close(state, "time_over"))]
    if not state.pending:
        found.append(Timer(end, reminder("time_over")))
    active = elapsed(state, last_activity) if last_activity else 0.0
    idle_from = max(state.last_prompt, active)
    if scene.is_playing(state):
        return [found[0], *_scene_timers(state, now, idle_from, end)]
    found += _code_timers(state) if is_coding(state) else _talk_timers(state, now, idle_from, active)
    if state.plan.seconds >= REMINDED_FROM_SECONDS:
        found.append(Timer(end - 60, reminder("one_minute")))
    return [timer for timer in found if timer.move.kind is not MoveKind.remind or _may_remind(state, timer)]


def reminder(reason: str) -> Move:
    """A reminder that time brings."""
    return Move(kind=MoveKind.remind, reason=reason)


def is_coding(state: Interview) -> bool:
    """Whether a coding task is open."""
    item = state.item
    return item is not None and item.kind is ItemKind.code and not state.has_submitted(item.id)


def _may_remind(state: Interview, timer: Timer) -> bool:
    """Whether this was not said at this question, and there are words left that were never said."""
    reason = timer.move.reason
    words = phrases_for(state.plan.language).remind[reason]
    return reason not in state.reminded and bool(first_unsaid(words, state.said))


def _talk_timers(state: Interview, now: datetime, idle_from: float, active: float) -> list[Timer]:
    if state.pending:
        return []
    patience = (100 + state.plan.extra_percent) / 100
    first, last = (idle_from + seconds * patience for seconds in SILENCE_SECONDS)
    asked_for = PATIENCE_SECONDS.get(state.last_move.reason if state.last_move else "", 0.0)
    if asked_for:
        until = idle_from + asked_for * patience
        return [Timer(until, move_on(state, now, "no_answer"))]
    found = [Timer(last, move_on(state, now, "no_answer")), Timer(first, reminder("silence"))]
    current = state.current
    if current and state.remaining:
        over = current.at + current.budget
        late = over * TOPIC_OVERRUN - current.at * (TOPIC_OVERRUN - 1)
        moving_on = max(late, over + 90, active + IDLE_SECONDS)
        found = [
            Timer(moving_on, move_on(state, now, "topic_over")),
            *found,
            Timer(over, reminder("topic_time")),
        ]
    return found


def _scene_timers(state: Interview, now: datetime, idle_from: float, end: float) -> list[Timer]:
    """In a scene nobody reminds of time: it comes to its end by a line in role."""
    if state.pending:
        return []
    if scene.has_ended(state):
        return [Timer(idle_from + scene.AFTER_ENDING_SECONDS, move_on(state, now))]
    patience = (100 + state.plan.extra_percent) / 100
    first, last = (idle_from + seconds * patience for seconds in scene.SILENCE_SECONDS)
    found = [
        Timer(end - scene.ENDING_SECONDS / 2, scene.ending(state)),
        Timer(last, close(state, "no_answer")),
    ]
    asked = f"probe:{scene.IN_ROLE}nudge" in (state.current.move_keys if state.current else ())
    return found if asked else [*found, Timer(first, scene.nudge(state))]


def _code_timers(state: Interview) -> list[Timer]:
    current = state.current
    if current is None:
        return []
    over = current.at + current.budget
    onward = next_item(state, over + 60, "code_over") or close(state, "time_over")
    return [
        Timer(over + 60, onward),
        Timer(over, reminder("code_over")),
        Timer(over - 120, reminder("code_minutes")),
    ]
