"""The Director: what the interviewer does next. Time, order, depth and difficulty are code, never a model's choice.

State is a fold over the session's event log, so that a restarted server, another replica or another device goes on
where the conversation stands. Nothing here reads a clock: each event carries its moment, and `next_move` is told now.

    state = fold(plan, events)
    move = next_move(state, now)      # None: it is the candidate's turn, or it is over
    # word it, append Spoke(move=move, text=…), fold that in
    wake_at(state, now)               # when to ask again although nobody said anything
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from domain.frozen import Frozen
from domain.plan.items import Criterion, InterviewPlan, Item, ItemKind
from domain.scoring.coverage import Heard, covered
from domain.scoring.findings import Evidence, Measured, Utterance
from domain.text.answers import Features, Flag, flags_of, read_answer
from domain.vocabulary import ProfileDifficulty, SessionMode, Style

# --- Moves ----------------------------------------------------------------------------------------------


class MoveKind(StrEnum):
    open = "open"
    ask = "ask"
    probe = "probe"
    clarify = "clarify"
    remind = "remind"
    code_task = "code_task"
    close = "close"


class Move(Frozen):
    """One step of the interviewer, decided and not yet worded. `reason` is a word of the catalog in `wording`."""

    kind: MoveKind
    reason: str = ""
    item_id: str | None = None
    criterion_id: str | None = None
    variant: int = 2
    text: str = Field(default="", description="The question to put, where the plan prescribes one.")
    not_reached: tuple[str, ...] = Field(default=(), description="Items that will not be asked any more.")

    @property
    def key(self) -> str:
        """What makes a move of this sort happen once."""
        return f"{self.kind}:{self.criterion_id or self.reason}"


# --- Events: what the log holds ------------------------------------------------------------------------


class Logged(Frozen):
    seq: int
    at: datetime


class Started(Logged):
    """The candidate is in and the clock runs."""

    kind: Literal["started"] = "started"


class Paused(Logged):
    """The line is down, the server was, or the candidate asked for a break: the clock stands."""

    kind: Literal["paused"] = "paused"


class Resumed(Logged):
    kind: Literal["resumed"] = "resumed"


class Extended(Logged):
    """More time, given by a person or owed for a fault of ours."""

    kind: Literal["extended"] = "extended"
    seconds: float


class Spoke(Logged):
    """A finished turn of the interviewer. `degraded` says that a model should have worded it and did not."""

    kind: Literal["spoke"] = "spoke"
    move: Move
    text: str
    source: Literal["rules", "model"] = "rules"
    degraded: bool = False


class Answered(Logged):
    """A turn of the candidate, exactly as it was sent."""

    kind: Literal["answered"] = "answered"
    text: str


class CodeSubmitted(Logged):
    """The candidate handed in code and the sandbox ran it, or could not (`ran` false: our fault, not theirs)."""

    kind: Literal["code_submitted"] = "code_submitted"
    item_id: str
    passed: int = 0
    total: int = 0
    ran: bool = True


class EndAsked(Logged):
    """The candidate pressed End, or a person ended the interview."""

    kind: Literal["end_asked"] = "end_asked"
    reason: Literal["candidate_ended", "operator_ended"] = "candidate_ended"


Event = Annotated[
    Started | Paused | Resumed | Extended | Spoke | Answered | CodeSubmitted | EndAsked,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)

# --- State -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One item from its question on. Times are seconds of interview time."""

    item_id: str
    variant: int
    at: float
    budget: float
    probes: int = 0
    done: frozenset[str] = frozenset()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interview:
    """Where the conversation stands. Made by `fold` alone."""

    plan: InterviewPlan
    started: datetime | None = None
    paused_at: datetime | None = None
    paused_for: float = 0.0
    extended: float = 0.0
    turns: int = 0
    last_move: Move | None = None
    last_spoke: float = 0.0
    # the last turn that was no reminder: silence is counted from here
    last_prompt: float = 0.0
    pending: Features | None = None
    pending_text: str = ""
    asked: tuple[Asked, ...] = ()
    skipped: frozenset[str] = frozenset()
    reminded: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()
    unanswered: int = 0
    utterances: tuple[Utterance, ...] = ()
    flags: tuple[Flag, ...] = ()
    measured: dict[str, Measured] = field(default_factory=dict)
    faulty: frozenset[str] = frozenset()
    end_reason: str | None = None
    closed: str | None = None
    degraded: bool = False

    @property
    def current(self) -> Asked | None:
        return self.asked[-1] if self.asked else None

    @property
    def item(self) -> Item | None:
        return self.plan.item(self.asked[-1].item_id) if self.asked else None

    @property
    def waiting(self) -> bool:
        """Whether it is the candidate's turn."""
        return self.last_move is not None and self.pending is None

    @property
    def not_reached(self) -> tuple[str, ...]:
        """Items that were not asked, and those at the end whose question was still open: never a zero."""
        asked = {each.item_id for each in self.asked}
        unasked = tuple(item.id for item in self.plan.items if item.id not in asked)
        return (*self._left_open(), *unasked)

    def _left_open(self) -> tuple[str, ...]:
        open_ones: list[str] = []
        for each in reversed(self.asked):
            if each.answers or each.item_id in self.measured:
                break
            open_ones.insert(0, each.item_id)
        return tuple(open_ones)

    @property
    def evidence(self) -> Evidence:
        """What may be judged: items never reached and code that we could not run are no evidence."""
        out = set(self.not_reached) | self.faulty
        asked = [each for each in self.asked if each.item_id not in out]
        return Evidence(
            utterances=self.utterances,
            asked=tuple(each.item_id for each in asked),
            measured=self.measured,
            flags=self.flags,
            variants={each.item_id: each.variant for each in asked},
            degraded=self.degraded,
        )


