"""Plays a scripted candidate: given what the interviewer just said, what the candidate sends, and what is meant by it.

It knows the candidate's lines and the answers it was given, never what the interviewer understood: so what it meant can
be compared with what was understood.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from domain.frozen import Frozen
from domain.interview.candidates.behaviour import Behaviour, Counts, Line
from domain.interview.events import Move, MoveKind
from domain.interview.state import Interview
from domain.plan.items import InterviewPlan, Item, ItemKind

READING_SECONDS, SECONDS_A_WORD, LONGEST_SECONDS = 12.0, 1.2, 150.0
FRAGMENT_SECONDS = 1.0
# The largest message that an interview takes.
LONGEST_BYTES = 16 * 1024
# Whoever asks back or waits does so this often at one question, and then answers or gives up.
PATIENCE = 4


class Passage(Frozen):
    """A sentence of a written answer, with the places of the item's criteria that it shows."""

    text: str
    shows: tuple[int, ...] = ()


class AnswerSource(Protocol):
    """Gives a candidate's answers: the first to an item, then one to each follow-up. Empty when there is no more."""

    def give(self, item: Item, criterion_id: str | None) -> Sequence[Passage]: ...


class Meant(Frozen):
    """What a message was meant to be, whatever the interviewer took it for."""

    counts: Counts
    asks: bool = False


class Message(Frozen):
    """One message of a turn. `passages` are the sentences of the written answer in it."""

    text: str
    meant: Meant
    passages: tuple[Passage, ...] = ()


class Reaction(Frozen):
    """The candidate's turn, `seconds` after the interviewer's; then the page is closed for a while, if at all.

    `code_share` is the share of test cases that handed-in code passes.
    """

    seconds: float
    messages: tuple[Message, ...] = ()
    away_seconds: float = 0.0
    code_share: float | None = None


class Actor:
    """One candidate in one interview. `react` is called once for each turn of the interviewer."""

    def __init__(self, behaviour: Behaviour, plan: InterviewPlan, answers: AnswerSource) -> None:
        self._behaviour = behaviour
        self._plan = plan
        self._answers = answers
        self._used: Counter[str] = Counter()
        self._told_at: Counter[str] = Counter()

    def react(self, move: Move, state: Interview) -> Reaction | None:
        """The candidate's turn after this one of the interviewer. None for silence."""
        item = state.item
        coding = item is not None and item.kind is ItemKind.code and not state.has_submitted(item.id)
        if item is not None and coding and state.asked:
            return self._hand_in(item)
        situation = _situation(move, state)
        line = self._line(situation, item)
        return self._compose(line, move, state) if line is not None else None

    def _hand_in(self, item: Item) -> Reaction | None:
        share = self._behaviour.code
        if share < 0:
            return None
        return Reaction(seconds=float(item.minutes) * 45, code_share=share)

    def _line(self, situation: str, item: Item | None) -> Line | None:
        lines: tuple[Line, ...] = getattr(self._behaviour, situation)
        if situation == "told":
            lines = lines or self._behaviour.question
            place = item.id if item else ""
            self._told_at[place] += 1
            if self._told_at[place] > PATIENCE and not self._behaviour.answers:
                return None
        if not lines:
            return None
        self._used[situation] += 1
        return lines[(self._used[situation] - 1) % len(lines)]

    def _compose(self, line: Line, move: Move, state: Interview) -> Reaction:
        messages = [self._fill(text, line, move, state) for text in line.say]
        sent = tuple(message for message in messages if message.text.strip())
        words = sum(len(message.text.split()) for message in sent)
        seconds = READING_SECONDS + min(LONGEST_SECONDS, SECONDS_A_WORD * words)
        return Reaction(seconds=seconds, messages=sent, away_seconds=60 * line.away_minutes)

    def _fill(self, text: str, line: Line, move: Move, state: Interview) -> Message:
        """A line's text with its gaps filled. Beside an answer, other parts of a line may count or not."""
        passages: Sequence[Passage] = ()
        counts = line.counts
        if "{answer}" in text:
            passages = self._next_passages(move, state)
            said = " ".join(passage.text for passage in passages)
            if not said:
                counts = Counts.no
                said = _NOTHING_MORE["de" if self._plan.language.startswith("de") else "en"]
            text = text.replace("{answer}", said)
        elif counts is Counts.answer and len(line.say) > 1:
            counts = Counts.either
        if "{question}" in text:
            text = text.replace("{question}", state.open_question)
        if "{criteria}" in text:
            criteria = state.item.criteria if state.item else ()
            text = text.replace("{criteria}", ". ".join(each.text for each in criteria) + ".")
        if "{filler}" in text:
            text = _fill_up(text, self._plan.language)
        # in a role play whatever is said belongs to the scene, questions too
        playing = state.item is not None and state.item.kind is ItemKind.scene
        if playing and counts is Counts.no:
            counts = Counts.either
        meant = Meant(counts=counts, asks=line.asks and not playing)
        return Message(text=text, meant=meant, passages=tuple(passages))

    def _next_passages(self, move: Move, state: Interview) -> Sequence[Passage]:
        if state.item is None:
            return ()
        return self._answers.give(state.item, move.criterion_id)


_NOTHING_MORE = {"en": "Nothing to add.", "de": "Nichts hinzuzufügen."}
_FILLER = {
    "en": "And then there was also the rest of that week, with the meetings and the mails and the lunch in between. ",
    "de": "Und dann war da noch der Rest der Woche, mit den Besprechungen, den Mails und dem Essen dazwischen. ",
}


def _fill_up(text: str, language: str) -> str:
    """The text with a story around it, as long as a message may be."""
    filler = _FILLER["de" if language.startswith("de") else "en"]
    room = LONGEST_BYTES - len(text.encode())
    return text.replace("{filler}", filler * (room // len(filler.encode()))).strip()


def _situation(move: Move, state: Interview) -> str:
    """What the interviewer's turn is to the candidate, by the name of the lines that answer it."""
    if not state.asked:
        return "opening"
    if state.last_word or move.reason == "again":
        return "last_word"
    match move.kind:
        case MoveKind.ask | MoveKind.code_task:
            return "question"
        case MoveKind.probe:
            return "probe"
        case _:
            return "told"
