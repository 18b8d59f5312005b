"""How a scripted candidate behaves: what they send to the opening, a question, a follow-up, a reply or the last word.

A file has `about`, `answers` (which answers they give, if any), `code` and a table of lines for each language. Lines
of one situation are sent in turn, from the beginning again after the last. A line is a text, a list of texts sent in
quick succession, or a table `{say, counts, asks, away_minutes}`. `{answer}`, `{question}`, `{criteria}` and
`{filler}` are filled in when it is sent.
"""

import tomllib
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from pydantic import model_validator

from domain.frozen import Frozen
from domain.interview.candidates.kinds import Candidate


class Counts(StrEnum):
    """Whether a line is the candidate's words on the subject: what a careful reader would say."""

    answer = "answer"
    no = "no"
    either = "either"


class Line(Frozen):
    """What is sent at once. `asks`: it wants a reply from us. `away_minutes`: the page is closed after the reply."""

    say: tuple[str, ...]
    counts: Counts = Counts.no
    asks: bool = False
    away_minutes: float = 0.0
    counts_said: bool = False

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        """A text or a list of texts as a whole line; a line with `{answer}` in it counts."""
        if isinstance(given, Line):
            return given
        table = dict(given) if isinstance(given, dict) else {"say": given}
        texts = [table["say"]] if isinstance(table["say"], str) else table["say"]
        counts = Counts.answer if any("{answer}" in text for text in texts) else Counts.no
        return {"counts": counts, **table, "say": texts, "counts_said": "counts" in table}


class Behaviour(Frozen):
    """A candidate's lines in one language, by what they react to. Without a line they say nothing.

    `told` answers replies and reminders; where it is empty, `question` serves. `code` is the share of test cases that
    their code passes; negative when they hand in none. To the question for a last word a bare "no" may count or not.
    """

    answers: str = ""
    code: float = 0.0
    for_scenes: bool = False
    opening: tuple[Line, ...] = ()
    question: tuple[Line, ...] = ()
    probe: tuple[Line, ...] = ()
    told: tuple[Line, ...] = ()
    last_word: tuple[Line, ...] = ()


class _File(Frozen):
    about: str
    answers: str = ""
    code: float = 0.0
    for_scenes: bool = False
    en: dict[str, tuple[Line, ...]]
    de: dict[str, tuple[Line, ...]]


@cache
def _file(candidate: Candidate) -> _File:
    entry = resources.files(__package__) / f"{candidate.value}.toml"
    return _File.model_validate(tomllib.loads(entry.read_text("utf-8")))


@cache
def behaviour_of(candidate: Candidate, language: str) -> Behaviour:
    """How this candidate behaves in an interview in this language; in English where we wrote none."""
    file = _file(candidate)
    lines = file.de if language.split("-")[0] == "de" else file.en
    last = tuple(
        line if line.counts_said else line.model_copy(update={"counts": Counts.either})
        for line in lines.get("last_word", ())
    )
    given = {"answers": file.answers, "code": file.code, "for_scenes": file.for_scenes}
    return Behaviour.model_validate({**given, **lines, "last_word": last})


def about(candidate: Candidate) -> str:
    """One sentence on this kind of candidate."""
    return _file(candidate).about


def candidates_for(*, scene: bool) -> Sequence[Candidate]:
    """The candidates that fit: sellers sell in scenes only."""
    return [each for each in Candidate if scene or not _file(each).for_scenes]
