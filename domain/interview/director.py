"""The Director: what the interviewer does next. Rules in code decide time, order, depth and difficulty, never a model.

Nothing here reads a clock: `next_move` gets the present moment from its caller.

    state = fold(plan, events)
    move = next_move(state, now)      # None: it is the candidate's turn, or the interview is over
    # word it, append Spoke(move=move, text=…) to the log, step the state
    wake_at(state, now)               # when to ask again if nobody says anything
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.interview import scene
from domain.interview.events import Move, MoveKind
from domain.interview.state import AskedItem, Interview, elapsed, seconds_left
from domain.plan.items import Criterion, Item, ItemKind
from domain.scoring.coverage import PreparedAnswer, is_covered
from domain.text.answers import Features
from domain.vocabulary import ProfileDifficulty, SessionMode, Style

# With less time left than this, an item is not asked.
MIN_ITEM_SECONDS, MIN_CODE_SECONDS = 60.0, 180.0
# A follow-up needs this much of the item's own budget.
PROBE_SECONDS = 45.0
# The question for a last word needs this much time.
LAST_WORD_SECONDS = 75.0
# After the time is over, an answer still counts for this long.
GRACE_SECONDS = 30.0
# Silence brings a reminder, a second one, and then the next question.
SILENCE_SECONDS = (90.0, 180.0, 270.0)
# An answer may take this many times its item's budget, and never ends while the candidate is typing.
TOPIC_OVERRUN = 1.5
IDLE_SECONDS = 30.0
# After this many questions in a row without an answer the interview ends.
MAX_UNANSWERED = 2


@dataclass(frozen=True, slots=True)
class Timer:
    """A move that time alone brings. `at` is seconds of interview time."""

    at: float
    move: Move


def next_move(state: Interview, now: datetime, last_activity: datetime | None = None) -> Move | None:
    """The interviewer's next step. None while it is the candidate's turn, while paused, and after the end.

    `last_activity` is the moment of the candidate's last keystroke. Nobody is reminded while typing.
    """
    if state.started is None or state.closed or state.paused_at or not state.plan.conducted:
        return None
    if state.last_move is None:
        return Move(kind=MoveKind.open, variant=state.plan.manner.variant)
    if state.end_reason:
        return _close(state, state.end_reason)
    due = _due_move(state, now, last_activity)
    if state.waiting:
        return due
    if state.plan.timed and seconds_left(state, now) <= 0:
        return _close(state, "time_over")
    return _react(state, now) or due


def wake_at(state: Interview, now: datetime, last_activity: datetime | None = None) -> datetime | None:
    """When `next_move` may answer differently without a new event. None when never."""
    if state.started is None or state.closed or state.paused_at or not state.plan.conducted:
        return None
    at = elapsed(state, now)
    ahead = [timer.at - at for timer in _timers(state, now, last_activity) if timer.at > at]
    # a millisecond later, so that rounding to microseconds never wakes the caller too early
    return now + timedelta(seconds=min(ahead), milliseconds=1) if ahead else None


def _due_move(state: Interview, now: datetime, last_activity: datetime | None) -> Move | None:
    at = elapsed(state, now)
    return next((timer.move for timer in _timers(state, now, last_activity) if timer.at <= at), None)


def _timers(state: Interview, now: datetime, last_activity: datetime | None) -> list[Timer]:
    """The moves that time alone brings, the most important first."""
    if not state.plan.timed or state.last_move is None:
        return []
    end = state.plan.seconds + state.extended
    timers = [Timer(end + GRACE_SECONDS, _close(state, "time_over"))]
    if not state.pending:
        timers.append(Timer(end, _remind("time_over")))
    active = elapsed(state, last_activity) if last_activity else 0.0
    idle_from = max(state.last_prompt, active)
    if scene.is_playing(state):
        return [timers[0], *_scene_timers(state, now, idle_from, end)]
    timers += _code_timers(state) if _is_coding(state) else _talk_timers(state, now, idle_from, active)
    if state.plan.seconds >= 300:
        timers.append(Timer(end - 60, _remind("one_minute")))
    return [
        timer
        for timer in timers
        if timer.move.kind is not MoveKind.remind or timer.move.reason not in state.reminded
    ]


def _talk_timers(state: Interview, now: datetime, idle_from: float, active: float) -> list[Timer]:
    if state.pending:
        return []
    patience = (100 + state.plan.extra_percent) / 100
    first, second, third = (idle_from + seconds * patience for seconds in SILENCE_SECONDS)
    timers = [
        Timer(third, _move_on(state, now, "no_answer")),
        Timer(second, _remind("silence_again")),
        Timer(first, _remind("silence")),
    ]
    current = state.current
    if current and state.remaining:
        over = current.at + current.budget
        moving_on = max(
            over * TOPIC_OVERRUN - current.at * (TOPIC_OVERRUN - 1), over + 90, active + IDLE_SECONDS
        )
        timers = [
            Timer(moving_on, _move_on(state, now, "topic_over")),
            *timers,
            Timer(over, _remind("topic_time")),
        ]
    return timers


def _scene_timers(state: Interview, now: datetime, idle_from: float, end: float) -> list[Timer]:
    """In a scene nobody reminds of time: it comes to its end by a line in role."""
    if state.pending:
        return []
    if scene.has_ended(state):
        return [Timer(idle_from + scene.AFTER_ENDING_SECONDS, _move_on(state, now))]
    patience = (100 + state.plan.extra_percent) / 100
    first, last = (idle_from + seconds * patience for seconds in scene.SILENCE_SECONDS)
    timers = [
        Timer(end - scene.ENDING_SECONDS / 2, scene.ending(state)),
        Timer(last, _close(state, "no_answer")),
    ]
    asked = f"probe:{scene.IN_ROLE}nudge" in (state.current.move_keys if state.current else ())
    return timers if asked else [*timers, Timer(first, scene.nudge(state))]


def _code_timers(state: Interview) -> list[Timer]:
    current = state.current
    if current is None:
        return []
    over = current.at + current.budget
    late = Move(kind=MoveKind.close, reason="time_over", not_reached=state.not_reached)
    onward = _next_item(state, over + 60, "code_over") or late
    return [
        Timer(over + 60, onward),
        Timer(over, _remind("code_over")),
        Timer(over - 120, _remind("code_minutes")),
    ]


def _is_coding(state: Interview) -> bool:
    item = state.item
    return item is not None and item.kind is ItemKind.code and not state.has_submitted(item.id)


def _react(state: Interview, now: datetime) -> Move | None:
    """The reply to the candidate's last turn. None while they work on code."""
    features = state.pending
    if features is None:
        return None
    if scene.is_playing(state):
        return _react_to_wishes(state, features) or scene.next_line(state, now) or _move_on(state, now)
    return (
        _react_to_wishes(state, features)
        or _react_to_conduct(state, features)
        or _react_to_content(state, features, now)
    )