def fold(plan: InterviewPlan, events: Iterable[Event]) -> Interview:
    """The state after these events of the log, in their order."""
    state = Interview(plan)
    for event in events:
        state = step(state, event)
    return state


def step(state: Interview, event: Event) -> Interview:
    """The state after one more event. Events after the closing turn change nothing that counts."""
    match event:
        case Started():
            return state if state.started else replace(state, started=event.at)
        case Paused():
            return replace(state, paused_at=state.paused_at or event.at)
        case Resumed():
            return _resumed(state, event.at)
        case Extended():
            return replace(state, extended=state.extended + event.seconds)
        case Spoke():
            return _spoken(state, event)
        case Answered():
            return _answered(state, event)
        case CodeSubmitted():
            return _submitted(state, event)
        case EndAsked():
            return replace(state, end_reason=state.end_reason or event.reason)


def elapsed(state: Interview, now: datetime) -> float:
    """Seconds of interview time so far; pauses do not count."""
    if state.started is None:
        return 0.0
    running_pause = (now - state.paused_at).total_seconds() if state.paused_at else 0.0
    return max(0.0, (now - state.started).total_seconds() - state.paused_for - running_pause)


def seconds_left(state: Interview, now: datetime) -> float:
    """Interview time that remains, extra time and extensions included; negative when it is over."""
    return state.plan.seconds + state.extended - elapsed(state, now)


def _resumed(state: Interview, at: datetime) -> Interview:
    if state.paused_at is None:
        return state
    lost = max(0.0, (at - state.paused_at).total_seconds())
    return replace(state, paused_at=None, paused_for=state.paused_for + lost)


def _spoken(state: Interview, event: Spoke) -> Interview:
    move, at = event.move, elapsed(state, event.at)
    state = replace(
        state,
        turns=state.turns + 1,
        last_move=move,
        last_spoke=at,
        pending=None,
        degraded=state.degraded or event.degraded,
        once=state.once | {move.key},
    )
    match move.kind:
        case MoveKind.close:
            return replace(state, closed=move.reason)
        case MoveKind.remind:
            return _noted(replace(state, reminded=state.reminded | {move.reason}), move)
        case MoveKind.ask | MoveKind.code_task:
            return _begun(state, move, at)
        case MoveKind.probe:
            state = replace(state, last_prompt=at, reminded=frozenset())
            return _noted(state, move, probes=1)
        case _:
            return _noted(replace(state, last_prompt=at, reminded=frozenset()), move)


def _noted(state: Interview, move: Move, probes: int = 0) -> Interview:
    """The current item with this move on its record."""
    current = state.current
    if current is None:
        return state
    current = replace(current, probes=current.probes + probes, done=current.done | {move.key})
    return replace(state, asked=(*state.asked[:-1], current))


