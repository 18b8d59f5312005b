"""Folds the log into the state of a conversation, one event after the other.

The same events always give the same state, so a restarted server, another replica or another device continues
exactly where the conversation stopped. Nothing here reads a clock: each event carries its moment.
"""

from collections.abc import Iterable
from dataclasses import replace
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
from domain.interview.hearing import Message, answering_parts, flags_for, hear
from domain.interview.model_turn import NOTHING_READ, Reading
from domain.interview.second_reading import heard_again
from domain.interview.state import AskedItem, Interview, elapsed
from domain.interview.unsaid import shapes
from domain.listening.acts import Act, Heard
from domain.plan.items import InterviewPlan, ItemKind
from domain.scoring.findings import Measured, Utterance
from domain.text.answers import Features, read_answer
from domain.text.tokens import sentences

# Seconds kept free for the closing turn when the rest is shared among the items.
CLOSING_SECONDS = 45.0
# Said once in an interview, whatever happens in between.
_ONCE = frozenset({"one_minute", "time_over"})
# What says that there is nothing to say, or nothing more.
_DECLINES = frozenset({Act.cannot, Act.skips, Act.already})


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


def _on_resumed(state: Interview, at: datetime) -> Interview:
    if state.paused_at is None:
        return state
    pause = max(0.0, (at - state.paused_at).total_seconds())
    return replace(state, paused_at=None, paused_for=state.paused_for + pause)


def _on_spoke(state: Interview, event: Spoke) -> Interview:
    move, at = event.move, elapsed(state, event.at)
    state = read_again(state, event.reading)
    state = replace(
        state,
        turns=state.turns + 1,
        last_move=move,
        last_spoke=at,
        pending=None,
        heard=Heard(),
        parts=(),
        before=None,
        doubtful=state.parts if move.key == "clarify:unclear" and state.heard.content else (),
        said=state.said | shapes(event.text),
        degraded=state.degraded or event.degraded,
        move_keys=state.move_keys | {move.key},
    )
    match move.kind:
        case MoveKind.close:
            return replace(state, closed=move.reason)
        case MoveKind.remind:
            return _note_move(replace(state, reminded=state.reminded | {move.reason}), move)
        case MoveKind.ask | MoveKind.code_task:
            return _begin_item(_note_question(state, event), move, at)
        case MoveKind.probe:
            state = replace(_note_question(state, event), last_prompt=at, reminded=state.reminded & _ONCE)
            return _note_move(state, move, probes=1)
        case _:
            back = state.asked_back + (move.reason in ("repeat", "meaning", "example"))
            noted = state.language_notes + (move.reason == "other_language")
            # who was given the easier form answers that from now on
            question = move.text if "easier" in move.parts else state.open_question
            state = replace(state, asked_back=back, language_notes=noted, open_question=question)
            state = replace(state, last_prompt=at, reminded=state.reminded & _ONCE)
            return _note_move(state, move)