def _react_to_wishes(state: Interview, features: Features) -> Move | None:
    """Wishes to stop or to talk to a person come before everything else."""
    stopping = state.last_move is not None and state.last_move.reason == "stop"
    if features.wants_to_stop or (stopping and _agrees(state.pending_text)):
        return _close(state, "candidate_ended") if stopping else _clarify(state, "stop")
    if features.wants_person and "clarify:person" not in state.move_keys:
        return _clarify(state, "person")
    if stopping:
        return _clarify(state, "resume")
    return None


def _react_to_conduct(state: Interview, features: Features) -> Move | None:
    """Orders to the scorer, insults and questions back each get one neutral reply."""
    current = state.current
    done = current.move_keys if current else state.move_keys
    if features.injection and "remind:data_only" not in done:
        return _remind("data_only", state)
    if features.rude and "remind:courtesy" not in state.move_keys:
        return _remind("courtesy", state)
    if current is None:
        asks = "?" in state.pending_text and "clarify:opening" not in state.move_keys
        return _clarify(state, "opening") if asks else None
    if features.clarification and "clarify:rephrase" not in done:
        return _clarify(state, "rephrase")
    return None


def _react_to_content(state: Interview, features: Features, now: datetime) -> Move | None:
    item, current = state.item, state.current
    if item is None or current is None:
        return _move_on(state, now)
    if "probe:last_word" in state.move_keys:
        return _close(state, "finished")
    if _is_coding(state):
        return None if "remind:editor" in current.move_keys else _remind("editor", state)
    if item.kind is ItemKind.code or features.empty or _declines(state):
        return _move_on(state, now)
    if features.passes:
        return _react_to_pass(state, current, now)
    return _probe(state, item, current, features, now) or _move_on(state, now)


