"""Features of an answer that need no judgement: short, hedged, a clarifying question, a prompt injection.

Features steer the conversation and raise flags. A flag asks for human review; it never changes a score.
"""

import re
from enum import StrEnum
from functools import lru_cache

from domain.frozen import Frozen
from domain.text import answer_patterns as patterns
from domain.text.tokens import (
    detect_language,
    fold_confusables,
    hidden_characters,
    sentences,
    stems,
    tokens,
    visible,
)

SHORT_WORDS = 8
VAGUE_FROM_WORDS = 40
# This many consecutive words of the question count as copied.
COPIED_RUN = 6
COPIED_SHARE = 0.6

_SPACED_LETTERS = re.compile(r"(?<!\S)\S(?: \S){2,}(?!\S)")
_SPACES = re.compile(r"[ \t]+")


class FlagKind(StrEnum):
    """Why a person should look at an utterance."""

    injection = "injection"
    copied_question = "copied_question"
    keyword_list = "keyword_list"
    hidden_characters = "hidden_characters"
    abusive = "abusive"
    other_language = "other_language"
    rubric_echo = "rubric_echo"
    asks_for_person = "asks_for_person"
    question_for_people = "question_for_people"


class Flag(Frozen):
    """One observation about one utterance. `detail` is a fixed code, never the candidate's text."""

    kind: FlagKind
    utterance: int
    detail: str = ""


class Features(Frozen):
    """The features of one answer.

    `hedges` and `hidden_characters` are counts, `injection` the kinds of injections, `copied_share` the share of words
    (0 to 1) that repeat the question, `language` a guess or None. `passes` means that the candidate skips the question.
    """

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
        """Whether the answer is long and holds nothing that can be checked."""
        return self.words > VAGUE_FROM_WORDS and not self.concrete

    @property
    def copied(self) -> bool:
        return self.copied_share >= COPIED_SHARE


@lru_cache(maxsize=256)
def read_answer(text: str, question: str = "") -> Features:
    """The features of an answer to this question."""
    shown = fold_confusables(text)
    count = len(tokens(shown))
    return Features(
        words=count,
        hedges=len(patterns.HEDGES.findall(shown)),
        concrete=bool(patterns.CONCRETE.search(shown)),
        clarification=count <= 25 and bool(patterns.CLARIFICATION.search(shown)),
        passes=count <= 14 and bool(patterns.PASS.search(shown)),
        rude=bool(patterns.RUDE.search(shown)),
        wants_person=count <= 40 and bool(patterns.WANTS_PERSON.search(shown)),
        wants_to_stop=count <= 20 and bool(patterns.WANTS_TO_STOP.search(shown)),
        injection=injections(text),
        copied_share=copied_share(shown, question),
        keyword_list=is_keyword_list(shown),
        hidden_characters=hidden_characters(text),
        language=detect_language(shown),
    )


def injections(text: str) -> tuple[str, ...]:
    """The kinds of prompt injections in a text, also where its letters are spaced out."""
    shown = fold_confusables(text)
    readings = {shown, _without_letter_spacing(shown)}
    return tuple(
        name
        for name, pattern in patterns.INJECTION.items()
        if any(pattern.search(reading) for reading in readings)
    )


def flags_of(features: Features, utterance: int, language: str) -> list[Flag]:
    """The flags for an utterance with these features in an interview in `language`."""
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
    """Whether the answer is in another language than the interview; False when it is too short to tell."""
    spoken = language.split("-")[0].lower()
    return features.words >= SHORT_WORDS and features.language is not None and features.language != spoken


def copied_share(text: str, question: str) -> float:
    """The share of an answer's words that repeat the question in runs of at least `COPIED_RUN` words."""
    answered, asked = tokens(text), tokens(question)
    if len(answered) < COPIED_RUN or len(asked) < COPIED_RUN:
        return 0.0
    runs = {tuple(asked[i : i + COPIED_RUN]) for i in range(len(asked) - COPIED_RUN + 1)}
    copied: set[int] = set()
    for i in range(len(answered) - COPIED_RUN + 1):
        if tuple(answered[i : i + COPIED_RUN]) in runs:
            copied.update(range(i, i + COPIED_RUN))
    return len(copied) / len(answered)


def is_keyword_list(text: str) -> bool:
    """Whether the text is a list of terms rather than sentences."""
    words = tokens(text)
    if len(words) < SHORT_WORDS:
        return False
    content = len(stems(text, detect_language(text) or "en"))
    pieces = [
        piece
        for piece in visible(text).replace(";", ",").replace("\n", ",").replace("|", ",").split(",")
        if piece.strip()
    ]
    separators = len(pieces) - 1
    dense = separators / len(words) >= 0.22
    return dense and content / len(words) >= 0.72


def without_injections(text: str) -> str:
    """The text with spaces in place of every sentence that holds an injection: other offsets stay the same."""
    blanked = text
    for start, sentence in sentences(text):
        if injections(sentence):
            blanked = blanked[:start] + " " * len(sentence) + blanked[start + len(sentence) :]
    return blanked


def _without_letter_spacing(text: str) -> str:
    """The text with spaced-out letters joined: `i g n o r e  a l l` becomes `ignore all`."""
    return _SPACES.sub(" ", _SPACED_LETTERS.sub(lambda run: run.group().replace(" ", ""), text))