def _begun(state: Interview, move: Move, at: float) -> Interview:
    silent = (
        state.current is not None
        and not state.current.answers
        and state.current.item_id not in state.measured
    )
    begun = Asked(move.item_id or "", move.variant, at, _budget(state, move.item_id or "", at))
    return replace(
        state,
        asked=(*state.asked, begun),
        skipped=state.skipped | set(move.not_reached),
        last_prompt=at,
        reminded=state.reminded & {"one_minute"},
        unanswered=state.unanswered + 1 if silent else 0,
    )


def _budget(state: Interview, item_id: str, at: float) -> float:
    """Seconds this item may take: its share of what is left, so that later items keep theirs."""
    left = max(0.0, state.plan.seconds + state.extended - at - CLOSING_SECONDS)
    item = state.plan.item(item_id)
    open_items = [each for each in _remaining(state) if each.id != item_id]
    total = float(item.minutes + sum((each.minutes for each in open_items), item.minutes * 0))
    return left * float(item.minutes) / total if total else left


def _answered(state: Interview, event: Answered) -> Interview:
    if state.closed:
        return state
    item, current = state.item, state.current
    question = item.question(current.variant) if item and current else ""
    features = read_answer(event.text, question)
    flags = flags_of(features, event.seq, state.plan.language)
    closing = "probe:last_word" in state.once
    counts = current is not None and not closing
    said = Utterance(
        id=event.seq,
        text=event.text,
        item_id=current.item_id if current and counts else None,
        question=question if counts else "",
        start_ms=round(elapsed(state, event.at) * 1000),
    )
    if current and counts:
        current = replace(current, answers=(*current.answers, event.text))
        state = replace(state, asked=(*state.asked[:-1], current))
    # what is said before the first question is courtesy, not evidence
    evidence = (*state.utterances, said) if current else state.utterances
    return replace(
        state,
        utterances=evidence,
        flags=(*state.flags, *flags),
        pending=features,
        pending_text=event.text,
        unanswered=0,
    )


def _submitted(state: Interview, event: CodeSubmitted) -> Interview:
    # a second submission that arrives after the conversation went on changes nothing
    if state.closed or state.current is None or state.current.item_id != event.item_id:
        return state
    done = Features.model_validate({**read_answer("").model_dump(), "words": 1})
    state = replace(state, pending=done, pending_text="", unanswered=0)
    if not event.ran or event.total < 1:
        return replace(state, faulty=state.faulty | {event.item_id})
    best = Measured(passed=event.passed, total=event.total)
    return replace(
        state,
        measured={**state.measured, event.item_id: best},
        faulty=state.faulty - {event.item_id},
    )


# --- Decisions ------------------------------------------------------------------------------------------

CLOSING_SECONDS = 45.0
# An item that cannot be answered in this time is not asked.
LEAST_SECONDS, LEAST_CODE_SECONDS = 60.0, 180.0
# A follow-up needs this much of the item's own time.
PROBE_SECONDS = 45.0
LAST_WORD_SECONDS = 75.0
GRACE_SECONDS = 30.0
SILENCE_SECONDS = (90.0, 180.0, 270.0)
TOPIC_OVERRUN = 1.5
IDLE_SECONDS = 30.0
MOST_UNANSWERED = 2


@dataclass(frozen=True, slots=True)
class Due:
    """A move that falls due at a point of interview time although nobody says anything."""

    at: float
    move: Move


def next_move(state: Interview, now: datetime, last_activity: datetime | None = None) -> Move | None:
    """The interviewer's next step; None while it is the candidate's turn, while paused, and after the end.

    `last_activity` is the last keystroke the room knows of: who types is not reminded.
    """
    if state.started is None or state.closed or state.paused_at or not state.plan.conducted:
        return None
    if state.last_move is None:
        return Move(kind=MoveKind.open, variant=state.plan.manner.variant)
    if state.end_reason:
        return _close(state, state.end_reason)
    due = _due(state, now, last_activity)
    if state.waiting:
        return due
    if state.plan.timed and seconds_left(state, now) <= 0:
        return _close(state, "time_over")
    return _react(state, now) or due


