"""What a line is about, by its words: enough to tell whether a probe asks about its criterion or a question repeats.

Words are compared by their beginnings, since stems of one word differ (`decide`, `decision`), and by aspects
(`domain.plan.subject_words`). Nothing here knows a plan. For languages without word lists only equal words count.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from domain.plan.subject_words import ASPECTS, FRAME, GENERIC, INTERROGATIVES, SYNONYMS
from domain.text.tokens import STOP_WORDS, stem, tokens

# Longer words count as one if so many first letters are equal; a shorter one must begin the other.
COMMON_START = 6
SHORTEST_START, SHORTEST_PART = 4, 5


@dataclass(frozen=True, slots=True)
class Subject:
    """The content words of a line as stems, the ways in which they begin and end, and the aspects they belong to."""

    words: frozenset[str]
    aspects: frozenset[str] = frozenset()
    starts: frozenset[str] = frozenset()
    short: frozenset[str] = frozenset()
    short_starts: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()

    @classmethod
    def of_words(
        cls, words: Iterable[str], aspects: Iterable[str] = (), *, compounds: bool = False
    ) -> "Subject":
        kept = frozenset(words)
        long = [word for word in kept if len(word) >= COMMON_START]
        return cls(
            words=kept,
            aspects=frozenset(aspects),
            starts=frozenset(word[:COMMON_START] for word in long),
            short=frozenset(word for word in kept if SHORTEST_START <= len(word) < COMMON_START),
            short_starts=frozenset(
                word[:size]
                for word in kept
                for size in range(SHORTEST_START, COMMON_START)
                if len(word) >= size
            ),
            # what a German compound may end with: `wartungsplan` ends with `plan`
            parts=frozenset(word[at:] for word in long for at in range(3, len(word) - SHORTEST_PART + 1))
            if compounds
            else frozenset(),
        )


@lru_cache(maxsize=16_384)
def subject_of(text: str, language: str, *, probe: bool = False) -> Subject:
    """What a line is about. In a `probe` also `who`, `why` and their like count as aspects."""
    spoken = words_of(text)
    listed = _aspect_starts(language, probe)
    aspects = {aspect for word in spoken for aspect in _lookup(listed, word)}
    return Subject.of_words(_words_of_content(spoken, language), aspects, compounds=language == "de")


@lru_cache(maxsize=16_384)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case; each text is taken apart once."""
    return tuple(tokens(text))


def shares_subject(one: Subject, other: Subject) -> bool:
    """Whether two lines share an aspect or a content word."""
    return bool(one.aspects & other.aspects) or common_words(one, other)


def common_words(one: Subject, other: Subject) -> bool:
    """Whether two lines have a word in common, by its stem, its beginning or as the end of a compound."""
    return bool(
        one.words & other.words
        or one.starts & other.starts
        or one.short & other.short_starts
        or other.short & one.short_starts
        or one.words & other.parts
        or other.words & one.parts
    )


def is_generic(text: str, language: str) -> bool:
    """Whether a follow-up could stand after any answer: it has no content word of its own."""
    listed = _starts(GENERIC.get(language, ""))
    return not any(
        not _lookup(listed, word) for word in _words_of_content(words_of(text), language, raw=True)
    ) and not _asks_aspect(text, language)


def _asks_aspect(text: str, language: str) -> bool:
    """Whether an interrogative alone says what is asked: `Why?`, `Who?`."""
    listed = _flat(INTERROGATIVES.get(language, {}))
    return any(_lookup(listed, word) for word in words_of(text))


@lru_cache(maxsize=8_192)
def canonical_words(text: str, language: str) -> frozenset[str]:
    """The content words with one word for all synonyms: equal for a question and the same in other words."""
    listed = _synonym_starts(language)
    return frozenset(
        next(iter(_lookup(listed, word)), _stem(word, language))
        for word in _words_of_content(words_of(text), language, raw=True)
    )


def _words_of_content(words: Iterable[str], language: str, *, raw: bool = False) -> list[str]:
    stop = STOP_WORDS.get(language, STOP_WORDS["en"])
    frame = _frame(language)
    kept = [word for word in words if word not in stop and word not in frame and len(word) > 1]
    return kept if raw else [_stem(word, language) for word in kept]


@lru_cache(maxsize=32_768)
def _stem(word: str, language: str) -> str:
    return stem(word, language)


# --- word lists, prepared once --------------------------------------------------------------------------

# Entries by their first two letters: the start of a word, and what it stands for.
_Starts = Mapping[str, tuple[tuple[str, str], ...]]


def _lookup(listed: _Starts, word: str) -> list[str]:
    """What the starts of this word stand for. Entries of up to three letters must be the whole word."""
    return [
        meaning
        for start, meaning in listed.get(word[:2], ())
        if (word.startswith(start) if len(start) > 3 else word in (start, f"{start}s"))
    ]


def _index(entries: Iterable[tuple[str, str]]) -> _Starts:
    found: dict[str, list[tuple[str, str]]] = {}
    for start, meaning in entries:
        found.setdefault(start[:2], []).append((start, meaning))
    return {letters: tuple(listed) for letters, listed in found.items()}


def _flat(groups: Mapping[str, str]) -> _Starts:
    return _index((start, name) for name, starts in groups.items() for start in starts.split())


@cache
def _aspect_starts(language: str, probe: bool) -> _Starts:
    groups = ASPECTS.get(language, {})
    asked = INTERROGATIVES.get(language, {}) if probe else {}
    return _index(
        (start, name)
        for listed in (groups, asked)
        for name, starts in listed.items()
        for start in starts.split()
    )


@cache
def _synonym_starts(language: str) -> _Starts:
    return _index(
        (start, group.split()[0]) for group in SYNONYMS.get(language, ()) for start in group.split()
    )


@cache
def _starts(words: str) -> _Starts:
    return _index((word, word) for word in words.split())


@cache
def _frame(language: str) -> frozenset[str]:
    return frozenset(FRAME.get(language, "").split())
