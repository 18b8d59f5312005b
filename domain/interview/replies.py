"""Replies to what is no answer. Nothing of it counts or uses up a probe; the question that is open stays open.

request                       reply
repeat, meaning, example      the open question, plainer, as often as asked
a question to us              a fact, the time, a rule of this interview; else it is noted for people
a moment, a break, later      one short line, the clock's rule and how long the link works
upset, ill, hostile           one human sentence and the way to a person
a pass on what matters        once, an offer to answer it all the same; the next pass is believed
another language              which language this is in, twice at most
unclear                       asked about once
"""

import re
from datetime import datetime

from domain.interview.events import Move, MoveKind
from domain.interview.facts import find_fact, is_for_people
from domain.interview.phrases.catalog import phrases_for
from domain.interview.state import Interview, seconds_left
from domain.interview.unsaid import first_unsaid, is_unsaid
from domain.listening.acts import Act, Heard, Topic
from domain.plan.items import InterviewPlan, Item

# How often a candidate is told which language this is in.
LANGUAGE_NOTES = 2

_IN_DANGER = re.compile(
    r"\b(?:kill myself|want to die|suicid\w*|end my life"
    r"|umbringen|bring(?:e)? mich um|nicht mehr leben|will sterben)\b",
    re.IGNORECASE,
)
# Acts with one reply each, the most pressing first. A message gets the reply to the first that it holds.
_SINGLE = (Act.upset, Act.hostile, Act.leave, Act.pause, Act.moment)
# Asks for the question in other words, not for the same ones.
_OTHER_WORDS = re.compile(
    r"\b(?:words?|different\w*|rephras\w*|reword\w*|simpl\w*|plain\w*|short\w*|easier|anders|anderen|einfach\w*|umformul\w*|kürzer|kuerzer|genauer)\b",
    re.IGNORECASE,
)
# Who was one of these is offered nothing twice.
_NOT_WELL = frozenset({"clarify:upset", "clarify:crisis", "clarify:hostile"})
_ASKING_BACK = (Act.repeat, Act.example, Act.meaning)


def reply(state: Interview, now: datetime) -> Move | None:
    """The reply to a message that is no answer, or to what stands beside an answer. None when it wants none."""
    heard = state.heard
    acts = set(heard.acts)
    if Act.other_language in acts and state.language_notes < LANGUAGE_NOTES:
        return _clarify(state, "other_language", language=heard.language)
    single = next((act for act in _SINGLE if act in acts), None)
    if single is not None:
        return _clarify(state, _single_reason(state, single))
    told = _answers_to_questions(state, now)
    back = next((act for act in _ASKING_BACK if act in acts), None)
    if back is not None:
        return _ask_again(state, back, told)
    if told is not None:
        return told
    if Act.chats in acts:
        return _clarify(state, "chats")
    if Act.unclear in acts and not _was_unclear(state):
        return _clarify(state, "unclear")
    return None


def is_still_unclear(state: Interview) -> bool:
    """Whether the candidate was asked what they meant, and the reply is no clearer."""
    return Act.unclear in state.heard.acts and _was_unclear(state)


def ask_again(state: Interview) -> Move:
    """The open question once more, in other words."""
    return _ask_again(state, Act.meaning, None)


def offer_once_more(state: Interview, item: Item) -> Move | None:
    """What a first pass gets on a question that matters: one sentence, and its easier form if it has one.

    None when the next pass is to be believed: it was offered before, something was said already, the words are used
    up, or the candidate was upset or ill at any time. Nobody is pressed.
    """
    current = state.current
    if item.may_skip or current is None or current.answers or "clarify:matters" in current.move_keys:
        return None
    if _NOT_WELL & state.move_keys:
        return None
    if not first_unsaid(phrases_for(state.plan.language).clarify["matters"], state.said):
        return None
    move = _clarify(state, "matters")
    easier = _easier_form(state)
    if easier and is_unsaid(easier, state.said):
        return move.model_copy(update={"text": easier, "parts": ("matters", "easier")})
    return move.model_copy(update={"parts": ("matters",)})