def _react_to_pass(state: Interview, current: AskedItem, now: datetime) -> Move:
    gentle = state.plan.manner.difficulty is ProfileDifficulty.easy and not current.probes
    if gentle and state.plan.manner.probing and _has_time(state, current, now):
        return Move(kind=MoveKind.probe, reason="encourage", item_id=current.item_id, variant=current.variant)
    return _move_on(state, now)


def _has_time(state: Interview, current: AskedItem, now: datetime) -> bool:
    if not state.plan.timed:
        return True
    within_item = elapsed(state, now) - current.at + PROBE_SECONDS <= current.budget
    return within_item and seconds_left(state, now) > MIN_ITEM_SECONDS


def _probe(
    state: Interview, item: Item, current: AskedItem, features: Features, now: datetime
) -> Move | None:
    """A follow-up, if depth and time allow one and there is something worth asking."""
    manner = state.plan.manner
    if not _has_time(state, current, now):
        return None
    if current.probes < manner.probing:
        missing = _missing_criteria(state, item, current)
        for reason, criterion in _follow_ups(state, item, features, missing):
            move = Move(
                kind=MoveKind.probe,
                reason=reason,
                item_id=item.id,
                criterion_id=criterion.id if criterion else None,
                variant=1 if reason == "simpler" else current.variant,
                text=_probe_text(reason, criterion, item),
            )
            if move.key not in current.move_keys:
                return move
    return _offer_retry(state, item, current)


def _probe_text(reason: str, criterion: Criterion | None, item: Item) -> str:
    if criterion is not None:
        return criterion.probe
    return {"simpler": item.question(1), "follow_up": item.follow_up}.get(reason, "")


def _follow_ups(
    state: Interview, item: Item, features: Features, missing: Sequence[Criterion]
) -> list[tuple[str, Criterion | None]]:
    """Possible follow-ups, the best first. Structured interviews and role plays use prepared probes only."""
    manner = state.plan.manner
    prepared: list[tuple[str, Criterion | None]] = [("criterion", each) for each in missing if each.probe]
    if not missing and item.follow_up:
        prepared.append(("follow_up", None))
    mostly_answered = len(missing) <= len(item.criteria) // 2
    pressing: list[tuple[str, Criterion | None]] = []
    if manner.difficulty is ProfileDifficulty.hard and not features.short:
        pressing = [("challenge", None)]
    if state.plan.mode is SessionMode.roleplay_simulation:
        return prepared  # any other probe would break the role
    if manner.style is Style.structured:
        return [*prepared, *(pressing if mostly_answered else [])]
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
        return [*simpler, *(pressing if mostly_answered else []), *free, *prepared, *deeper]
    return [*free, *(pressing if mostly_answered else []), *prepared, *deeper]


def _missing_criteria(state: Interview, item: Item, current: AskedItem) -> list[Criterion]:
    """Criteria that the answers so far do not seem to address. This is a guess, so probes ask open questions."""
    heard = _answers_to(state, current)
    return [each for each in item.criteria if not is_covered(each, heard)]


def _answers_to(state: Interview, asked: AskedItem) -> PreparedAnswer:
    question = state.plan.item(asked.item_id).question(asked.variant)
    return PreparedAnswer.of("\n".join(asked.answers), question, state.plan.language)


def _offer_retry(state: Interview, item: Item, current: AskedItem) -> Move | None:
    """In a practice session an answer that misses most criteria may be given once more."""
    if state.plan.mode is not SessionMode.practice_session or "probe:again" in current.move_keys:
        return None
    if len(_missing_criteria(state, item, current)) * 2 <= len(item.criteria):
        return None
    return Move(kind=MoveKind.probe, reason="again", item_id=item.id, variant=current.variant)


