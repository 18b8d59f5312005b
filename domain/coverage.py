"""Whether an answer seems to speak to a criterion, by its words: the weakest scorer, and never more than a hint.

Measured on hand labels it errs in two of five "missing" verdicts, and it cannot see that a confident answer is wrong.
So it may choose an open probe, rank evidence and make a provisional score; it may not decide.
The best stretch of two sentences counts, not the whole text: length alone buys nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain import answer_patterns as patterns
from domain.answers import read_answer, without_orders
from domain.findings import MOST_QUOTE_CHARACTERS, Status
from domain.lexis import sentences, stems, tokens, visible
from domain.plan import Criterion
from domain.question_patterns import Signal

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


def coverage(criterion: Criterion, answer: str, question: str, language: str) -> Coverage:
    """What one answer seems to show of a criterion. Orders to the scorer are passed over; lists and copies are void."""
    heard = without_orders(answer)
    features = read_answer(heard, question)
    if features.words < LEAST_WORDS or features.copied or features.keyword_list:
        return NOTHING
    if criterion.signal is Signal.specific:
        return _specific(criterion, heard, answer)
    if criterion.signal is not None:
        return _signal(criterion.signal, heard, answer)
    return _overlap(criterion, heard, answer, question, language.split("-")[0])


def covered(criterion: Criterion, answer: str, question: str, language: str) -> bool:
    return coverage(criterion, answer, question, language).status is not Status.not_met


def _windows(heard: str, answer: str) -> Iterator[tuple[str, str]]:
    """Each sentence, and each with the next: as compared, and exactly as it stands in the answer."""
    spans = [(start, start + len(text)) for start, text in sentences(heard)]
    for at, (start, end) in enumerate(spans):
        yield heard[start:end], answer[start:end]
        if at + 1 < len(spans):
            yield heard[start : spans[at + 1][1]], answer[start : spans[at + 1][1]]


def _overlap(criterion: Criterion, heard: str, answer: str, question: str, language: str) -> Coverage:
    wanted = set(stems(criterion.text, language))
    asked = set(stems(question, language))
    # words of the question prove nothing, unless the criterion has hardly any others
    telling = wanted - asked if len(wanted - asked) >= 2 else wanted
    best = NOTHING
    for text, exact in _windows(heard, answer):
        share = len(telling & set(stems(text, language))) / len(telling) if telling else 0.0
        if share > best.share and len(tokens(text)) >= LEAST_WORDS:
            best = Coverage(_graded(share), quotable(exact), share)
    return best if best.status is not Status.not_met else NOTHING


def _graded(share: float) -> Status:
    if share >= MET_SHARE:
        return Status.met
    return Status.partly if share >= PARTLY_SHARE else Status.not_met


def _signal(signal: Signal, heard: str, answer: str) -> Coverage:
    pattern, clear = _SHOWN[signal]
    hits = {found.group().casefold() for found in pattern.finditer(visible(heard))}
    for start, text in sentences(heard):
        if len(tokens(text)) >= LEAST_WORDS and pattern.search(text):
            status = Status.met if len(hits) >= clear else Status.partly
            return Coverage(status, quotable(answer[start : start + len(text)]), len(hits) / clear)
    return NOTHING


def _specific(criterion: Criterion, heard: str, answer: str) -> Coverage:
    best = NOTHING
    for text, exact in _windows(heard, answer):
        words = set(tokens(text))
        if not all(set(tokens(term)) <= words for term in criterion.terms) or len(words) < LEAST_WORDS:
            continue
        factual = any(pattern.search(text) for pattern in _FACTUAL)
        if best.status is not Status.met:
            best = Coverage(
                Status.met if factual else Status.partly, quotable(exact), 1.0 if factual else 0.5
            )
    return best


def quotable(text: str) -> str:
    """A stretch of an answer short enough to quote, cut at a word."""
    if len(text) <= MOST_QUOTE_CHARACTERS:
        return text
    return text[:MOST_QUOTE_CHARACTERS].rsplit(None, 1)[0]
