"""The patterns of one language, compiled from `patterns.<language>.toml`.

A pattern is matched against a whole piece of a message, so that the same words inside an answer mean nothing: "one
moment" waits, "I asked him to wait one moment" does not.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from domain.listening.acts import Act, Topic

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "de")
_MACRO = re.compile(r"\{([a-z_]+)\}")
_LITERAL = re.compile(r"(?<![\\\w])[a-z]{5,}(?![\w*+?])")

# The order in which a piece is tried, and in which acts are replied to.
ORDER: tuple[Act, ...] = (
    Act.person,
    Act.stops,
    Act.human,
    Act.upset,
    Act.hostile,
    Act.leave,
    Act.pause,
    Act.moment,
    Act.already,
    Act.repeat,
    Act.example,
    Act.meaning,
    Act.skips,
    Act.cannot,
    Act.chats,
)


@dataclass(frozen=True)
class Phrasebook:
    """All patterns of one language. `spelling` holds the words that a typing error is corrected to."""

    language: str
    words: dict[str, str]
    lead: re.Pattern[str]
    tail: re.Pattern[str]
    unclear: re.Pattern[str]
    whole: dict[Act, re.Pattern[str]]
    cues: dict[Act, re.Pattern[str]]
    corrects: re.Pattern[str]
    reported: re.Pattern[str]
    question: re.Pattern[str]
    question_words: re.Pattern[str]
    speech: re.Pattern[str]
    closed: re.Pattern[str]
    terse: re.Pattern[str]
    yes_no: re.Pattern[str]
    asks: re.Pattern[str]
    technical: re.Pattern[str]
    explains: re.Pattern[str]
    topics: dict[Topic, re.Pattern[str]]
    spelling: frozenset[str]


def phrasebook_for(language: str) -> Phrasebook:
    """The phrasebook of a language; the English one where there is none."""
    spoken = language.split("-")[0].lower()
    return _compile(spoken if spoken in LANGUAGES else "en")


@cache
def _compile(language: str) -> Phrasebook:
    data = tomllib.loads((FOLDER / f"patterns.{language}.toml").read_text(encoding="utf-8"))
    macros: dict[str, str] = {
        "small_bag": "(?:" + "|".join(data["small"].split()) + ")",
        "not": "not",
        "very": "",
        **data["macros"],
    }
    if "sehr" in macros:
        macros["very"] = macros["sehr"]
    acts: dict[str, dict[str, Any]] = data["acts"]
    filled = {name: _fill_act(group, macros) for name, group in acts.items()}
    questions, statements = data["questions"], data["statements"]
    return Phrasebook(
        language=language,
        words=data["words"],
        lead=re.compile(rf"(?:{_one_of(data['lead'])}) (?=\S)"),
        tail=re.compile(rf"(?<=\S) (?:{_one_of(data['tail'])})$"),
        unclear=_exact([_one_of(data["unclear"])]),
        whole={act: _exact(filled[act.value]) for act in ORDER},
        cues={act: _anywhere(acts[act.value]["cue"]) for act in ORDER if acts[act.value]["cue"]},
        corrects=re.compile("|".join(f"(?:{each})" for each in acts["corrects"]["start"])),
        reported=re.compile(data["reported"]["words"]),
        question=re.compile(questions["start"]),
        question_words=re.compile(questions["words"]),
        speech=re.compile(questions["speech"]),
        closed=re.compile(questions["closed"]),
        terse=re.compile(questions["terse"]),
        yes_no=_exact([questions["yes_no"]]),
        asks=_exact([_fill(each, macros) for each in statements["ask"]]),
        technical=_exact([_fill(each, macros) for each in statements["technical"]]),
        explains=re.compile(data["explains"] if "explains" in data else statements["explains"]),
        topics={Topic(name): re.compile(pattern) for name, pattern in data["topics"].items()},
        spelling=frozenset(
            word
            for name in ("repeat", "meaning", "example", "moment", "pause", "skips", "cannot", "already")
            for pattern in filled[name]
            for word in _LITERAL.findall(pattern)
        ),
    )


def _one_of(text: str) -> str:
    """Alternatives that a list gives by `|` or by line, the longest first."""
    parts = [part for line in text.split("\n") for part in line.split("|") if part]
    return "|".join(sorted(_rejoin(parts), key=len, reverse=True))


def _rejoin(parts: list[str]) -> list[str]:
    """Alternatives within brackets are one part."""
    joined: list[str] = []
    for part in parts:
        if joined and joined[-1].count("(") > joined[-1].count(")"):
            joined[-1] += "|" + part
        else:
            joined.append(part)
    return joined


def _fill_act(group: dict[str, Any], macros: dict[str, str]) -> list[str]:
    small = macros["small_bag"]
    core = [rf"(?:{small} )*{_fill(each, macros)}(?: {small})*" for each in group["core"]]
    return [_fill(each, macros) for each in group["whole"]] + core


def _fill(pattern: str, macros: dict[str, str]) -> str:
    while True:
        filled = _MACRO.sub(lambda found: macros[found.group(1)], pattern)
        if filled == pattern:
            return filled
        pattern = filled


def _exact(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("^(?:" + "|".join(f"(?:{each})" for each in patterns) + r") ?\??$")


def _anywhere(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in patterns))