def wake_at(state: Interview, now: datetime, last_activity: datetime | None = None) -> datetime | None:
    """When `next_move` may answer differently without any new event; None when never."""
    if state.started is None or state.closed or state.paused_at or not state.plan.conducted:
        return None
    at = elapsed(state, now)
    ahead = [due.at - at for due in _timers(state, now, last_activity) if due.at > at]
    # a moment later, so that rounding to microseconds never wakes anybody too early
    return now + timedelta(seconds=min(ahead), milliseconds=1) if ahead else None


def _due(state: Interview, now: datetime, last_activity: datetime | None) -> Move | None:
    at = elapsed(state, now)
    return next((due.move for due in _timers(state, now, last_activity) if due.at <= at), None)


def _timers(state: Interview, now: datetime, last_activity: datetime | None) -> list[Due]:
    """What time alone will bring, the weightiest first."""
    if not state.plan.timed or state.last_move is None:
        return []
    end = state.plan.seconds + state.extended
    timers = [Due(end + GRACE_SECONDS, _close(state, "time_over"))]
    if not state.pending:
        timers.append(Due(end, _remind("time_over")))
    active = elapsed(state, last_activity) if last_activity else 0.0
    idle_from = max(state.last_prompt, active)
    timers += _code_timers(state) if _coding(state) else _talk_timers(state, now, idle_from, active)
    if state.plan.seconds >= 300:
        timers.append(Due(end - 60, _remind("one_minute")))
    return [
        due for due in timers if due.move.kind is not MoveKind.remind or due.move.reason not in state.reminded
    ]


def _talk_timers(state: Interview, now: datetime, idle_from: float, active: float) -> list[Due]:
    if state.pending:
        return []
    patience = (100 + state.plan.extra_percent) / 100
    first, second, third = (idle_from + seconds * patience for seconds in SILENCE_SECONDS)
    timers = [
        Due(third, _onward(state, now, "no_answer")),
        Due(second, _remind("silence_again")),
        Due(first, _remind("silence")),
    ]
    current = state.current
    if current and _remaining(state):
        over = current.at + current.budget
        moving_on = max(
            over * TOPIC_OVERRUN - current.at * (TOPIC_OVERRUN - 1), over + 90, active + IDLE_SECONDS
        )
        timers = [
            Due(moving_on, _onward(state, now, "topic_over")),
            *timers,
            Due(over, _remind("topic_time")),
        ]
    return timers


def _code_timers(state: Interview) -> list[Due]:
    current = state.current
    if current is None:
        return []
    over = current.at + current.budget
    late = Move(kind=MoveKind.close, reason="time_over", not_reached=state.not_reached)
    onward = _next_item(state, over + 60, "code_over") or late
    return [
        Due(over + 60, onward),
        Due(over, _remind("code_over")),
        Due(over - 120, _remind("code_minutes")),
    ]


def _coding(state: Interview) -> bool:
    item = state.item
    return item is not None and item.kind is ItemKind.code and not _handed_in(state, item.id)


def _handed_in(state: Interview, item_id: str) -> bool:
    return item_id in state.measured or item_id in state.faulty


def _react(state: Interview, now: datetime) -> Move | None:
    """The answer to what the candidate just said."""
    features = state.pending
    if features is None:
        return None
    return (
        _about_the_person(state, features)
        or _about_the_frame(state, features)
        or _onward_from_here(state, features, now)
    )


def _about_the_person(state: Interview, features: Features) -> Move | None:
    """Wishes come before questions: a way out, and a way to a human being."""
    stopping = state.last_move is not None and state.last_move.reason == "stop"
    if features.wants_to_stop or (stopping and _agrees(state.pending_text)):
        return _close(state, "candidate_ended") if stopping else _clarify(state, "stop")
    if features.wants_person and "clarify:person" not in state.once:
        return _clarify(state, "person")
    if stopping:
        return _clarify(state, "resume")
    return None


def _about_the_frame(state: Interview, features: Features) -> Move | None:
    """Orders to the scorer, insults and questions back: answered once, without judging them."""
    current = state.current
    done = current.done if current else state.once
    if features.injection and "remind:data_only" not in done:
        return _remind("data_only", state)
    if features.rude and "remind:courtesy" not in state.once:
        return _remind("courtesy", state)
    if current is None:
        asks = "?" in state.pending_text and "clarify:opening" not in state.once
        return _clarify(state, "opening") if asks else None
    if features.clarification and "clarify:rephrase" not in done:
        return _clarify(state, "rephrase")
    return None