def _move_on(state: Interview, now: datetime, reason: str = "") -> Move:
    """The next question, or the closing turn when there is none or no time for one."""
    if reason and _is_unresponsive(state):
        return _close(state, "no_answer")
    upcoming = _next_item(state, elapsed(state, now), reason)
    if upcoming is not None:
        return upcoming
    if state.remaining:
        return _close(state, "time_over")
    if scene.is_playing(state) or reason or not state.utterances or "probe:last_word" in state.move_keys:
        return _close(state, "finished")
    if state.plan.timed and seconds_left(state, now) < LAST_WORD_SECONDS:
        return _close(state, "finished")
    return Move(kind=MoveKind.probe, reason="last_word")


def _is_unresponsive(state: Interview) -> bool:
    """Whether the current question would be one too many in a row without an answer."""
    current = state.current
    return current is not None and not current.answers and state.unanswered + 1 >= MAX_UNANSWERED


def _next_item(state: Interview, at: float, reason: str) -> Move | None:
    """The next item that fits into the time left at this point of interview time."""
    left = state.plan.seconds + state.extended - at
    skipped: list[str] = []
    for item in state.remaining:
        coding = item.kind is ItemKind.code
        if state.plan.timed and left < (MIN_CODE_SECONDS if coding else MIN_ITEM_SECONDS):
            skipped.append(item.id)
            continue
        if item.kind is ItemKind.scene and state.plan.scene is not None:
            return scene.opening_line(state.plan.scene, item.id, skipped)
        variant = _variant(state, item)
        return Move(
            kind=MoveKind.code_task if coding else MoveKind.ask,
            reason=reason,
            item_id=item.id,
            variant=variant,
            text=item.question(variant),
            not_reached=tuple(skipped),
        )
    return None


def _variant(state: Interview, item: Item) -> int:
    """The difficulty of an item, 1 to 3. An anchor item is the same for everybody; others may follow the answers."""
    manner = state.plan.manner
    if item.anchor or not manner.adaptive or not state.asked:
        return manner.variant
    results = [
        is_covered(criterion, heard)
        for asked in state.asked
        for heard in (_answers_to(state, asked),)
        for criterion in state.plan.item(asked.item_id).criteria
        if not criterion.measured
    ]
    share = sum(results) / len(results) if results else 0.5
    lift = 1 if share >= 0.6 else -1 if share < 0.25 else 0
    return min(3, max(1, manner.variant + lift))


def _close(state: Interview, reason: str) -> Move:
    return Move(kind=MoveKind.close, reason=reason, not_reached=state.not_reached)


def _remind(reason: str, state: Interview | None = None) -> Move:
    """A reminder. With `state` it replies to an answer and repeats the question; time brings one without."""
    current = state.current if state else None
    text = state.plan.item(current.item_id).question(current.variant) if state and current else ""
    return Move(kind=MoveKind.remind, reason=reason, item_id=current.item_id if current else None, text=text)


def _clarify(state: Interview, reason: str) -> Move:
    current = state.current
    text = state.plan.item(current.item_id).question(current.variant) if current else ""
    if scene.is_playing(state):
        text = scene.last_line(state)
    return Move(
        kind=MoveKind.clarify,
        reason=reason,
        item_id=current.item_id if current else None,
        variant=current.variant if current else state.plan.manner.variant,
        text=text,
    )


def _declines(state: Interview) -> bool:
    """Whether the candidate says no to giving an answer once more."""
    offered = state.last_move is not None and state.last_move.reason == "again"
    words = state.pending_text.casefold().split()
    return (
        offered
        and len(words) <= 8
        and words[:1] != []
        and words[0].strip(".,!") in {"no", "nein", "not", "nope"}
    )


def _agrees(text: str) -> bool:
    """Whether a short text begins with a yes."""
    words = text.casefold().split()
    return (
        len(words) <= 6
        and bool(words)
        and words[0].strip(".,!") in {"yes", "ja", "ok", "okay", "sure", "please", "bitte", "yep", "yeah"}
    )
