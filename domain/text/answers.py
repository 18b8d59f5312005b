"""What can be seen in an answer without judging it: short, hedged, a question back, an order to the scorer.

Features steer the conversation and raise flags. A flag asks for a person's eyes; it never changes a number.
"""

import re
from enum import StrEnum

from domain.frozen import Frozen
from domain.text import answer_patterns as patterns
from domain.text.tokens import hidden_characters, language_of, sentences, stems, tokens, unmasked, visible

SHORT_WORDS = 8
VAGUE_FROM_WORDS = 40
# Words in a row taken from the question before they count as copied.
COPIED_RUN = 6
COPIED_SHARE = 0.6


_SPELLED = re.compile(r"(?<!\S)\S(?: \S){2,}(?!\S)")
_SPACES = re.compile(r"[ \t]+")


class FlagKind(StrEnum):
    """What a reviewer should look at."""

    injection = "injection"
    copied_question = "copied_question"
    keyword_list = "keyword_list"
    hidden_characters = "hidden_characters"
    abusive = "abusive"
    other_language = "other_language"
    rubric_echo = "rubric_echo"
    asks_for_person = "asks_for_person"


class Flag(Frozen):
    """One observation about one utterance. `detail` is a word of ours, never the candidate's."""

    kind: FlagKind
    utterance: int
    detail: str = ""


class Features(Frozen):
    """The observations about one answer."""

    words: int
    hedges: int
    concrete: bool
    clarification: bool
    passes: bool
    rude: bool
    wants_person: bool
    wants_to_stop: bool
    injection: tuple[str, ...]
    copied_share: float
    keyword_list: bool
    hidden_characters: int
    language: str | None

    @property
    def empty(self) -> bool:
        return self.words == 0

    @property
    def short(self) -> bool:
        return self.words < SHORT_WORDS

    @property
    def hedged(self) -> bool:
        return self.hedges >= 2

    @property
    def vague(self) -> bool:
        """Long, and nothing in it that one could check."""
        return self.words > VAGUE_FROM_WORDS and not self.concrete

    @property
    def copied(self) -> bool:
        return self.copied_share >= COPIED_SHARE


def read_answer(text: str, question: str = "") -> Features:
    """The features of an answer to this question."""
    heard = unmasked(text)
    count = len(tokens(heard))
    return Features(
        words=count,
        hedges=len(patterns.HEDGES.findall(heard)),
        concrete=bool(patterns.CONCRETE.search(heard)),
        clarification=count <= 25 and bool(patterns.CLARIFICATION.search(heard)),
        passes=count <= 14 and bool(patterns.PASS.search(heard)),
        rude=bool(patterns.RUDE.search(heard)),
        wants_person=count <= 40 and bool(patterns.WANTS_PERSON.search(heard)),
        wants_to_stop=count <= 20 and bool(patterns.WANTS_TO_STOP.search(heard)),
        injection=injections(text),
        copied_share=copied_share(heard, question),
        keyword_list=is_keyword_list(heard),
        hidden_characters=hidden_characters(text),
        language=language_of(heard),
    )


def injections(text: str) -> tuple[str, ...]:
    """The kinds of orders to the scorer found in a text, in its plain and its spelled-out reading."""
    readings = {unmasked(text), _despaced(unmasked(text))}
    return tuple(
        name
        for name, pattern in patterns.INJECTION.items()
        if any(pattern.search(reading) for reading in readings)
    )


def flags_of(features: Features, utterance: int, language: str) -> list[Flag]:
    """What a reviewer should be told about an utterance in an interview held in `language`."""
    found = [Flag(kind=FlagKind.injection, utterance=utterance, detail=name) for name in features.injection]
    simple = {
        FlagKind.copied_question: features.copied,
        FlagKind.keyword_list: features.keyword_list,
        FlagKind.hidden_characters: features.hidden_characters > 0,
        FlagKind.abusive: features.rude,
        FlagKind.asks_for_person: features.wants_person,
        FlagKind.other_language: speaks_another_language(features, language),
    }
    return found + [Flag(kind=kind, utterance=utterance) for kind, seen in simple.items() if seen]


def speaks_another_language(features: Features, language: str) -> bool:
    """Whether the answer is long enough to tell and not in the interview's language."""
    spoken = language.split("-")[0].lower()
    return features.words >= SHORT_WORDS and features.language is not None and features.language != spoken


def copied_share(text: str, question: str) -> float:
    """The share of an answer's words that repeat the question in runs of at least `COPIED_RUN` words."""
    said, asked = tokens(text), tokens(question)
    if len(said) < COPIED_RUN or len(asked) < COPIED_RUN:
        return 0.0
    runs = {tuple(asked[i : i + COPIED_RUN]) for i in range(len(asked) - COPIED_RUN + 1)}
    copied: set[int] = set()
    for i in range(len(said) - COPIED_RUN + 1):
        if tuple(said[i : i + COPIED_RUN]) in runs:
            copied.update(range(i, i + COPIED_RUN))
    return len(copied) / len(said)


def is_keyword_list(text: str) -> bool:
    """Whether the text strings terms together instead of saying something."""
    words = tokens(text)
    if len(words) < SHORT_WORDS:
        return False
    content = len(stems(text, language_of(text) or "en"))
    pieces = [
        piece
        for piece in visible(text).replace(";", ",").replace("\n", ",").replace("|", ",").split(",")
        if piece.strip()
    ]
    separators = len(pieces) - 1
    dense = separators / len(words) >= 0.22
    return dense and content / len(words) >= 0.72


def without_orders(text: str) -> str:
    """The text with every sentence that orders the scorer about blanked: offsets of the rest stay as they are."""
    blanked = text
    for start, sentence in sentences(text):
        if injections(sentence):
            blanked = blanked[:start] + " " * len(sentence) + blanked[start + len(sentence) :]
    return blanked


def _despaced(text: str) -> str:
    """`i g n o r e  a l l` as `ignore all`: letters set apart put together, other spacing evened out."""
    return _SPACES.sub(" ", _SPELLED.sub(lambda run: run.group().replace(" ", ""), text))