def _onward_from_here(state: Interview, features: Features, now: datetime) -> Move | None:
    item, current = state.item, state.current
    if item is None or current is None:
        return _onward(state, now)
    if "probe:last_word" in state.once:
        return _close(state, "finished")
    if _coding(state):
        return None if "remind:editor" in current.done else _remind("editor", state)
    if item.kind is ItemKind.code or features.empty or _declines(state):
        return _onward(state, now)
    if features.passes:
        return _after_a_pass(state, current, now)
    return _probe(state, item, current, features, now) or _onward(state, now)


def _after_a_pass(state: Interview, current: Asked, now: datetime) -> Move:
    gentle = state.plan.manner.difficulty is ProfileDifficulty.easy and not current.probes
    if gentle and state.plan.manner.probing and _has_time(state, current, now):
        return Move(kind=MoveKind.probe, reason="encourage", item_id=current.item_id, variant=current.variant)
    return _onward(state, now)


def _has_time(state: Interview, current: Asked, now: datetime) -> bool:
    if not state.plan.timed:
        return True
    within_item = elapsed(state, now) - current.at + PROBE_SECONDS <= current.budget
    return within_item and seconds_left(state, now) > LEAST_SECONDS


def _probe(state: Interview, item: Item, current: Asked, features: Features, now: datetime) -> Move | None:
    """A follow-up, if depth and time allow one and there is something worth asking."""
    manner = state.plan.manner
    if not _has_time(state, current, now):
        return None
    if current.probes < manner.probing:
        missing = _missing(state, item, current)
        for reason, criterion in _follow_ups(state, item, features, missing):
            move = Move(
                kind=MoveKind.probe,
                reason=reason,
                item_id=item.id,
                criterion_id=criterion.id if criterion else None,
                variant=1 if reason == "simpler" else current.variant,
                text=criterion.probe if criterion else item.question(1) if reason == "simpler" else "",
            )
            if move.key not in current.done:
                return move
    return _once_more(state, item, current)


def _follow_ups(
    state: Interview, item: Item, features: Features, missing: Sequence[Criterion]
) -> list[tuple[str, Criterion | None]]:
    """What could be asked, the best first. Structured interviews and scenes keep to the prepared probes."""
    manner = state.plan.manner
    prepared: list[tuple[str, Criterion | None]] = [("criterion", each) for each in missing if each.probe]
    told = len(missing) <= len(item.criteria) // 2
    pressing: list[tuple[str, Criterion | None]] = []
    if manner.difficulty is ProfileDifficulty.hard and not features.short:
        pressing = [("challenge", None)]
    if state.plan.mode is SessionMode.roleplay_simulation:
        return prepared  # anything else would fall out of the role
    if manner.style is Style.structured:
        return [*prepared, *(pressing if told else [])]
    free: list[tuple[str, Criterion | None]] = []
    if features.short:
        free.append(("short", None))
    if features.hedged:
        free.append(("hedge", None))
    if features.vague:
        free.append(("vague", None))
    deeper: list[tuple[str, Criterion | None]] = []
    if not missing and manner.difficulty is not ProfileDifficulty.easy:
        deeper = [("deeper", None)]
    if manner.style is Style.adaptive:
        lost = len(missing) == len(item.criteria) and item.questions[0] != item.questions[1]
        simpler: list[tuple[str, Criterion | None]] = [("simpler", None)] if lost else []
        return [*simpler, *(pressing if told else []), *free, *prepared, *deeper]
    return [*free, *(pressing if told else []), *prepared, *deeper]


def _missing(state: Interview, item: Item, current: Asked) -> list[Criterion]:
    """Criteria that the answers so far do not seem to speak to. A guess: so probes ask openly."""
    heard = _heard(state, current)
    return [each for each in item.criteria if not covered(each, heard)]


def _heard(state: Interview, asked: Asked) -> Heard:
    question = state.plan.item(asked.item_id).question(asked.variant)
    return Heard.of("\n".join(asked.answers), question, state.plan.language)


