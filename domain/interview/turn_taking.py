"""A turn with a model: it hears and words, code keeps the frame.

    if asks_model(state, move): turn = …one call…
    taken = settle(state, turn, now, words, own)   # or Refused, with the names of what is wrong

Code decides order, time, the number of follow-ups, what may be told and when it is over; questions are said as they
are written. The model words a follow-up, a reply to what a candidate asks, or the words before the next question. A
refused reply takes its hearing with it: a model that talks nonsense has heard nonsense.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.interview.director import next_move
from domain.interview.events import Move, MoveKind
from domain.interview.folding import read_again
from domain.interview.model_turn import ModelReply, ModelTurn, Reading, ReplyKind
from domain.interview.probing import has_time, missing_criteria
from domain.interview.prompts import TurnFrame
from domain.interview.second_reading import SETTLED, is_surely_answer, read_with_model
from domain.interview.state import Interview
from domain.interview.turn_gate import Setting, refusals
from domain.interview.wording import RuleWording
from domain.listening.acts import Act
from domain.plan.items import ItemKind
from domain.plan.subjects import shares_subject, subject_of
from domain.text.tokens import sentences
from domain.vocabulary import Style

# Replies to a candidate that a model may word; all others say what must be said exactly.
_CLARIFIED = frozenset({"repeat", "meaning", "example", "asks_us", "chats"})
# Follow-ups that a model may word.
_PROBED = frozenset({"criterion", "follow_up", "deeper", "challenge", "hedge", "vague", "short"})
_GOES_BEFORE = frozenset({ReplyKind.bridge, ReplyKind.next})
# What a reply may do to a message that does not answer.
_NO_ANSWER = (ReplyKind.answer, ReplyKind.clarify)
CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn as it will be said: the move, its text, what of the model's hearing counts, and whether it worded it."""

    move: Move
    text: str
    reading: Reading
    by_model: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a model's turn may not be said, by name."""

    reasons: tuple[str, ...]


def asks_model(state: Interview, move: Move) -> bool:
    """Whether this reply is worth asking a model: to what somebody said about an open question that is talked about."""
    item = state.item
    if state.pending is None or item is None or item.kind is not ItemKind.talk or state.last_word:
        return False
    acts = set(state.heard.acts)
    if acts & SETTLED or (Act.cannot in acts and not state.heard.answers):
        return False
    return _may_word(move) or move.reason == "unclear"


def kinds_allowed(state: Interview, move: Move, now: datetime) -> frozenset[ReplyKind]:
    """What a model's reply may do where code decided on this move."""
    if move.kind is MoveKind.clarify:
        return frozenset({ReplyKind.answer, ReplyKind.clarify, ReplyKind.bridge})
    if move.kind is MoveKind.probe and move.reason != "last_word":
        return frozenset({ReplyKind.probe, ReplyKind.bridge})
    return _GOES_BEFORE | ({ReplyKind.probe} if _may_follow_up(state, now) else frozenset())


def settle(
    state: Interview, turn: ModelTurn, now: datetime, words: RuleWording, own: Sequence[str]
) -> Taken | Refused:
    """The turn as code takes it: decided again with what the model heard, worded by it if that may be said."""
    reading = read_with_model(state, turn)
    again = read_again(state, reading)
    move = next_move(again, now)
    if move is None:
        return Refused(("not_due",))
    by_rules = words.say(move, again)
    setting = Setting(again, move, by_rules, tuple(own), again.pending_text)
    if not _may_word(move):
        reasons = refusals(turn.reply, setting)
        return Refused(tuple(reasons)) if reasons else Taken(move, by_rules, reading, by_model=False)
    why: list[str] = []
    for reply in _cuts(turn.reply, kinds_allowed(again, move, now)):
        asked = _content_probe(again) if _asks_beyond(reply, move) else move
        reasons = refusals(reply, replace(setting, move=asked))
        if not reasons:
            return _take(again, asked, reply, words, reading)
        why = why or reasons
    return Refused(tuple(why) or (f"kind:{move.kind.value}",))


def _cuts(reply: ModelReply, allowed: frozenset[ReplyKind]) -> Iterator[ModelReply]:
    """The reply as it is, if its kind is allowed, then what of it could be: its first question, or what goes before.

    A model often writes a sound question behind praise, or two questions; nobody waits for another try because of it.
    """
    if reply.kind in allowed:
        yield reply
    told = [each for _, each in sentences(reply.text)]
    asked = [each for each in told if "?" in each]
    before = [each for each in told if "?" not in each]
    if ReplyKind.probe in allowed and asked:
        yield reply.model_copy(update={"kind": ReplyKind.probe, "text": asked[0]})
    if ReplyKind.next in allowed and before:
        yield reply.model_copy(update={"kind": ReplyKind.next, "text": before[0]})
    if ReplyKind.clarify in allowed and asked and reply.kind not in allowed:
        yield reply.model_copy(update={"kind": ReplyKind.clarify})


