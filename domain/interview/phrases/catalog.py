"""The interviewer's sentences when no model words them, by language. Each turn has at most one question.

A language is one data file beside this one. Where a sentence may be needed several times there is a list of them: no
sentence that nobody asked for is said twice, and where a list is used up nothing is said in its place.
`domain.interview.wording` fills in `{…}`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Phrases:
    """Everything the interviewer can say in one language. Keys are tones, modes or reasons of moves."""

    language: str
    greeting: Mapping[str, str]
    introduction: str
    unnamed: str
    disclosure: str
    disclosure_untimed: str
    extra_time: str
    mode: Mapping[str, str]
    scenario: str
    ready: Mapping[str, str]
    numbered: str
    code: str
    link: Mapping[str, str]
    bridge: Mapping[str, Lines]
    accepted: Mapping[str, Lines]
    transition: Mapping[str, Lines]
    manner: Mapping[str, str]
    probe: Mapping[str, Mapping[str, Lines]]
    remind: Mapping[str, Lines]
    clarify: Mapping[str, Lines]
    kind: Mapping[str, Lines]
    example: Mapping[str, Lines]
    topic: Mapping[str, Lines]
    back: Lines
    moving_on: Mapping[str, Lines]
    close: Mapping[str, str]
    thanks: Mapping[str, str]
    next_steps: Mapping[str, str]
    question_kinds: Mapping[str, str]


def _read_language(language: str) -> Phrases:
    data = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Phrases(**{field.name: _frozen(data[field.name]) for field in fields(Phrases)})


def _frozen(value: Any) -> Any:
    """Lists as tuples, so that nothing can change a catalog."""
    if isinstance(value, list):
        return tuple(value)
    return {key: _frozen(inner) for key, inner in value.items()} if isinstance(value, dict) else value


ENGLISH, GERMAN = _read_language("en"), _read_language("de")
CATALOG: Mapping[str, Phrases] = {"en": ENGLISH, "de": GERMAN}

# Said in the candidate's own language, once, to somebody who writes in it: spoken language → interview language.
LANGUAGE_NOTES: Mapping[str, Mapping[str, str]] = tomllib.loads(
    (FOLDER / "language_notes.toml").read_text(encoding="utf-8")
)


def phrases_for(language: str) -> Phrases:
    """The catalog for a language; English where there is none."""
    return CATALOG.get(language.split("-")[0].lower(), ENGLISH)