def told_with(onward: Move, answer: Move) -> Move:
    """The next step, with what was asked told before it."""
    carried = {name: getattr(answer, name) for name in ("parts", "told", "minutes_left", "questions_left")}
    return onward.model_copy(update={**carried, "parts": answer.parts or (answer.reason,)})


def _single_reason(state: Interview, act: Act) -> str:
    if _IN_DANGER.search(state.pending_text):
        return "crisis"
    return act.value


def _was_unclear(state: Interview) -> bool:
    current = state.current
    return "clarify:unclear" in (current.move_keys if current else state.move_keys)


def _ask_again(state: Interview, act: Act, told: Move | None) -> Move:
    """The open question: in its own words for who asks to hear it again, else plainer or in its easier form."""
    move = _clarify(state, act.value)
    parts = told.parts if told else ()
    plainer = act is Act.meaning or (
        act is Act.repeat and (state.asked_back or _OTHER_WORDS.search(state.pending_text))
    )
    easier = _easier_form(state) if plainer else ""
    if easier:
        move = move.model_copy(update={"text": easier, "parts": (*parts, "easier")})
    else:
        part = Act.meaning.value if plainer else act.value
        move = move.model_copy(update={"parts": (*parts, part)})
    if told is None:
        return move
    carried = {name: getattr(told, name) for name in ("told", "minutes_left", "questions_left")}
    return move.model_copy(update=carried)


def _easier_form(state: Interview) -> str:
    """The easier wording of the main question, if that is what is open and it has one."""
    item, current = state.item, state.current
    if item is None or current is None or state.open_question != item.question(current.variant):
        return ""
    return item.question(1) if item.question(1) != item.question(current.variant) else ""


def _answers_to_questions(state: Interview, now: datetime) -> Move | None:
    """The reply to questions put to us. None when the message puts none."""
    heard = state.heard
    parts: list[str] = []
    told: tuple[str, ...] = ()
    if heard.does(Act.human):
        parts.append("human")
    if heard.does(Act.asks_us):
        fact = find_fact(state.plan, heard)
        if fact is not None:
            parts.append("fact")
            told = (fact.answer,)
        else:
            parts.append(_topic_key(state, heard, now))
    if not parts:
        return None
    reason = "human" if parts == ["human"] else "asks_us"
    left = max(0, int(seconds_left(state, now) // 60)) if state.plan.timed else None
    return _clarify(state, reason).model_copy(
        update={
            "parts": tuple(parts),
            "told": told,
            "minutes_left": left,
            "questions_left": len(state.remaining),
        }
    )


def _topic_key(state: Interview, heard: Heard, now: datetime) -> str:
    """The entry of the catalog's `topic` for a question that no fact answers."""
    topic = heard.topic or Topic.other
    if topic is Topic.time_left:
        return _time_key(state.plan, seconds_left(state, now))
    if topic is Topic.questions_left:
        return {0: "questions_left_none", 1: "questions_left_one"}.get(len(state.remaining), "questions_left")
    if topic is Topic.role and not state.plan.title:
        return "unknown"
    if topic in (Topic.process, Topic.language, Topic.privacy) or not is_for_people(state.plan, heard):
        return topic.value
    return "unknown"


def _time_key(plan: InterviewPlan, left: float) -> str:
    if not plan.timed:
        return "time_left_untimed"
    return "time_left" if left >= 120 else "time_left_short"


def _clarify(state: Interview, reason: str, language: str | None = None) -> Move:
    current = state.current
    return Move(
        kind=MoveKind.clarify,
        reason=reason,
        item_id=current.item_id if current else None,
        variant=current.variant if current else state.plan.manner.variant,
        text=state.open_question if current else "",
        language=language,
    )