def _once_more(state: Interview, item: Item, current: Asked) -> Move | None:
    """In practice an answer that missed most may be given again."""
    if state.plan.mode is not SessionMode.practice_session or "probe:again" in current.done:
        return None
    if len(_missing(state, item, current)) * 2 <= len(item.criteria):
        return None
    return Move(kind=MoveKind.probe, reason="again", item_id=item.id, variant=current.variant)


def _onward(state: Interview, now: datetime, reason: str = "") -> Move:
    """The next question, or the end when there is none or no time for one."""
    if reason and _gone_quiet(state):
        return _close(state, "no_answer")
    upcoming = _next_item(state, elapsed(state, now), reason)
    if upcoming is not None:
        return upcoming
    if _remaining(state):
        return _close(state, "time_over")
    if reason or not state.utterances or "probe:last_word" in state.once:
        return _close(state, "finished")
    if state.plan.timed and seconds_left(state, now) < LAST_WORD_SECONDS:
        return _close(state, "finished")
    return Move(kind=MoveKind.probe, reason="last_word")


def _gone_quiet(state: Interview) -> bool:
    """Whether this would be the second question in a row that was left without a word."""
    current = state.current
    return current is not None and not current.answers and state.unanswered + 1 >= MOST_UNANSWERED


def _next_item(state: Interview, at: float, reason: str) -> Move | None:
    """The next item that can still be answered in what time is left."""
    left = state.plan.seconds + state.extended - at
    passed_over: list[str] = []
    for item in _remaining(state):
        coding = item.kind is ItemKind.code
        if state.plan.timed and left < (LEAST_CODE_SECONDS if coding else LEAST_SECONDS):
            passed_over.append(item.id)
            continue
        variant = _variant(state, item)
        return Move(
            kind=MoveKind.code_task if coding else MoveKind.ask,
            reason=reason,
            item_id=item.id,
            variant=variant,
            text=item.question(variant),
            not_reached=tuple(passed_over),
        )
    return None


def _remaining(state: Interview) -> list[Item]:
    """Items still to come. A question about code that was never handed in is not one."""
    asked = {each.item_id for each in state.asked} | state.skipped
    coded = set(state.measured) | state.faulty
    coming = [item for item in state.plan.items if item.id not in asked]
    return [item for item in coming if item.after is None or item.after not in asked or item.after in coded]


def _variant(state: Interview, item: Item) -> int:
    """The difficulty of an item: fixed for the one everybody is asked alike, led by the answers where it may adapt."""
    manner = state.plan.manner
    if item.anchor or not manner.adaptive or not state.asked:
        return manner.variant
    judged = [
        covered(criterion, heard)
        for asked in state.asked
        for heard in (_heard(state, asked),)
        for criterion in state.plan.item(asked.item_id).criteria
        if not criterion.measured
    ]
    share = sum(judged) / len(judged) if judged else 0.5
    lift = 1 if share >= 0.6 else -1 if share < 0.25 else 0
    return min(3, max(1, manner.variant + lift))


def _close(state: Interview, reason: str) -> Move:
    return Move(kind=MoveKind.close, reason=reason, not_reached=state.not_reached)


def _remind(reason: str, state: Interview | None = None) -> Move:
    """A reminder. One that answers an answer repeats the question; one that time brings does not."""
    current = state.current if state else None
    text = state.plan.item(current.item_id).question(current.variant) if state and current else ""
    return Move(kind=MoveKind.remind, reason=reason, item_id=current.item_id if current else None, text=text)


def _clarify(state: Interview, reason: str) -> Move:
    current = state.current
    text = state.plan.item(current.item_id).question(current.variant) if current else ""
    return Move(
        kind=MoveKind.clarify,
        reason=reason,
        item_id=current.item_id if current else None,
        variant=current.variant if current else state.plan.manner.variant,
        text=text,
    )


def _declines(state: Interview) -> bool:
    """A no to the offer of giving an answer once more."""
    offered = state.last_move is not None and state.last_move.reason == "again"
    words = state.pending_text.casefold().split()
    return (
        offered
        and len(words) <= 8
        and words[:1] != []
        and words[0].strip(".,!") in {"no", "nein", "not", "nope"}
    )


def _agrees(text: str) -> bool:
    words = text.casefold().split()
    return (
        len(words) <= 6
        and bool(words)
        and words[0].strip(".,!") in {"yes", "ja", "ok", "okay", "sure", "please", "bitte", "yep", "yeah"}
    )
