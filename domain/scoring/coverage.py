"""Whether an answer seems to speak to a criterion, by its words: the weakest scorer, and never more than a hint.

Measured on hand labels it errs in two of five "missing" verdicts, and it cannot see that a confident answer is wrong.
So it may choose an open probe, rank evidence and make a provisional score; it may not decide.
The best stretch of two sentences counts, not the whole text: length alone buys nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.plan.items import Criterion
from domain.plan.question_patterns import Signal
from domain.scoring.findings import MOST_QUOTE_CHARACTERS, Status
from domain.text import answer_patterns as patterns
from domain.text.answers import read_answer, without_orders
from domain.text.tokens import sentences, stems, tokens, visible

MET_SHARE, PARTLY_SHARE = 0.5, 0.28
# Below this an utterance shows nothing that could be quoted.
LEAST_WORDS = 4

# The pattern that shows a quality, and how many hits make it clear.
_SHOWN: Mapping[Signal, tuple[re.Pattern[str], int]] = {
    Signal.steps: (patterns.STEPS, 2),
    Signal.example: (patterns.CONCRETE, 2),
    Signal.own_part: (patterns.OWN_PART, 2),
    Signal.result: (patterns.RESULTS, 1),
    Signal.reasons: (patterns.REASONS, 1),
    Signal.trade_offs: (patterns.TRADE_OFFS, 1),
    Signal.reflection: (patterns.REFLECTION, 1),
    Signal.others: (patterns.OTHERS, 2),
}
_FACTUAL = (patterns.CONCRETE, patterns.STEPS, patterns.REASONS, patterns.TRADE_OFFS)


@dataclass(frozen=True, slots=True)
class Coverage:
    """A status with the words that suggest it."""

    status: Status
    quote: str = ""
    share: float = 0.0


NOTHING = Coverage(Status.not_met)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one or two sentences: as compared, exactly as it stands, and its stems."""

    heard: str
    exact: str
    stems: frozenset[str]
    words: int


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer read once for all criteria. Orders to the scorer are passed over; lists and copies are void."""

    text: str
    asked: frozenset[str]
    language: str
    windows: tuple[Window, ...]

    @classmethod
    def of(cls, answer: str, question: str, language: str) -> "Heard":
        spoken = language.split("-")[0]
        heard = without_orders(answer)
        features = read_answer(heard, question)
        void = features.words < LEAST_WORDS or features.copied or features.keyword_list
        asked = frozenset(stems(question, spoken))
        return cls(heard, asked, spoken, () if void else tuple(_windows(heard, answer, spoken)))


def coverage(criterion: Criterion, heard: Heard) -> Coverage:
    """What one answer seems to show of a criterion."""
    if not heard.windows:
        return NOTHING
    if criterion.signal is Signal.specific:
        return _specific(criterion, heard)
    if criterion.signal is not None:
        return _signal(criterion.signal, heard)
    return _overlap(criterion, heard)


def covered(criterion: Criterion, heard: Heard) -> bool:
    return coverage(criterion, heard).status is not Status.not_met


def _windows(heard: str, answer: str, language: str) -> Iterator[Window]:
    """Each sentence, and each with the next."""
    spans = [(start, start + len(text)) for start, text in sentences(heard)]
    for at, (start, end) in enumerate(spans):
        for stop in (end, *(later for _, later in spans[at + 1 : at + 2])):
            text = heard[start:stop]
            yield Window(text, answer[start:stop], frozenset(stems(text, language)), len(tokens(text)))


def _overlap(criterion: Criterion, heard: Heard) -> Coverage:
    wanted = set(stems(criterion.text, heard.language))
    # words of the question prove nothing, unless the criterion has hardly any others
    telling = wanted - heard.asked if len(wanted - heard.asked) >= 2 else wanted
    best = NOTHING
    for window in heard.windows:
        share = len(telling & window.stems) / len(telling) if telling else 0.0
        if share > best.share and window.words >= LEAST_WORDS:
            best = Coverage(_graded(share), quotable(window.exact), share)
    return best if best.status is not Status.not_met else NOTHING


def _graded(share: float) -> Status:
    if share >= MET_SHARE:
        return Status.met
    return Status.partly if share >= PARTLY_SHARE else Status.not_met


def _signal(signal: Signal, heard: Heard) -> Coverage:
    pattern, clear = _SHOWN[signal]
    hits = {found.group().casefold() for found in pattern.finditer(visible(heard.text))}
    for window in heard.windows:
        if window.words >= LEAST_WORDS and pattern.search(window.heard):
            status = Status.met if len(hits) >= clear else Status.partly
            return Coverage(status, quotable(window.exact), len(hits) / clear)
    return NOTHING


def _specific(criterion: Criterion, heard: Heard) -> Coverage:
    best = NOTHING
    terms = {word for term in criterion.terms for word in tokens(term)}
    for window in heard.windows:
        if not terms <= set(tokens(window.heard)) or window.words < LEAST_WORDS:
            continue
        factual = any(pattern.search(window.heard) for pattern in _FACTUAL)
        if best.status is not Status.met:
            best = Coverage(
                Status.met if factual else Status.partly, quotable(window.exact), 1.0 if factual else 0.5
            )
    return best


def quotable(text: str) -> str:
    """A stretch of an answer short enough to quote, cut at a word."""
    if len(text) <= MOST_QUOTE_CHARACTERS:
        return text
    return text[:MOST_QUOTE_CHARACTERS].rsplit(None, 1)[0]
