"""Where a conversation stands: the events of the log, folded into an `Interview`.

The same events always give the same state, so a restarted server, another replica or another device continues
exactly where the conversation stopped. Nothing here reads a clock: each event carries its moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.interview.events import (
    Answered,
    CodeSubmitted,
    EndAsked,
    Event,
    Extended,
    Move,
    MoveKind,
    Paused,
    Resumed,
    Spoke,
    Started,
)
from domain.plan.items import InterviewPlan, Item, ItemKind
from domain.scoring.findings import Evidence, Measured, Utterance
from domain.text.answers import Features, Flag, flags_of, read_answer

# Seconds kept free for the closing turn when the rest is shared among the items.
CLOSING_SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class AskedItem:
    """An item that was asked, with what followed. `at` and `budget` are seconds of interview time."""

    item_id: str
    variant: int
    at: float
    budget: float
    probes: int = 0
    move_keys: frozenset[str] = frozenset()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interview:
    """Where the conversation stands. Only `fold` and `step` make one."""

    plan: InterviewPlan
    started: datetime | None = None
    paused_at: datetime | None = None
    paused_for: float = 0.0
    extended: float = 0.0
    turns: int = 0
    last_move: Move | None = None
    last_spoke: float = 0.0
    # interview time of the last turn that was not a reminder; silence counts from here
    last_prompt: float = 0.0
    # the candidate's last turn, until the interviewer replies
    pending: Features | None = None
    pending_text: str = ""
    asked: tuple[AskedItem, ...] = ()
    skipped: frozenset[str] = frozenset()
    reminded: frozenset[str] = frozenset()
    move_keys: frozenset[str] = frozenset()
    # questions in a row without an answer, the current one left out
    unanswered: int = 0
    utterances: tuple[Utterance, ...] = ()
    flags: tuple[Flag, ...] = ()
    measured: dict[str, Measured] = field(default_factory=dict)
    # items whose submitted code the sandbox could not run
    not_run: frozenset[str] = frozenset()
    end_reason: str | None = None
    closed: str | None = None
    degraded: bool = False

    @property
    def current(self) -> AskedItem | None:
        return self.asked[-1] if self.asked else None

    @property
    def item(self) -> Item | None:
        return self.plan.item(self.asked[-1].item_id) if self.asked else None

    @property
    def waiting(self) -> bool:
        """Whether it is the candidate's turn."""
        return self.last_move is not None and self.pending is None

    def has_submitted(self, item_id: str) -> bool:
        """Whether code was submitted for this item, run or not."""
        return item_id in self.measured or item_id in self.not_run

    @property
    def remaining(self) -> list[Item]:
        """Items still to come. A question about code that was never submitted is not one of them."""
        asked = self.asked_ids | self.skipped
        coming = [item for item in self.plan.items if item.id not in asked]
        return [
            item
            for item in coming
            if item.after is None or item.after not in asked or self.has_submitted(item.after)
        ]

    @property
    def not_reached(self) -> tuple[str, ...]:
        """Items that were never asked, and the last ones asked if nobody answered them. They never score zero."""
        asked = self.asked_ids
        unasked = tuple(item.id for item in self.plan.items if item.id not in asked)
        return (*self._unanswered_at_end(), *unasked)

    @property
    def asked_ids(self) -> frozenset[str]:
        """The items that were asked. A scene asks all its dimensions at once."""
        return frozenset(
            heard for each in self.asked for heard in self.plan.listened_with(self.plan.item(each.item_id))
        )

    def _unanswered_at_end(self) -> tuple[str, ...]:
        unanswered: list[str] = []
        for each in reversed(self.asked):
            if each.answers or each.item_id in self.measured:
                break
            unanswered[:0] = sorted(self.plan.listened_with(self.plan.item(each.item_id)))
        return tuple(unanswered)

    @property
    def evidence(self) -> Evidence:
        """What scoring may use. Items that were not reached and code that could not be run are left out."""
        out = set(self.not_reached) | self.not_run
        asked = [each for each in self.asked if each.item_id not in out]
        known = {
            heard for each in asked for heard in self.plan.listened_with(self.plan.item(each.item_id))
        } - out
        return Evidence(
            utterances=self.utterances,
            asked=(
                *(each.item_id for each in asked),
                *(item.id for item in self.plan.items if item.id in known - {each.item_id for each in asked}),
            ),
            measured=self.measured,
            flags=self.flags,
            variants={each.item_id: each.variant for each in asked},
            degraded=self.degraded,
        )


def fold(plan: InterviewPlan, events: Iterable[Event]) -> Interview:
    """The state after these events, which come in the order of the log."""
    state = Interview(plan)
    for event in events:
        state = step(state, event)
    return state


def step(state: Interview, event: Event) -> Interview:
    """The state after one more event. Answers and code that arrive after the closing turn change nothing."""
    match event:
        case Started():
            return state if state.started else replace(state, started=event.at)
        case Paused():
            return replace(state, paused_at=state.paused_at or event.at)
        case Resumed():
            return _on_resumed(state, event.at)
        case Extended():
            return replace(state, extended=state.extended + event.seconds)
        case Spoke():
            return _on_spoke(state, event)
        case Answered():
            return _on_answered(state, event)
        case CodeSubmitted():
            return _on_code_submitted(state, event)
        case EndAsked():
            return replace(state, end_reason=state.end_reason or event.reason)