def _note_question(state: Interview, event: Spoke) -> Interview:
    """This turn asks something: it is what the candidate answers from now on."""
    asked = [sentence for _, sentence in sentences(event.text) if sentence.endswith("?")]
    question = event.move.text or (asked[-1] if asked else event.text)
    return replace(state, open_question=question, asked_back=0)


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
        and not state.current.replied
        and state.current.item_id not in state.measured
    )
    item_id = move.item_id or ""
    return replace(
        state,
        asked=(*state.asked, AskedItem(item_id, move.variant, at, _budget(state, item_id, at))),
        skipped=state.skipped | set(move.not_reached),
        last_prompt=at,
        reminded=state.reminded & _ONCE,
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
    return _hear(state, state.before or state, (*state.parts, event), NOTHING_READ)


def read_again(state: Interview, reading: Reading) -> Interview:
    """The state with the message that waits for a reply read as a model heard it."""
    if state.before is None or not state.parts or reading.changes_nothing:
        return state
    state = _hear(state, state.before, state.parts, reading)
    current = state.current
    if current is None:
        return state
    evidenced = current.evidenced | {each.criterion_id for each in reading.evidence}
    return replace(state, asked=(*state.asked[:-1], replace(current, evidenced=evidenced)))


def _hear(state: Interview, before: Interview, parts: tuple[Answered, ...], reading: Reading) -> Interview:
    """The state after these parts of one turn, which began in the state `before`."""
    playing = before.item is not None and before.item.kind is ItemKind.scene
    question = _asked_now(before)
    message = hear(state.plan, parts, question, in_role=playing)
    if reading.acts:
        heard = heard_again(message.heard, reading, message.text, state.plan.language)
        message = Message(parts, heard)
    if message.heard.does(Act.unclear) and _is_meant_as_answer(before, message.heard):
        message = Message((*before.doubtful, *parts), Heard(acts=(Act.answers,)))
    kept = answering_parts(message, state.plan, question, in_role=playing)
    state = _keep_answers(state, before, message, kept, question)
    content = message.heard.content or message.text
    return replace(
        state,
        before=before,
        parts=parts,
        heard=message.heard,
        pending=read_answer(content, question),
        pending_text=message.text,
        flags=(*before.flags, *flags_for(state.plan, message, question)),
        unanswered=0,
    )


def _is_meant_as_answer(before: Interview, heard: Heard) -> bool:
    """Whether a doubtful line counts: one that says yes to the line before, or has words after it was asked about."""
    current = before.current
    asked = current is not None and "clarify:unclear" in current.move_keys
    return (bool(before.doubtful) and heard.agrees) or (asked and bool(heard.content))


def _asked_now(state: Interview) -> str:
    """The question that is open, in the words in which it was asked."""
    if state.item and state.item.kind is ItemKind.scene and state.last_move:
        return state.last_move.text
    return state.open_question


def _keep_answers(
    state: Interview, before: Interview, message: Message, kept: list[Answered], question: str
) -> Interview:
    """Keep what answers as evidence, with the item it belongs to. What is said before the first question is none."""
    if before.current is None:
        return state
    closing = before.last_word
    place = _place(before, message.heard)
    asked = before.asked[place]
    utterances = tuple(
        Utterance(
            id=part.seq,
            text=part.text,
            item_id=None if closing else asked.item_id,
            question="" if closing else question or before.plan.item(asked.item_id).question(asked.variant),
            start_ms=round(elapsed(state, part.at) * 1000),
        )
        for part in kept
    )
    declined = bool(set(message.heard.acts) & _DECLINES) and not message.counts
    if not closing:
        said = (message.heard.content or message.text,) if kept else ()
        asked = replace(
            asked, answers=(*asked.answers, *said), declined=asked.declined or (declined and place == -1)
        )
    items = (*before.asked[:place], asked, *(before.asked[place + 1 :] if place != -1 else ()))
    return replace(state, asked=items, utterances=(*before.utterances, *utterances))


def _place(state: Interview, heard: Heard) -> int:
    """The place among the asked items of the one that this turn is about: the last, unless a correction names one."""
    last = len(state.asked) - 1
    if heard.earlier is None or last == 0:
        return -1
    if heard.earlier == 0:
        current = state.asked[-1]
        return -1 if current.answers else last - 1
    return heard.earlier - 1 if heard.earlier <= last else -1


def _on_code_submitted(state: Interview, event: CodeSubmitted) -> Interview:
    # a second submission that arrives after the conversation moved on changes nothing
    if state.closed or state.current is None or state.current.item_id != event.item_id:
        return state
    features = Features.model_validate({**read_answer("").model_dump(), "words": 1})
    answer = Heard(acts=(Act.answers,))
    state = replace(state, pending=features, pending_text="", heard=answer, unanswered=0)
    if not event.ran or event.total < 1:
        return replace(state, not_run=state.not_run | {event.item_id})
    return replace(
        state,
        measured={**state.measured, event.item_id: Measured(passed=event.passed, total=event.total)},
        not_run=state.not_run - {event.item_id},
    )
