"""Whether an answer seems to cover a criterion, by its words alone: a hint, never a decision.

Against hand labels, two of five of its `not_met` are wrong, and it cannot tell that a confident answer is false. So it
may choose a probe, rank evidence and give a provisional score, but never a recommendation. The best window of one or
two sentences counts, not the whole text, so that length alone earns nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from domain.plan.items import Criterion
from domain.plan.question_patterns import Signal
from domain.scoring.findings import MAX_QUOTE_CHARACTERS, Status
from domain.text import answer_patterns as patterns
from domain.text.answers import read_answer, without_injections
from domain.text.tokens import sentences, stems, tokens, visible

MET_SHARE, PARTLY_SHARE = 0.5, 0.28
# Shorter sentences and answers show nothing.
MIN_WORDS = 4

# The pattern of each signal, and how many different matches count as met.
_SIGNAL_PATTERNS: Mapping[Signal, tuple[re.Pattern[str], int]] = {
    Signal.steps: (patterns.STEPS, 2),
    Signal.example: (patterns.CONCRETE, 2),
    Signal.own_part: (patterns.OWN_PART, 2),
    Signal.result: (patterns.RESULTS, 1),
    Signal.reasons: (patterns.REASONS, 1),
    Signal.trade_offs: (patterns.TRADE_OFFS, 1),
    Signal.reflection: (patterns.REFLECTION, 1),
    Signal.others: (patterns.OTHERS, 2),
}
_FACTUAL_PATTERNS = (patterns.CONCRETE, patterns.STEPS, patterns.REASONS, patterns.TRADE_OFFS)


# Parts of separable verbs ("gibt wieder") and their like say nothing about a subject.
_PARTICLES = {"de": frozenset(stems("wieder worüber darüber woran daran wofür dafür weiter zurück", "de"))}


@dataclass(frozen=True, slots=True)
class Coverage:
    """A status and the quote that suggests it. `share` ranks answers with the same status."""

    status: Status
    quote: str = ""
    share: float = 0.0


NOT_COVERED = Coverage(Status.not_met)


@dataclass(frozen=True, slots=True)
class Window:
    """One or two sentences: without injections, as in the answer, and as stems. `words` is a count."""

    text: str
    original: str
    stems: frozenset[str]
    words: int


@dataclass(frozen=True, slots=True)
class PreparedAnswer:
    """An answer, prepared once for all criteria.

    Prompt injections are blanked. Keyword lists and copies of the question have no windows, so they cover nothing.
    """

    text: str
    asked: frozenset[str]
    language: str
    windows: tuple[Window, ...]

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, answer: str, question: str, language: str) -> "PreparedAnswer":
        """Prepare the answer to a question in an interview in `language`."""
        spoken = language.split("-")[0]
        text = without_injections(answer)
        features = read_answer(text, question)
        excluded = features.words < MIN_WORDS or features.copied or features.keyword_list
        asked = frozenset(stems(question, spoken))
        return cls(text, asked, spoken, () if excluded else tuple(_windows(text, answer, spoken)))

    def shares(self, subject: frozenset[str]) -> bool:
        """Whether the answer holds a word of this subject."""
        return any(subject & window.stems for window in self.windows)


def coverage(criterion: Criterion, answer: PreparedAnswer) -> Coverage:
    """What an answer seems to show of a criterion, and the quote for it."""
    if not answer.windows:
        return NOT_COVERED
    if criterion.signal is Signal.specific:
        return _specific_coverage(criterion, answer)
    if criterion.signal is not None:
        return _signal_coverage(criterion.signal, answer)
    return _word_coverage(criterion, answer)


def is_covered(criterion: Criterion, answer: PreparedAnswer) -> bool:
    """Whether an answer seems to cover a criterion at least in part."""
    return coverage(criterion, answer).status is not Status.not_met


def _windows(text: str, answer: str, language: str) -> Iterator[Window]:
    """Each sentence, alone and together with the next one. `text` has the offsets of `answer`."""
    spans = [(start, start + len(sentence)) for start, sentence in sentences(text)]
    for at, (start, end) in enumerate(spans):
        for stop in (end, *(next_end for _, next_end in spans[at + 1 : at + 2])):
            window = text[start:stop]
            yield Window(window, answer[start:stop], frozenset(stems(window, language)), len(tokens(window)))


def _word_coverage(criterion: Criterion, answer: PreparedAnswer) -> Coverage:
    wanted = set(stems(criterion.text, answer.language)) - _PARTICLES.get(answer.language, frozenset())
    # words of the question do not count, unless the criterion has hardly any others
    distinctive = wanted - answer.asked if len(wanted - answer.asked) >= 2 else wanted
    best = NOT_COVERED
    for window in answer.windows:
        share = len(distinctive & window.stems) / len(distinctive) if distinctive else 0.0
        if share > best.share and window.words >= MIN_WORDS:
            best = Coverage(_status_of(share), clip_quote(window.original), share)
    return best if best.status is not Status.not_met else NOT_COVERED


def _status_of(share: float) -> Status:
    if share >= MET_SHARE:
        return Status.met
    return Status.partly if share >= PARTLY_SHARE else Status.not_met


def _signal_coverage(signal: Signal, answer: PreparedAnswer) -> Coverage:
    pattern, enough = _SIGNAL_PATTERNS[signal]
    hits = {found.group().casefold() for found in pattern.finditer(visible(answer.text))}
    for window in answer.windows:
        if window.words >= MIN_WORDS and pattern.search(window.text):
            status = Status.met if len(hits) >= enough else Status.partly
            return Coverage(status, clip_quote(window.original), len(hits) / enough)
    return NOT_COVERED


def _specific_coverage(criterion: Criterion, answer: PreparedAnswer) -> Coverage:
    best = NOT_COVERED
    terms = {word for term in criterion.terms for word in tokens(term)}
    for window in answer.windows:
        if not terms <= set(tokens(window.text)) or window.words < MIN_WORDS:
            continue
        factual = any(pattern.search(window.text) for pattern in _FACTUAL_PATTERNS)
        if best.status is not Status.met:
            best = Coverage(
                Status.met if factual else Status.partly, clip_quote(window.original), 1.0 if factual else 0.5
            )
    return best


def clip_quote(text: str) -> str:
    """The text, cut at a word to the longest quote that findings allow."""
    if len(text) <= MAX_QUOTE_CHARACTERS:
        return text
    return text[:MAX_QUOTE_CHARACTERS].rsplit(None, 1)[0]