def _asks_beyond(reply: ModelReply, move: Move) -> bool:
    """Whether the reply follows up on what was said where code would go on."""
    return reply.kind is ReplyKind.probe and move.kind is not MoveKind.probe


def _may_word(move: Move) -> bool:
    """Whether a model may word this move, or the words before it."""
    if move.kind is MoveKind.clarify:
        return move.reason in _CLARIFIED
    if move.parts:
        return False  # something is told on the way, word for word
    if move.kind is MoveKind.probe:
        return move.reason in _PROBED or move.reason == "last_word"
    return move.kind in (MoveKind.ask, MoveKind.code_task) and not move.reason.startswith("accepted_")


def _may_follow_up(state: Interview, now: datetime) -> bool:
    """Whether there may be one more follow-up on what was said, though no criterion asks for one."""
    current = state.current
    return (
        current is not None
        and state.heard.answers
        and state.plan.manner.style is not Style.structured
        and current.probes < state.plan.manner.probing
        and has_time(state, current, now)
    )


def _content_probe(state: Interview) -> Move:
    current = state.current
    return Move(
        kind=MoveKind.probe,
        reason=CONTENT,
        item_id=current.item_id if current else None,
        variant=current.variant if current else 2,
    )


def _take(state: Interview, move: Move, reply: ModelReply, words: RuleWording, reading: Reading) -> Taken:
    text = reply.text.strip()
    if move.kind is MoveKind.clarify:
        return _take_reply(state, move, reply, words, reading)
    if move.kind is MoveKind.probe and reply.kind is ReplyKind.probe:
        return Taken(_asking(state, move, text), text, reading, by_model=True)
    return Taken(move, words.say(move, state, bridge=text), reading, by_model=True)


def _take_reply(
    state: Interview, move: Move, reply: ModelReply, words: RuleWording, reading: Reading
) -> Taken:
    """A reply to what was asked. It ends with the open question or leads back to it."""
    text = reply.text.strip()
    facts = state.plan.facts
    # the question that is open stays the one that was written
    move = move.model_copy(update={"text": state.open_question, "parts": move.parts if move.told else ()})
    if reply.kind is ReplyKind.answer and reply.fact is not None and not move.told:
        move = move.model_copy(update={"told": (facts[reply.fact - 1].answer,), "parts": ("fact",)})
    if not text.endswith("?") and move.reason != "chats":
        text = f"{text} {words.point_back(state)}"
    return Taken(move, text, reading, by_model=True)


def _asking(state: Interview, move: Move, text: str) -> Move:
    """The follow-up that this text asks: for the criterion that it is about, else about what was said."""
    question = next((each for _, each in sentences(text) if each.endswith("?")), text)
    criterion = _criterion_of(state, move, question)
    if criterion is None and move.reason in ("criterion", "follow_up"):
        move = _content_probe(state)
    return move.model_copy(update={"text": question, "criterion_id": criterion})


def _criterion_of(state: Interview, move: Move, question: str) -> str | None:
    """The criterion without evidence that a question asks about, the decided one first."""
    item, current = state.item, state.current
    if item is None or current is None:
        return None
    language = state.plan.language.split("-")[0]
    asked = subject_of(question, language, probe=True)
    missing = sorted(missing_criteria(state, item, current), key=lambda each: each.id != move.criterion_id)
    about = (
        each.id
        for each in missing
        if shares_subject(asked, subject_of(each.probe or each.text, language, probe=True))
    )
    return next(about, None)


def frame_for(
    state: Interview, move: Move, now: datetime, minutes_left: int | None, refused: Sequence[str] = ()
) -> TurnFrame:
    """What a model is told about this turn. Raises ValueError when no question is open."""
    item, current = state.item, state.current
    if item is None or current is None:
        raise ValueError("no question is open")
    missing = {each.id for each in missing_criteria(state, item, current)}
    planned = move.text if move.kind is MoveKind.probe else ""
    if move.kind is MoveKind.clarify:
        answered = frozenset({ReplyKind.probe, *_GOES_BEFORE})
    else:
        answered = kinds_allowed(state, move, now)
    return TurnFrame(
        item=item,
        open_question=state.open_question,
        evidenced=tuple(each.id for each in item.criteria if each.id not in missing),
        facts=state.plan.facts,
        if_answer=tuple(sorted(answered)),
        if_not=() if is_surely_answer(state.heard, state.pending_text) else _NO_ANSWER,
        planned=planned,
        minutes_left=minutes_left,
        refused=tuple(refused),
    )