def elapsed(state: Interview, now: datetime) -> float:
    """Seconds of interview time so far. Pauses do not count."""
    if state.started is None:
        return 0.0
    running_pause = (now - state.paused_at).total_seconds() if state.paused_at else 0.0
    return max(0.0, (now - state.started).total_seconds() - state.paused_for - running_pause)


def seconds_left(state: Interview, now: datetime) -> float:
    """Seconds of interview time that remain, with extra time and extensions. Negative when time is over."""
    return state.plan.seconds + state.extended - elapsed(state, now)


def _on_resumed(state: Interview, at: datetime) -> Interview:
    if state.paused_at is None:
        return state
    pause = max(0.0, (at - state.paused_at).total_seconds())
    return replace(state, paused_at=None, paused_for=state.paused_for + pause)


def _on_spoke(state: Interview, event: Spoke) -> Interview:
    move, at = event.move, elapsed(state, event.at)
    state = replace(
        state,
        turns=state.turns + 1,
        last_move=move,
        last_spoke=at,
        pending=None,
        degraded=state.degraded or event.degraded,
        move_keys=state.move_keys | {move.key},
    )
    match move.kind:
        case MoveKind.close:
            return replace(state, closed=move.reason)
        case MoveKind.remind:
            return _note_move(replace(state, reminded=state.reminded | {move.reason}), move)
        case MoveKind.ask | MoveKind.code_task:
            return _begin_item(state, move, at)
        case MoveKind.probe:
            state = replace(state, last_prompt=at, reminded=frozenset())
            return _note_move(state, move, probes=1)
        case _:
            return _note_move(replace(state, last_prompt=at, reminded=frozenset()), move)


def _note_move(state: Interview, move: Move, probes: int = 0) -> Interview:
    """Add the move to the current item, if there is one."""
    current = state.current
    if current is None:
        return state
    current = replace(current, probes=current.probes + probes, move_keys=current.move_keys | {move.key})
    return replace(state, asked=(*state.asked[:-1], current))


def _begin_item(state: Interview, move: Move, at: float) -> Interview:
    silent = (
        state.current is not None
        and not state.current.answers
        and state.current.item_id not in state.measured
    )
    item_id = move.item_id or ""
    return replace(
        state,
        asked=(*state.asked, AskedItem(item_id, move.variant, at, _budget(state, item_id, at))),
        skipped=state.skipped | set(move.not_reached),
        last_prompt=at,
        reminded=state.reminded & {"one_minute"},
        unanswered=state.unanswered + 1 if silent else 0,
    )


def _budget(state: Interview, item_id: str, at: float) -> float:
    """Seconds for this item: its share of the time left, so that later items keep theirs."""
    left = max(0.0, state.plan.seconds + state.extended - at - CLOSING_SECONDS)
    item = state.plan.item(item_id)
    others = [each for each in state.remaining if each.id != item_id]
    total = float(item.minutes + sum((each.minutes for each in others), item.minutes * 0))
    return left * float(item.minutes) / total if total else left


def _on_answered(state: Interview, event: Answered) -> Interview:
    if state.closed:
        return state
    item, current = state.item, state.current
    question = item.question(current.variant) if item and current else ""
    if item and item.kind is ItemKind.scene and state.last_move:
        question = state.last_move.text
    features = read_answer(event.text, question)
    flags = flags_of(features, event.seq, state.plan.language)
    closing = "probe:last_word" in state.move_keys
    counts = current is not None and not closing
    utterance = Utterance(
        id=event.seq,
        text=event.text,
        item_id=current.item_id if current and counts else None,
        question=question if counts else "",
        start_ms=round(elapsed(state, event.at) * 1000),
    )
    if current and counts:
        current = replace(current, answers=(*current.answers, event.text))
        state = replace(state, asked=(*state.asked[:-1], current))
    # what is said before the first question is a courtesy, not evidence
    utterances = (*state.utterances, utterance) if current else state.utterances
    return replace(
        state,
        utterances=utterances,
        flags=(*state.flags, *flags),
        pending=features,
        pending_text=event.text,
        unanswered=0,
    )


def _on_code_submitted(state: Interview, event: CodeSubmitted) -> Interview:
    # a second submission that arrives after the conversation moved on changes nothing
    if state.closed or state.current is None or state.current.item_id != event.item_id:
        return state
    features = Features.model_validate({**read_answer("").model_dump(), "words": 1})
    state = replace(state, pending=features, pending_text="", unanswered=0)
    if not event.ran or event.total < 1:
        return replace(state, not_run=state.not_run | {event.item_id})
    return replace(
        state,
        measured={**state.measured, event.item_id: Measured(passed=event.passed, total=event.total)},
        not_run=state.not_run - {event.item_id},
    )
