"""How much a short message looks like something other than an answer, by weights learnt from labelled lines.

The patterns know exact forms; these weights know what forms have in common, so that a phrase nobody listed is still
noticed. `tests.domain.listening.learn` learns them and writes `weights.<language>.toml`. A weight is the logarithm of
odds: above 0 it speaks for the act. Words in dispute are asked about, never decided here alone.
"""

import re
import tomllib
from collections.abc import Container
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from domain.listening.acts import Act
from domain.listening.normal import write_out
from domain.listening.phrasebook import Phrasebook, phrasebook_for

FOLDER = Path(__file__).parent
# Longer words also count by their first letters, so that endings and slips matter less.
STEM_FROM, STEM_LETTERS = 5, 4
# Stands for every word that the labelled lines do not hold at least twice.
RARE = "?"
_LENGTHS = (2, 3, 5, 8, 12, 18, 30)
_SENTENCES = re.compile(r"[.!?] +\S")


@dataclass(frozen=True)
class Weights:
    """The weights of one language: for not being an answer at all, and for each act. `words` are those that count."""

    words: frozenset[str]
    other: dict[str, float]
    acts: dict[Act, dict[str, float]]


def features_of(text: str, book: Phrasebook, known: Container[str]) -> list[str]:
    """What is counted of a message: words, pairs, beginnings, endings, length, marks.

    All words outside `known` count as one: a rare word is a sign of its own, that somebody speaks on a subject.
    """
    words = [word if word in known else RARE for word in write_out(text, book).split()]
    found = {f"w {word}" for word in words}
    found |= {f"b {one} {other}" for one, other in pairwise(words)}
    found |= {f"p {word[:STEM_LETTERS]}" for word in words if len(word) >= STEM_FROM}
    if words:
        found |= {f"first {' '.join(words[:1])}", f"first {' '.join(words[:2])}", f"last {words[-1]}"}
    found.add(f"length {sum(len(words) >= limit for limit in _LENGTHS)}")
    marks = {
        "mark question": "?" in text,
        "mark asks": text.rstrip().endswith("?"),
        "mark digit": any(c.isdigit() for c in text),
        "mark sentences": _SENTENCES.search(text) is not None,
        "mark always": True,
    }
    return sorted(found | {name for name, seen in marks.items() if seen})


def is_other(text: str, language: str) -> float:
    """The log odds that this message is something other than an answer."""
    book = phrasebook_for(language)
    weights = _weights(book.language)
    return _sum(weights.other, features_of(text, book, weights.words))


def likeliest_act(text: str, language: str) -> Act:
    """The act that this message most likely is, given that it is no answer."""
    book = phrasebook_for(language)
    weights = _weights(book.language)
    found = features_of(text, book, weights.words)
    return max(weights.acts.items(), key=lambda act: _sum(act[1], found))[0]


def _sum(weights: dict[str, float], features: list[str]) -> float:
    return sum(weights.get(feature, 0.0) for feature in features)


@cache
def _weights(language: str) -> Weights:
    data = tomllib.loads((FOLDER / f"weights.{language}.toml").read_text(encoding="utf-8"))
    acts = {
        Act(name): {feature: row[at] for feature, row in data["act_weights"].items()}
        for at, name in enumerate(data["acts"])
    }
    return Weights(frozenset(data["words"].split()), data["other"], acts)
